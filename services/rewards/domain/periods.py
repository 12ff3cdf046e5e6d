"""Half-years in the organisation's time zone: 2026H1 ends with June, and is closed days later."""

from collections.abc import Iterator
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


def due(then: datetime | None, now: datetime, timezone: str, settle_days: int) -> Iterator[str]:
    """Yield the periods to close when a clock moves. One that was over before it began is not."""
    if then is None:
        return
    period = period_of(then - timedelta(days=settle_days + 1), timezone)
    while (closing := closes(period, timezone, settle_days)) <= now:
        if closing > then:
            yield period
        period = following(period)


def _midnight(day: date, timezone: str) -> datetime:
    return datetime.combine(day, time(), _zone(timezone)).astimezone(_zone("UTC"))
