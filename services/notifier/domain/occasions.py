"""When the notifier looks around of its own accord: every morning, every week, every month.

The log's clock brings them. When it moves over several of a kind, only the last is an occasion:
what would have been said on the others is not news any more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

Every: TypeAlias = Literal["month", "week", "day"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """At what time of the organisation's day. Weeks begin on Monday, months on their first day."""

    timezone: str
    morning: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    every: Every
    on: date
    at: datetime


def due(then: datetime | None, now: datetime, rhythm: Rhythm) -> list[Occasion]:
    """Return what becomes due when the clock moves, in order; at one time a month before a day."""
    if then is None:
        return []
    return sorted(
        (it for it in _latest(now, rhythm) if it.at > then), key=lambda occasion: occasion.at
    )


def _latest(now: datetime, rhythm: Rhythm) -> Iterator[Occasion]:
    local = now.astimezone(_zone(rhythm.timezone))
    today = local.date()
    if now < _begins(today, rhythm):
        today -= timedelta(days=1)
    days: tuple[tuple[Every, date], ...] = (
        ("month", today.replace(day=1)),
        ("week", today - timedelta(days=today.weekday())),
        ("day", today),
    )
    for every, on in days:
        yield Occasion(every=every, on=on, at=_begins(on, rhythm))


def _begins(day: date, rhythm: Rhythm) -> datetime:
    local = datetime.combine(day, rhythm.morning, _zone(rhythm.timezone))
    return local.astimezone(_zone("UTC"))


@cache
def _zone(timezone: str) -> ZoneInfo:
    return ZoneInfo(timezone)
