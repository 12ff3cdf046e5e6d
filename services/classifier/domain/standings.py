"""Standings: in which zone a member is on which day, by the three steps of the rules.

Only days on which a criterion can begin or cease to hold are looked at, and those on which other
terms or another policy begin.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from services.classifier.domain.clock import FOREVER, Span
from services.classifier.domain.facts import Facts
from services.classifier.domain.measures import Lapse, next_stir
from services.classifier.domain.regimes import Policies, Regime
from services.classifier.domain.terms import terms_on
from services.classifier.domain.zones import FIRST


class Standing(NamedTuple):
    """From `from_day` on the member is in `zone`, and its `keep` fails since `failing_since`.

    Who has departed is in none.
    """

    from_day: int
    zone: int | None
    failing_since: int | None = None


def place(standings: Sequence[Standing], day: int) -> int:
    """Return how many of the standings begin before `day`."""
    if standings and standings[-1].from_day < day:  # mostly all of them
        return len(standings)
    return bisect_left(standings, day, key=_from_day)


def since(standings: Sequence[Standing]) -> int:
    """Return the first day of today's stretch: today's zone has been the member's since then."""
    first = standings[-1]
    for standing in reversed(standings):
        if standing.zone != first.zone:
            break
        first = standing
    return first.from_day


def decide(
    known: tuple[Standing, ...], facts: Facts, policies: Policies, day: int, span: Span
) -> tuple[Standing, ...]:
    """Decide again from `day` on: up, else down, else stay. On an open day there is only up."""
    before = known[: place(known, day)]
    return (*before, *_course(before[-1:], facts, policies, day, span))


def changes(
    known: tuple[Standing, ...], facts: Facts, policies: Policies, day: int, span: Span
) -> bool:
    """Say whether something that happened on `day`, which is open, changes the standings."""
    zone = known[-1].zone if known else None
    if day == span.today and known and known[-1].from_day < day and zone is not None:
        if facts.profile and terms_on(facts, day).paused:
            return False
        return lifted(policies.on(day), zone, facts, day) is not None
    return decide(known, facts, policies, day, span) != known


def ahead(
    standings: tuple[Standing, ...], facts: Facts, policies: Policies, span: Span
) -> Iterator[Standing]:
    """Yield how the member will stand once each day has closed, if nothing more happens: from the
    first day that has not, and then whenever something of it changes.
    """
    day = max(facts.enrolled_on, span.closed + 1)
    begun = place(standings, day)
    ends = Span(FOREVER - 1, FOREVER - 1)
    yield from _course(standings[max(0, begun - 1) : begun], facts, policies, day, ends)


def foreseen(
    standings: tuple[Standing, ...], facts: Facts, policies: Policies, span: Span
) -> Iterator[Standing]:
    """Yield those on which the zone will be another than now."""
    for coming in ahead(standings, facts, policies, span):
        now = place(standings, coming.from_day + 1)
        if not now or standings[now - 1].zone != coming.zone:
            yield coming


def lifted(regime: Regime, zone: int, facts: Facts, day: int) -> int | None:
    """Return the highest zone above `zone` that the member enters on `day`."""
    rules, seen = regime.rules, facts.seen
    for above in range(len(rules) - 1, zone, -1):
        rule = rules[above]
        for marks in rule.needs:
            if not marks & seen:
                break
        else:
            if _all_hold(rule.enter, facts, day):
                return above
    return None


def fallen(regime: Regime, zone: int, facts: Facts, day: int) -> int:
    """Return the highest zone below `zone` whose `keep` holds on `day`: always the first's."""
    below = zone - 1
    while below > FIRST and not _all_hold(regime.rules[below].keep, facts, day):
        below -= 1
    return below


def next_event(facts: Facts, regime: Regime, day: int) -> int:
    """Return the first day after `day` on which a criterion can come to hold."""
    event = facts.next_with(regime.marks, day)
    for days in regime.growths:
        event = min(event, next_stir(facts, days, day))
    return event


def _course(
    last: Sequence[Standing], facts: Facts, policies: Policies, day: int, span: Span
) -> Iterator[Standing]:
    """Yield how the member stands from `day` on, each time that something of it changes."""
    _, zone, failing = last[0] if last else Standing(day, None)
    known = last[0][1:] if last else None
    while day <= span.today:
        regime, terms = policies.on(day), terms_on(facts, day)
        until = min(terms.until, policies.until(day))
        if terms.departed:
            zone = failing = None
        else:
            if zone is None or zone < terms.floor:
                zone, failing = terms.floor, None
            if terms.paused:
                failing = None
            else:
                zone, failing, decided_until = _step(
                    zone, failing, terms.floor, facts, regime, day, day <= span.closed
                )
                until = min(until, decided_until, next_event(facts, regime, day))
        if (zone, failing) != known:
            known = (zone, failing)
            yield Standing(day, zone, failing)
        day = until


def _step(
    zone: int, failing: int | None, floor: int, facts: Facts, regime: Regime, day: int, closed: bool
) -> tuple[int, int | None, int]:
    """Go up, down or stay; and say up to which day that holds if nothing happens."""
    above = lifted(regime, zone, facts, day)
    if above is not None:
        return above, None, day + 1
    if not closed:
        return zone, failing, FOREVER
    rule = regime.rules[zone]
    until = _keeps_until(rule.keep, facts, day)
    if until > day:
        return zone, None, until
    if zone == floor:
        return zone, None, FOREVER
    failing = day if failing is None else failing
    falls = failing + rule.grace_days
    if falls > day:
        return zone, failing, falls
    return max(floor, fallen(regime, zone, facts, day)), None, day + 1


def _all_hold(criteria: tuple[Lapse, ...], facts: Facts, day: int) -> bool:
    for lapse in criteria:  # noqa: SIM110 -- a generator would cost more than most criteria
        if lapse(facts, day) <= day:
            return False
    return True


def _keeps_until(keep: tuple[Lapse, ...], facts: Facts, day: int) -> int:
    until = FOREVER
    for lapse in keep:
        until = min(until, lapse(facts, day))
    return until


def _from_day(standing: Standing) -> int:
    return standing.from_day
