"""The trajectory: the zone and the vitality of a member for every day since enrolment.

It is a pure function of the facts, the policy and the clock. What is kept of it are the days
on which something changed, and since when the zone's `keep` fails: enough to decide again
from any day on.
"""

from dataclasses import dataclass
from typing import Final

from services.classifier.domain import spells, standings
from services.classifier.domain.activities import ACCOUNT, NETWORK, OWN, Activity
from services.classifier.domain.clock import (
    FOREVER,
    NEVER,
    Span,
    begins,
    closes,
    span_at,
)
from services.classifier.domain.facts import Facts
from services.classifier.domain.policy import FIRST, Policy, Vitality
from services.classifier.domain.spells import Spell
from services.classifier.domain.standings import Standing


@dataclass(frozen=True, slots=True)
class Trajectory:
    """`settled_through` is the last day that was decided after it had closed.

    `due` is an instant: until the clock gets there, no day changes its zone or vitality unless
    something happens. It is never late, but may be early, so nothing is to be ordered by it.
    """

    standings: tuple[Standing, ...] = ()
    spells: tuple[Spell, ...] = ()
    settled_through: int = 0
    due: int = NEVER

    def standing_on(self, day: int) -> Standing | None:
        """Return how the member stands on `day`, which is not after today; None if not enrolled."""
        begun = standings.place(self.standings, day + 1)
        return self.standings[begun - 1] if begun else None

    def vitality_on(self, day: int) -> Vitality | None:
        begun = spells.place(self.spells, day + 1)
        return self.spells[begun - 1].vitality if begun else None


UNDECIDED: Final = Trajectory()


def decided(
    trajectory: Trajectory, facts: Facts, policy: Policy, from_day: int, now: int
) -> Trajectory:
    """Decide again all days from `from_day` to today, and those not decided since they closed."""
    span = span_at(now, policy.settle_minutes)
    start = max(facts.enrolled_on, min(from_day, trajectory.settled_through + 1))
    zones = standings.decide(trajectory.standings, facts, policy, start, span)
    vitalities = spells.decide(trajectory.spells, facts, policy, start, span)
    due = _due(zones, vitalities, facts, policy, span)
    return Trajectory(zones, vitalities, max(span.closed, trajectory.settled_through), due)


def followed(
    trajectory: Trajectory, facts: Facts, policy: Policy, activity: Activity, now: int
) -> Trajectory:
    """Decide what changes with one more activity, which is among the `facts` already.

    Most change nothing, and cost no decision: on an open day an act can only lift the member or
    wake them, and put off what is due.
    """
    day, mark = activity.day, activity.mark
    first = trajectory.standings[0].from_day if trajectory.standings else FOREVER
    if day < first or now >= trajectory.due:
        return decided(trajectory, facts, policy, day, now)
    if not mark & (policy.marks | OWN):
        return trajectory
    span = span_at(now, policy.settle_minutes)
    if day <= span.closed or day > span.today or mark & (ACCOUNT | NETWORK):
        return decided(trajectory, facts, policy, day, now)
    asleep = mark & OWN and trajectory.vitality_on(day) != "active"
    standing = trajectory.standing_on(day)
    zone = FIRST if standing is None else standing.zone
    if asleep or (
        mark & policy.rules[zone].lifts
        and standings.changes(trajectory.standings, facts, policy, day, span)
    ):
        return decided(trajectory, facts, policy, day, now)
    return trajectory


def _due(
    zones: tuple[Standing, ...],
    vitalities: tuple[Spell, ...],
    facts: Facts,
    policy: Policy,
    span: Span,
) -> int:
    if span.today < facts.enrolled_on:
        return begins(facts.enrolled_on)
    happens = min(
        standings.next_event(facts, policy, span.today),
        facts.next_with(OWN, span.today),
    )
    changes = min(
        standings.next_fall(zones, facts, policy, span),
        spells.next_fade(vitalities, facts, policy, span),
    )
    return min(begins(happens), closes(changes, policy.settle_minutes), NEVER)
