"""Spells: who is active, quiet, dormant or paused, by the days since their last own act."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from services.classifier.domain.activities import OWN
from services.classifier.domain.clock import FOREVER, Span
from services.classifier.domain.facts import Facts
from services.classifier.domain.policy import Policy, Vitality
from services.classifier.domain.regimes import Policies
from services.classifier.domain.terms import terms_on


class Spell(NamedTuple):
    """Who has departed is neither active nor anything else."""

    from_day: int
    vitality: Vitality | None


def place(spells: Sequence[Spell], day: int) -> int:
    """Return how many of the spells begin before `day`."""
    if spells and spells[-1].from_day < day:  # mostly all of them
        return len(spells)
    return bisect_left(spells, day, key=_from_day)


def decide(
    known: tuple[Spell, ...], facts: Facts, policies: Policies, day: int, span: Span
) -> tuple[Spell, ...]:
    """Decide again from `day` on. On an open day a member only becomes active."""
    before = known[: place(known, day)]
    return (*before, *_course(before[-1:], facts, policies, day, span))


def foreseen(
    spells: tuple[Spell, ...], facts: Facts, policies: Policies, span: Span
) -> Iterator[Spell]:
    """Yield the spells that will be otherwise than now if nothing more happens."""
    day = max(facts.enrolled_on, span.closed + 1)
    begun = place(spells, day)
    ends = Span(FOREVER - 1, FOREVER - 1)
    for coming in _course(spells[max(0, begun - 1) : begun], facts, policies, day, ends):
        now = place(spells, coming.from_day + 1)
        if not now or spells[now - 1].vitality != coming.vitality:
            yield coming


def _course(
    last: Sequence[Spell], facts: Facts, policies: Policies, day: int, span: Span
) -> Iterator[Spell]:
    """Yield each spell from `day` on."""
    vitality = last[0].vitality if last else None
    begun = bool(last)
    while day <= span.today:
        policy, terms = policies.on(day).policy, terms_on(facts, day)
        until = min(terms.until, policies.until(day))
        ruled: Vitality | None = None
        if terms.paused and not terms.departed:
            ruled = "paused"
        elif not terms.departed:
            since = _last_own(facts, day)
            ruled = policy.vitality(day - since)
            until = min(until, _fades(policy, since, day))
        at_once = vitality is None or ruled is None or ruled == "active"
        if not begun or (ruled != vitality and (day <= span.closed or at_once)):
            begun, vitality = True, ruled
            yield Spell(day, ruled)
        day = min(until, facts.next_with(OWN, day))


def _fades(policy: Policy, since: int, day: int) -> int:
    """Return the first day after `day` with another vitality, if the last own act was `since`."""
    silent = day - since
    if silent <= policy.active_days:
        return since + policy.active_days + 1
    return since + policy.quiet_days + 1 if silent <= policy.quiet_days else FOREVER


def _last_own(facts: Facts, day: int) -> int:
    own = facts.last_with(OWN, day)
    return facts.enrolled_on if own is None else own


def _from_day(spell: Spell) -> int:
    return spell.from_day
