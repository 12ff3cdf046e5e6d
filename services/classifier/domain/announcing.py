"""Announcing: what to say of a journey once an entry of the log has been applied.

The member's zone of today is compared with the one announced last, and so is the vitality.
Past announcements are never rewritten; one that proved wrong is superseded.
"""

from collections.abc import Iterable
from datetime import date
from functools import partial

from services.classifier.domain.activities import Activity
from services.classifier.domain.announcements import (
    Announcement,
    Direction,
    VitalityChanged,
    ZoneChanged,
)
from services.classifier.domain.beginnings import brought
from services.classifier.domain.evidence import by_time, newest_ids
from services.classifier.domain.foretelling import averted, foreseen, neared, warning_differs
from services.classifier.domain.journey import Journey, evolve
from services.classifier.domain.reasons import first_day, is_historical, rank, reasons
from services.classifier.domain.regimes import Policies
from services.classifier.domain.zones import ZONES


def has_news(journey: Journey, policies: Policies, now: int) -> bool:
    """Say whether there is anything to announce."""
    trajectory, said = journey.trajectory, journey.said
    return bool(trajectory.standings) and (
        trajectory.standings[-1].zone != said.zone
        or (said.zone is not None and trajectory.spells[-1].vitality != said.vitality)
        or journey.prospect.news is not None
        or warning_differs(journey, policies, now)
    )


def needs_past(journey: Journey, policies: Policies, now: int) -> bool:
    """Say whether `announce` has to see what the member did."""
    standings = journey.trajectory.standings
    return bool(standings) and (
        standings[-1].zone != journey.said.zone or warning_differs(journey, policies, now)
    )


def announce(
    journey: Journey,
    policies: Policies,
    activities: Iterable[Activity],
    now: int,
    cause: Activity | None = None,
    *,
    adopted: bool = False,
) -> tuple[Announcement, ...]:
    """Return what is to be said, `()` if nothing.

    `cause` is the activity of the entry just applied, None where only the clock moved or, which
    `adopted` says, a policy was adopted.
    `activities` are all of the member's, `cause` among them; where the past is not needed, none
    are.
    """
    if not has_news(journey, policies, now):
        return ()
    said: list[Announcement] = []
    zone_changed = partial(_zone_changed, adopted=adopted)
    for news in (zone_changed, _vitality_changed, averted, foreseen, neared):
        announced = news(journey, policies, activities, now, cause)
        if announced is not None:
            said.append(announced)
            journey = evolve(journey, announced)
    return tuple(said)


def _zone_changed(
    journey: Journey,
    policies: Policies,
    activities: Iterable[Activity],
    now: int,
    cause: Activity | None,
    *,
    adopted: bool,
) -> ZoneChanged | None:
    trajectory, said = journey.trajectory, journey.said
    to = trajectory.standings[-1].zone
    if to == said.zone:
        return None
    direction = _direction(said.zone, to)
    effective_on = max(first_day(trajectory), said.effective_on)
    superseded = _superseded(journey, policies, now)
    acts = sorted(activities, key=by_time)
    why = reasons(journey, policies, acts, superseded=superseded)
    causes: tuple[Activity, ...] = () if cause is None else (cause,)
    if direction != "demoted":
        causes = why.that_met()
    return ZoneChanged(
        version=said.version + 1,
        previous=None if said.zone is None else ZONES[said.zone],
        to=None if to is None else ZONES[to],
        direction=direction,
        effective_on=date.fromordinal(effective_on),
        decided_at=now,
        policy_version=policies.on(why.day).policy.version,
        evidence=tuple(each.evidence for each in why.counted),
        cause_ids=newest_ids(causes),
        vitality=trajectory.spells[-1].vitality,
        supersedes=said.version if superseded else None,
        historical=is_historical(policies, effective_on, now, causes)
        and not (superseded and not said.historical),
        by_policy=adopted or (cause is None and brought(journey, policies, acts, effective_on)),
    )


def _vitality_changed(
    journey: Journey,
    policies: Policies,
    _activities: Iterable[Activity],
    now: int,
    cause: Activity | None,
) -> VitalityChanged | None:
    spell, said = journey.trajectory.spells[-1], journey.said
    if said.vitality is None or spell.vitality is None or spell.vitality == said.vitality:
        return None
    effective_on = max(spell.from_day, said.vitality_on)
    causes = () if cause is None else (cause,)
    return VitalityChanged(
        previous=said.vitality,
        vitality=spell.vitality,
        effective_on=date.fromordinal(effective_on),
        decided_at=now,
        policy_version=policies.on(spell.from_day).policy.version,
        zone=None if said.zone is None else ZONES[said.zone],
        since=date.fromordinal(said.effective_on),
        version=said.version,
        historical=is_historical(policies, effective_on, now, causes),
    )


def _direction(said: int | None, to: int | None) -> Direction:
    if to is None:
        return "left"
    if said is None:
        return "entered"
    return "promoted" if to > said else "demoted"


def _superseded(journey: Journey, policies: Policies, now: int) -> bool:
    """Say whether the trajectory no longer has what was announced last, on the day it was for."""
    said = journey.said
    standing = journey.trajectory.standing_on(said.effective_on)
    if said.version == 0 or standing is None:
        return False
    closed = said.effective_on <= policies.span_at(now).closed
    there, announced = rank(standing.zone), rank(said.zone)
    return there < announced or (there > announced and closed)
