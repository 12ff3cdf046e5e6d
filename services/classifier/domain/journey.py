"""The journey: what a member did, which zones that led through, and what was said of it.

One stream for each member, named by their id, holds activities and announcements.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal, assert_never

from services.classifier.domain.activities import Activity
from services.classifier.domain.evidence import Evidence
from services.classifier.domain.facts import NOTHING, Facts, fold, forget, learn, says_terms
from services.classifier.domain.policy import ZONES, Vitality
from services.classifier.domain.regimes import Policies
from services.classifier.domain.retractions import RETRACT
from services.classifier.domain.trajectory import (
    UNDECIDED,
    Trajectory,
    decided,
    followed,
)

LATENESS: Final = 35
"""Days that an activity may be late and still be decided without reading the member's log."""

Direction = Literal["entered", "promoted", "demoted", "left"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneChanged:
    """`supersedes` is the version of the change that proved wrong. Lists run from old to new."""

    version: int
    previous: str | None
    to: str | None
    direction: Direction
    effective_on: date
    decided_at: int
    policy_version: int
    evidence: tuple[Evidence, ...]
    cause_ids: tuple[str, ...]
    vitality: Vitality | None
    supersedes: int | None
    historical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VitalityChanged:
    """`zone`, `since` and `version` are those of the last announced change of zone."""

    previous: Vitality
    vitality: Vitality
    effective_on: date
    decided_at: int
    policy_version: int
    zone: str | None
    since: date
    version: int
    historical: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What was announced last. Before anything was, the version is 0."""

    version: int = 0
    zone: int | None = None
    effective_on: int = 0
    historical: bool = False
    vitality: Vitality | None = None
    vitality_on: int = 0


@dataclass(frozen=True, slots=True)
class Journey:
    member: str
    facts: Facts = NOTHING
    trajectory: Trajectory = UNDECIDED
    said: Said = Said()

    @property
    def due(self) -> int:
        """The instant at which the clock may change something though nothing happens."""
        return self.trajectory.due

    @property
    def group(self) -> str | None:
        return None if self.facts.group is None else self.facts.group[2]

    def zone_on(self, day: int) -> str | None:
        """Return the zone on `day`, which is not after the clock's today; None for nobody's."""
        standing = self.trajectory.standing_on(day)
        return None if standing is None or standing.zone is None else ZONES[standing.zone]


def evolve(journey: Journey, event: Activity | ZoneChanged | VitalityChanged) -> Journey:
    """Fold in what happened or was said. Activities commute; what they mean is not decided yet."""
    match event:
        case Activity():
            return Journey(
                journey.member, learn(journey.facts, event), journey.trajectory, journey.said
            )
        case ZoneChanged():
            effective_on = event.effective_on.toordinal()
            said = replace(
                journey.said,
                version=event.version,
                zone=None if event.to is None else ZONES.index(event.to),
                effective_on=effective_on,
                historical=event.historical,
            )
            if event.to is None or said.vitality is None:
                said = replace(said, vitality=event.vitality, vitality_on=effective_on)
            return replace(journey, said=said)
        case VitalityChanged():
            vitality_on = event.effective_on.toordinal()
            said = replace(journey.said, vitality=event.vitality, vitality_on=vitality_on)
            return replace(journey, said=said)
        case _:
            assert_never(event)


def reaches(journey: Journey, policies: Policies, activity: Activity) -> bool:
    """Say whether the journey still knows enough to decide again from this activity's day on.
    If not, the member has to be folded again from the log.
    """
    facts = journey.facts
    if activity.kind == RETRACT or facts.retractions.cover(activity):
        return False
    if not facts.kept_from:
        return True
    return not decides(journey, activity) or activity.day - policies.window + 1 >= facts.kept_from


def decides(journey: Journey, activity: Activity) -> bool:
    """Say whether an activity can change what is decided for its day or a later one."""
    return bool(activity.mark) or says_terms(activity) or activity.day < journey.facts.enrolled_on


def record(journey: Journey, policies: Policies, activity: Activity, now: int) -> Journey:
    """Fold in one new activity, and decide what it changes."""
    facts = learn(journey.facts, activity)
    trajectory = followed(journey.trajectory, facts, policies, activity, now)
    if trajectory is not journey.trajectory:
        facts = _kept(facts, policies, now)
    return Journey(journey.member, facts, trajectory, journey.said)


def advance(journey: Journey, policies: Policies, now: int) -> Journey:
    """Let the clock get to `now`. Before the journey is due, nothing comes of it."""
    return journey if now < journey.due else redecide(journey, policies, now)


def redecide(
    journey: Journey, policies: Policies, now: int, from_day: int | None = None
) -> Journey:
    """Decide again from `from_day` on, or from the first day that has closed since."""
    start = journey.trajectory.settled_through + 1 if from_day is None else from_day
    trajectory = decided(journey.trajectory, journey.facts, policies, start, now)
    return Journey(journey.member, _kept(journey.facts, policies, now), trajectory, journey.said)


def refold(
    journey: Journey, policies: Policies, activities: Iterable[Activity], now: int
) -> Journey:
    """Fold and decide the member anew from all their activities; what was said stays said."""
    facts = fold(activities)
    return redecide(Journey(journey.member, facts, UNDECIDED, journey.said), policies, now)


def _kept(facts: Facts, policies: Policies, now: int) -> Facts:
    """Forget what is too old to count on any day that is decided again without the log."""
    before = policies.span_at(now).closed + 2 - policies.window - LATENESS
    return forget(facts, before) if facts.days and facts.days[0] < before else facts
