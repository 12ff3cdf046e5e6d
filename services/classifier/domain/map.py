"""The map: where a member is, what the next zone asks for and the cheapest way there, until when
each of their acts counts, and what becomes of them if nothing happens.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, NamedTuple

from services.classifier.domain.activities import Activity
from services.classifier.domain.baskets import shelf
from services.classifier.domain.evidence import Evidence, by_time, count
from services.classifier.domain.journey import Journey
from services.classifier.domain.regimes import Asked, Policies
from services.classifier.domain.retractions import netted
from services.classifier.domain.terms import terms_on
from services.classifier.domain.trajectory import Fall
from services.classifier.domain.ways import Way, cheapest
from services.classifier.domain.zones import ZONES

Wayless = Literal["not_enrolled", "departed", "paused", "arrived", "out_of_reach"]


class Lasting(NamedTuple):
    """An act that counts, and for each criterion the first day on which it no longer does."""

    act: Activity
    ends: tuple[tuple[str, int], ...]

    @property
    def first_end(self) -> int:
        return min(day for _, day in self.ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """As of `day`. A `way` that is not `in_time` leads to the next zone later than was asked for.
    Where there is none it is said why, by `wayless`. `beyond` is what acts alone do not bring.
    """

    day: int
    zone: int | None
    next: int | None = None
    asked: tuple[Evidence, ...] = ()
    way: Way | None = None
    in_time: bool = True
    beyond: tuple[Evidence, ...] = ()
    wayless: Wayless | None = None
    fall: Fall | None = None
    lasting: tuple[Lasting, ...] = ()


def drawn(
    journey: Journey,
    policies: Policies,
    activities: Iterable[Activity],
    day: int,
    by: int | None = None,
) -> Map:
    """Draw the map on `day`, which is today: `journey` is decided up to it. The way is to lead to
    the next zone up to the day `by`. It is searched apart from all others, so others may search
    meanwhile.
    """
    standing = journey.trajectory.standing_on(day)
    if standing is None:
        return Map(day=day, zone=None, wayless="not_enrolled")
    if standing.zone is None:
        return Map(day=day, zone=None, wayless="departed")
    zone, fall, regime = standing.zone, journey.trajectory.fall, policies.on(day)
    acts = sorted(netted(activities).left, key=by_time)
    keep = regime.keeping(zone)[0]
    if zone + 1 == len(ZONES):
        lasting = _lasting(keep, acts, day)
        return Map(day=day, zone=zone, wayless="arrived", fall=fall, lasting=lasting)
    enter = regime.entering(zone + 1)[0]
    asked = tuple(count(each, policy, acts, day).evidence for policy, each in enter)
    lasting = _lasting((*keep, *enter), acts, day)
    way, in_time, wayless = None, True, _stopped(journey, day)
    if wayless is None:
        searched = partial(cheapest, journey.facts, policies, zone + 1, day, searches=shelf())
        way = searched(by)
        if way is None and by is not None:
            way, in_time = searched(), False
        wayless = "out_of_reach" if way is None else None
    return Map(
        day=day,
        zone=zone,
        next=zone + 1,
        asked=asked,
        way=way,
        in_time=in_time,
        beyond=()
        if way is None
        else tuple(count(each, policy, acts, day).evidence for policy, each in way.beyond),
        wayless=wayless,
        fall=fall,
        lasting=lasting,
    )


def _stopped(journey: Journey, day: int) -> Wayless | None:
    """A pause that was said today begins tomorrow, when it is too late to set out."""
    paused = any(terms_on(journey.facts, each).paused for each in (day, day + 1))
    return "paused" if paused else None


def _lasting(asked: Iterable[Asked], acts: Sequence[Activity], day: int) -> tuple[Lasting, ...]:
    """Return the acts that count for any of the criteria, those first that will end first."""
    ends: dict[str, dict[str, int]] = {}
    for policy, criterion in asked:
        if policy.leaves_out(criterion) or criterion.measure == "network_growth":
            continue
        for act in count(criterion, policy, acts, day).activities:
            if criterion.days:
                ends.setdefault(act.key, {})[criterion.name] = act.day + criterion.days
    lasting = (Lasting(act, tuple(ends[act.key].items())) for act in acts if act.key in ends)
    return tuple(sorted(lasting, key=lambda each: each.first_end))
