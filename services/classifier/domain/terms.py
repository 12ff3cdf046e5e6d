"""Terms: on which days a member is departed or paused, and which zone they do not fall below.

The organisation says so in programme events. For each question the latest by time and key
counts, and each may come late.
"""

from typing import Final, NamedTuple

from services.classifier.domain.clock import FOREVER
from services.classifier.domain.facts import Facts
from services.classifier.domain.profile import FLOOR, FLOOR_UNTIL, PAUSED, PRESENT, RESUMED
from services.classifier.domain.series import Reading, reading
from services.classifier.domain.zones import FIRST


class Terms(NamedTuple):
    """`floor` is the first zone where there is none. All of it stays so up to `until`."""

    departed: bool
    paused: bool
    floor: int
    until: int


ORDINARY: Final = Terms(departed=False, paused=False, floor=FIRST, until=FOREVER)


def terms_on(facts: Facts, day: int) -> Terms:
    if not facts.profile:
        return ORDINARY
    last_day, floor = floor_on(facts, day)
    return Terms(
        departed=presence(facts, day).value == 0,
        paused=_paused(facts, day),
        floor=floor,
        until=min(_next_said(facts, day), last_day + 1 if floor > FIRST else FOREVER),
    )


def presence(facts: Facts, day: int) -> Reading:
    """Return the latest registration or departure up to the end of `day`."""
    return reading(facts.profile.get(PRESENT, ()), day) or REGISTERED


def floored_by(facts: Facts, day: int) -> str:
    """Return the key of the event that set the floor of `day`."""
    said = reading(facts.profile.get(FLOOR, ()), day)
    return "" if said is None else said.key


def floor_on(facts: Facts, day: int) -> tuple[int, int]:
    """Return the last day of the floor and the zone, which is the first where there is none."""
    floor = reading(facts.profile.get(FLOOR, ()), day)
    if floor is None or floor.value == FIRST:
        return FOREVER, FIRST
    until = reading(facts.profile.get(FLOOR_UNTIL, ()), day)
    last_day = FOREVER - 1 if until is None else until.value
    return (last_day, floor.value) if day <= last_day else (FOREVER, FIRST)


def paused_since(facts: Facts, day: int) -> int:
    """Return the first day of the pause that `day` is in."""
    resumed = reading(facts.profile.get(RESUMED, ()), day)
    said = facts.profile.get(PAUSED, ())
    return min(each.day for each in said if resumed is None or each[1:3] > resumed[1:3]) + 1


REGISTERED: Final = Reading(day=0, at=0, key="", value=1)
"""Whoever does anything is there, unless they have departed."""


def _paused(facts: Facts, day: int) -> bool:
    """A pause begins on the day after it was said, and ends on the day of the resumption."""
    paused = reading(facts.profile.get(PAUSED, ()), day - 1)
    resumed = reading(facts.profile.get(RESUMED, ()), day)
    return paused is not None and (resumed is None or paused[1:3] > resumed[1:3])


def _next_said(facts: Facts, day: int) -> int:
    """Return the first day after `day` for which something else was said, or FOREVER."""
    return min(
        (
            begins
            for name, series in facts.profile.items()
            for said in series
            if (begins := said.day + (name == PAUSED)) > day
        ),
        default=FOREVER,
    )
