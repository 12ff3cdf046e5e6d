"""How soon the fast track answers, over HTTP: computed from the log's alerts when it is asked."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel

from services.notifier.domain.turnaround import Answer, Report, Turnaround, report
from services.notifier.domain.working_hours import WorkingHours
from services.notifier.projections import shown
from shared.eventlog.view import View

MINUTE: Final = timedelta(minutes=1)
DAY: Final = timedelta(days=1)


class Percentiles(BaseModel):
    """In minutes: so many of a hundred drafts took no longer."""

    p50: float
    p90: float
    p99: float


class Draft(BaseModel):
    """One that was answered. `working_minutes` are those of `minutes` that were worked."""

    alert: str
    member: str
    draft_id: str
    raised_at: datetime
    resolved_at: datetime
    resolved: Answer
    resolved_by: str | None
    promised_minutes: int
    minutes: float
    working_minutes: float
    kept: bool


class Turnarounds(BaseModel):
    """Of the drafts that came onto the fast track from one UTC day to another, both inclusive and
    null for all. Withdrawn ones ask for no answer. `waiting` ones have time, `late` ones have none
    left. `share_kept` is that of the promises which are decided: kept / (answered + late).
    """

    since: date | None
    until: date | None
    promised: int
    answered: int
    withdrawn: int
    waiting: int
    late: int
    kept: int
    share_kept: float | None
    minutes: Percentiles | None
    working_minutes: Percentiles | None
    """By the working hours of today's rules; the same as `minutes` where there are none."""
    slowest: list[Draft]
    """Of those that were answered, ten at most."""


def router(view: View, hours: WorkingHours | None) -> APIRouter:
    """Return `/v1/alerts/report`."""
    router = APIRouter(prefix="/v1/alerts", tags=["notices"])

    @router.get(
        "/report", summary="How soon the fast track answers, and how many promises it keeps"
    )
    async def reported(
        since: Annotated[date | None, Query(alias="from")] = None,
        until: Annotated[date | None, Query(alias="to")] = None,
    ) -> Turnarounds:
        if since and until and until < since:
            raise HTTPException(422, "to: must not be before from")
        begin = datetime.combine(since, time(), UTC) if since else None
        end = datetime.combine(until, time(), UTC) + DAY if until and until < date.max else None
        events = await shown.raised(view, begin, end)
        made = report(events, hours, await shown.now(view))
        return _turnarounds(made, since, until)

    return router


def _turnarounds(made: Report, since: date | None, until: date | None) -> Turnarounds:
    return Turnarounds(
        since=since,
        until=until,
        promised=made.promised,
        answered=made.answered,
        withdrawn=made.withdrawn,
        waiting=made.waiting,
        late=made.late,
        kept=made.kept,
        share_kept=None if made.share_kept is None else round(made.share_kept, 4),
        minutes=_percentiles(made.took),
        working_minutes=_percentiles(made.worked),
        slowest=[_draft(it) for it in made.slowest],
    )


def _percentiles(found: Mapping[int, timedelta] | None) -> Percentiles | None:
    if found is None:
        return None
    return Percentiles(p50=_minutes(found[50]), p90=_minutes(found[90]), p99=_minutes(found[99]))


def _draft(one: Turnaround) -> Draft:
    event, alert = one.event, one.event.alert
    return Draft(
        alert=alert.id,
        member=alert.member,
        draft_id=alert.draft_id,
        raised_at=alert.raised_at,
        resolved_at=event.resolved_at,
        resolved=event.how,
        resolved_by=event.by,
        promised_minutes=alert.promised_minutes,
        minutes=_minutes(one.took),
        working_minutes=_minutes(one.worked),
        kept=event.kept,
    )


def _minutes(span: timedelta) -> float:
    return round(span / MINUTE, 2)
