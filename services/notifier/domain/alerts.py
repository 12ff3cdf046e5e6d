"""The fast track: what the editors owe the author of a draft, and what became of the promise.

A promise once given stays. An alert is a part of its draft, as its place in the ordinary queue is,
and the questions to its author are.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, TypeAlias, assert_never

from services.notifier.domain.promises import Promise
from services.notifier.domain.submissions import DraftSubmitted, Work

KIND: Final = "fast_track"
MOST_NAMED: Final = 100
"""So many editors an alert names, at most."""

Stage: TypeAlias = Literal["open", "at_risk", "breached", "resolved"]


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


def next_at(alert: Alert, stage: Stage | None) -> datetime | None:
    """Return when something has to be said if nothing happens."""
    match stage:
        case "open":
            return alert.at_risk_at
        case "at_risk":
            return alert.due_at
        case "breached" | "resolved" | None:
            return None
        case _:
            assert_never(stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseTurnaround:
    """The author has come onto the fast track, `at` that time."""

    promise: Promise
    to: tuple[str, ...]
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


def raised(
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


def lapsed(
    alert: Alert | None, stage: Stage | None, passed: LetTimePass
) -> Iterator[AlertAtRisk | AlertBreached]:
    now = passed.now
    if alert is None:
        return
    if stage == "open" and now >= alert.at_risk_at:
        alert = replace(alert, to=passed.to[:MOST_NAMED])
        yield AlertAtRisk(alert=alert, at=now)
    if stage in {"open", "at_risk"} and now >= alert.due_at:
        alert = replace(alert, escalated_to=passed.escalate_to[:MOST_NAMED])
        yield AlertBreached(alert=alert, at=now)
