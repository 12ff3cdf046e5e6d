"""What a member's activities add up to, day by day, whatever the policy and the order of arrival.

Criteria look back over windows of days, so there is one tally for each kind of act on each day.
What lasts until something replaces it (a linked account, the size of a network, what the
organisation said of a member) is a series.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar

from services.classifier.domain.activities import ACCOUNT, NETWORK, Activity
from services.classifier.domain.clock import FOREVER
from services.classifier.domain.profile import profiled
from services.classifier.domain.retractions import NONE, RETRACT, Retractions, netted
from services.classifier.domain.series import Series, counted, series_of, since

T = TypeVar("T")


class Facts(NamedTuple):
    """The tallies are columns: at each place a day, the mark of a kind, how many acts, how many of
    them of unreported length, the reported seconds of the others, the people they were for, each
    as often as they were.

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
    tallied: defaultdict[tuple[int, int], list[Activity]] = defaultdict(list)
    accounts, networks, profile = NOTHING.accounts, NOTHING.networks, NOTHING.profile
    for activity in left:
        mark = activity.mark
        if mark:
            tallied[activity.day, mark].append(activity)
        else:
            profile = profiled(profile, activity)
        if mark == ACCOUNT:
            accounts = counted(accounts, activity)
        elif mark == NETWORK:
            networks = counted(networks, activity)
    places = sorted(tallied)
    some = [tallied[place] for place in places]
    return Facts(
        enrolled_on=min((activity.day for activity in activities), default=FOREVER),
        seen=reduce(or_, (mark for _, mark in places), 0),
        days=tuple([day for day, _ in places]),
        marks=tuple([mark for _, mark in places]),
        acts=tuple(map(len, some)),
        unreported=tuple([sum([each.seconds is None for each in acts]) for acts in some]),
        seconds=tuple([sum([each.seconds or 0 for each in acts]) for acts in some]),
        targets=tuple(
            [
                tuple(sorted([each.target for each in acts if each.target is not None]))
                for acts in some
            ]
        ),
        accounts=accounts,
        networks=networks,
        profile=profile,
        retractions=retractions,
    )


def learn(facts: Facts, activity: Activity) -> Facts:
    """Fold in one activity that no retraction is about, or a retraction of what is not folded in.
    Each is folded in once; in which order is all the same.
    """
    day, mark = activity.day, activity.mark
    enrolled_on = min(facts.enrolled_on, day)
    if activity.kind == RETRACT:
        retractions = facts.retractions.also(activity)
        return facts._replace(enrolled_on=enrolled_on, retractions=retractions)
    if not mark:
        profile = profiled(facts.profile, activity)
        return facts._replace(enrolled_on=enrolled_on, profile=profile)
    days, marks = facts.days, facts.marks
    place = _place(facts, day, mark)
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


def unlearn(facts: Facts, activity: Activity) -> Facts:
    """Take out again one that was folded in, can be told apart, and is of a day that is kept."""
    place, seconds = _place(facts, activity.day, activity.mark), activity.seconds
    if facts.acts[place] == 1:
        marks = _without(facts.marks, place)
        lasting = ACCOUNT * bool(facts.accounts) | NETWORK * bool(facts.networks)
        return facts._replace(
            seen=reduce(or_, marks, lasting),
            days=_without(facts.days, place),
            marks=marks,
            acts=_without(facts.acts, place),
            unreported=_without(facts.unreported, place),
            seconds=_without(facts.seconds, place),
            targets=_without(facts.targets, place),
        )
    unreported = facts.unreported[place] - (seconds is None)
    people = _less(facts.targets[place], activity.target)
    return facts._replace(
        acts=_with(facts.acts, place, facts.acts[place] - 1),
        unreported=_with(facts.unreported, place, unreported),
        seconds=_with(facts.seconds, place, facts.seconds[place] - (seconds or 0)),
        targets=_with(facts.targets, place, people),
    )


def told_apart(facts: Facts, activity: Activity) -> bool:
    """Say whether one that was folded in can be taken out again. Of a series nobody remembers
    what a reading had replaced.
    """
    if activity.mark != NETWORK:
        return True
    series = facts.networks.get(series_of(activity), ())
    return all(each.key != activity.key for each in series)


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


def _place(facts: Facts, day: int, mark: int) -> int:
    """Return where the tally of a day and a mark is, or would be."""
    days, marks = facts.days, facts.marks
    place = bisect_left(days, day)
    while place < len(days) and days[place] == day and marks[place] < mark:
        place += 1
    return place


# Joining tuples copies them once, unpacking them twice, and a slice of all copies nothing.


def _insert(column: tuple[T, ...], place: int, value: T) -> tuple[T, ...]:
    new = (value,)
    return column[:place] + new + column[place:]


def _with(column: tuple[T, ...], place: int, value: T) -> tuple[T, ...]:
    new = (value,)
    return column[:place] + new + column[place + 1 :]


def _without(column: tuple[T, ...], place: int) -> tuple[T, ...]:
    return column[:place] + column[place + 1 :]


def _and(people: tuple[str, ...], person: str | None) -> tuple[str, ...]:
    return people if person is None else _insert(people, bisect_left(people, person), person)


def _less(people: tuple[str, ...], person: str | None) -> tuple[str, ...]:
    return people if person is None else _without(people, bisect_left(people, person))
