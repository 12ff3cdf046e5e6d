"""What a member's activities add up to, day by day, whatever the policy and the order of arrival.

Criteria look back over windows of days, so a day holds one tally for each kind of act. What
lasts until something replaces it (a linked account, the size of a network) is a series.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from services.classifier.domain.activities import ACCOUNT, NETWORK, Activity
from services.classifier.domain.clock import FOREVER


class Tally(NamedTuple):
    """The acts of one kind on one day: how many, how many of them without a reported length,
    the reported seconds of the others, and the distinct people they were for.
    """

    mark: int
    acts: int
    unreported: int
    seconds: int
    targets: tuple[str, ...]


class Reading(NamedTuple):
    """What a series said at some time: 1 or 0 for an account, linked or not, else a size."""

    day: int
    at: int
    key: str
    value: int


Series = tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """`days`, `marks` and `tallies` run in parallel, one place for each day with something in it.

    They are complete from `kept_from` on. `group` is what was said last, and when (time, key).
    """

    enrolled_on: int = FOREVER
    kept_from: int = 0
    days: tuple[int, ...] = ()
    marks: tuple[int, ...] = ()
    tallies: tuple[tuple[Tally, ...], ...] = ()
    accounts: Mapping[str, Series] = field(default_factory=dict)
    networks: Mapping[str, Series] = field(default_factory=dict)
    group: tuple[int, str, str | None] | None = None

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

PROFILED: Final = frozenset(
    f"member_{happened}" for happened in ("registered", "updated", "paused", "resumed", "departed")
)
"""The programme events that say something of a member: absent leaves, null clears."""


def learn(facts: Facts, activity: Activity) -> Facts:
    """Fold in one activity. Each is folded in once; in which order is all the same."""
    day = activity.day
    enrolled_on = min(facts.enrolled_on, day)
    mark = activity.mark
    if not mark:
        return replace(facts, enrolled_on=enrolled_on, group=_group(facts.group, activity))
    place = bisect_left(facts.days, day)
    days, marks, tallies = facts.days, facts.marks, facts.tallies
    accounts, networks = facts.accounts, facts.networks
    known = place < len(days) and days[place] == day
    row = tallies[place] if known else ()
    if mark == ACCOUNT:
        name = series_of(activity)
        accounts = {**accounts, name: _read(accounts.get(name, ()), activity)}
    elif mark == NETWORK:
        name = series_of(activity)
        networks = {**networks, name: _read(networks.get(name, ()), activity)}
    else:
        row = _tallied(row, activity)
    after = place + known
    return Facts(
        enrolled_on,
        facts.kept_from,
        days if known else (*days[:place], day, *days[place:]),
        (*marks[:place], marks[place] | mark if known else mark, *marks[after:]),
        (*tallies[:place], row, *tallies[after:]),
        accounts,
        networks,
        facts.group,
    )


def forget(facts: Facts, before: int) -> Facts:
    """Drop the days before `before`, and of every series all but the last reading before it."""
    place = bisect_left(facts.days, before)
    return replace(
        facts,
        kept_from=before,
        days=facts.days[place:],
        marks=facts.marks[place:],
        tallies=facts.tallies[place:],
        accounts={name: _since(before, series) for name, series in facts.accounts.items()},
        networks={name: _since(before, series) for name, series in facts.networks.items()},
    )


def series_of(activity: Activity) -> str:
    """Return the name of the account that is linked or not, of the network that was measured."""
    platform: str = activity.data["platform"]
    return platform if activity.mark == NETWORK else f"{platform}/{activity.data['account']}"


def value_of(activity: Activity) -> int:
    if activity.mark == ACCOUNT:
        return int(activity.kind == "link_account")
    counts = (activity.data.get(count) for count in ("followers", "connections"))
    return sum(count for count in counts if count is not None)


def reading(series: Series, day: int) -> Reading | None:
    """Return the last reading up to the end of `day`."""
    place = bisect_right(series, day, key=_day)
    return series[place - 1] if place else None


def _day(reading: Reading) -> int:
    return reading.day


def _tallied(row: tuple[Tally, ...], activity: Activity) -> tuple[Tally, ...]:
    mark = activity.mark
    seconds = activity.seconds
    unreported = seconds is None
    target = activity.target
    for place, tally in enumerate(row):
        if tally.mark == mark:
            targets = tally.targets
            if target is not None and target not in targets:
                targets = tuple(sorted((*targets, target)))
            more = Tally(
                mark,
                tally.acts + 1,
                tally.unreported + unreported,
                tally.seconds + (seconds or 0),
                targets,
            )
            return (*row[:place], more, *row[place + 1 :])
    targets = () if target is None else (target,)
    first = Tally(mark, 1, int(unreported), seconds or 0, targets)
    return tuple(sorted((*row, first))) if row else (first,)


def _read(series: Series, activity: Activity) -> Series:
    """Keep the first of all readings and the last of each day."""
    new = Reading(activity.day, activity.at, activity.key, value_of(activity))
    readings = sorted((*series, new))
    following = [reading.day for reading in readings[1:]] + [FOREVER]
    return tuple(
        reading
        for place, reading in enumerate(readings)
        if not place or reading.day != following[place]
    )


def _since(day: int, series: Series) -> Series:
    return series[max(0, bisect_left(series, day, key=_day) - 1) :]


def _group(
    known: tuple[int, str, str | None] | None, activity: Activity
) -> tuple[int, str, str | None] | None:
    if activity.kind not in PROFILED or "group" not in activity.data:
        return known
    if known is not None and known[:2] > (activity.at, activity.key):
        return known
    return (activity.at, activity.key, activity.data["group"])
