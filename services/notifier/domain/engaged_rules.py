"""How much the socially engaged may be asked, and when it is time to look after them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

LAST_SECOND: Final = time(23, 59, 59)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRules:
    """`at_once` are asked at a time, and have `answer_within` before the next are asked. A request
    that names no last day `lasts` so long.
    """

    at_once: int
    answer_within: timedelta
    lasts: timedelta

    def closes_at(self, until: date | None, now: datetime) -> datetime:
        """Return the last second of the last day, a UTC day as every day on the bus."""
        return now + self.lasts if until is None else datetime.combine(until, LAST_SECOND, UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class CircleRules:
    """Whoever met in the last `apart_months` is kept apart where that can be."""

    apart_months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkRules:
    """A group of `at_least_members` or more of whom less than `below_percent` are socially engaged
    is offered a talk, no sooner than `again_after_months` after the one before, and no more than
    `at_once` groups a month. Whoever was asked for something within `rest` is not asked to speak.
    """

    at_least_members: int
    below_percent: int
    again_after_months: int
    at_once: int
    rest: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class CareRules:
    """So many broken promises `within` a time are a signal. A sponsor hears of a member no sooner
    than `again_after`.
    """

    breaches: int
    within: timedelta
    again_after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class EngagedRules:
    """Whoever was asked for the fewest things that are `recent` is asked first."""

    recent: timedelta
    requests: RequestRules
    circles: CircleRules
    talks: TalkRules
    care: CareRules
