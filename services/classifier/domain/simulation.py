"""The backtest: what two sets of policies make of the same members, counted and compared.

Everything but the list of who moves is a count under a name, and counts add up: so many members
can be compared by as many processes, a few at a time, and the sum is the same.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import Final, TypeAlias

from services.classifier.domain.announcements import ZoneChanged
from services.classifier.domain.journey import Journey
from services.classifier.domain.rehearsal import FAST_TRACK, Life
from services.classifier.domain.zones import FIRST, ZONES

SIDES: Final = ("baseline", "candidate")
NOWHERE: Final = "none"
"""The zone of who has departed."""
FLAP_DAYS: Final = 30
"""Who is back after no more than so many days has flapped."""
MOST_DAYS: Final = 60
"""On how many days members are counted, at most."""
STEPS: Final = (1, 7, 30, 91, 365)
"""Days from one such day to the next."""

Counts: TypeAlias = Counter[tuple[str, ...]]
Stretch: TypeAlias = tuple[int, int | None]
"""The first day, and the zone."""


def compared(baseline: Life, candidate: Life, days: Sequence[int]) -> Counts:
    """Count one member. `days` are those on which one wants to know how many are in each zone."""
    counts: Counts = Counter()
    counts["transition", zone_today(baseline.journey), zone_today(candidate.journey)] += 1
    for side, life in zip(SIDES, (baseline, candidate), strict=True):
        for name, number in _counted(life, days):
            counts[side, *name] += number
    return counts


def zone_today(journey: Journey) -> str:
    standings = journey.trajectory.standings
    zone = standings[-1].zone if standings else None
    return NOWHERE if zone is None else ZONES[zone]


def sampled(first: int, last: int) -> list[int]:
    """Return the days on which to count who is where: evenly back from the last, which is one."""
    span = last - first
    step = next((step for step in STEPS if span // step < MOST_DAYS), span // MOST_DAYS + 1)
    return [*range(last - span // step * step, last + 1, step)]


def distribution(counts: Counts, side: str, days: Sequence[int]) -> list[dict[str, int]]:
    """Return how many were in each zone on each of the days."""
    there = dict.fromkeys(ZONES, 0)
    found = []
    for day in days:
        for zone in ZONES:
            there[zone] += counts[side, "more", written(day), zone]
            there[zone] -= counts[side, "less", written(day), zone]
        found.append(dict(there))
    return found


def written(day: int) -> str:
    return date.fromordinal(day).isoformat()


def _counted(life: Life, days: Sequence[int]) -> Iterable[tuple[tuple[str, ...], int]]:
    stretches = _stretches(life.journey)
    yield from _distributed(stretches, days)
    for (_, before), (_, after) in pairwise(stretches):
        if before is not None and after is not None:
            yield ("changes", "up" if after > before else "down"), 1
    if _flaps(stretches):
        yield ("flapping",), 1
    for name, number in life.announced.items():
        yield ("announced", name), number
    for zone in _arrived(life.changes):
        yield ("arrivals", zone), 1
    for change in life.changes:
        told = not (change.historical or change.by_policy)
        if told and FAST_TRACK in {change.previous, change.to}:
            yield ("alerts", "granted" if change.to == FAST_TRACK else "ended"), 1
    if life.alerts:
        yield ("alerts", "drafts"), life.alerts


def _stretches(journey: Journey) -> list[Stretch]:
    stretches: list[Stretch] = []
    for standing in journey.trajectory.standings:
        if not stretches or stretches[-1][1] != standing.zone:
            stretches.append((standing.from_day, standing.zone))
    return stretches


def _distributed(
    stretches: Sequence[Stretch], days: Sequence[int]
) -> Iterable[tuple[tuple[str, ...], int]]:
    """Count from which day on a zone has one member more, and from which on one less."""
    ends = [*(from_day for from_day, _ in stretches[1:]), days[-1] + 1]
    for (from_day, zone), end in zip(stretches, ends, strict=True):
        begun, ended = bisect_left(days, from_day), bisect_left(days, end)
        if zone is not None and begun < ended:
            yield ("more", written(days[begun]), ZONES[zone]), 1
            if ended < len(days):
                yield ("less", written(days[ended]), ZONES[zone]), 1


def _flaps(stretches: Sequence[Stretch]) -> bool:
    """Say whether the member came back soon to a zone that they had just left for another."""
    return any(
        first == third is not None is not second and back - left <= FLAP_DAYS
        for (_, first), (left, second), (back, third) in zip(
            stretches, stretches[1:], stretches[2:], strict=False
        )
    )


def _arrived(changes: Iterable[ZoneChanged]) -> set[str]:
    """Return the zones in which a first arrival is recognised, as rewards does: those skipped on
    the way up among them, but not where the organisation put somebody.
    """
    arrived: set[str] = set()
    for change in changes:
        if change.historical and not change.by_policy:
            continue
        if change.to is None or change.evidence[-1].measure == "floor":
            continue
        start = FIRST if change.previous is None else ZONES.index(change.previous)
        arrived.update(ZONES[start + 1 : ZONES.index(change.to) + 1])
    return arrived
