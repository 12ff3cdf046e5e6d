"""Ways: the cheapest acts, in minutes, that lift a member into a zone by some day.

For every day on which the zone could be entered: what is missing then, the baskets of acts that
are enough, the cheapest first, and days to do them on. What is missing only grows as the days go
by, unless something is recorded of them already or another policy governs, so the search ends
where the cheapest basket of a day costs as much as the best way found.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from services.classifier.domain.baskets import SECOND, Shelf, shelf
from services.classifier.domain.clock import FOREVER, monday_of
from services.classifier.domain.entering import Entry, Search
from services.classifier.domain.facts import Facts
from services.classifier.domain.lacks import (
    WEEK,
    Lack,
    by_acts,
    grows,
    holds,
    lack,
    next_turn,
    seconds_of,
)
from services.classifier.domain.regimes import Asked, Policies
from services.classifier.domain.steps import Doing, Step, minutes_of, plan_of, steps_of

Needs: TypeAlias = tuple[Asked, ...]

MOST_EFFORT: Final = 60_000
"""Steps of all searches for one way together: about a second."""


SHARED: Final = shelf()
"""For all who are followed, one after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Whoever does the `steps` as in the `plan`, or likewise, enters `zone` on the day `on`.

    They do not if acts alone are not enough: what is `beyond` them has to come as well. A way
    that is not `cheapest` is one that was found before the search gave up.
    """

    zone: int
    on: int
    seconds: int
    steps: tuple[Step, ...]
    plan: tuple[Doing, ...]
    beyond: Needs = ()
    cheapest: bool = True
    needs: Needs = field(default=(), repr=False)
    """What holds then."""

    @property
    def minutes(self) -> float:
        return minutes_of(self.seconds)


def cheapest(
    facts: Facts,
    policies: Policies,
    zone: int,
    first: int,
    by: int | None = None,
    within: int | None = None,
    searches: Shelf = SHARED,
) -> Way | None:
    """Return the way into `zone`, a place in ZONES above the member's own, of the fewest minutes,
    then the fewest acts, then the earliest day of entering; None if there is none up to `by`, or
    none `within` so many seconds. Later than the longest window away nothing gets cheaper.

    Acts are possible from the day `first` on, which is today. They take what the policy of the
    day of entering estimates, and are for people whom the member never met.
    """
    sight = _by(policies, first)
    by = sight if by is None else min(by, sight)
    for alone in (True, False):
        search = _Search(facts, policies, zone, first, searches, alone=alone)
        way = search.way(by, within)
        if way is not None or not search.beyond:
            return way
    return None


def stirs(facts: Facts, policies: Policies, first: int, way: Way | None) -> int:
    """Return the first day after `first` on which `cheapest`, asked as it was for this answer but
    without `by`, can answer with another way, apart from its days, if nothing happens. It may be
    early, never late.

    A way only gets longer, and stays as it is while the same acts can be done as many days later:
    until something that counts on the day of entering is too old, a week is over in which an act
    was to be, or another policy comes in sight.
    """
    reach = _by(policies, first) - first
    ahead = _before(policies.until(first + reach), reach)
    if facts.days and facts.days[-1] > first:
        return first + 1
    if way is None:
        return max(first + 1, ahead)
    lacks = (lack(each, facts, first, way.on) for each in way.needs if by_acts(each))
    units = {each.unit for each in lacks if each.missing}
    turning = any(each.criterion.measure == "network_growth" for each in way.needs)
    if turning or not way.cheapest or {"day", "week"} <= units:
        return first + 1
    ends = [grows(each, facts, way.on) for each in way.needs]
    same = _before(min([policies.until(way.on), *ends]), way.on - first)
    week = monday_of(first) + WEEK if "week" in units else FOREVER
    return max(first + 1, min(ahead, same, week))


def _before(day: int, days: int) -> int:
    return FOREVER if day == FOREVER else day - days


def _by(policies: Policies, first: int) -> int:
    """Return a day so far off that all of every window is to come, and as many weeks as can be."""
    return first + policies.window + WEEK - 1


class _Found(NamedTuple):
    on: int
    needs: Needs
    lacks: tuple[Lack, ...]
    entry: Entry
    beyond: Needs


class _Search:
    """For a way by acts `alone`, or else for one on a day on which they are not enough."""

    def __init__(
        self,
        facts: Facts,
        policies: Policies,
        zone: int,
        first: int,
        searches: Shelf,
        *,
        alone: bool,
    ) -> None:
        self._facts = facts
        self._policies = policies
        self._zone = zone
        self._first = first
        self._alone = alone
        self._search = Search(MOST_EFFORT, searches)
        self._best: _Found | None = None
        self._below: int | None = None
        """What a better way has to weigh less than."""
        self.beyond = False
        """Whether there was a day on which acts were not enough."""

    def way(self, by: int, within: int | None) -> Way | None:
        if within is not None:
            self._below = (within + 1) * SECOND
        start = self._first
        while start <= by:
            regime = self._policies.on(start)
            end = min(
                self._policies.until(start), self._facts.next_with(self._policies.marks, start)
            )
            seconds = seconds_of(regime.policy)
            for way in regime.entering(self._zone):
                needs = tuple(each for each in way if not each.policy.leaves_out(each.criterion))
                self._between(start, min(end - 1, by), needs, seconds)
            start = end
        return None if self._best is None else self._told(self._best)

    def _between(self, start: int, end: int, needs: Needs, seconds: tuple[int, ...]) -> None:
        """Look for a better way on these days, on which ever more is missing."""
        doable = [each for each in needs if by_acts(each)]
        others = [each for each in needs if not by_acts(each)]
        day = start
        while day <= end and self._search.effort >= 0:
            beyond = tuple([each for each in others if not holds(each, self._facts, day)])
            self.beyond = self.beyond or bool(beyond)
            if self._alone and beyond:
                day = next_turn(others, self._facts, day)
                continue
            lacks = [lack(each, self._facts, self._first, day) for each in doable]
            missing = tuple([each for each in lacks if each.missing])
            need = self._search.need(missing, seconds)
            if self._below is not None and need.bound >= self._below:
                return
            wait = _wait(missing, day)
            entry = None if wait else self._search.entry(need, self._below)
            if entry is not None:
                self._best = _Found(day, needs, missing, entry, beyond)
                self._below = entry.weight
                if need.bound >= entry.weight:
                    return
            day += wait or 1

    def _told(self, found: _Found) -> Way:
        steps = steps_of(found.entry, found.lacks)
        return Way(
            zone=self._zone,
            on=found.on,
            seconds=sum(step.seconds for step in steps),
            steps=steps,
            plan=plan_of(found.entry, monday_of(self._first)),
            beyond=found.beyond,
            cheapest=self._search.sure and self._search.effort >= 0,
            needs=found.needs,
        )


def _wait(lacks: Sequence[Lack], day: int) -> int:
    """Return in how many days there may be days and weeks enough, 0 if there are now."""
    wait = 0
    for each in lacks:
        short = each.missing - each.room() if each.spreads else 0
        if short > 0:
            wait = max(wait, short if each.unit == "day" else monday_of(day) + WEEK * short - day)
    return wait
