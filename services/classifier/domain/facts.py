"""What a member's activities add up to, day by day, whatever the policy and the order of arrival.

Criteria look back over windows of days, so there is one tally for each kind of act on each day.
What lasts until something replaces it (a linked account, the size of a network, what the
organisation said of a member) is a series.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar

from services.classifier.domain.activities import ACCOUNT, NETWORK, Activity
from services.classifier.domain.clock import FOREVER
from services.classifier.domain.profile import profiled
from services.classifier.domain.retractions import NONE, Retractions, netted
from services.classifier.domain.series import Series, counted, since

T = TypeVar("T")


class Facts(NamedTuple):
    """The tallies are columns: at each place a day, the mark of a kind, how many acts, how many of
    them of unreported length, the reported seconds of the others, the people they were for.

    Places run by day and mark, and are complete from `kept_from` on. `seen` has all their marks.
    What `retractions` still stand for may come later.
    """

    enrolled_on: int = FOREVER
    kept_from: int = 0
    seen: int = 0
    days: tuple[int, ...] = ()
    marks: tuple[int, ...] = ()
    acts: tuple[int, ...] = ()
    unreported: tuple[int, ...] = ()
    seconds: tuple[int, ...] = ()
    targets: tuple[tuple[str, ...], ...] = ()
    accounts: Mapping[str, Series] = MappingProxyType({})
    networks: Mapping[str, Series] = MappingProxyType({})
    profile: Mapping[str, Series] = MappingProxyType({})
    retractions: Retractions = NONE

    def last_with(self, mark: int, day: int) -> int | None:
        """Return the last day up to `day` with something that `mark` counts."""
        marks = self.marks
        for place in range(bisect_right(self.days, day) - 1, -1, -1):
            if marks[place] & mark:
                return self.days[place]
        return None

    def next_with(self, mark: int, day: int) -> int:
        """Return the first day after `day` with something that `mark` counts, or FOREVER."""
        marks = self.marks
        for place in range(bisect_right(self.days, day), len(self.days)):
            if marks[place] & mark:
                return self.days[place]
        return FOREVER


NOTHING: Final = Facts()


def fold(activities: Iterable[Activity]) -> Facts:
    """Return what all of a member's activities add up to, net of what is retracted."""
    activities = list(activities)
    left, retractions = netted(activities)
    facts = NOTHING
    for activity in left:
        facts = learn(facts, activity)
    enrolled_on = min((activity.day for activity in activities), default=FOREVER)
    return facts._replace(enrolled_on=enrolled_on, retractions=retractions)


def learn(facts: Facts, activity: Activity) -> Facts:
    """Fold in one activity that no retraction is about. Each is folded in once; in which order is
    all the same.
    """
    day, mark = activity.day, activity.mark
    enrolled_on = min(facts.enrolled_on, day)
    if not mark:
        profile = profiled(facts.profile, activity)
        return facts._replace(enrolled_on=enrolled_on, profile=profile)
    days, marks = facts.days, facts.marks
    place = bisect_left(days, day)
    while place < len(days) and days[place] == day and marks[place] < mark:
        place += 1
    seconds = activity.seconds
    if place < len(days) and days[place] == day and marks[place] == mark:
        acts = _with(facts.acts, place, facts.acts[place] + 1)
        unreported = _with(facts.unreported, place, facts.unreported[place] + (seconds is None))
        lengths = _with(facts.seconds, place, facts.seconds[place] + (seconds or 0))
        targets = _with(facts.targets, place, _and(facts.targets[place], activity.target))
    else:
        days, marks = _insert(days, place, day), _insert(marks, place, mark)
        acts = _insert(facts.acts, place, 1)
        unreported = _insert(facts.unreported, place, int(seconds is None))
        lengths = _insert(facts.seconds, place, seconds or 0)
        targets = _insert(facts.targets, place, _and((), activity.target))
    return Facts(
        enrolled_on,
        facts.kept_from,
        facts.seen | mark,
        days,
        marks,
        acts,
        unreported,
        lengths,
        targets,
        counted(facts.accounts, activity) if mark == ACCOUNT else facts.accounts,
        counted(facts.networks, activity) if mark == NETWORK else facts.networks,
        facts.profile,
        facts.retractions,
    )


def forget(facts: Facts, before: int) -> Facts:
    """Drop the days before `before`, and of every series all but the last reading before it."""
    place = bisect_left(facts.days, before)
    accounts = {name: since(before, series) for name, series in facts.accounts.items()}
    networks = {name: since(before, series) for name, series in facts.networks.items()}
    seen = reduce(or_, facts.marks[place:], ACCOUNT * bool(accounts) | NETWORK * bool(networks))
    return Facts(
        facts.enrolled_on,
        before,
        seen,
        facts.days[place:],
        facts.marks[place:],
        facts.acts[place:],
        facts.unreported[place:],
        facts.seconds[place:],
        facts.targets[place:],
        accounts,
        networks,
        {name: since(before, series) for name, series in facts.profile.items()},
        facts.retractions,
    )


# Joining tuples copies them once, unpacking them twice, and a slice of all copies nothing.


def _insert(column: tuple[T, ...], place: int, value: T) -> tuple[T, ...]:
    new = (value,)
    return column[:place] + new + column[place:]


def _with(column: tuple[T, ...], place: int, value: T) -> tuple[T, ...]:
    new = (value,)
    return column[:place] + new + column[place + 1 :]


def _and(people: tuple[str, ...], person: str | None) -> tuple[str, ...]:
    if person is None or person in people:
        return people
    return tuple(sorted((*people, person)))
