"""Spells: whether a member is active, quiet or dormant, by the days since their last own act."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from services.classifier.domain.activities import OWN
from services.classifier.domain.clock import FOREVER, Span
from services.classifier.domain.facts import Facts
from services.classifier.domain.policy import Policy, Vitality


class Spell(NamedTuple):
    from_day: int
    vitality: Vitality


def place(spells: Sequence[Spell], day: int) -> int:
    """Return how many of the spells begin before `day`."""
    if spells and spells[-1].from_day < day:  # mostly all of them
        return len(spells)
    return bisect_left(spells, day, key=_from_day)


def decide(
    known: tuple[Spell, ...], facts: Facts, policy: Policy, day: int, span: Span
) -> tuple[Spell, ...]:
    """Decide again from `day` on. On an open day a member only becomes active."""
    spells = list(known[: place(known, day)])
    while day <= span.today:
        since = _last_own(facts, day)
        vitality = policy.vitality(day - since)
        if not spells or (
            vitality != spells[-1].vitality and (day <= span.closed or vitality == "active")
        ):
            spells.append(Spell(day, vitality))
        day = min(_fades(policy, since, day), facts.next_with(OWN, day))
    return tuple(spells)


def next_fade(spells: tuple[Spell, ...], facts: Facts, policy: Policy, span: Span) -> int:
    """Return the first day that will have another vitality once it has closed."""
    for day in range(max(facts.enrolled_on, span.closed + 1), span.today + 1):
        spell = spells[place(spells, day + 1) - 1]
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


def _from_day(spell: Spell) -> int:
    return spell.from_day
