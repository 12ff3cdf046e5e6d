"""Regimes: which rules govern which days. Every adoption of a policy begins one.

Rules are the criteria of a policy as questions to a member's facts. While a policy spares those
whom the one before it would have kept, what it asks for keeping a zone is asked of both.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import Final, NamedTuple, TypeAlias

from services.classifier.domain.clock import FOREVER, MINUTE, Span, begins, day_of
from services.classifier.domain.facts import Facts
from services.classifier.domain.measures import Criterion, Lapse, lapse_of
from services.classifier.domain.policy import Policy
from services.classifier.domain.zones import FIRST, ZONES

ALWAYS: Final = 1
"""The first of all days."""

Needs: TypeAlias = tuple[Criterion, ...]


class Asked(NamedTuple):
    """A criterion, and the policy that asks it."""

    policy: Policy
    criterion: Criterion


@dataclass(frozen=True, slots=True)
class Rule:
    """A zone's criteria as questions, those left out that the organisation does not feed.

    `lifts` marks the activities that can lift a member out of this zone; of each of `needs` some
    have to be there to be lifted into it. `nears` marks what brings a member nearer to the next.
    """

    enter: tuple[Lapse, ...]
    needs: tuple[int, ...]
    keep: tuple[Lapse, ...]
    grace_days: int
    lifts: int
    nears: int


@dataclass(frozen=True, slots=True)
class Regime:
    """From `from_day` on `policy` governs, and spares whom one of `mild` would."""

    from_day: int
    policy: Policy
    mild: tuple[Policy, ...] = ()

    rules: tuple[Rule, ...] = field(init=False, compare=False, repr=False)
    window: int = field(init=False, compare=False, repr=False)
    """How many days a decision looks back."""
    growths: tuple[int, ...] = field(init=False, compare=False, repr=False)
    """The days over which networks have to grow."""
    marks: int = field(init=False, compare=False, repr=False)
    """The activities on which a zone depends."""

    def __post_init__(self) -> None:
        asked = [
            each
            for policy in (self.policy, *self.mild)
            for zone in policy.zones
            for each in _fed(policy, (*zone.enter, *zone.keep))
        ]
        derive = object.__setattr__
        derive(self, "rules", tuple(self._rule(place) for place in range(len(ZONES))))
        derive(self, "window", max([self.policy.quiet_days + 1, *(each.days for each in asked)]))
        derive(self, "marks", _marks(asked))
        growths = {each.days for each in asked if each.measure == "network_growth"}
        derive(self, "growths", tuple(sorted(growths)))

    def entering(self, zone: int) -> tuple[tuple[Asked, ...], ...]:
        """Return what has to hold on a day for a member below to enter `zone`: all of one of them.

        Criteria that nobody feeds are among them, and count as met.
        """
        entered = self.policy.zones[zone]
        enter = _asked(self.policy, entered.enter)
        required = (self.keeping(ZONES.index(name)) for name in entered.requires)
        return tuple(
            (*enter, *(each for keep in keeps for each in keep)) for keeps in product(*required)
        )

    def keeping(self, zone: int) -> tuple[tuple[Asked, ...], ...]:
        """Return what has to hold for `zone` to be kept: all of one of them."""
        return tuple(
            _asked(policy, policy.zones[zone].keep) for policy in (self.policy, *self.mild)
        )

    def ways_in(self, zone: int) -> tuple[Needs, ...]:
        """Return the same as `entering` does, without the criteria that nobody feeds."""
        return tuple(
            tuple(each for policy, each in way if not policy.leaves_out(each))
            for way in self.entering(zone)
        )

    def _rule(self, place: int) -> Rule:
        zone = self.policy.zones[place]
        entered = _fed(self.policy, zone.enter)
        own = self._questions(self.policy, entered)
        required = (self._keep(ZONES.index(name)) for name in zone.requires)
        needed = entered if self.mild else _fed(self.policy, self.policy.entering(place))
        above = range(place + 1, len(ZONES))
        lifting = (each for zone in above for way in self.ways_in(zone) for each in way)
        nearing = (each for zone in above[:1] for way in self.ways_in(zone) for each in way)
        return Rule(
            enter=(*own, *(each for keep in required for each in keep)),
            needs=tuple({each.marks for each in needed if each.at_least > 0}),
            keep=self._keep(place),
            grace_days=zone.grace_days,
            lifts=_marks(lifting),
            nears=_marks(nearing),
        )

    def _keep(self, place: int) -> tuple[Lapse, ...]:
        asked = [
            self._questions(policy, _fed(policy, policy.zones[place].keep))
            for policy in (self.policy, *self.mild)
        ]
        if place == FIRST or not all(asked):
            return ()
        return asked[0] if len(asked) == 1 else (partial(_until_the_last, tuple(asked)),)

    @staticmethod
    def _questions(policy: Policy, criteria: Iterable[Criterion]) -> tuple[Lapse, ...]:
        return tuple(lapse_of(each, policy.minutes) for each in criteria)


class Policies:
    """The policies adopted so far, and which day each of them governs."""

    __slots__ = ("_begin", "marks", "memory", "newest", "regimes", "window")

    def __init__(self, regimes: Iterable[Regime], newest: Policy) -> None:
        self.regimes = tuple(regimes)
        self.newest = newest
        """The policy adopted last: it may not govern yet."""
        self.window = max(each.window for each in self.regimes)
        self.memory = self.window
        """How many days of what happened have to be remembered."""
        self.marks = _any_of(each.marks for each in self.regimes)
        self._begin = tuple(each.from_day for each in self.regimes)

    def on(self, day: int) -> Regime:
        if len(self.regimes) == 1:  # mostly
            return self.regimes[0]
        return self.regimes[max(0, bisect_right(self._begin, day) - 1)]

    def until(self, day: int) -> int:
        """Return the first day after `day` under another regime, or FOREVER."""
        if len(self.regimes) == 1:
            return FOREVER
        place = bisect_right(self._begin, day)
        return self._begin[place] if place < len(self._begin) else FOREVER

    def unforgetting(self) -> "Policies":
        """Return the same for whoever has all at hand that was recorded, and need forget nothing
        of it to remember little.
        """
        all_of_them = Policies(self.regimes, self.newest)
        all_of_them.memory = FOREVER
        return all_of_them

    def span_at(self, now: int) -> Span:
        """Return where the clock stands: a day closes as its own policy settles."""
        today = day_of(now)
        settled = now - begins(today) >= self.on(today - 1).policy.settle_minutes * MINUTE
        return Span(today - 1 if settled else today - 2, today)

    def closes(self, day: int) -> int:
        """Return the first instant at which `day` is closed."""
        return begins(day + 1) + self.on(day).policy.settle_minutes * MINUTE

    def today(self, now: int) -> Policy:
        """Return the policy that governs the day of an instant."""
        return self.on(day_of(now)).policy


def always(policy: Policy) -> Policies:
    """Let one policy govern every day."""
    return Policies([Regime(ALWAYS, policy)], policy)


def _until_the_last(asked: tuple[tuple[Lapse, ...], ...], facts: Facts, day: int) -> int:
    """Return when the last of several ways to keep a zone comes to its end."""
    return max(min(lapse(facts, day) for lapse in lapses) for lapses in asked)


def _asked(policy: Policy, criteria: Iterable[Criterion]) -> tuple[Asked, ...]:
    return tuple(Asked(policy, each) for each in criteria)


def _fed(policy: Policy, criteria: Iterable[Criterion]) -> tuple[Criterion, ...]:
    return tuple(each for each in criteria if not policy.leaves_out(each))


def _marks(criteria: Iterable[Criterion]) -> int:
    return _any_of(criterion.marks for criterion in criteria)


def _any_of(some: Iterable[int]) -> int:
    marks = 0
    for each in some:
        marks |= each
    return marks
