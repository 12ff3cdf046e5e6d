"""The log's clock: the events by which time enters, and what a day is.

An instant is a whole number of milliseconds since 1970 UTC; a day is a UTC day, as
`date.toordinal` numbers it. Nothing in the domain knows any other time.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, NamedTuple

STREAM: Final = "_clock"

MINUTE: Final = 60_000
DAY: Final = 24 * 60 * MINUTE
EPOCH: Final = date(1970, 1, 1).toordinal()
FOREVER: Final = date.max.toordinal()
"""A day that does not come: what holds until then holds until something happens."""

Mode = Literal["wall", "events", "fixed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStarted:
    """The log keeps the mode it was started with. `at` is where a fixed clock stands."""

    mode: Mode
    at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockAdvanced:
    at: int


def evolve(now: int | None, event: ClockStarted | ClockAdvanced) -> int | None:
    """Return where the clock stands, None before anybody said. It never goes back."""
    if event.at is None or (now is not None and event.at <= now):
        return now
    return event.at


def day_of(instant: int) -> int:
    return EPOCH + instant // DAY


def begins(day: int) -> int:
    return (day - EPOCH) * DAY


class Span(NamedTuple):
    """Where the clock stands: the last day that is closed, and today. Between them all are open."""

    closed: int
    today: int


def monday_of(day: int) -> int:
    """Return the first day of the ISO week: they begin on Mondays, and so did the year 1."""
    return day - (day - 1) % 7


NEVER: Final = begins(FOREVER)
"""An instant that does not come."""
