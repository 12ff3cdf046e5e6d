"""What was heard of members, one act after the other, and what takes acts back.

Everything is recorded as it is heard, in whatever order. Whose a piece is, what counts on a day
and what somebody's work brought about follow from the acts that stand.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeAlias

from services.rewards.domain.rules import PUBLISH

PLATFORM: Final = "urn:zones:platform:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of a member's work. `via` is the member through whose share it came."""

    outcome: str
    via: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """How a piece is doing on a platform by now; a later one replaces it."""

    reader: int | None = None
    like: int | None = None
    share: int | None = None
    comment: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something a member did, or that was measured of them.

    `name` is what a retraction calls it by. What an account did before it was linked is said once
    more under its member: the same act, and the member comes before the `derived` one. `piece` is
    what it was done with, where that is known.
    """

    name: str
    member: str
    kind: str
    at: datetime
    source: str
    event: str
    object: str | None = None
    piece: str | None = None
    derived: bool = False
    historical: bool = False
    tells: Result | Snapshot | None = None

    @property
    def order(self) -> tuple[datetime, str, bool, str]:
        """Of several acts, what comes first: by time and name."""
        return self.at, self.name, self.derived, self.member

    @property
    def day(self) -> date:
        """The UTC day."""
        return self.at.date()

    @property
    def word(self) -> str:
        """What a day's cap is for: the kind, or the outcome."""
        return self.tells.outcome if isinstance(self.tells, Result) else self.kind

    @property
    def alias(self) -> str | None:
        """What its object is called by whoever knows no address of it."""
        if self.object is None:
            return None
        return f"{self.source.removeprefix(PLATFORM)}:{self.object}"

    @property
    def unit(self) -> str | None:
        """What it has an effect on: a piece; an outcome of no piece is one by itself."""
        if self.piece is None and isinstance(self.tells, Result):
            return f"~{self.name}"
        return self.piece

    @property
    def via(self) -> str | None:
        """The member through whose share it came."""
        return self.tells.via if isinstance(self.tells, Result) else None

    @property
    def names(self) -> tuple[str, ...]:
        """What the piece is called by: its address, and what the platform calls it."""
        if self.piece is None:
            return ()
        if self.kind != PUBLISH or self.alias is None:
            return (self.piece,)
        return (self.piece, self.alias)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRecorded:
    """What is `void` was taken back before it was heard of."""

    act: Act
    void: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ActWithdrawn:
    """It had stood, and was taken back."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActCapped:
    """It stands and does not count: others of its day came before it."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActFreed:
    """A place of its day has become free, and it counts."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRetracted:
    """That act never was, even if we come to hear of it later."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRetracted:
    """Up to and at `until`, nothing of this kind was done with this object of the source's."""

    source: str
    object: str
    kind: str
    until: datetime


Event: TypeAlias = (
    ActRecorded | ActWithdrawn | ActCapped | ActFreed | ActRetracted | ObjectRetracted
)


def capped(acts: Iterable[Act], cap: int) -> frozenset[str]:
    """Return the names of the acts of a day, and of one kind, that come after `cap` others.

    To publish a piece once more takes no further place.
    """
    places: list[str] = []
    beyond: set[str] = set()
    for act in sorted(acts, key=lambda each: each.order):
        place = act.piece if act.kind == PUBLISH and act.piece is not None else act.name
        if place not in places[:cap]:
            places.append(place)
            if len(places) > cap:
                beyond.add(act.name)
    return frozenset(beyond)


def author_of(acts: Iterable[Act]) -> Act | None:
    """Return the act by which a piece was published first, of those that stand."""
    claims = [act for act in acts if act.kind == PUBLISH]
    return min(claims, key=lambda each: each.order, default=None)


def known_as(claims: Iterable[Act]) -> dict[str, str]:
    """Return which piece a name without an address is: that of whoever published it first so."""
    first: dict[str, str] = {}
    for act in sorted(claims, key=lambda each: each.order):
        if act.piece is not None and act.alias is not None and act.alias != act.piece:
            first.setdefault(act.alias, act.piece)
    return first


def helper_of(act: Act, author: str | None) -> str | None:
    """Return who helped with what came of a piece. Nobody helps with what is credited to them."""
    return None if act.via == (author or act.member) else act.via


def told_once(acts: Iterable[Act]) -> Sequence[Act]:
    """Leave out what a derived member is said to have done where its member is said to, too."""
    chosen: dict[str, Act] = {}
    for act in sorted(acts, key=lambda each: each.order):
        chosen.setdefault(act.name, act)
    return [*chosen.values()]
