"""The ordinary queue: drafts by authors who are not on the fast track, and how long they may wait.

Nobody is alerted. Of a draft that waits for long the editors hear with the others, in the morning,
and once more when its time is over.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias, assert_never

from services.notifier.domain.submissions import DraftSubmitted
from services.notifier.domain.working_hours import WorkingHours

Stage: TypeAlias = Literal["at_risk", "overdue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Within how many working days a draft is answered, and after how many the editors hear of it
    again. All days are worked where there are no `hours`.
    """

    days: int
    remind_after_days: int
    hours: WorkingHours | None = None

    def remind_at(self, since: datetime) -> datetime:
        return self._after(since, self.remind_after_days)

    def due_at(self, since: datetime) -> datetime:
        return self._after(since, self.days)

    def _after(self, since: datetime, days: int) -> datetime:
        return self.hours.days_after(since, days) if self.hours else since + timedelta(days=days)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftReceived:
    """`id` names the submission: it is what an alert about it would be called."""

    id: str
    member: str
    draft_id: str
    title: str | None
    url: str | None
    remind_at: datetime
    due_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftStillWaits:
    """The editors are reminded: a good part of its time is over, or all of it."""

    received: DraftReceived
    stage: Stage
    at: datetime


Event: TypeAlias = DraftReceived | DraftStillWaits


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """`stage` is what the editors have been reminded of."""

    received: DraftReceived
    stage: Stage | None = None


def next_at(waiting: Waiting) -> datetime | None:
    """Return when the editors are to be reminded, on the morning after it."""
    match waiting.stage:
        case None:
            return waiting.received.remind_at
        case "at_risk":
            return waiting.received.due_at
        case "overdue":
            return None
        case _:
            assert_never(waiting.stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindOfDraft:
    """It is morning."""

    now: datetime


def received(submitted: DraftSubmitted, answering: Answering, now: datetime) -> DraftReceived:
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


def reminded(waiting: Waiting | None, now: datetime) -> tuple[DraftStillWaits, ...]:
    """Return what the editors are reminded of: no more than one thing of a draft at a time."""
    due = next_at(waiting) if waiting else None
    if waiting is None or due is None or now < due:
        return ()
    stage: Stage = "overdue" if now >= waiting.received.due_at else "at_risk"
    return (DraftStillWaits(received=waiting.received, stage=stage, at=now),)
