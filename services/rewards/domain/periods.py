"""Half-years in the organisation's time zone: 2026H1 ends with June, and is closed days later."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

JULY = 7


@cache
def _zone(timezone: str) -> ZoneInfo:
    return ZoneInfo(timezone)


def period_of(at: datetime, timezone: str) -> str:
    local = at.astimezone(_zone(timezone))
    return f"{local.year:04}H{1 if local.month < JULY else 2}"


def first_day(period: str) -> date:
    return date(int(period[:4]), 1 if period.endswith("1") else JULY, 1)


def last_day(period: str) -> date:
    return first_day(following(period)) - timedelta(days=1)


def following(period: str) -> str:
    year, half = int(period[:4]), period[-1]
    return f"{year:04}H2" if half == "1" else f"{year + 1:04}H1"


def ends(period: str, timezone: str) -> datetime:
    """Return the first instant after it."""
    return _midnight(first_day(following(period)), timezone)


def closes(period: str, timezone: str, settle_days: int) -> datetime:
    """Return the instant from which on it is closed."""
    return _midnight(first_day(following(period)) + timedelta(days=settle_days), timezone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Which periods are to be closed. `began` is the first that the log knew of time: a period that
    was over by then is never closed.
    """

    began: datetime | None
    closed: frozenset[str]
    timezone: str
    settle_days: int

    def due(self, now: datetime) -> Iterator[str]:
        """Yield the periods to close by `now`, from old to new."""
        if self.began is None:
            return
        period = period_of(self.began - timedelta(days=self.settle_days + 1), self.timezone)
        while (closing := closes(period, self.timezone, self.settle_days)) <= now:
            if closing > self.began and period not in self.closed:
                yield period
            period = following(period)


def _midnight(day: date, timezone: str) -> datetime:
    return datetime.combine(day, time(), _zone(timezone)).astimezone(_zone("UTC"))
