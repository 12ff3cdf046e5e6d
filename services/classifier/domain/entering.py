"""Entering: the cheapest acts that bring about all that is missing on one day."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from operator import ge
from typing import Final, NamedTuple

from services.classifier.domain.activities import MARKS, OWN_ACTS
from services.classifier.domain.baskets import (
    ACT,
    MOST_STEPS,
    SECOND,
    Basket,
    Row,
    Shelf,
)
from services.classifier.domain.lacks import WEEK, Lack
from services.classifier.domain.spreading import Plan, spread

PER_LACK: Final = 3
"""To see what is missing takes as long as so many steps in the search for a basket."""


class Useful(NamedTuple):
    """Kinds of which none can do what another does as cheaply: the dearest first, their seconds,
    and for each lack what an act of each kind gives.
    """

    kinds: tuple[str, ...]
    prices: tuple[int, ...]
    gains: tuple[tuple[int, ...], ...]


class Entry(NamedTuple):
    """How many acts of each of the kinds, and their days, which are bits."""

    useful: Useful
    basket: Basket
    plan: Plan
    weight: int


class Need(NamedTuple):
    """What is missing on a day, what helps, and the `bound`: no entry weighs less on that day, nor
    on a later one while ever more is missing.
    """

    lacks: Sequence[Lack]
    useful: Useful
    rows: tuple[Row, ...]
    bound: int


class Search:
    """One effort for all days of one question, so that it comes to an end.

    A search that several days share is paid for once, whether or not somebody made it before.
    """

    def __init__(self, effort: int, shelf: Shelf) -> None:
        self.effort = effort
        self._baskets = shelf
        self.sure = True
        """Whether nothing has been overlooked so far."""
        self._paid: dict[tuple[Row, ...], int] = {}

    def need(self, lacks: Sequence[Lack], seconds: Sequence[int]) -> Need:
        useful = _useful(tuple(seconds), tuple([(each.marks, each.seconds) for each in lacks]))
        rows = tuple(
            [Row(gains, each.missing) for gains, each in zip(useful.gains, lacks, strict=True)]
        )
        self.effort -= PER_LACK * len(lacks) + len(lacks) ** 2 // 4
        least = self._baskets(useful.prices, rows)
        first = next(iter(least), None)
        self._pay(rows, MOST_STEPS if first is None else first.steps)
        return Need(lacks, useful, rows, least.bound if first is None else first.weight)

    def entry(self, need: Need, below: int | None) -> Entry | None:
        """Return the lightest entry there is, or that was found in time, lighter than `below`."""
        lacks, useful, rows, _ = need
        entry, complete = self._first(lacks, useful, (*rows, *_cuts(lacks, useful)), below)
        if not complete:
            self.sure = False
            if entry is None:
                entry = _plainly(lacks, useful)
        return entry if entry is None or below is None or entry.weight < below else None

    def _first(
        self, lacks: Sequence[Lack], useful: Useful, rows: tuple[Row, ...], below: int | None
    ) -> tuple[Entry | None, bool]:
        """Return the first basket that can be spread, and whether all before it cannot."""
        complete = True
        for weight, basket, steps in self._baskets(useful.prices, rows):
            if below is not None and weight >= below:
                return None, complete
            self._pay(rows, steps)
            tried = spread(basket, useful.prices, useful.gains, lacks, self.effort)
            self.effort -= tried.effort
            if tried.plan is not None:
                return Entry(useful, basket, tried.plan, weight), complete
            complete = complete and not tried.gave_up
            if self.effort < 0:
                return None, False
        self._pay(rows, MOST_STEPS)
        return None, False

    def _pay(self, rows: tuple[Row, ...], steps: int) -> None:
        paid = self._paid.get(rows, 0)
        if steps > paid:
            self.effort -= steps - paid
            self._paid[rows] = steps


def _cuts(lacks: Sequence[Lack], useful: Useful) -> Iterator[Row]:
    """Yield what is missing of two lacks together: acts in weeks, or on days, that only one of
    them counts do nothing for the other.
    """
    for wide, spreading in enumerate(lacks):
        for narrow, lack in enumerate(lacks):
            if not spreading.spreads or narrow == wide or lack.start <= 0:
                continue
            outside = spreading.missing - spreading.room(lack.start)
            if outside <= 0:
                continue
            one, other = useful.gains[narrow], useful.gains[wide]
            if lack.unit == "second":
                gain = min(gain for gain, counts in zip(one, other, strict=True) if counts)
                if gain:
                    yield Row(one, lack.missing + outside * gain)
            else:
                either = tuple(map(max, one, other))
                yield Row(either, lack.missing + outside)


def _plainly(lacks: Sequence[Lack], useful: Useful) -> Entry:
    """Meet one lack after the other, not caring that an act may do for two."""
    basket = [0] * len(useful.kinds)
    plan: Plan = {}
    last = max(each.fresh.bit_length() for each in lacks) - 1

    def do(day: int, kind: int, acts: int) -> None:
        basket[kind] += acts
        plan[day, kind] = plan.get((day, kind), 0) + acts

    for lack, gains in zip(lacks, useful.gains, strict=True):
        able = [kind for kind, gain in enumerate(gains) if gain]
        if lack.spreads:
            for day in _latest(lack):
                do(day, able[-1], 1)
        else:
            kind = able[0] if lack.unit == "second" else able[-1]
            do(last, kind, -(-lack.missing // gains[kind]))
    weight = sum(
        acts * (price * SECOND + ACT) for acts, price in zip(basket, useful.prices, strict=True)
    )
    return Entry(useful, tuple(basket), plan, weight)


def _latest(lack: Lack) -> Iterator[int]:
    """Yield as many fresh days as are missing, or one of as many weeks."""
    fresh = lack.fresh
    for _ in range(lack.missing):
        day = fresh.bit_length() - 1
        yield day
        fresh &= (1 << (day if lack.unit == "day" else day - day % WEEK)) - 1


@lru_cache(maxsize=1024)
def _useful(seconds: tuple[int, ...], lacks: tuple[tuple[int, tuple[int, ...]], ...]) -> Useful:
    """Choose among all kinds, whose `seconds` these are. Of two that are as good the more social
    one is kept: the later in the list.
    """
    offers = []
    for place in range(len(OWN_ACTS) - 1, -1, -1):
        kind, price = OWN_ACTS[place], seconds[place]
        gains = tuple(
            counted[place] if counted else int(bool(MARKS[kind] & marks))
            for marks, counted in lacks
        )
        if any(gains):
            offers.append((price, gains, kind))
    offers.sort(key=lambda offer: (offer[0], -sum(offer[1])))
    kept: list[tuple[int, tuple[int, ...], str]] = []
    for price, gains, kind in offers:
        if not any(all(map(ge, others, gains)) for _, others, _ in kept):
            kept.append((price, gains, kind))
    kept.reverse()
    return Useful(
        tuple(kind for _, _, kind in kept),
        tuple(price for price, _, _ in kept),
        tuple(zip(*(gains for _, gains, _ in kept), strict=True)),
    )
