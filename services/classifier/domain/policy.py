"""The policy: the rules that decide zones, as data. The four zones and their order are fixed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from services.classifier.domain.facts import Facts
from services.classifier.domain.measures import MEASURES, Criterion, Lapse, lapse_of

STREAM: Final = "_policy"

ZONES: Final = ("content_consumer", "content_sharer", "content_creator", "socially_engaged")
FIRST: Final = 0
"""Inside, a zone is its place among the four: who is higher is a comparison."""

Vitality = Literal["active", "quiet", "dormant", "paused"]
Mode = Literal["forward", "grandfather", "recompute"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyAdopted:
    """A policy took effect. `text` is the whole of its TOML: the log needs no file to be read.

    It governs from `effective_on`, or every day if it is to `recompute`; a grandfathering one is
    mild up to `until`.
    """

    version: int
    text: str
    mode: Mode
    effective_on: date
    until: date | None = None
    author: str
    note: str | None = None
    decided_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """`requires` are lower zones whose `keep` has to hold too on the day of entering."""

    name: str
    enter: tuple[Criterion, ...] = ()
    keep: tuple[Criterion, ...] = ()
    requires: tuple[str, ...] = ()
    grace_days: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A zone's criteria as questions, those left out that the organisation does not feed.

    `lifts` marks the activities that can lift a member out of this zone; of each of `needs` some
    have to be there to be lifted into it.
    """

    enter: tuple[Lapse, ...]
    needs: tuple[int, ...]
    keep: tuple[Lapse, ...]
    grace_days: int
    lifts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """`minutes` estimates acts of unreported length, in seconds by kind. `reports` are the families
    of measurements that the organisation feeds. Up to `active_days` after the last own act a
    member is active, up to `quiet_days` quiet, then dormant. Who could be in the next zone for
    `near_minutes` of acts is near it.
    """

    version: int
    zones: tuple[Zone, ...]
    minutes: Mapping[str, int]
    reports: frozenset[str] = frozenset()
    warn_days: int = 14
    historical_after_days: int = 7
    settle_minutes: int = 60
    active_days: int = 14
    quiet_days: int = 30
    near_minutes: int = 150

    rules: tuple[Rule, ...] = field(init=False, compare=False, repr=False)
    window: int = field(init=False, compare=False, repr=False)
    """How many days a decision looks back."""
    growths: tuple[int, ...] = field(init=False, compare=False, repr=False)
    """The days over which networks have to grow."""
    marks: int = field(init=False, compare=False, repr=False)
    """The activities on which a zone depends."""

    def __post_init__(self) -> None:
        fed = [
            each
            for zone in self.zones
            for each in (*zone.enter, *zone.keep)
            if not self.leaves_out(each)
        ]
        derive = object.__setattr__
        derive(self, "rules", tuple(self._rule(place) for place in range(len(self.zones))))
        derive(self, "window", max([self.quiet_days + 1, *(each.days for each in fed)]))
        derive(self, "marks", _marks(fed))
        growths = {each.days for each in fed if each.measure == "network_growth"}
        derive(self, "growths", tuple(sorted(growths)))

    def leaves_out(self, criterion: Criterion) -> bool:
        family = MEASURES[criterion.measure].family
        return family is not None and family not in self.reports

    def entering(self, zone: int) -> tuple[Criterion, ...]:
        """Return what has to hold to be lifted into `zone`, whether it is fed or left out."""
        required = (self.zones[ZONES.index(name)].keep for name in self.zones[zone].requires)
        return (*self.zones[zone].enter, *(each for keep in required for each in keep))

    def vitality(self, silent_days: int) -> Vitality:
        if silent_days <= self.active_days:
            return "active"
        return "quiet" if silent_days <= self.quiet_days else "dormant"

    def _rule(self, place: int) -> Rule:
        zone = self.zones[place]
        lifting = [each for above in range(place + 1, len(ZONES)) for each in self.entering(above)]
        needed = [each for each in self.entering(place) if not self.leaves_out(each)]
        return Rule(
            enter=self._questions(needed),
            needs=tuple({each.marks for each in needed if each.at_least > 0}),
            keep=self._questions(zone.keep),
            grace_days=zone.grace_days,
            lifts=_marks(each for each in lifting if not self.leaves_out(each)),
        )

    def _questions(self, criteria: Iterable[Criterion]) -> tuple[Lapse, ...]:
        return tuple(lapse_of(each, self.minutes) for each in criteria if not self.leaves_out(each))


def lifted(policy: Policy, zone: int, facts: Facts, day: int) -> int | None:
    """Return the highest zone above `zone` that the member enters on `day`."""
    rules, seen = policy.rules, facts.seen
    for above in range(len(rules) - 1, zone, -1):
        rule = rules[above]
        for marks in rule.needs:
            if not marks & seen:
                break
        else:
            if all_hold(rule.enter, facts, day):
                return above
    return None


def fallen(policy: Policy, zone: int, facts: Facts, day: int) -> int:
    """Return the highest zone below `zone` whose `keep` holds on `day`: always the first's."""
    below = zone - 1
    while below > FIRST and not all_hold(policy.rules[below].keep, facts, day):
        below -= 1
    return below


def all_hold(criteria: tuple[Lapse, ...], facts: Facts, day: int) -> bool:
    for lapse in criteria:  # noqa: SIM110 -- a generator would cost more than most criteria
        if lapse(facts, day) <= day:
            return False
    return True


def _marks(criteria: Iterable[Criterion]) -> int:
    marks = 0
    for criterion in criteria:
        marks |= criterion.marks
    return marks
