"""What the notifier says to others: what people were told, and what is still promised.

All else in its log is its own: what it has heard was said by others, and words are the
recipient's.
"""

from typing import Literal, TypeAlias, assert_never

from services.notifier.domain import (
    alerts,
    audience,
    notices,
    reach,
    respect,
    standing,
    submissions,
    voice,
    waiting,
)
from services.notifier.domain.events import Engaged, Event
from services.notifier.domain.kinds import CONFIDENTIAL
from shared import clock
from shared.contracts import notices as contracts
from shared.contracts.acts import Object
from shared.contracts.envelope import guard_of, subject_of
from shared.messaging.wire import Message

Private: TypeAlias = (
    clock.ClockStarted
    | clock.ClockAdvanced
    | audience.Event
    | audience.Heard
    | standing.Event
    | submissions.DraftSubmitted
    | submissions.DraftClosed
    | waiting.Event
    | voice.Event
    | Engaged
    | notices.NoticeDelivered
    | notices.DeliveryDropped
    | notices.NoticeRead
    | reach.Event
    | respect.Event
)


def message(event: Event) -> Message | None:
    """Return what the relay is to send for an entry of the log, None where it is private."""
    said = publish(event)
    if said is None:
        return None
    return Message(subject=subject_of(said), body=said.to_json(), id=said.key, guard=guard_of(said))


def publish(event: Event) -> contracts.NotifierSays | None:
    match event:
        case notices.NoticeSent() | notices.NoticeFailed() if event.notice.kind in CONFIDENTIAL:
            return None
        case notices.NoticeSent():
            return contracts.NoticeSent.of(notice(event))
        case notices.NoticeFailed():
            return contracts.NoticeFailed.of(_failure(event))
        case alerts.AlertRaised():
            return contracts.AlertRaised.of(alert(event))
        case alerts.AlertAtRisk():
            return contracts.AlertAtRisk.of(alert(event))
        case alerts.AlertBreached():
            return contracts.AlertBreached.of(alert(event))
        case alerts.AlertResolved():
            return contracts.AlertResolved.of(alert(event))
        case _ if isinstance(event, Private):
            return None
        case _:
            assert_never(event)


def notice(event: notices.NoticeSent) -> contracts.Notice:
    """Return a notice as others may see it: not in what words."""
    said = event.notice
    return contracts.Notice(
        id=event.id,
        kind=said.kind,
        recipient=said.recipient,
        about=said.about,
        cause=said.cause,
        channels=event.channels,
        due_at=said.due_at,
        decided_at=said.at,
        sent_at=None if event.sent_at == said.at else event.sent_at,
        digest=event.digest,
    )


def alert(event: alerts.AlertEvent) -> contracts.Alert:
    """Return an alert as it stands after an event of its own."""
    told = event.alert
    resolved = event if isinstance(event, alerts.AlertResolved) else None
    return contracts.Alert(
        id=told.id,
        kind=alerts.KIND,
        member=told.member,
        to=told.to,
        escalated_to=told.escalated_to,
        cause=told.cause,
        draft_id=told.draft_id,
        object=_object(told.work),
        raised_at=told.raised_at,
        at_risk_at=told.at_risk_at,
        due_at=told.due_at,
        promised_minutes=told.promised_minutes,
        state=_state(event),
        resolved=None if resolved is None else resolved.how,
        resolved_by=None if resolved is None else resolved.by,
        resolved_at=None if resolved is None else resolved.resolved_at,
        kept=None if resolved is None else resolved.kept,
        decided_at=event.at,
    )


def _object(work: submissions.Work | None) -> Object | None:
    if work is None:
        return None
    return Object(id=work.id, kind=work.kind, url=work.url, title=work.title)


def _failure(event: notices.NoticeFailed) -> contracts.Failure:
    said = event.notice
    return contracts.Failure(
        id=event.id,
        kind=said.kind,
        recipient=said.recipient,
        about=said.about,
        cause=said.cause,
        channels=event.channels,
        due_at=said.due_at,
        decided_at=event.at,
        channel=event.channel,
        problem=event.problem,
        attempts=event.attempts,
        final=True,
    )


def _state(event: alerts.AlertEvent) -> Literal["open", "at_risk", "breached", "resolved"]:
    match event:
        case alerts.AlertRaised():
            return "open"
        case alerts.AlertAtRisk():
            return "at_risk"
        case alerts.AlertBreached():
            return "breached"
        case alerts.AlertResolved():
            return "resolved"
        case _:
            assert_never(event)
