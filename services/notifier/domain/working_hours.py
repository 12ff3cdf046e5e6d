"""When the organisation works: what it promises counts that time, and no other.

A working day is opened and closed by the clocks of a time zone, so an hour that a clock repeats is
worked twice, and one that it leaves out is not worked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MIDNIGHT: Final = time()
DAY: Final = timedelta(days=1)


class Span(NamedTuple):
    """Of a day, by its clocks. `until` midnight is the end of the day."""

    begin: time
    until: time


class Open(NamedTuple):
    begin: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingHours:
    """`week` has the days that are worked at all, Monday being 0; `holidays` have their names."""

    timezone: str
    week: Mapping[int, Span]
    holidays: Mapping[date, str] = field(default_factory=lambda: MappingProxyType({}))

    def after(self, since: datetime, worked: timedelta) -> datetime:
        """Return when so much time has been worked. None of it is over when work begins again."""
        spans, left = self._open(since), worked
        span = next(spans)
        while left > span.until - span.begin:
            left -= span.until - span.begin
            span = next(spans)
        return span.begin + left

    def days_after(self, since: datetime, days: int) -> datetime:
        """Return the same time of the day so many working days later, or the end of that day's
        work where it ends before. What comes when nobody works comes when work begins again.
        """
        begin = self.after(since, timedelta())
        zone = _zone(self.timezone)
        local = begin.astimezone(zone)
        day, left = local.date(), days
        while left:
            day += DAY
            left -= self._worked(day, zone) is not None
        worked = self._worked(day, zone)
        assert worked  # noqa: S101 - it was counted
        then = datetime.combine(day, local.time(), zone).astimezone(UTC)
        return max(worked.begin, min(then, worked.until))

    def between(self, since: datetime, until: datetime) -> timedelta:
        """Return how much of this time is worked."""
        total = timedelta()
        for span in self._open(since):
            if span.begin >= until:
                break
            total += min(until, span.until) - span.begin
        return total

    def is_open(self, at: datetime, timezone: str | None = None) -> bool:
        """Say whether this is within the working hours, by the clocks of whoever lives elsewhere;
        a time zone that there is not is the organisation's.
        """
        zone = _zone(timezone, self.timezone)
        today = at.astimezone(zone).date()
        spans = (self._worked(day, zone) for day in (today - DAY, today))
        return any(span.begin <= at < span.until for span in spans if span)

    def _open(self, since: datetime) -> Iterator[Open]:
        """Yield what is worked after that, from the day before on: where clocks leave midnight
        out, it ends a little later. No instant is in two of them.
        """
        zone = _zone(self.timezone)
        day, over = since.astimezone(zone).date() - DAY, since
        while True:
            span = self._worked(day, zone)
            if span and span.until > over:
                yield Open(max(span.begin, over), span.until)
                over = span.until
            day += DAY

    def _worked(self, day: date, zone: ZoneInfo) -> Open | None:
        span = self.week.get(day.weekday())
        if span is None or day in self.holidays:
            return None
        begin = datetime.combine(day, span.begin, zone).astimezone(UTC)
        last = day + DAY if span.until == MIDNIGHT else day
        until = datetime.combine(last, span.until, zone).astimezone(UTC)
        return Open(begin, until) if begin < until else None


@lru_cache(maxsize=1000)
def _zone(*names: str | None) -> ZoneInfo:
    for name in names:
        try:
            if name:
                return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")
