"""What a member says to have published. One stream for each member: `<member>/works`.

Everything is recorded as it is heard, in whatever order: a claim to a piece, and what takes it
back. Whose the piece is follows from all members' claims to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, TypeAlias, assert_never

from shared.decider import Decider

STREAM: Final = "/works"


def stream_of(member: str) -> str:
    return member + STREAM


def member_of(stream: str) -> str:
    return stream.removesuffix(STREAM)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Claim:
    """Somebody published a piece. Of several claims the least is the first.

    `act` is the key of the event that said so. What an account did before it was linked is said
    once more under its member: the same act, and the member comes before the `derived` one.
    """

    at: datetime
    act: str
    derived: bool
    member: str
    source: str = field(compare=False)
    object: str = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceRecorded:
    piece: str
    claim: Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRetracted:
    """That event never was, even if we come to hear of it later. `pieces` lose a claim by this."""

    act: str
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRetracted:
    """Up to and at `until`, nothing was published under this id of the source's."""

    source: str
    object: str
    until: datetime
    pieces: tuple[str, ...]


Event: TypeAlias = PieceRecorded | ActRetracted | ObjectRetracted


@dataclass(frozen=True, slots=True, kw_only=True)
class Works:
    """`acts` leads from every act ever recorded to its piece; `claims` are those to each piece
    that have not been retracted, the first one first.
    """

    acts: Mapping[str, str] = field(default_factory=dict)
    claims: Mapping[str, tuple[Claim, ...]] = field(default_factory=dict)
    retracted_acts: frozenset[str] = frozenset()
    retracted_objects: Mapping[tuple[str, str], datetime] = field(default_factory=dict)

    def first_claim(self, piece: str) -> Claim | None:
        return next(iter(self.claims.get(piece, ())), None)

    def is_retracted(self, claim: Claim) -> bool:
        until = self.retracted_objects.get((claim.source, claim.object))
        return claim.act in self.retracted_acts or (until is not None and claim.at <= until)


def evolve(works: Works, event: Event) -> Works:
    match event:
        case PieceRecorded():
            works = replace(works, acts={**works.acts, event.claim.act: event.piece})
            return _with_claims(works, event.piece, event.claim)
        case ActRetracted():
            works = replace(works, retracted_acts=works.retracted_acts | {event.act})
        case ObjectRetracted():
            until = {**works.retracted_objects, (event.source, event.object): event.until}
            works = replace(works, retracted_objects=until)
        case _:
            assert_never(event)
    for piece in event.pieces:
        works = _with_claims(works, piece)
    return works


def _with_claims(works: Works, piece: str, *more: Claim) -> Works:
    """Add claims to a piece, and leave out what is retracted."""
    claims = dict(works.claims)
    standing = [it for it in (*claims.pop(piece, ()), *more) if not works.is_retracted(it)]
    if standing:
        claims[piece] = tuple(sorted(standing))
    return replace(works, claims=claims)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPiece:
    piece: str
    claim: Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class RetractAct:
    act: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetractObject:
    source: str
    object: str
    until: datetime


Command: TypeAlias = RecordPiece | RetractAct | RetractObject


def decide(command: Command, works: Works) -> tuple[Event, ...]:
    """What is known already is not recorded again."""
    match command:
        case RecordPiece():
            if command.claim.act in works.acts:
                return ()
            return (PieceRecorded(piece=command.piece, claim=command.claim),)
        case RetractAct():
            if command.act in works.retracted_acts:
                return ()
            claimed = works.acts.get(command.act, "")
            losing = (claimed,) if claimed in works.claims else ()
            return (ActRetracted(act=command.act, pieces=losing),)
        case RetractObject():
            of = command.source, command.object
            if of in works.retracted_objects and works.retracted_objects[of] >= command.until:
                return ()
            pieces = tuple(
                piece
                for piece, claims in works.claims.items()
                if any((it.source, it.object) == of and it.at <= command.until for it in claims)
            )
            return (
                ObjectRetracted(
                    source=command.source,
                    object=command.object,
                    until=command.until,
                    pieces=pieces,
                ),
            )
        case _:
            assert_never(command)


decider: Final = Decider[Command, Event, Works](initial=Works(), decide=decide, evolve=evolve)


def contested(event: Event) -> tuple[str, ...]:
    """Return the pieces whose author may be another one after this."""
    match event:
        case PieceRecorded():
            return (event.piece,)
        case ActRetracted() | ObjectRetracted():
            return event.pieces
        case _:
            assert_never(event)
