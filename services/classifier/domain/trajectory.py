"""The trajectory: the zone and the vitality of a member for every day since enrolment.

It is a pure function of the facts, the policies and the clock. What is kept of it are the days
on which something changed, and since when the zone's `keep` fails: enough to decide again
from any day on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple

from services.classifier.domain import spells, standings
from services.classifier.domain.activities import ACCOUNT, NETWORK, OWN, Activity
from services.classifier.domain.clock import FOREVER, NEVER, Span, begins
from services.classifier.domain.facts import Facts
from services.classifier.domain.policy import Vitality
from services.classifier.domain.profile import says_terms
from services.classifier.domain.regimes import Policies
from services.classifier.domain.spells import Spell
from services.classifier.domain.standings import Standing
from services.classifier.domain.terms import terms_on


class Fall(NamedTuple):
    """If nothing more happens, the member falls to the zone `to` once `day` has closed."""

    day: int
    to: int


@dataclass(frozen=True, slots=True)
class Trajectory:
    """`settled_through` is the last day that was decided after it had closed.

    `due` is an instant: until the clock gets there, no day changes its zone or vitality, and
    nobody has to be warned of the `fall`, unless something happens. It is never late, but may be
    early, so nothing is to be ordered by it.
    """

    standings: tuple[Standing, ...] = ()
    spells: tuple[Spell, ...] = ()
    settled_through: int = 0
    due: int = NEVER
    fall: Fall | None = None

    def standing_on(self, day: int) -> Standing | None:
        """Return how the member stands on `day`, which is not after today; None if not enrolled."""
        begun = standings.place(self.standings, day + 1)
        return self.standings[begun - 1] if begun else None

    def vitality_on(self, day: int) -> Vitality | None:
        begun = spells.place(self.spells, day + 1)
        return self.spells[begun - 1].vitality if begun else None


UNDECIDED: Final = Trajectory()


def decided(
    trajectory: Trajectory, facts: Facts, policies: Policies, from_day: int, now: int
) -> Trajectory:
    """Decide again all days from `from_day` to today, and those not decided since they closed."""
    span = policies.span_at(now)
    start = max(facts.enrolled_on, min(from_day, trajectory.settled_through + 1))
    zones = standings.decide(trajectory.standings, facts, policies, start, span)
    vitalities = spells.decide(trajectory.spells, facts, policies, start, span)
    settled_through = max(span.closed, trajectory.settled_through)
    if span.today < facts.enrolled_on:
        return Trajectory(zones, vitalities, settled_through, begins(facts.enrolled_on))
    # What begins on the day after a change is there before that change's own day has closed.
    changes = [*islice(standings.foreseen(zones, facts, policies, span), 2)]
    fades = islice(spells.foreseen(vitalities, facts, policies, span), 2)
    fall = _fall(zones, changes)
    due = min(
        NEVER,
        begins(policies.until(span.today)),
        *(_shows(each.from_day, _rises(zones, each), policies, span) for each in changes),
        *(_shows(each.from_day, _wakes(each), policies, span) for each in fades),
    )
    if fall is not None and now < (warned := warned_from(fall, policies, now)):
        due = min(due, warned)
    return Trajectory(zones, vitalities, settled_through, due, fall)


def followed(
    trajectory: Trajectory, facts: Facts, policies: Policies, activity: Activity, now: int
) -> Trajectory:
    """Decide what changes with one more activity, which is among the `facts` already.

    Most change nothing, and cost no decision: on an open day an act can only lift the member or
    wake them, and put off what is due. Where something is known of days to come, it may lift them
    then.
    """
    day, mark = activity.day, activity.mark
    first = trajectory.standings[0].from_day if trajectory.standings else FOREVER
    if day < first or now >= trajectory.due or says_terms(activity):
        return decided(trajectory, facts, policies, day, now)
    if not mark & (policies.marks | OWN):
        return trajectory
    span = policies.span_at(now)
    if day <= span.closed or day > span.today or mark & (ACCOUNT | NETWORK):
        return decided(trajectory, facts, policies, day, now)
    if _awaited(facts, policies, span.today) < FOREVER:
        return decided(trajectory, facts, policies, day, now)
    standing = trajectory.standing_on(day)
    if standing is None or standing.zone is None:
        return trajectory
    asleep = mark & OWN and trajectory.vitality_on(day) != "active"
    if asleep or (
        mark & policies.on(day).rules[standing.zone].lifts
        and standings.changes(trajectory.standings, facts, policies, day, span)
    ):
        return decided(trajectory, facts, policies, day, now)
    return trajectory


def _awaited(facts: Facts, policies: Policies, today: int) -> int:
    """Return the first day after today on which something happens by itself, or FOREVER."""
    return min(
        terms_on(facts, today).until,
        facts.next_with(OWN, today),
        standings.next_event(facts, policies.on(today), today),
    )


def warned_from(fall: Fall, policies: Policies, now: int) -> int:
    """Return the instant from which the member is to be warned of a fall, if ever."""
    warn_days = policies.today(now).warn_days
    return policies.closes(fall.day - warn_days - 1) if warn_days else NEVER


def _fall(zones: tuple[Standing, ...], changes: Sequence[Standing]) -> Fall | None:
    """Return the fall, if the first change to come is one. A day before today's stretch may still
    be open: how it ends does not move the member any more.
    """
    begun = standings.since(zones)
    first = next((change for change in changes if change.from_day >= begun), None)
    if first is None or first.zone is None or _rises(zones, first):
        return None
    return Fall(first.from_day, first.zone)


def _rises(zones: tuple[Standing, ...], change: Standing) -> bool:
    """Say whether a change shows while its day is open. Only falls do not."""
    zone = zones[-1].zone
    return zone is None or change.zone is None or change.zone > zone


def _wakes(change: Spell) -> bool:
    return change.vitality is None or change.vitality == "active"


def _shows(day: int, at_once: bool, policies: Policies, span: Span) -> int:
    """Return the instant at which a change on `day` shows."""
    return begins(day) if at_once and day > span.today else policies.closes(day)
