"""Reasons: which criteria brought a member where they are, counted on the day on which they did."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from services.classifier.domain.activities import Activity
from services.classifier.domain.clock import day_of
from services.classifier.domain.evidence import (
    Counted,
    Evidence,
    by_time,
    count,
    departure,
    enrolment,
    floor,
)
from services.classifier.domain.journey import Journey
from services.classifier.domain.regimes import Asked, Policies
from services.classifier.domain.retractions import netted
from services.classifier.domain.standings import since
from services.classifier.domain.terms import floored_by, presence, terms_on
from services.classifier.domain.trajectory import Trajectory
from services.classifier.domain.zones import FIRST, ZONES

NOWHERE: Final = FIRST - 1
"""Below every zone is who has departed."""


class Reasons(NamedTuple):
    """`day` is the one on which the rule fired that brought the member where they are."""

    day: int
    counted: Sequence[Counted]

    def that_met(self) -> tuple[Activity, ...]:
        """Return all activities that counted for a criterion that is met, from old to new."""
        met = (each for each in self.counted if each.evidence.met and not each.evidence.left_out)
        activities = {activity.key: activity for each in met for activity in each.activities}
        return tuple(sorted(activities.values(), key=by_time))


def rank(zone: int | None) -> int:
    return NOWHERE if zone is None else zone


def first_day(trajectory: Trajectory) -> int:
    """Return the first day of today's stretch: today's zone has been the member's since then."""
    return since(trajectory.standings)


def reasons(
    journey: Journey, policies: Policies, activities: Sequence[Activity], *, superseded: bool
) -> Reasons:
    """Count the criteria of the rule that fired, as of the day on which it fired.

    Where the stretch began the other way round than is announced, since several days went by
    at once or the past was decided again, the criteria still answer what the reader asks:
    after a promotion why the zone is kept, after a demotion what the zone announced before lacks.
    """
    trajectory, said = journey.trajectory, journey.said
    day = first_day(trajectory)
    to = trajectory.standings[-1].zone
    if to is None:
        return Reasons(day, _departed(journey, activities, day))
    before = trajectory.standing_on(day - 1)
    left = NOWHERE if before is None else rank(before.zone)
    entered = []
    if said.zone is None:
        entered = [enrolment(_registration(journey, activities, day) or activities[0])]
    if rank(said.zone) < to:
        if max(left, FIRST) < to == terms_on(journey.facts, day).floor:
            return Reasons(day, [*entered, *_floored(journey, activities, day, ZONES[to])])
        regime = policies.on(day)
        ways = regime.entering(to) if left < to else regime.keeping(to)
    elif left > to:
        ways = policies.on(day).keeping(left)[:1]
    elif superseded:
        day = said.effective_on
        ways = policies.on(day).entering(rank(said.zone))[:1]
    else:
        day = _left_on(trajectory, said.zone)
        if trajectory.standing_on(day) is None or journey.zone_on(day) is None:
            return Reasons(day, _departed(journey, activities, day))
        ways = policies.on(day).keeping(rank(said.zone))[:1]
    return Reasons(day, [*entered, *_first_that_holds(ways, netted(activities).left, day)])


def missing(
    zone: int, policies: Policies, activities: Sequence[Activity], day: int
) -> tuple[Evidence, ...]:
    """Return what will not be there on `day` of that which keeps `zone`, if nothing happens."""
    left = netted(activities).left
    counted = (
        count(criterion, policy, left, day).evidence
        for policy, criterion in policies.on(day).keeping(zone)[0]
    )
    return tuple(each for each in counted if not each.met and not each.left_out)


def _first_that_holds(
    ways: Sequence[tuple[Asked, ...]], activities: Sequence[Activity], day: int
) -> list[Counted]:
    """Count each way until one holds. Where there is but one it is told as it is."""
    counted: list[Counted] = []
    for way in ways:
        counted = [count(criterion, policy, activities, day) for policy, criterion in way]
        if all(each.evidence.met or each.evidence.left_out for each in counted):
            break
    return counted


def _departed(journey: Journey, activities: Sequence[Activity], day: int) -> list[Counted]:
    key = presence(journey.facts, day).key
    return [departure(each) for each in activities if each.key == key]


def _registration(journey: Journey, activities: Sequence[Activity], day: int) -> Activity | None:
    """Return what brought the member back, None who has never been away."""
    if journey.said.version == 0:
        return None
    key = presence(journey.facts, day).key
    return next((each for each in activities if each.key == key), None)


def _floored(
    journey: Journey, activities: Sequence[Activity], day: int, zone: str
) -> list[Counted]:
    key = floored_by(journey.facts, day)
    return [floor(zone, each) for each in activities if each.key == key]


def _left_on(trajectory: Trajectory, zone: int | None) -> int:
    """Return the last day on which the member left `zone`."""
    return max(
        (
            after.from_day
            for before, after in pairwise(trajectory.standings)
            if before.zone == zone != after.zone
        ),
        default=trajectory.standings[-1].from_day,
    )


def is_historical(
    policies: Policies, effective_on: int, now: int, causes: tuple[Activity, ...]
) -> bool:
    return day_of(now) - effective_on > policies.today(now).historical_after_days or (
        bool(causes) and all(cause.historical for cause in causes)
    )
