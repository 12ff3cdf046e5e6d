"""Announcing: what to say of a journey once an entry of the log has been applied.

The member's zone of today is compared with the one announced last, and so is the vitality.
Past announcements are never rewritten; one that proved wrong is superseded.
"""

from collections.abc import Iterable
from datetime import date
from itertools import pairwise

from services.classifier.domain.activities import Activity
from services.classifier.domain.clock import closed_through, day_of
from services.classifier.domain.evidence import Counted, by_time, count, enrolment, newest_ids
from services.classifier.domain.journey import (
    Direction,
    Journey,
    VitalityChanged,
    ZoneChanged,
)
from services.classifier.domain.policy import FIRST, ZONES, Policy
from services.classifier.domain.trajectory import Trajectory

Announcement = ZoneChanged | VitalityChanged


def has_news(journey: Journey) -> bool:
    """Say whether there is anything to announce."""
    trajectory, said = journey.trajectory, journey.said
    return bool(trajectory.standings) and (
        trajectory.standings[-1].zone != said.zone
        or trajectory.spells[-1].vitality != said.vitality
    )


def changes_zone(journey: Journey) -> bool:
    """Say whether the zone is news: `announce` then has to see what the member did."""
    standings = journey.trajectory.standings
    return bool(standings) and standings[-1].zone != journey.said.zone


def announce(
    journey: Journey,
    policy: Policy,
    activities: Iterable[Activity],
    now: int,
    cause: Activity | None = None,
) -> tuple[Announcement, ...]:
    """Return what is to be said, `()` if nothing.

    `cause` is the activity of the entry just applied, None where only the clock moved.
    `activities` are all of the member's, `cause` among them; where only the vitality is news,
    none are needed.
    """
    if not has_news(journey):
        return ()
    changed = _zone_changed(journey, policy, activities, now, cause)
    if changed is not None and journey.said.vitality is None:
        return (changed,)
    faded = _vitality_changed(journey, policy, changed, now, cause)
    return tuple(each for each in (changed, faded) if each is not None)


def _zone_changed(
    journey: Journey,
    policy: Policy,
    activities: Iterable[Activity],
    now: int,
    cause: Activity | None,
) -> ZoneChanged | None:
    trajectory, said = journey.trajectory, journey.said
    to = trajectory.standings[-1].zone
    if to == said.zone:
        return None
    direction = _direction(said.zone, to)
    since = _first_day(trajectory)
    effective_on = max(since, said.effective_on)
    superseded = _superseded(journey, policy, now)
    counted = _reasons(journey, policy, sorted(activities, key=by_time), superseded=superseded)
    causes: tuple[Activity, ...] = () if cause is None else (cause,)
    if direction != "demoted":
        causes = _that_met(counted)
    return ZoneChanged(
        version=said.version + 1,
        previous=None if said.zone is None else ZONES[said.zone],
        to=ZONES[to],
        direction=direction,
        effective_on=date.fromordinal(effective_on),
        decided_at=now,
        policy_version=policy.version,
        evidence=tuple(each.evidence for each in counted),
        cause_ids=newest_ids(causes),
        vitality=trajectory.spells[-1].vitality,
        supersedes=said.version if superseded else None,
        historical=_historical(policy, effective_on, now, causes)
        and not (superseded and not said.historical),
    )


def _vitality_changed(
    journey: Journey,
    policy: Policy,
    changed: ZoneChanged | None,
    now: int,
    cause: Activity | None,
) -> VitalityChanged | None:
    spell, said = journey.trajectory.spells[-1], journey.said
    if said.zone is None or said.vitality is None or spell.vitality == said.vitality:
        return None
    effective_on = max(spell.from_day, said.vitality_on)
    causes = () if cause is None else (cause,)
    return VitalityChanged(
        previous=said.vitality,
        vitality=spell.vitality,
        effective_on=date.fromordinal(effective_on),
        decided_at=now,
        policy_version=policy.version,
        zone=ZONES[said.zone] if changed is None else changed.to,
        since=date.fromordinal(said.effective_on) if changed is None else changed.effective_on,
        version=said.version if changed is None else changed.version,
        historical=_historical(policy, effective_on, now, causes),
    )


def _direction(said: int | None, to: int) -> Direction:
    if said is None:
        return "entered"
    return "promoted" if to > said else "demoted"


def _first_day(trajectory: Trajectory) -> int:
    """Return the first day of today's stretch: today's zone has been the member's since then."""
    first = trajectory.standings[-1]
    for standing in reversed(trajectory.standings):
        if standing.zone != first.zone:
            break
        first = standing
    return first.from_day


def _superseded(journey: Journey, policy: Policy, now: int) -> bool:
    """Say whether the trajectory no longer has what was announced last, on the day it was for."""
    said = journey.said
    standing = journey.trajectory.standing_on(said.effective_on)
    if said.zone is None or standing is None:
        return False
    closed = said.effective_on <= closed_through(now, policy.settle_minutes)
    return standing.zone < said.zone or (standing.zone > said.zone and closed)


def _historical(policy: Policy, effective_on: int, now: int, causes: tuple[Activity, ...]) -> bool:
    return day_of(now) - effective_on > policy.historical_after_days or (
        bool(causes) and all(cause.historical for cause in causes)
    )


def _reasons(
    journey: Journey, policy: Policy, activities: list[Activity], *, superseded: bool
) -> list[Counted]:
    """Count the criteria of the rule that fired, as of the day on which it fired.

    Where the stretch began the other way round than is announced, since several days went by
    at once or the past was decided again, the criteria still answer what the reader asks:
    after a promotion why the zone is kept, after a demotion what the zone announced before lacks.
    """
    trajectory, said = journey.trajectory, journey.said
    day = _first_day(trajectory)
    before = trajectory.standing_on(day - 1)
    left = FIRST if before is None else before.zone
    to = trajectory.standings[-1].zone
    counted = [enrolment(activities[0])] if said.zone is None else []
    if said.zone is None or said.zone < to:
        criteria = policy.entering(to) if left < to else policy.zones[to].keep
    elif left > to:
        criteria = policy.zones[left].keep
    elif superseded:
        criteria, day = policy.entering(said.zone), said.effective_on
    else:
        criteria, day = policy.zones[said.zone].keep, _left_on(trajectory, said.zone)
    return [*counted, *(count(each, policy, activities, day) for each in criteria)]


def _that_met(counted: list[Counted]) -> tuple[Activity, ...]:
    """Return all activities that counted for a criterion that is met, from old to new."""
    met = (each for each in counted if each.evidence.met and not each.evidence.left_out)
    activities = {activity.key: activity for each in met for activity in each.activities}
    return tuple(sorted(activities.values(), key=by_time))


def _left_on(trajectory: Trajectory, zone: int) -> int:
    """Return the last day on which the member left `zone`."""
    return max(
        (
            after.from_day
            for before, after in pairwise(trajectory.standings)
            if before.zone == zone != after.zone
        ),
        default=trajectory.standings[-1].from_day,
    )
