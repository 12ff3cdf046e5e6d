"""What a member has earned. One stream for each member, named by their id.

A piece counts for whoever published it first. What counts fills blocks, whatever comes of it;
a block is granted once, and follows what counts from then on. An arrival is for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from heapq import nsmallest
from typing import TypeAlias, assert_never

from services.rewards.domain.rules import ZONES, Rules
from services.rewards.domain.works import Claim
from shared.decider import Decider


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
    first five that no other block names.
    """

    number: int
    needs: int
    larger: bool
    pieces: tuple[str, ...]
    rule_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceCredited:
    """`claim` is the one by which the member was first, of all who claim the piece."""

    piece: str
    claim: Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditWithdrawn:
    """Somebody else was first, or it was never published."""

    piece: str


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicityRecorded:
    """Whether the member may be named to others. None takes back what was said of it."""

    public: bool | None
    at: datetime
    key: str


Recognised: TypeAlias = EffortGranted | EffortAdjusted | EffortRestored | ArrivalGranted
Event: TypeAlias = PieceCredited | CreditWithdrawn | Recognised | PublicityRecorded


def named(event: Recognised) -> tuple[str, str]:
    """Return the kind of the recognition, and which one of its kind it is."""
    match event:
        case EffortGranted() | EffortAdjusted() | EffortRestored():
            return "effort", str(event.block.number)
        case ArrivalGranted():
            return "arrival", event.zone
        case _:
            assert_never(event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A block as it is now."""

    block: Block
    stands: bool = True
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Awards:
    credited: Mapping[str, Claim] = field(default_factory=dict)
    blocks: tuple[Granted, ...] = ()
    arrived: frozenset[str] = frozenset()
    publicity: PublicityRecorded | None = None

    @property
    def public(self) -> bool:
        """Members opt out. Until they do, they may be named."""
        return self.publicity is None or self.publicity.public is not False


def evolve(awards: Awards, event: Event) -> Awards:
    match event:
        case PieceCredited():
            return replace(awards, credited={**awards.credited, event.piece: event.claim})
        case CreditWithdrawn():
            credited = dict(awards.credited)
            del credited[event.piece]
            return replace(awards, credited=credited)
        case EffortGranted():
            return replace(awards, blocks=(*awards.blocks, Granted(block=event.block)))
        case EffortAdjusted() | EffortRestored():
            stands = isinstance(event, EffortRestored)
            now = Granted(block=event.block, stands=stands, revision=event.revision)
            place = event.block.number - 1
            blocks = (*awards.blocks[:place], now, *awards.blocks[place + 1 :])
            return replace(awards, blocks=blocks)
        case ArrivalGranted():
            return replace(awards, arrived=awards.arrived | {event.zone})
        case PublicityRecorded():
            return replace(awards, publicity=event)
        case _:
            assert_never(event)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditPiece:
    """The member is the piece's author, by this claim."""

    piece: str
    claim: Claim
    occasion: Occasion


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawCredit:
    """The member is not, or no longer, the piece's author."""

    piece: str
    occasion: Occasion


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordArrival:
    """The member came from one zone into another; None is where those are who have none.

    Who is `held` there was put there by the organisation, and has not earned it.
    """

    previous: str | None
    zone: str | None
    occasion: Occasion
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPublicity:
    public: bool | None
    at: datetime
    key: str


Command: TypeAlias = CreditPiece | WithdrawCredit | RecordArrival | RecordPublicity


def credit(
    member: str, piece: str, claims: Mapping[str, Claim], occasion: Occasion
) -> CreditPiece | WithdrawCredit:
    """Say what everybody's first claims to a piece mean for one member."""
    first = min(claims.values(), default=None)
    if first is not None and first.member == member:
        return CreditPiece(piece=piece, claim=first, occasion=occasion)
    return WithdrawCredit(piece=piece, occasion=occasion)


def decide(rules: Rules, command: Command, awards: Awards) -> tuple[Event, ...]:
    """What holds already is not decided again, and what was granted is not granted again."""
    match command:
        case CreditPiece():
            if awards.credited.get(command.piece) == command.claim:
                return ()
            credited = PieceCredited(piece=command.piece, claim=command.claim)
            return credited, *_blocks(rules, command.occasion, evolve(awards, credited))
        case WithdrawCredit():
            if command.piece not in awards.credited:
                return ()
            withdrawn = CreditWithdrawn(piece=command.piece)
            return withdrawn, *_blocks(rules, command.occasion, evolve(awards, withdrawn))
        case RecordArrival():
            return _arrivals(rules, command, awards)
        case RecordPublicity():
            known = awards.publicity
            if known is not None and (known.at, known.key) >= (command.at, command.key):
                return ()
            return (PublicityRecorded(public=command.public, at=command.at, key=command.key),)
        case _:
            assert_never(command)


def _blocks(rules: Rules, occasion: Occasion, awards: Awards) -> tuple[Event, ...]:
    """Let the blocks follow what counts, one after the other."""
    events: list[Event] = []
    while (event := _next(rules, occasion, awards)) is not None:
        events.append(event)
        awards = evolve(awards, event)
    return tuple(events)


def _next(rules: Rules, occasion: Occasion, awards: Awards) -> Event | None:
    have = len(awards.credited)
    for granted in awards.blocks:
        if granted.stands and have < granted.block.needs:
            return EffortAdjusted(
                block=granted.block,
                revision=granted.revision + 1,
                occasion=occasion,
                public=awards.public,
            )
    for granted in awards.blocks:
        if not granted.stands and have >= granted.block.needs:
            pieces = _unnamed(awards, len(granted.block.pieces))
            return EffortRestored(
                block=replace(granted.block, pieces=pieces),
                revision=granted.revision + 1,
                occasion=occasion,
                public=awards.public,
            )
    number = len(awards.blocks) + 1
    needs = number * rules.effort.every
    if have < needs:
        return None
    block = Block(
        number=number,
        needs=needs,
        larger=needs % rules.effort.larger_every == 0,
        pieces=_unnamed(awards, rules.effort.every),
        rule_version=rules.version,
    )
    return EffortGranted(block=block, occasion=occasion, public=awards.public)


def _unnamed(awards: Awards, number: int) -> tuple[str, ...]:
    """Return the first pieces that no standing block names, so that each is recognised once."""
    named = {piece for it in awards.blocks if it.stands for piece in it.block.pieces}
    return tuple(nsmallest(number, awards.credited.keys() - named, key=awards.credited.__getitem__))


def _arrivals(rules: Rules, command: RecordArrival, awards: Awards) -> tuple[Event, ...]:
    """Whoever skips a zone on the way up arrives in it, too."""
    if command.occasion.historical or command.held or command.zone is None:
        return ()
    start = 0 if command.previous is None else ZONES.index(command.previous)
    return tuple(
        ArrivalGranted(
            zone=zone,
            rule_version=rules.version,
            occasion=command.occasion,
            public=awards.public,
        )
        for zone in ZONES[start + 1 : ZONES.index(command.zone) + 1]
        if zone in rules.arrival.zones and zone not in awards.arrived
    )


def decider(rules: Rules) -> Decider[Command, Event, Awards]:
    """Return the thinking behind a member's stream, under these rules."""
    return Decider(initial=Awards(), decide=partial(decide, rules), evolve=evolve)
