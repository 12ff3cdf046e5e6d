"""Standings: in which zone a member is on which day, by the three steps of the rules.

Only days on which a criterion can begin or cease to hold are looked at.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from services.classifier.domain.clock import FOREVER, Span
from services.classifier.domain.facts import Facts
from services.classifier.domain.measures import Lapse, next_stir
from services.classifier.domain.policy import FIRST, Policy, fallen, lifted


class Standing(NamedTuple):
    """From `from_day` on the member is in `zone`, and its `keep` fails since `failing_since`."""

    from_day: int
    zone: int
    failing_since: int | None = None


def place(standings: Sequence[Standing], day: int) -> int:
    """Return how many of the standings begin before `day`."""
    if standings and standings[-1].from_day < day:  # mostly all of them
        return len(standings)
    return bisect_left(standings, day, key=_from_day)


def decide(
    known: tuple[Standing, ...], facts: Facts, policy: Policy, day: int, span: Span
) -> tuple[Standing, ...]:
    """Decide again from `day` on: up, else down, else stay. On an open day there is only up."""
    standings = list(known[: place(known, day)])
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
        day = min(until, next_event(facts, policy, day))
    return tuple(standings)


def changes(
    known: tuple[Standing, ...], facts: Facts, policy: Policy, day: int, span: Span
) -> bool:
    """Say whether something that happened on `day`, which is open, changes the standings."""
    if day == span.today and known and known[-1].from_day < day:
        return lifted(policy, known[-1].zone, facts, day) is not None
    return decide(known, facts, policy, day, span) != known


def next_fall(standings: tuple[Standing, ...], facts: Facts, policy: Policy, span: Span) -> int:
    """Return the first day on which the member will fall, once it has closed."""
    day = max(facts.enrolled_on, span.closed + 1)
    begun = place(standings, day)
    _, zone, failing = standings[begun - 1] if begun else Standing(day, FIRST)
    lifts = {each.from_day: each.zone for each in standings[begun:]}
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
        day = min(until, next_event(facts, policy, day))
    return FOREVER


def next_event(facts: Facts, policy: Policy, day: int) -> int:
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


def _from_day(standing: Standing) -> int:
    return standing.from_day
