"""A log's clock: the events by which time enters. Nothing else in a domain knows the time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

STREAM: Final = "_clock"

Mode: TypeAlias = Literal["wall", "events", "fixed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStarted:
    """The log keeps the mode it was started with. `at` is where a fixed clock stands."""

    mode: Mode
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockAdvanced:
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """`now` is None before anybody has said what time it is."""

    mode: Mode
    now: datetime | None = None


def moves(clock: Clock, at: datetime) -> bool:
    """Say whether something that happened `at` moves the clock: only where events are the clock,
    and never back.
    """
    return clock.mode == "events" and (clock.now is None or at > clock.now)


def is_told(now: datetime | None, then: datetime) -> bool:
    """Say whether the log tells of this move although nothing is due: on every new date."""
    return now is None or then.date() > now.date()


def not_before(clock: Clock, at: datetime) -> datetime:
    """Return when something is decided that happened `at`: not before the log's own time."""
    return at if clock.now is None else max(clock.now, at)
