"""Spreading: on which days to do the acts of a basket, so that all of what is missing is met.

Days are bits, bit 0 a Monday. Only acts that have to be on other days or in other weeks are
searched a day for; then the rest goes where everything counts.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from services.classifier.domain.baskets import Basket
from services.classifier.domain.lacks import WEEK, WHOLE_WEEK, Lack

MOST_TRIES: Final = 500
"""After so many more than it takes at least, a search gives up."""
RECENT: Final = 70
"""What may go anywhere goes to the last so many days."""

Plan = dict[tuple[int, int], int]
"""How many acts by day and kind, which is its place in the basket."""


class Spread(NamedTuple):
    """`plan` is None where there is none, or none was found. `effort` is in steps."""

    plan: Plan | None
    effort: int
    gave_up: bool = False


class _State(NamedTuple):
    """What is still to be done, what is still missing, and on which days it can be had."""

    basket: Basket
    missing: tuple[int, ...]
    fresh: tuple[int, ...]


_Step = tuple[int, int, _State]


def spread(
    basket: Basket,
    prices: Sequence[int],
    gains: Sequence[tuple[int, ...]],
    lacks: Sequence[Lack],
    effort: int,
) -> Spread:
    """Search days for the basket. `gains` are, for each lack, what an act of each kind gives."""
    start = _State(
        basket, tuple(each.missing for each in lacks), tuple(each.fresh for each in lacks)
    )
    spreading = [place for place, each in enumerate(lacks) if each.spreads]
    least = sum(start.missing[place] for place in spreading)
    per_try = 2 + max((each.fresh.bit_length() for each in lacks), default=0) * len(lacks) // 70
    most = min(MOST_TRIES + least, effort // per_try)
    if _wasteful(start, gains, lacks, spreading):
        return Spread(None, per_try)
    if max((start.missing[place] for place in spreading), default=0) > most:
        return Spread(None, per_try, gave_up=True)
    open_: list[tuple[_State, Iterator[_Step]]] = []
    path: list[tuple[int, int]] = []
    seen = set()
    state, tries = start, 1
    while any(state.missing[place] for place in spreading):
        steps: Iterator[_Step] = iter(())
        if state not in seen:
            seen.add(state)
            steps = iter(_steps(state, gains, lacks, spreading))
        open_.append((state, steps))
        following = next(steps, None)
        while following is None:
            open_.pop()
            if not open_:
                return Spread(None, tries * per_try)
            path.pop()
            following = next(open_[-1][1], None)
        tries += 1
        if tries > most:
            return Spread(None, tries * per_try, gave_up=True)
        day, kind, state = following
        path.append((day, kind))
    plan: Plan = {}
    for step in path:
        plan[step] = plan.get(step, 0) + 1
    _place(state.basket, prices, lacks, plan)
    return Spread(plan, tries * per_try)


def _steps(
    state: _State, gains: Sequence[tuple[int, ...]], lacks: Sequence[Lack], spreading: list[int]
) -> list[_Step]:
    """Return what can be done next for the one that is missing most, the best first.

    Of weeks that are alike, and of days in a week, one stands for all.
    """
    wanted = max(spreading, key=lambda place: state.missing[place])
    fresh = state.fresh
    kinds = [kind for kind, acts in enumerate(state.basket) if acts and gains[wanted][kind]]
    steps = []
    weeks = set()
    for monday in range(0, fresh[wanted].bit_length(), WEEK):
        week = tuple([days >> monday & WHOLE_WEEK for days in fresh])
        if not week[wanted] or week in weeks:
            continue
        weeks.add(week)
        alike = set()
        for weekday in range(WEEK):
            open_to = tuple([days >> weekday & 1 for days in week])
            if not open_to[wanted] or open_to in alike:
                continue
            alike.add(open_to)
            for kind in kinds:
                after = _after(state, gains, lacks, monday + weekday, kind)
                if after is None:
                    continue
                worth = 0
                for place, missing in enumerate(state.missing):
                    if missing and gains[place][kind]:
                        worth += 1 if open_to[place] else -1
                steps.append((-worth, monday + weekday, kind, after))
    return [step[1:] for step in sorted(steps)]


def _after(
    state: _State, gains: Sequence[tuple[int, ...]], lacks: Sequence[Lack], day: int, kind: int
) -> _State | None:
    """Return how things are after an act, None where too little would be left to do."""
    basket, missing, fresh = list(state.basket), list(state.missing), list(state.fresh)
    basket[kind] -= 1
    for place, lack in enumerate(lacks):
        gain = gains[place][kind]
        if not gain or not missing[place]:
            continue
        if fresh[place] >> day & 1:
            missing[place] = max(0, missing[place] - gain)
            if lack.unit == "day":
                fresh[place] &= ~(1 << day)
            elif lack.unit == "week":
                fresh[place] &= ~(WHOLE_WEEK << (day - day % WEEK))
        elif _gives(basket, gains[place]) < missing[place]:
            return None
    return _State(tuple(basket), tuple(missing), tuple(fresh))


def _wasteful(
    state: _State, gains: Sequence[tuple[int, ...]], lacks: Sequence[Lack], spreading: list[int]
) -> bool:
    """Say whether so many acts have to be where another lack does not count them that it cannot be
    met: the search would find out, but slowly.
    """
    for wide in spreading:
        for narrow, lack in enumerate(lacks):
            outside = lacks[wide].missing - lacks[wide].room(lack.start)
            if outside <= 0 or narrow == wide:
                continue
            lost = sorted(
                (gains[narrow][kind], acts)
                for kind, acts in enumerate(state.basket)
                if acts and gains[wide][kind]
            )
            left = _gives(state.basket, gains[narrow])
            for gain, acts in lost:
                taken = min(acts, outside)
                left -= taken * gain
                outside -= taken
            if left < lack.missing:
                return True
    return False


def _gives(basket: Sequence[int], gains: tuple[int, ...]) -> int:
    return sum([acts * gain for acts, gain in zip(basket, gains, strict=True)])


def _place(basket: Basket, prices: Sequence[int], lacks: Sequence[Lack], plan: Plan) -> None:
    """Do the rest where there is least to do, on days on which everything counts."""
    if not any(basket):
        return
    last = max(each.fresh for each in lacks).bit_length() - 1
    start = max([last - RECENT + 1, *(each.start for each in lacks if not each.spreads)])
    first = min(each.start for each in lacks)
    days = range(max(start, first), last + 1)
    by_week: dict[int, int] = {}
    by_day: dict[int, int] = {}

    def load(day: int, kind: int, acts: int) -> None:
        effort = acts * (prices[kind] + 1)
        by_week[day // WEEK] = by_week.get(day // WEEK, 0) + effort
        by_day[day] = by_day.get(day, 0) + effort

    for (day, kind), acts in plan.items():
        load(day, kind, acts)
    for kind, left in enumerate(basket):
        rest = left
        while rest:
            day = min(days, key=lambda day: (by_week.get(day // WEEK, 0), by_day.get(day, 0), day))
            acts = -(-rest // RECENT)
            plan[day, kind] = plan.get((day, kind), 0) + acts
            load(day, kind, acts)
            rest -= acts
