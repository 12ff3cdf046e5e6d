"""What members are told about requests: whoever is asked, and whoever asked."""

from collections.abc import Iterator, Mapping

from services.notifier.domain.audience import ORGANISATION, Member, having
from services.notifier.domain.engaged_rules import RequestRules
from services.notifier.domain.notices import Notice
from services.notifier.domain.requests import Asking, Event, MembersAsked, RequestClosed


def requesters(by: str, members: Mapping[str, Member]) -> tuple[str, ...]:
    """Return who hears the result: the member that `by` names, else who has the role, else the
    coordinators, else the organisation.
    """
    if by in members and members[by].there:
        return (by,)
    return having(by, members) or having("coordinator", members) or (ORGANISATION,)


def of_request(
    asking: Asking, event: Event, members: Mapping[str, Member], rules: RequestRules
) -> Iterator[Notice]:
    """Say to whoever is asked what for, and to whoever asked what came of it. The cause is the
    request.
    """
    if asking.opened is None:
        return
    request = asking.opened.request
    match event:
        case MembersAsked(members=asked, at=at):
            for member in asked:
                yield Notice(
                    kind="topic_request",
                    recipient=member,
                    cause=request.id,
                    at=at,
                    facts={
                        "topic": request.topic,
                        "by": request.by,
                        "until": request.until.isoformat() if request.until else None,
                        "days": rules.answer_within.days,
                    },
                )
        case RequestClosed(taken=taken, by=by, historical=False, at=at):
            for requester in requesters(request.by, members):
                yield Notice(
                    kind="topic_result",
                    recipient=requester,
                    cause=request.id,
                    at=at,
                    facts={"topic": request.topic, "taken": taken},
                    about=by,
                )
        case _:
            pass
