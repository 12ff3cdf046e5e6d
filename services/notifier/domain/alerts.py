"""The fast track: what an author on it was promised for a draft, and what became of the promise.

One stream for each draft. A draft is on the fast track when its author is at the time it is
heard of, or comes to be while it is open. A promise once given stays. Every other draft waits in
the ordinary queue. An approval or a withdrawal closes all that is open about it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias, assert_never

from services.notifier.domain.voice import VoiceAnswered, VoiceAsked
from services.notifier.domain.waiting import (
    Answering,
    DraftReceived,
    DraftStillWaits,
    Waiting,
    reminded,
)
from services.notifier.domain.working_hours import WorkingHours
from shared.decider import Decider

KIND: Final = "fast_track"
MOST_NAMED: Final = 100
"""So many editors an alert names, at most."""


def stream(member: str, draft_id: str) -> str:
    return f"draft/{member}/{draft_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """The turnaround owed to an author. Past `at_risk_percent` of it the editors hear again. It
    counts the time that is worked, all of it where there are no `hours`.
    """

    minutes: int
    at_risk_percent: int
    hours: WorkingHours | None = None

    def at_risk_at(self, since: datetime) -> datetime:
        return self._after(since, timedelta(minutes=self.minutes) * self.at_risk_percent / 100)

    def due_at(self, since: datetime) -> datetime:
        return self._after(since, timedelta(minutes=self.minutes))

    def _after(self, since: datetime, worked: timedelta) -> datetime:
        return self.hours.after(since, worked) if self.hours else since + worked


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the draft is of, as its platform has it."""

    id: str
    kind: str | None = None
    url: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What the editors owe. `cause` is the id of the event by which the draft was submitted, and
    `to` are those who were asked last: whoever was on duty.
    """

    id: str
    member: str
    draft_id: str
    work: Work | None
    cause: str
    to: tuple[str, ...]
    escalated_to: tuple[str, ...] = ()
    raised_at: datetime
    at_risk_at: datetime
    due_at: datetime
    promised_minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSubmitted:
    """`alert_id` is what an alert about it is called, if there comes to be one."""

    member: str
    draft_id: str
    cause: str
    alert_id: str
    at: datetime
    historical: bool
    work: Work | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftClosed:
    how: Literal["approved", "withdrawn"]
    at: datetime
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRaised:
    alert: Alert
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertAtRisk:
    alert: Alert
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertBreached:
    alert: Alert
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertResolved:
    """`resolved_at` is when it happened, `at` when it was decided; `kept`: within the promise."""

    alert: Alert
    how: Literal["approved", "withdrawn", "acknowledged"]
    by: str | None
    resolved_at: datetime
    kept: bool
    at: datetime


AlertEvent: TypeAlias = AlertRaised | AlertAtRisk | AlertBreached | AlertResolved
Event: TypeAlias = (
    DraftSubmitted
    | DraftClosed
    | DraftReceived
    | DraftStillWaits
    | VoiceAsked
    | VoiceAnswered
    | AlertEvent
)
Stage: TypeAlias = Literal["open", "at_risk", "breached", "resolved"]


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
    if draft.alert is None:
        return None
    match draft.stage:
        case "open":
            return draft.alert.at_risk_at
        case "at_risk":
            return draft.alert.due_at
        case "breached" | "resolved" | None:
            return None
        case _:
            assert_never(draft.stage)


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
class PromiseTurnaround:
    """The author has come onto the fast track, `at` that time."""

    promise: Promise
    to: tuple[str, ...]
    at: datetime
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseDraft:
    how: Literal["approved", "withdrawn"]
    by: str | None
    at: datetime
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    by: str | None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LetTimePass:
    """`to` are those who hear that a promise is at risk, `escalate_to` that it was broken."""

    to: tuple[str, ...]
    escalate_to: tuple[str, ...]
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindOfDraft:
    """It is morning."""

    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForVoice:
    """An editor has changed what the draft means."""

    asked: VoiceAsked
    historical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerForVoice:
    id: str
    accepted: bool
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
                return (submitted, _received(submitted, command.answering, now))
            return (submitted, _raised(submitted, promise, to, submitted.at, now))
        case PromiseTurnaround(promise=promise, to=to, at=at, now=now):
            submitted_ = draft.submitted
            if submitted_ is None or submitted_.historical or draft.alert:
                return ()
            return (_raised(submitted_, promise, to, max(submitted_.at, at), now),)
        case CloseDraft(how=how, by=by, at=at, now=now):
            opened, closed_at = draft.submitted, draft.closed_at
            if (opened and at < opened.at) or (closed_at and at <= closed_at):
                return ()
            closed = DraftClosed(how=how, at=at, by=by)
            return (closed, *_resolved(draft, how, by, at, now))
        case Acknowledge(by=by, now=now):
            return _resolved(draft, "acknowledged", by, now, now)
        case LetTimePass():
            return tuple(_lapsed(draft, command))
        case RemindOfDraft(now=now):
            return reminded(draft.waiting, now)
        case AskForVoice(asked=asked, historical=historical):
            is_closed = draft.closed_at is not None and draft.submitted is None
            if historical or is_closed or asked.id in draft.asked:
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


def _received(submitted: DraftSubmitted, answering: Answering, now: datetime) -> DraftReceived:
    work = submitted.work
    return DraftReceived(
        id=submitted.alert_id,
        member=submitted.member,
        draft_id=submitted.draft_id,
        title=work.title if work else None,
        url=work.url if work else None,
        remind_at=answering.remind_at(submitted.at),
        due_at=answering.due_at(submitted.at),
        at=now,
    )


def _raised(
    submitted: DraftSubmitted,
    promise: Promise,
    to: tuple[str, ...],
    since: datetime,
    now: datetime,
) -> AlertRaised:
    alert = Alert(
        id=submitted.alert_id,
        member=submitted.member,
        draft_id=submitted.draft_id,
        work=submitted.work,
        cause=submitted.cause,
        to=to[:MOST_NAMED],
        raised_at=since,
        at_risk_at=promise.at_risk_at(since),
        due_at=promise.due_at(since),
        promised_minutes=promise.minutes,
    )
    return AlertRaised(alert=alert, at=now)


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


def _lapsed(draft: Draft, passed: LetTimePass) -> Iterator[AlertAtRisk | AlertBreached]:
    alert, now = draft.alert, passed.now
    if alert is None:
        return
    if draft.stage == "open" and now >= alert.at_risk_at:
        alert = replace(alert, to=passed.to[:MOST_NAMED])
        yield AlertAtRisk(alert=alert, at=now)
    if draft.stage in {"open", "at_risk"} and now >= alert.due_at:
        alert = replace(alert, escalated_to=passed.escalate_to[:MOST_NAMED])
        yield AlertBreached(alert=alert, at=now)


draft: Final = Decider[Command, Event, Draft](initial=Draft(), decide=decide, evolve=evolve)
