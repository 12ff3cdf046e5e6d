"""The trajectory: the zone and the vitality of a member for every day since enrolment.

It is a pure function of the facts, the policy and the clock. What is kept of it are the days
on which something changed, and since when the zone's `keep` fails: enough to decide again
from any day on. Only days on which something can change are looked at.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeVar

from services.classifier.domain.activities import ACCOUNT, NETWORK, OWN, Activity
from services.classifier.domain.clock import (
    FOREVER,
    NEVER,
    begins,
    closed_through,
    closes,
    day_of,
)
from services.classifier.domain.facts import Facts
from services.classifier.domain.measures import Lapse, next_stir
from services.classifier.domain.policy import FIRST, Policy, Vitality, fallen, lifted


class Standing(NamedTuple):
    """From `from_day` on the member is in `zone`, and its `keep` fails since `failing_since`."""

    from_day: int
    zone: int
    failing_since: int | None = None


class Spell(NamedTuple):
    from_day: int
    vitality: Vitality


Since = TypeVar("Since", Standing, Spell)


class Span(NamedTuple):
    """Where the clock stands: the last day that is closed, and today. Between them all are open."""

    closed: int
    today: int


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
        place = _place(self.standings, day + 1)
        return self.standings[place - 1] if place else None

    def vitality_on(self, day: int) -> Vitality | None:
        place = _place(self.spells, day + 1)
        return self.spells[place - 1].vitality if place else None


UNDECIDED: Final = Trajectory()


def span_at(policy: Policy, now: int) -> Span:
    return Span(closed_through(now, policy.settle_minutes), day_of(now))


def decided(
    trajectory: Trajectory, facts: Facts, policy: Policy, from_day: int, now: int
) -> Trajectory:
    """Decide again all days from `from_day` to today, and those not decided since they closed."""
    span = span_at(policy, now)
    start = max(facts.enrolled_on, min(from_day, trajectory.settled_through + 1))
    standings = _standings(trajectory.standings, facts, policy, start, span)
    spells = _spells(trajectory.spells, facts, policy, start, span)
    due = _due(standings, spells, facts, policy, span)
    return Trajectory(standings, spells, max(span.closed, trajectory.settled_through), due)


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
    span = span_at(policy, now)
    if day <= span.closed or day > span.today or mark & (ACCOUNT | NETWORK):
        return decided(trajectory, facts, policy, day, now)
    asleep = mark & OWN and trajectory.vitality_on(day) != "active"
    before = trajectory.standing_on(day - 1)
    zone = FIRST if before is None else before.zone
    if asleep or (
        mark & policy.rules[zone].lifts
        and _standings(trajectory.standings, facts, policy, day, span) != trajectory.standings
    ):
        return decided(trajectory, facts, policy, day, now)
    return trajectory


def _standings(
    known: tuple[Standing, ...], facts: Facts, policy: Policy, day: int, span: Span
) -> tuple[Standing, ...]:
    """The three steps of a day: up, else down, else stay. On an open day there is only up."""
    standings = _before(day, known)
    _, zone, failing = standings[-1] if standings else Standing(day, FIRST)
    while day <= span.today:
        above = lifted(policy, zone, facts, day)
        if above is not None:
            zone, failing, until = above, None, day + 1
        elif day > span.closed:
            until = FOREVER
        else:
            until = _keeps_until(policy.rules[zone].keep, facts, day)
            if until > day:
                failing = None
            else:
                failing = day if failing is None else failing
                until = failing + policy.rules[zone].grace_days
                if until <= day:
                    zone, failing, until = fallen(policy, zone, facts, day), None, day + 1
        if not standings or standings[-1][1:] != (zone, failing):
            standings.append(Standing(day, zone, failing))
        day = min(until, _next_event(facts, policy, day))
    return tuple(standings)


def _spells(
    known: tuple[Spell, ...], facts: Facts, policy: Policy, day: int, span: Span
) -> tuple[Spell, ...]:
    """Vitality goes by the days since the last own act. On an open day it only becomes active."""
    spells = _before(day, known)
    while day <= span.today:
        since = _last_own(facts, day)
        vitality = policy.vitality(day - since)
        if not spells or (
            vitality != spells[-1].vitality and (day <= span.closed or vitality == "active")
        ):
            spells.append(Spell(day, vitality))
        day = min(_fades(policy, since, day), facts.next_with(OWN, day))
    return tuple(spells)


def _due(
    standings: tuple[Standing, ...],
    spells: tuple[Spell, ...],
    facts: Facts,
    policy: Policy,
    span: Span,
) -> int:
    if span.today < facts.enrolled_on:
        return begins(facts.enrolled_on)
    happens = min(
        _next_event(facts, policy, span.today),
        facts.next_with(OWN, span.today),
    )
    changes = min(
        _next_fall(standings, facts, policy, span),
        _next_fade(spells, facts, policy, span),
    )
    return min(begins(happens), closes(changes, policy.settle_minutes), NEVER)


def _next_fall(standings: tuple[Standing, ...], facts: Facts, policy: Policy, span: Span) -> int:
    """Return the first day on which the member will fall, once it has closed."""
    day = max(facts.enrolled_on, span.closed + 1)
    place = _place(standings, day)
    _, zone, failing = standings[place - 1] if place else Standing(day, FIRST)
    lifts = {each.from_day: each.zone for each in standings[place:]}
    while day < FOREVER:
        grace = policy.rules[zone].grace_days
        if lifts.get(day, zone) != zone:
            zone, failing, until = lifts[day], None, day + 1
        else:
            until = _keeps_until(policy.rules[zone].keep, facts, day)
            if until > day:
                failing = None
                if day >= span.today:
                    return until + grace
            else:
                failing = day if failing is None else failing
                until = failing + grace
                if until <= day or day >= span.today:
                    return max(day, until)
        day = min(until, _next_event(facts, policy, day))
    return FOREVER


def _next_fade(spells: tuple[Spell, ...], facts: Facts, policy: Policy, span: Span) -> int:
    """Return the first day that will have another vitality when it closes."""
    for day in range(max(facts.enrolled_on, span.closed + 1), span.today + 1):
        spell = spells[_place(spells, day + 1) - 1]
        if policy.vitality(day - _last_own(facts, day)) != spell.vitality:
            return day
    return _fades(policy, _last_own(facts, span.today), span.today)


def _fades(policy: Policy, since: int, day: int) -> int:
    """Return the first day after `day` with another vitality, if the last own act was `since`."""
    silent = day - since
    if silent <= policy.active_days:
        return since + policy.active_days + 1
    return since + policy.quiet_days + 1 if silent <= policy.quiet_days else FOREVER


def _last_own(facts: Facts, day: int) -> int:
    own = facts.last_with(OWN, day)
    return facts.enrolled_on if own is None else own


def _next_event(facts: Facts, policy: Policy, day: int) -> int:
    """Return the first day after `day` on which a criterion can come to hold."""
    event = facts.next_with(policy.marks, day)
    for days in policy.growths:
        event = min(event, next_stir(facts, days, day))
    return event


def _keeps_until(keep: tuple[Lapse, ...], facts: Facts, day: int) -> int:
    until = FOREVER
    for lapse in keep:
        until = min(until, lapse(facts, day))
    return until


def _before(day: int, known: Sequence[Since]) -> list[Since]:
    return list(known[: _place(known, day)])


def _place(known: Sequence[Standing] | Sequence[Spell], day: int) -> int:
    """Return how many of `known` begin before `day`."""
    return bisect_left(known, day, key=_from_day)


def _from_day(since: Standing | Spell) -> int:
    return since.from_day
