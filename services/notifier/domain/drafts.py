"""A draft, from when it comes in until it is closed: on the fast track, or in the ordinary queue.

One stream for each draft. A draft is on the fast track when its author is at the time it is
heard of, or comes to be while it is open. Every other draft waits in the ordinary queue. An
approval or a withdrawal closes all that is open about it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, TypeAlias, assert_never

from services.notifier.domain import alerts, voice, waiting
from services.notifier.domain.alerts import (
    Acknowledge,
    Alert,
    AlertAtRisk,
    AlertBreached,
    AlertEvent,
    AlertRaised,
    AlertResolved,
    LetTimePass,
    PromiseTurnaround,
    Stage,
)
from services.notifier.domain.promises import Promise
from services.notifier.domain.submissions import DraftClosed, DraftSubmitted
from services.notifier.domain.voice import AnswerForVoice, AskForVoice, VoiceAnswered, VoiceAsked
from services.notifier.domain.waiting import (
    Answering,
    DraftReceived,
    DraftStillWaits,
    RemindOfDraft,
    Waiting,
)
from shared.decider import Decider


def stream(member: str, draft_id: str) -> str:
    return f"draft/{member}/{draft_id}"


Event: TypeAlias = DraftSubmitted | DraftClosed | waiting.Event | voice.Event | AlertEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """`submitted` is None unless it is open; `alert` and its `stage` are of the last submission.
    `waiting` is its place in the ordinary queue, `asked` names all that its author was asked, and
    `voices` is what they have not answered.
    """

    submitted: DraftSubmitted | None = None
    closed_at: datetime | None = None
    alert: Alert | None = None
    stage: Stage | None = None
    waiting: Waiting | None = None
    asked: frozenset[str] = frozenset()
    voices: tuple[VoiceAsked, ...] = ()


def evolve(draft: Draft, event: Event) -> Draft:
    match event:
        case DraftSubmitted():
            return replace(draft, submitted=event, alert=None, stage=None, waiting=None)
        case DraftClosed():
            return replace(draft, submitted=None, closed_at=event.at, waiting=None, voices=())
        case DraftReceived():
            return replace(draft, waiting=Waiting(received=event))
        case DraftStillWaits():
            return replace(draft, waiting=Waiting(received=event.received, stage=event.stage))
        case VoiceAsked():
            asked = draft.asked | {event.id}
            return replace(draft, asked=asked, voices=(*draft.voices, event))
        case VoiceAnswered():
            left = tuple(each for each in draft.voices if each.id != event.asked.id)
            return replace(draft, voices=left)
        case AlertRaised():
            return replace(draft, alert=event.alert, stage="open", waiting=None)
        case AlertAtRisk():
            return replace(draft, alert=event.alert, stage="at_risk")
        case AlertBreached():
            return replace(draft, alert=event.alert, stage="breached")
        case AlertResolved():
            return replace(draft, alert=event.alert, stage="resolved")
        case _:
            assert_never(event)


def next_at(draft: Draft) -> datetime | None:
    """Return when something has to be said if nothing happens: the draft's timer."""
    return alerts.next_at(draft.alert, draft.stage) if draft.alert else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitDraft:
    """`promise` is None for an author who is not on the fast track: then it is `answering` that
    says until when. `now` is the log's clock.
    """

    submitted: DraftSubmitted
    promise: Promise | None
    answering: Answering
    to: tuple[str, ...]
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseDraft:
    how: Literal["approved", "withdrawn"]
    by: str | None
    at: datetime
    now: datetime


Command: TypeAlias = (
    SubmitDraft
    | PromiseTurnaround
    | CloseDraft
    | Acknowledge
    | LetTimePass
    | RemindOfDraft
    | AskForVoice
    | AnswerForVoice
)


def decide(command: Command, draft: Draft) -> tuple[Event, ...]:
    match command:
        case SubmitDraft(submitted=submitted, promise=promise, to=to, now=now):
            if draft.submitted or (draft.closed_at and submitted.at <= draft.closed_at):
                return ()
            if submitted.historical:
                return (submitted,)
            if promise is None:
                return (submitted, waiting.received(submitted, command.answering, now))
            return (submitted, alerts.raised(submitted, promise, to, submitted.at, now))
        case PromiseTurnaround(promise=promise, to=to, at=at, now=now):
            submitted_ = draft.submitted
            if submitted_ is None or submitted_.historical or draft.alert:
                return ()
            return (alerts.raised(submitted_, promise, to, max(submitted_.at, at), now),)
        case CloseDraft(how=how, by=by, at=at, now=now):
            opened, closed_at = draft.submitted, draft.closed_at
            if (opened and at < opened.at) or (closed_at and at <= closed_at):
                return ()
            closed = DraftClosed(how=how, at=at, by=by)
            return (closed, *_resolved(draft, how, by, at, now))
        case Acknowledge(by=by, now=now):
            return _resolved(draft, "acknowledged", by, now, now)
        case LetTimePass():
            return tuple(alerts.lapsed(draft.alert, draft.stage, command))
        case RemindOfDraft(now=now):
            return waiting.reminded(draft.waiting, now)
        case AskForVoice(asked=asked, historical=historical):
            is_closed = draft.closed_at is not None and draft.submitted is None
            own_words = asked.editor == asked.member
            if historical or is_closed or own_words or asked.id in draft.asked:
                return ()
            return (asked,)
        case AnswerForVoice(id=id, accepted=accepted, now=now):
            return tuple(
                VoiceAnswered(asked=asked, accepted=accepted, at=now)
                for asked in draft.voices
                if asked.id == id
            )
        case _:
            assert_never(command)


def _resolved(
    draft: Draft,
    how: Literal["approved", "withdrawn", "acknowledged"],
    by: str | None,
    resolved_at: datetime,
    now: datetime,
) -> tuple[AlertResolved, ...]:
    if draft.alert is None or draft.stage == "resolved":
        return ()
    kept = resolved_at <= draft.alert.due_at
    return (
        AlertResolved(
            alert=draft.alert, how=how, by=by, resolved_at=resolved_at, kept=kept, at=now
        ),
    )


draft: Final = Decider[Command, Event, Draft](initial=Draft(), decide=decide, evolve=evolve)
