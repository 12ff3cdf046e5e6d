"""Baskets: how many acts of each kind are enough, whatever the days, from the cheapest on.

A best-first search. Kinds are decided one after the other, the dearest first, so that what is
still missing of minutes can soon be had from small coins only, and the bound is close.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from heapq import heappop, heappush
from typing import Final, NamedTuple, TypeAlias

ACT: Final = 1
SECOND: Final = 1 << 48
"""A weight is so many seconds and so many acts in one number: fewer seconds come first."""
MOST_STEPS: Final = 20_000
"""After so many a search gives up. A step takes some 10 microseconds,"""
MANY: Final = 4
"""and as much again for every so many rows."""

Basket = tuple[int, ...]


class Row(NamedTuple):
    """So much is `missing`, and an act of each kind gives so much of it: 0 or 1, or seconds."""

    gains: tuple[int, ...]
    missing: int


class Found(NamedTuple):
    """`steps` are those it took to find this one and all before it, a longer one counting more."""

    weight: int
    basket: Basket
    steps: int


class Baskets:
    """All baskets of kinds with these prices, falling, that meet all rows, in order of weight."""

    def __init__(self, prices: tuple[int, ...], rows: tuple[Row, ...]) -> None:
        self.prices = prices
        self._rows = rows
        self._found: list[Found] = []
        self._per_step = 1 + len(rows) // MANY
        self._steps = 0
        self._sums = [_Bounds(prices, rows, kind) for kind in range(len(prices) + 1)]
        missing = tuple(row.missing for row in rows)
        self.bound = self._sums[0].of(missing) or 0
        """No basket weighs less."""
        start = (self.bound, self.bound, (0,) * len(prices), 0, missing, 0)
        self._open = [start]

    def __iter__(self) -> Iterator[Found]:
        """Yield the baskets, each with more acts or dearer than the last, until it gives up."""
        place = 0
        while place < len(self._found) or self._find():
            yield self._found[place]
            place += 1

    def _find(self) -> bool:
        while self._open and self._steps < MOST_STEPS:
            self._steps += self._per_step
            _, _, basket, kind, missing, weight = heappop(self._open)
            if kind == len(self.prices):
                self._found.append(Found(weight, basket, self._steps))
                return True
            needed = self._needed(kind, missing)
            if needed:
                self._push(basket, kind, missing, weight, needed)
            else:
                self._push(basket, kind + 1, missing, weight, 0)
                self._push(basket, kind, missing, weight, 1)
        self._open.clear()
        return False

    def _needed(self, kind: int, missing: tuple[int, ...]) -> int:
        """Return how many it takes at least, since no later kind could do the same."""
        later = self._sums[kind + 1].reaches
        return max(
            (
                -(-lack // row.gains[kind])
                for lack, row, reached in zip(missing, self._rows, later, strict=True)
                if lack and not reached and row.gains[kind]
            ),
            default=0,
        )

    def _push(
        self, basket: Basket, kind: int, missing: tuple[int, ...], weight: int, acts: int
    ) -> None:
        if acts:
            missing = tuple(
                [
                    max(0, lack - row.gains[kind] * acts)
                    for lack, row in zip(missing, self._rows, strict=True)
                ]
            )
            weight += acts * (self.prices[kind] * SECOND + ACT)
            basket = (*basket[:kind], basket[kind] + acts, *basket[kind + 1 :])
        more = self._sums[kind].of(missing)
        if more is not None:
            heappush(self._open, (weight + more, more, basket, kind, missing, weight))


class _Bounds:
    """What is missing costs at least so much, if only kinds from one on are left."""

    def __init__(self, prices: tuple[int, ...], rows: tuple[Row, ...], kind: int) -> None:
        left = [row.gains[kind:] for row in rows]
        self.reaches = [any(gains) for gains in left]
        ones = [1] * (len(prices) - kind)
        self._unreached = [place for place, reached in enumerate(self.reaches) if not reached]
        self._prices = _duals(list(prices[kind:]), left)
        self._acts = _duals(ones, left)
        self._most = [max(gains, default=0) for gains in left]

    def of(self, missing: tuple[int, ...]) -> int | None:
        """Return a weight, or None where it cannot be had at all."""
        for place in self._unreached:
            if missing[place]:
                return None
        seconds = acts = 0
        for dual in self._prices:
            bound = sum([missing[place] * value for place, value in dual])
            seconds = max(seconds, bound)
        for dual in self._acts:
            acts = max(acts, sum([missing[place] * value for place, value in dual]))
        for lack, most in zip(missing, self._most, strict=True):
            if lack and most:
                acts = max(acts, -(-lack // most))
        return seconds * SECOND + acts


def _duals(prices: Sequence[int], rows: Sequence[tuple[int, ...]]) -> list[list[tuple[int, int]]]:
    """Return values for a unit of each row such that no act gives more than its price."""
    duals = []
    for first in range(len(rows)):
        slack, dual = list(prices), []
        for place in (first, *(other for other in range(len(rows)) if other != first)):
            gains = rows[place]
            value = min(
                (left // gain for left, gain in zip(slack, gains, strict=True) if gain), default=0
            )
            if value:
                dual.append((place, value))
                slack = [left - value * gain for left, gain in zip(slack, gains, strict=True)]
        if dual and dual not in duals:
            duals.append(dual)
    return duals


Shelf: TypeAlias = Callable[[tuple[int, ...], tuple[Row, ...]], Baskets]


def shelf() -> Shelf:
    """Return what gives the same search to all who lack the same: it goes on where the last one
    stopped. So a shelf is for one who searches at a time.
    """
    return lru_cache(maxsize=512)(Baskets)
