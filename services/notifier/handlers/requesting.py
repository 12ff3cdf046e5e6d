"""What comes of requests for a topic: the next are asked, and whoever asked hears of it."""

from datetime import datetime

from services.notifier.domain import requests
from services.notifier.domain.known import Known
from services.notifier.domain.requesting import of_request
from services.notifier.domain.rules import Rules
from services.notifier.handlers.desk import Desk
from shared.eventlog.entries import Entry


def answer(
    known: Known, stream: str, member: str, reply: requests.Reply, now: datetime, rules: Rules
) -> list[Entry]:
    """Return what is said when a member answers a request."""
    desk = Desk(known, rules)
    at = desk.not_before(now)
    said = requests.AnswerRequest(member=member, reply=reply, historical=False, at=at)
    take(desk, stream, said, at)
    return desk.entries


def take(
    desk: Desk, stream: str, asked: requests.Asked, at: datetime, key: str | None = None
) -> None:
    """Answer what is asked of a request with who might be asked, as things stand."""
    known, rules = desk.known, desk.rules.engaged
    command = requests.Command(
        asked=asked, engaged=known.engaged, rules=rules, now=desk.not_before(at)
    )
    asking = known.request(stream)
    for event in requests.decide(command, asking):
        asking = requests.evolve(asking, event)
        desk.append(stream, [event], key)
        key = None
        if isinstance(event, requests.MembersAsked):
            known.engaged = known.engaged.ask(event.members, event.at)
        desk.say(of_request(asking, event, known.members, rules.requests))
    desk.keep_request(stream, asking)
