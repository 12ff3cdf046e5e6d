"""When somebody is left in peace, and when their morning is: by the clock on their own wall.

A wall clock skips an hour in spring and shows one twice in autumn. What counts is what it shows.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final, Literal, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAY: Final = timedelta(days=1)

Often: TypeAlias = Literal["day", "week"]
"""A digest comes every morning, or every Monday morning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """It is quiet while the clock shows a time in between. From 20:00 to 08:00 is over night, and
    from a time to the same is never.
    """

    begins: time
    ends: time

    def holds(self, at: datetime, zone: ZoneInfo) -> bool:
        shown = at.astimezone(zone).time()
        if self.begins <= self.ends:
            return self.begins <= shown < self.ends
        return shown >= self.begins or shown < self.ends

    def over(self, at: datetime, zone: ZoneInfo) -> datetime:
        """Return the first instant from `at` on that is not quiet."""
        at = at.astimezone(UTC)
        while self.holds(at, zone):
            end = at + _between(at.astimezone(zone).time(), self.ends)
            at = _change(at, end, zone) or end
        return at

    def turns(self, then: datetime, now: datetime, zone: ZoneInfo) -> bool:
        """Say whether it has become quiet, or has ceased to be, since `then`."""
        if self.begins == self.ends:
            return False
        loud = Quiet(begins=self.ends, ends=self.begins)
        lasting = self if self.holds(then, zone) else loud
        return lasting.over(then, zone) <= now


def zone(*names: str | None) -> ZoneInfo:
    """Return the first of these time zones that there is, else UTC."""
    return next((known for name in names if name and (known := _zone(name))), ZoneInfo("UTC"))


def morning(at: datetime, begins: time, zone: ZoneInfo, often: Often = "day") -> datetime:
    """Return the first morning from `at` on; of a week, that of its Monday."""
    day, step = at.astimezone(zone).date(), timedelta(days=1)
    if often == "week":
        day, step = day - timedelta(days=day.weekday()), timedelta(weeks=1)
    while (first := _instant(day, begins, zone)) < at:
        day += step
    return first


def week(at: datetime, zone: ZoneInfo) -> str:
    """Return the name of an ISO week, which sorts as weeks do: `2026-W10`."""
    year, number, _ = at.astimezone(zone).isocalendar()
    return f"{year:04}-W{number:02}"


def next_week(at: datetime, zone: ZoneInfo) -> datetime:
    """Return when the next ISO week begins."""
    day = at.astimezone(zone).date()
    return _instant(day + timedelta(days=7 - day.weekday()), time(), zone)


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _between(since: time, until: time) -> timedelta:
    """Return how long a clock takes from one time to the next time that it shows the other."""
    return (_since_midnight(until) - _since_midnight(since)) % DAY


def _since_midnight(at: time) -> timedelta:
    return timedelta(
        hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond
    )


def _change(since: datetime, until: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when the clock is put on or back, if it is: not twice in a day."""
    before = since.astimezone(zone).utcoffset()
    if before == until.astimezone(zone).utcoffset():
        return None
    early, late = int(since.timestamp()), int(until.timestamp()) + 1
    while late - early > 1:
        middle = (early + late) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return datetime.fromtimestamp(late, UTC)


@cache
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
