"""Foretelling: what is said of days to come. A demotion that will be if nothing happens, that it
will not be after all, and how near the next zone is.
"""

from collections.abc import Iterable
from datetime import date

from services.classifier.domain.activities import Activity
from services.classifier.domain.announcements import DemotionAverted, DemotionForeseen, ZoneNeared
from services.classifier.domain.clock import day_of
from services.classifier.domain.evidence import by_time
from services.classifier.domain.journey import Journey
from services.classifier.domain.reasons import is_historical, missing
from services.classifier.domain.regimes import Policies
from services.classifier.domain.trajectory import Fall, warned_from
from services.classifier.domain.zones import ZONES


def averted(
    journey: Journey,
    policies: Policies,
    _activities: Iterable[Activity],
    now: int,
    cause: Activity | None,
) -> DemotionAverted | None:
    warned, zone = journey.said.warned, journey.said.zone
    if warned is None:
        return None
    if zone is not None and warned.zone == ZONES[zone] and _imminent(journey, policies, now):
        return None
    return DemotionAverted(
        zone=warned.zone,
        to=warned.to,
        due_on=date.fromordinal(warned.due_on),
        effective_on=date.fromordinal(day_of(now)),
        decided_at=now,
        policy_version=policies.today(now).version,
        historical=is_historical(policies, day_of(now), now, () if cause is None else (cause,)),
    )


def foreseen(
    journey: Journey,
    policies: Policies,
    activities: Iterable[Activity],
    now: int,
    cause: Activity | None,
) -> DemotionForeseen | None:
    """A fall that comes later than was said is not worth another warning, one that comes earlier
    is.
    """
    fall, warned, zone = _imminent(journey, policies, now), journey.said.warned, journey.said.zone
    if fall is None or zone is None or (warned is not None and fall.day >= warned.due_on):
        return None
    return DemotionForeseen(
        zone=ZONES[zone],
        to=ZONES[fall.to],
        due_on=date.fromordinal(fall.day),
        because=missing(zone, policies, sorted(activities, key=by_time), fall.day),
        effective_on=date.fromordinal(day_of(now)),
        decided_at=now,
        policy_version=policies.on(fall.day).policy.version,
        historical=is_historical(policies, day_of(now), now, () if cause is None else (cause,)),
    )


def warning_differs(journey: Journey, policies: Policies, now: int) -> bool:
    """Say whether a fall is imminent that nobody was warned of, or none is and somebody was."""
    warned = journey.said.warned
    if warned is None and journey.trajectory.fall is None:  # mostly
        return False
    fall = _imminent(journey, policies, now)
    if fall is None or warned is None:
        return fall is not None or warned is not None
    zone = journey.trajectory.standings[-1].zone
    return fall.day < warned.due_on or zone is None or ZONES[zone] != warned.zone


def _imminent(journey: Journey, policies: Policies, now: int) -> Fall | None:
    fall = journey.trajectory.fall
    if fall is None or now < warned_from(fall, policies, now):
        return None
    return fall


def neared(
    journey: Journey,
    policies: Policies,
    _activities: Iterable[Activity],
    now: int,
    _cause: Activity | None,
) -> ZoneNeared | None:
    near, zone = journey.prospect.news, journey.said.zone
    if near is None or zone is None:
        return None
    closed = journey.prospect.looked_through
    return ZoneNeared(
        zone=ZONES[zone],
        next=near.next,
        minutes=near.minutes,
        steps=near.steps,
        effective_on=date.fromordinal(closed),
        decided_at=now,
        policy_version=policies.today(now).version,
        historical=is_historical(policies, closed, now, ()),
    )
