"""The journey: what a member did, which zones that led through, and what was said of it.

One stream for each member, named by their id, holds activities and announcements.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Final

from services.classifier.domain.activities import Activity
from services.classifier.domain.announcements import NOTHING as UNSAID
from services.classifier.domain.announcements import Announcement, Said, ZoneNeared, hear
from services.classifier.domain.clock import day_of
from services.classifier.domain.facts import (
    NOTHING,
    Facts,
    fold,
    forget,
    learn,
    told_apart,
    unlearn,
)
from services.classifier.domain.profile import says_terms
from services.classifier.domain.prospects import UNSEEN, Prospect, look, watched
from services.classifier.domain.regimes import Policies
from services.classifier.domain.retractions import RETRACT, Retractable
from services.classifier.domain.trajectory import (
    UNDECIDED,
    Trajectory,
    decided,
    followed,
)
from services.classifier.domain.zones import ZONES

LATENESS: Final = 35
"""Days that an activity may be late and still be decided without reading the member's log."""


@dataclass(frozen=True, slots=True)
class Journey:
    member: str
    facts: Facts = NOTHING
    trajectory: Trajectory = UNDECIDED
    prospect: Prospect = UNSEEN
    said: Said = UNSAID

    @property
    def due(self) -> int:
        """The instant at which the clock may change something though nothing happens."""
        return min(self.trajectory.due, self.prospect.due)

    def zone_on(self, day: int) -> str | None:
        """Return the zone on `day`, which is not after the clock's today; None for nobody's."""
        standing = self.trajectory.standing_on(day)
        return None if standing is None or standing.zone is None else ZONES[standing.zone]


def evolve(journey: Journey, event: Activity | Announcement) -> Journey:
    """Fold in what happened or was said. Activities commute, but for what a retraction undoes; what
    they mean is not decided yet.
    """
    if isinstance(event, Activity):
        return replace(journey, facts=learn(journey.facts, _net(journey, event)))
    prospect = journey.prospect
    if isinstance(event, ZoneNeared):
        prospect = replace(prospect, news=None)
    return replace(journey, prospect=prospect, said=hear(journey.said, event))


def undone(journey: Journey, known: Retractable, activity: Activity) -> list[Activity]:
    """Return what counts so far and no longer does, because of this activity. `known` has at least
    all that was recorded before it and that it speaks of.
    """
    if activity.kind != RETRACT:
        return []
    gone = journey.facts.retractions
    return [each for each in known.by(activity) if each.mark and not gone.cover(each)]


def undo(journey: Journey, undoing: Iterable[Activity]) -> Journey:
    """Take out what counted so far. What that means is not decided yet."""
    return replace(journey, facts=reduce(unlearn, undoing, journey.facts))


def reaches(
    journey: Journey, policies: Policies, activity: Activity, undoing: Sequence[Activity] = ()
) -> bool:
    """Say whether the journey still knows enough to decide again from this activity's day on, and
    from those of what it undoes. If not, the member has to be folded again from the log.
    """
    facts = journey.facts
    if not all(told_apart(facts, each) for each in undoing):
        return False
    if not facts.kept_from:
        return True
    first = facts.kept_from + policies.memory - 1
    return all(each.day >= first or not decides(journey, each) for each in (activity, *undoing))


def decides(journey: Journey, activity: Activity) -> bool:
    """Say whether an activity can change what is decided for its day or a later one."""
    if activity.day < journey.facts.enrolled_on or says_terms(activity):
        return True
    return bool(activity.mark) and not journey.facts.retractions.cover(activity)


def record(
    journey: Journey,
    policies: Policies,
    activity: Activity,
    now: int,
    undoing: Sequence[Activity] = (),
) -> Journey:
    """Fold in one new activity, take out what it undoes, and decide what that changes."""
    if undoing:
        days = [each.day for each in (activity, *undoing) if decides(journey, each)]
        return redecide(undo(evolve(journey, activity), undoing), policies, now, min(days))
    activity = _net(journey, activity)
    facts, before, prospect = learn(journey.facts, activity), journey.trajectory, journey.prospect
    if journey.said.warned is not None and activity.mark:
        trajectory = decided(before, facts, policies, activity.day, now)
    else:
        trajectory = followed(before, facts, policies, activity, now)
    if trajectory is not before or activity.mark & _nearing(trajectory, policies, now):
        prospect = _soon(prospect, policies, now)
    if trajectory is not before:
        facts = _kept(facts, policies, now)
    return Journey(journey.member, facts, trajectory, prospect, journey.said)


def advance(journey: Journey, policies: Policies, now: int) -> Journey:
    """Let the clock get to `now`. Before the journey is due, nothing comes of it."""
    if now < journey.due:
        return journey
    if now >= journey.trajectory.due:
        journey = redecide(journey, policies, now)
    facts, trajectory, said = journey.facts, journey.trajectory, journey.said
    prospect = look(journey.prospect, facts, trajectory, said, policies, now)
    return replace(journey, prospect=prospect)


def redecide(
    journey: Journey, policies: Policies, now: int, from_day: int | None = None
) -> Journey:
    """Decide again from `from_day` on, or from the first day that has closed since."""
    start = journey.trajectory.settled_through + 1 if from_day is None else from_day
    trajectory = decided(journey.trajectory, journey.facts, policies, start, now)
    facts, prospect = _kept(journey.facts, policies, now), _soon(journey.prospect, policies, now)
    return Journey(journey.member, facts, trajectory, prospect, journey.said)


def refold(
    journey: Journey, policies: Policies, activities: Iterable[Activity], now: int
) -> Journey:
    """Fold and decide the member anew from all their activities; what was said stays said.

    A day that a new policy closes at this very moment is looked back at by nobody.
    """
    anew = replace(journey, facts=fold(activities), trajectory=UNDECIDED)
    closed = policies.span_at(now).closed
    looked = replace(journey.prospect, looked_through=closed)
    return redecide(replace(anew, prospect=looked), policies, now)


def forgetting(journey: Journey, policies: Policies, now: int) -> Journey:
    """Return the journey without what is too old for these policies."""
    return replace(journey, facts=_kept(journey.facts, policies, now))


def remembered(journey: Journey, policies: Policies, now: int) -> Journey:
    """Return a journey that was read from the log, as everybody has looked at it up to `now`."""
    return replace(journey, prospect=watched(journey.facts, policies, now))


def _net(journey: Journey, activity: Activity) -> Activity:
    """Whoever did what is retracted already is enrolled by it, and that is all."""
    return activity._replace(mark=0) if journey.facts.retractions.cover(activity) else activity


def _nearing(trajectory: Trajectory, policies: Policies, now: int) -> int:
    """Return the marks of what brings the member nearer to the next zone."""
    zone = trajectory.standings[-1].zone if trajectory.standings else None
    return 0 if zone is None else policies.on(day_of(now)).rules[zone].nears


def _soon(prospect: Prospect, policies: Policies, now: int) -> Prospect:
    """Look again as soon as another day has closed than by now."""
    closed = policies.span_at(now).closed
    if prospect == UNSEEN or prospect.looked_through > closed:
        prospect = replace(prospect, looked_through=closed)
    if not policies.today(now).near_minutes:
        return prospect
    due = policies.closes(closed + 1)
    return prospect if prospect.due <= due else replace(prospect, due=due)


def _kept(facts: Facts, policies: Policies, now: int) -> Facts:
    """Forget what is too old to count on any day that is decided again without the log."""
    before = policies.span_at(now).closed + 2 - policies.memory - LATENESS
    return forget(facts, before) if facts.days and facts.days[0] < before else facts
