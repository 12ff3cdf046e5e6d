"""Eras: what several adoptions of policies amount to, day by day.

A later adoption replaces what earlier ones said of the days from its first on.
"""

from collections.abc import Iterable
from typing import NamedTuple

from services.classifier.domain.clock import FOREVER
from services.classifier.domain.policy import Policy, PolicyAdopted
from services.classifier.domain.regimes import ALWAYS, Policies, Regime


def dated(adopted: Iterable[tuple[PolicyAdopted, Policy]]) -> Policies:
    """Let each govern the days that it was adopted for. The first is to govern every day."""
    eras: list[_Era] = []
    for adoption, policy in adopted:
        eras = _followed(eras, adoption, policy)
    ends = [*(era.from_day for era in eras[1:]), FOREVER]
    regimes = (each for era, end in zip(eras, ends, strict=True) for each in _regimes(era, end))
    return Policies(regimes, eras[-1].policy)


class _Spared(NamedTuple):
    """Up to `until`, who would have kept a zone under this policy keeps it."""

    until: int
    policy: Policy


class _Era(NamedTuple):
    from_day: int
    policy: Policy
    spared: tuple[_Spared, ...] = ()


def _followed(eras: list[_Era], adoption: PolicyAdopted, policy: Policy) -> list[_Era]:
    if adoption.mode == "recompute" or not eras:
        return [_Era(ALWAYS, policy)]
    from_day = adoption.effective_on.toordinal()
    before = [era for era in eras if era.from_day < from_day]
    if adoption.mode == "forward" or adoption.until is None or not before:
        return [*before, _Era(from_day, policy)]
    until, replaced = adoption.until.toordinal(), before[-1]
    spared = (
        _Spared(until, replaced.policy),
        *(_Spared(min(until, each.until), each.policy) for each in replaced.spared),
    )
    return [*before, _Era(from_day, policy, spared)]


def _regimes(era: _Era, end: int) -> Iterable[Regime]:
    """Split an era where somebody is no longer spared."""
    for day in sorted({era.from_day, *(each.until + 1 for each in era.spared)}):
        if era.from_day <= day < end:
            mild = tuple(each.policy for each in era.spared if day <= each.until)
            yield Regime(day, era.policy, mild)
