"""What is asked of members, and how they answer, in our own words."""

from services.notifier.domain import requests, talks
from services.notifier.handlers.heard import Answered, Requested
from shared.contracts.activity import TalkGiven, TopicAnswered, TopicRequested


def requested(event: TopicRequested) -> Requested:
    said = event.data
    request = requests.Request(id=said.request_id, topic=said.topic, by=said.by, until=said.until)
    return Requested(requests.OpenRequest(request=request, historical=event.historical))


def answered(event: TopicAnswered) -> Answered:
    """Whoever answers without a word has taken it."""
    return Answered(
        stream=requests.stream(event.data.request_id),
        asked=requests.AnswerRequest(
            member=event.subject,
            reply=event.data.answer or "accepted",
            historical=event.historical,
            at=event.time,
        ),
    )


def talked(event: TalkGiven) -> talks.TalkGiven | None:
    if event.data.group is None:
        return None
    return talks.TalkGiven(group=event.data.group, at=event.time)
