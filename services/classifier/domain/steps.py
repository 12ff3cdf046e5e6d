"""Steps: what to do, by kind and by day, and what each of it is for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.classifier.domain.entering import Entry
from services.classifier.domain.lacks import Lack


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """So many acts of a kind; where it counts, with so many new people, on so many days or in so
    many weeks that have none of those acts yet.
    """

    kind: str
    acts: int
    seconds: int
    people: int | None = None
    days: int | None = None
    weeks: int | None = None

    @property
    def minutes(self) -> float:
        return minutes_of(self.seconds)


class Doing(NamedTuple):
    day: int
    kind: str
    acts: int


def minutes_of(seconds: int) -> float:
    """Return a whole number where it is one."""
    return seconds // 60 if seconds % 60 == 0 else seconds / 60


def steps_of(entry: Entry, lacks: Sequence[Lack]) -> tuple[Step, ...]:
    """Share out what is missing among the kinds, so that a step says what it is for."""
    useful = entry.useful
    shares: dict[tuple[int, str], int] = {}
    for each, gains in zip(lacks, useful.gains, strict=True):
        left = each.missing
        for place, acts in reversed(tuple(enumerate(entry.basket))):
            if gains[place] and each.unit in {"person", "day", "week"}:
                share = min(acts, left)
                left -= share
                shares[place, each.unit] = max(share, shares.get((place, each.unit), 0))
    return tuple(
        Step(
            kind=useful.kinds[place],
            acts=acts,
            seconds=acts * useful.prices[place],
            people=shares.get((place, "person")) or None,
            days=shares.get((place, "day")) or None,
            weeks=shares.get((place, "week")) or None,
        )
        for place, acts in enumerate(entry.basket)
        if acts
    )


def plan_of(entry: Entry, monday: int) -> tuple[Doing, ...]:
    """Return what to do on which days. Bit 0 of the entry's days is `monday`."""
    kinds = entry.useful.kinds
    return tuple(
        Doing(monday + day, kinds[kind], acts) for (day, kind), acts in sorted(entry.plan.items())
    )
