"""The measures, each as one question: until when does a criterion hold if nothing more happens?

`lapse(facts, day)` answers with the first day, from `day` on, on which the criterion does not
hold, given what happened up to the end of `day`: `day` itself where it does not hold now, and
FOREVER where only another event could end it. While nothing happens measures only fall, so a
member's silence is decided in as many steps as criteria lapse. The growth of a network is the
exception: it can rise and fall by looking back to other readings.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from services.classifier.domain.activities import ACCOUNT, MARKS, NETWORK, OUTCOME, OUTCOMES, OWN
from services.classifier.domain.activities import OWN_ACTS as KINDS
from services.classifier.domain.clock import FOREVER, monday_of
from services.classifier.domain.facts import Facts
from services.classifier.domain.series import reading

ANY: Final = "any"

Lapse = Callable[[Facts, int], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What a criterion with this measure names: which words `of` may hold, and whether `days`.

    `family` is the one that the organisation has to feed, None where members' own acts do.
    """

    of: tuple[str, ...] = ()
    days: bool = False
    family: str | None = None


MEASURES: Final[Mapping[str, Measure]] = {
    "acts": Measure(of=KINDS, days=True),
    "active_days": Measure(of=KINDS, days=True),
    "active_weeks": Measure(of=KINDS, days=True),
    "people": Measure(of=KINDS, days=True),
    "minutes_per_week": Measure(days=True),
    "accounts": Measure(),
    "network_size": Measure(family="network"),
    "network_growth": Measure(days=True, family="network"),
    "outcomes": Measure(of=OUTCOMES, days=True, family="outcomes"),
}
FAMILIES: Final = ("network", "outcomes")
"""The measurements that an organisation may report, or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A measure that has to be `at_least` so much. `name` says where the policy has it."""

    name: str
    measure: str
    at_least: int
    of: tuple[str, ...] = ()
    days: int = 0

    @property
    def marks(self) -> int:
        """The marks of the activities on which the measure depends."""
        match self.measure:
            case "accounts":
                return ACCOUNT
            case "network_size" | "network_growth":
                return NETWORK
            case "minutes_per_week":
                return OWN
            case "outcomes":
                return OUTCOME if ANY in self.of else sum(MARKS[kind] for kind in self.of)
            case _:
                return OWN if ANY in self.of else sum(MARKS[kind] for kind in self.of)


def lapse_of(criterion: Criterion, estimates: Mapping[str, int]) -> Lapse:
    """Return the criterion as a question. `estimates` are seconds by kind, for the unreported."""
    if criterion.at_least <= 0 and criterion.measure != "network_growth":
        return _never
    window = (criterion.at_least, criterion.marks, criterion.days)
    match criterion.measure:
        case "acts" | "outcomes":
            return partial(_acts, *window)
        case "active_days":
            return partial(_active_days, *window)
        case "active_weeks":
            return partial(_active_weeks, *window)
        case "people":
            return partial(_people, *window)
        case "minutes_per_week":
            seconds = {MARKS[kind]: estimates.get(kind, 0) for kind in KINDS}
            return partial(_minutes, criterion.at_least, seconds, criterion.days)
        case "accounts":
            return partial(_accounts, criterion.at_least)
        case "network_size":
            return partial(_network_size, criterion.at_least)
        case "network_growth":
            return partial(_network_growth, criterion.at_least, criterion.days)
        case unknown:
            raise ValueError(f"{criterion.name}: unknown measure {unknown!r}")


def next_stir(facts: Facts, days: int, day: int) -> int:
    """Return the first day after `day` on which growth over `days` looks back to another reading,
    or FOREVER. It may rise and fall there though nothing happens.
    """
    return min(
        (
            reading.day + days
            for series in facts.networks.values()
            for reading in series
            if reading.day + days > day
        ),
        default=FOREVER,
    )


def accounts(facts: Facts, day: int) -> int:
    latest = (reading(series, day) for series in facts.accounts.values())
    return sum(each.value for each in latest if each is not None)


def network_size(facts: Facts, day: int) -> int:
    latest = (reading(series, day) for series in facts.networks.values())
    return sum(each.value for each in latest if each is not None)


def network_growth(facts: Facts, days: int, day: int) -> int:
    """A network nobody has looked at up to `day` has not grown."""
    growth = 0
    for series in facts.networks.values():
        latest = reading(series, day)
        if latest is not None:
            growth += latest.value - (reading(series, day - days) or series[0]).value
    return growth


def _never(_facts: Facts, _day: int) -> int:
    return FOREVER


def _newest_first(facts: Facts, days: int, day: int) -> range:
    """Return the places of the `days` that end on `day`."""
    end = bisect_right(facts.days, day)
    return range(end - 1, bisect_right(facts.days, day - days, 0, end) - 1, -1)


def _acts(need: int, of: int, days: int, facts: Facts, day: int) -> int:
    """The newest `need` acts hold the criterion up, until the oldest of them leaves the window.
    The same goes, for their own units, for the measures below.
    """
    marks, acts = facts.marks, facts.acts
    for place in _newest_first(facts, days, day):
        if marks[place] & of:
            need -= acts[place]
            if need <= 0:
                return facts.days[place] + days
    return day


def _active_days(need: int, of: int, days: int, facts: Facts, day: int) -> int:
    marks, on = facts.marks, facts.days
    counted = FOREVER
    for place in _newest_first(facts, days, day):
        if marks[place] & of and on[place] != counted:
            counted = on[place]
            need -= 1
            if not need:
                return counted + days
    return day


def _active_weeks(need: int, of: int, days: int, facts: Facts, day: int) -> int:
    marks, on = facts.marks, facts.days
    monday = FOREVER
    for place in _newest_first(facts, days, day):
        if on[place] < monday and marks[place] & of:
            monday = monday_of(on[place])
            need -= 1
            if not need:
                return on[place] + days
    return day


def _people(need: int, of: int, days: int, facts: Facts, day: int) -> int:
    marks, targets = facts.marks, facts.targets
    people: set[str] = set()
    for place in _newest_first(facts, days, day):
        if marks[place] & of:
            people.update(targets[place])
            if len(people) >= need:
                return facts.days[place] + days
    return day


def _minutes(need: int, estimates: Mapping[int, int], days: int, facts: Facts, day: int) -> int:
    """In whole seconds, so that no sum depends on its order."""
    missing = need * 60 * days
    marks, unreported, seconds = facts.marks, facts.unreported, facts.seconds
    for place in _newest_first(facts, days, day):
        mark = marks[place]
        if mark & OWN:
            missing -= 7 * (seconds[place] + unreported[place] * estimates[mark])
            if missing <= 0:
                return facts.days[place] + days
    return day


def _accounts(need: int, facts: Facts, day: int) -> int:
    return FOREVER if accounts(facts, day) >= need else day


def _network_size(need: int, facts: Facts, day: int) -> int:
    return FOREVER if network_size(facts, day) >= need else day


def _network_growth(need: int, days: int, facts: Facts, day: int) -> int:
    """Until the `next_stir`, that is: then it is to be asked again."""
    return FOREVER if network_growth(facts, days, day) >= need else day
