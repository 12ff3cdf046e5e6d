"""What was granted, and what became of it: the events of a member's stream that others hear of."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias, assert_never


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What something is granted on: the id of the event that was heard, and its time and day.
    On a `historical` one nobody is told.
    """

    cause: str
    at: datetime
    on: date
    historical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Of five pieces each, block 2 stands while the member has at least ten. `pieces` are the
    first five that no other block names; acts that are no pieces are not named.
    """

    kind: str
    number: int
    needs: int
    larger: bool | None
    pieces: tuple[str, ...]
    rule_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EffortGranted:
    """`public`: the member may be named to others."""

    block: Block
    occasion: Occasion
    public: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EffortAdjusted:
    """The block does not stand any more. `revision` counts its ups and downs."""

    block: Block
    revision: int
    occasion: Occasion
    public: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EffortRestored:
    """The block stands again, by the pieces that it names now. Nobody celebrates twice."""

    block: Block
    revision: int
    occasion: Occasion
    public: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalGranted:
    zone: str
    rule_version: int
    occasion: Occasion
    public: bool
    kind: str = "arrival"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A first act of its sort, or help with an outcome, by its name; with a piece, if any."""

    kind: str
    which: str
    piece: str | None
    rule_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedGranted:
    deed: Deed
    occasion: Occasion
    public: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedAdjusted:
    """Nothing of the sort stands any more."""

    deed: Deed
    revision: int
    occasion: Occasion
    public: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedRestored:
    deed: Deed
    revision: int
    occasion: Occasion
    public: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactGranted:
    """By the evidence that the period was closed with. `impact` is in thousandths of a point."""

    period: str
    place: int
    impact: int
    pieces: tuple[str, ...]
    rule_version: int
    occasion: Occasion
    public: bool


Recognised: TypeAlias = (
    EffortGranted
    | EffortAdjusted
    | EffortRestored
    | ArrivalGranted
    | DeedGranted
    | DeedAdjusted
    | DeedRestored
    | ImpactGranted
)


def named(event: Recognised) -> tuple[str, str]:
    """Return the kind of the recognition, and which one of its kind it is."""
    match event:
        case EffortGranted() | EffortAdjusted() | EffortRestored():
            return event.block.kind, str(event.block.number)
        case ArrivalGranted():
            return event.kind, event.zone
        case DeedGranted() | DeedAdjusted() | DeedRestored():
            return event.deed.kind, event.deed.which
        case ImpactGranted():
            return "impact", event.period
        case _:
            assert_never(event)


def is_granted(event: Recognised) -> bool:
    """Say whether it is granted by this, for the first and only time."""
    return isinstance(event, EffortGranted | ArrivalGranted | DeedGranted | ImpactGranted)
