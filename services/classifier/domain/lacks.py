"""Lacks: what a member's acts leave open of some criteria on a day to come, and where it can go.

Days to come are bits of a number, and bit 0 is a Monday. Only what counts on the day in question
is looked at: acts that have left the window by then are gone.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import Final, Literal, NamedTuple

from services.classifier.domain.activities import MARKS, OWN_ACTS
from services.classifier.domain.clock import FOREVER, monday_of
from services.classifier.domain.facts import Facts
from services.classifier.domain.measures import Criterion, lapse_of, next_stir
from services.classifier.domain.policy import Policy
from services.classifier.domain.regimes import Asked

WEEK: Final = 7
WHOLE_WEEK: Final = (1 << WEEK) - 1
MONDAYS: Final = (1 << WEEK * 1000) // WHOLE_WEEK
"""The first day of every week, for longer than any policy looks back."""

Unit = Literal["act", "person", "day", "week", "second"]
UNITS: Final[Mapping[str, Unit]] = {
    "acts": "act",
    "people": "person",
    "active_days": "day",
    "active_weeks": "week",
    "minutes_per_week": "second",
}
"""What raises the measures that a member's own acts can raise."""
MARKED: Final = tuple(MARKS[kind] for kind in OWN_ACTS)


class Lack(NamedTuple):
    """So many units are `missing`. Acts that `marks` names count from bit `start` on, and where
    they have to be on other days or in other weeks, on those of them that are `fresh`.
    """

    unit: Unit
    marks: int
    missing: int
    start: int
    fresh: int
    seconds: tuple[int, ...] = ()
    """What an act of each kind is taken for, if seconds are missing."""

    @property
    def spreads(self) -> bool:
        return self.unit in {"day", "week"}

    def room(self, since: int = 0) -> int:
        """Count the fresh units from bit `since` on."""
        fresh = self.fresh >> since << since
        return fresh.bit_count() if self.unit == "day" else _weeks(fresh)


def seconds_of(policy: Policy) -> tuple[int, ...]:
    """Return what the policy estimates, in the order of OWN_ACTS."""
    return tuple([policy.minutes.get(kind, 0) for kind in OWN_ACTS])


def by_acts(asked: Asked) -> bool:
    """Say whether acts can meet the criterion. Others link accounts, follow back, and buy."""
    if asked.criterion.measure == "minutes_per_week":
        return any(seconds_of(asked.policy))
    return asked.criterion.measure in UNITS


def lack(asked: Asked, facts: Facts, first: int, day: int) -> Lack:
    """Return what is missing on `day`, maybe nothing, where acts are possible from `first` on."""
    policy, criterion = asked
    unit, marks, need = UNITS[criterion.measure], criterion.marks, criterion.at_least
    days, kinds = facts.days, facts.marks
    places = _counted(criterion, facts, day)
    monday = monday_of(first)
    start = max(day - criterion.days + 1, first) - monday
    fresh = (1 << (day - monday + 1)) - (1 << start)
    match unit:
        case "act":
            have = sum([facts.acts[place] for place in places])
        case "person":
            have = len({person for place in places for person in facts.targets[place]})
        case "day":
            counted = {days[place] for place in places}
            have = len(counted)
            for each in counted:
                if each >= first:
                    fresh &= ~(1 << (each - monday))
        case "week":
            counted = {monday_of(days[place]) for place in places}
            have = len(counted)
            for each in counted:
                if each >= monday:
                    fresh &= ~(WHOLE_WEEK << (each - monday))
        case "second":
            need = -(-need * 60 * criterion.days // WEEK)  # whole ones, times 7, over the days
            seconds = seconds_of(policy)
            by_mark = dict(zip(MARKED, seconds, strict=True))
            have = sum(
                [
                    facts.seconds[place] + facts.unreported[place] * by_mark[kinds[place]]
                    for place in places
                ]
            )
            return Lack(unit, marks, max(0, need - have), start, fresh, seconds)
    return Lack(unit, marks, max(0, need - have), start, fresh)


def grows(asked: Asked, facts: Facts, day: int) -> int:
    """Return the first day after `day` on which more may be missing if nothing happens."""
    policy, criterion = asked
    lapse = lapse_of(criterion, policy.minutes)(facts, day)
    if lapse > day:
        return lapse
    places = _counted(criterion, facts, day)
    return facts.days[places[0]] + criterion.days if places else FOREVER


def holds(asked: Asked, facts: Facts, day: int) -> bool:
    return lapse_of(asked.criterion, asked.policy.minutes)(facts, day) > day


def next_turn(asked: Iterable[Asked], facts: Facts, day: int) -> int:
    """Return the first day after `day` on which one that acts cannot meet may come to hold."""
    turn = FOREVER
    for _, each in asked:
        turn = min(turn, facts.next_with(each.marks, day))
        if each.measure == "network_growth":
            turn = min(turn, next_stir(facts, each.days, day))
    return turn


def _counted(criterion: Criterion, facts: Facts, day: int) -> list[int]:
    """Return the places of the acts that count on `day`."""
    kinds, marks = facts.marks, criterion.marks
    end = bisect_right(facts.days, day)
    start = bisect_right(facts.days, day - criterion.days, 0, end)
    return [place for place in range(start, end) if kinds[place] & marks]


def _weeks(days: int) -> int:
    """Count the weeks in which there are some of the days."""
    folded = days
    for weekday in range(1, WEEK):
        folded |= days >> weekday
    return (folded & MONDAYS).bit_count()
