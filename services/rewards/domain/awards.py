"""What a member has earned. One stream for each member, named by their id.

A piece counts for whoever published it first, every other act for whoever did it. What counts
fills blocks, whatever comes of it. What is granted is granted once, and follows what counts from
then on. An arrival is for ever, and so is a place in a period that is closed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from heapq import nsmallest
from types import MappingProxyType
from typing import Literal, TypeAlias, TypeVar, assert_never

from services.rewards.domain import acts
from services.rewards.domain.acts import Act
from services.rewards.domain.recognitions import (
    ArrivalGranted,
    Block,
    Deed,
    DeedAdjusted,
    DeedGranted,
    DeedRestored,
    EffortAdjusted,
    EffortGranted,
    EffortRestored,
    ImpactGranted,
    Occasion,
    Recognised,
)
from services.rewards.domain.rules import OWN_ACTS, PUBLISH, ZONES, Effort, First, Rules
from shared.decider import Decider

K = TypeVar("K")
V = TypeVar("V")

Field: TypeAlias = Literal["public", "group", "status"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceCredited:
    """`act` is the one by which the member was first, of all who published the piece."""

    piece: str
    act: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditWithdrawn:
    """Somebody else was first, or it was never published."""

    piece: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistCredited:
    """Through the member came an outcome of this name."""

    name: str
    piece: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistWithdrawn:
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberDescribed:
    """The organisation says this of a member: whether they may be named to others (`public`), the
    group, whether they are there (`status`). None takes back what was said.
    """

    field: Field
    value: str | None
    at: datetime
    key: str


Event: TypeAlias = (
    acts.Event
    | PieceCredited
    | CreditWithdrawn
    | AssistCredited
    | AssistWithdrawn
    | Recognised
    | MemberDescribed
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A block as it is now."""

    block: Block
    stands: bool = True
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A deed as it is now."""

    deed: Deed
    stands: bool = True
    revision: int = 0


def _nothing() -> Mapping[K, V]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Awards:
    """`tallies` count what stands and is not capped, of every kind but `publish`. `credited` are
    the member's pieces, each with its time and the act.
    """

    tallies: Mapping[str, int] = field(default_factory=_nothing)
    capped: frozenset[str] = frozenset()
    credited: Mapping[str, tuple[datetime, str]] = field(default_factory=_nothing)
    assisted: Mapping[str, str | None] = field(default_factory=_nothing)
    blocks: Mapping[str, tuple[Granted, ...]] = field(default_factory=_nothing)
    deeds: Mapping[tuple[str, str], Done] = field(default_factory=_nothing)
    arrived: frozenset[tuple[str, str]] = frozenset()
    honoured: frozenset[str] = frozenset()
    said: Mapping[Field, MemberDescribed] = field(default_factory=_nothing)

    @property
    def public(self) -> bool:
        """Members opt out. Until they do, they may be named."""
        said = self.said.get("public")
        return said is None or said.value != "no"

    @property
    def pieces(self) -> Mapping[str, tuple[datetime, str]]:
        """The pieces that count."""
        if not self.capped:
            return self.credited
        return {name: it for name, it in self.credited.items() if it[1] not in self.capped}

    def have(self, of: tuple[str, ...]) -> int:
        """Return how many acts of these kinds count."""
        return sum(len(self.pieces) if it == PUBLISH else self.tallies.get(it, 0) for it in of)


def evolve(awards: Awards, event: Event) -> Awards:
    match event:
        case acts.ActRecorded():
            return awards if event.void else _tallied(awards, event.act.kind, 1)
        case acts.ActWithdrawn():
            if event.name in awards.capped:
                return replace(awards, capped=awards.capped - {event.name})
            return _tallied(awards, event.kind, -1)
        case acts.ActCapped():
            capped = awards.capped | {event.name}
            return replace(_tallied(awards, event.kind, -1), capped=capped)
        case acts.ActFreed():
            capped = awards.capped - {event.name}
            return replace(_tallied(awards, event.kind, 1), capped=capped)
        case acts.ActRetracted() | acts.ObjectRetracted():
            return awards
        case PieceCredited():
            credited = {**awards.credited, event.piece: (event.at, event.act)}
            return replace(awards, credited=credited)
        case CreditWithdrawn():
            return replace(awards, credited=_without(awards.credited, event.piece))
        case AssistCredited():
            return replace(awards, assisted={**awards.assisted, event.name: event.piece})
        case AssistWithdrawn():
            return replace(awards, assisted=_without(awards.assisted, event.name))
        case EffortGranted():
            return _with_block(awards, Granted(block=event.block))
        case EffortAdjusted() | EffortRestored():
            stands = isinstance(event, EffortRestored)
            return _with_block(
                awards, Granted(block=event.block, stands=stands, revision=event.revision)
            )
        case DeedGranted():
            return _with_deed(awards, Done(deed=event.deed))
        case DeedAdjusted() | DeedRestored():
            stands = isinstance(event, DeedRestored)
            return _with_deed(awards, Done(deed=event.deed, stands=stands, revision=event.revision))
        case ArrivalGranted():
            return replace(awards, arrived=awards.arrived | {(event.kind, event.zone)})
        case ImpactGranted():
            return replace(awards, honoured=awards.honoured | {event.period})
        case MemberDescribed():
            return replace(awards, said={**awards.said, event.field: event})
        case _:
            assert_never(event)


def _tallied(awards: Awards, kind: str, more: int) -> Awards:
    if kind not in OWN_ACTS:
        return awards
    return replace(awards, tallies={**awards.tallies, kind: awards.tallies.get(kind, 0) + more})


def _without(mapping: Mapping[str, V], key: str) -> Mapping[str, V]:
    return {name: value for name, value in mapping.items() if name != key}


def _with_block(awards: Awards, granted: Granted) -> Awards:
    kind, place = granted.block.kind, granted.block.number - 1
    blocks = awards.blocks.get(kind, ())
    now = (*blocks[:place], granted, *blocks[place + 1 :])
    return replace(awards, blocks={**awards.blocks, kind: now})


def _with_deed(awards: Awards, done: Done) -> Awards:
    key = done.deed.kind, done.deed.which
    return replace(awards, deeds={**awards.deeds, key: done})


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeNote:
    """Of what became of the member's acts: recorded, taken back, capped or freed."""

    events: tuple[acts.Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditPiece:
    """The member is the piece's author, by this act; None: is not, or no longer."""

    piece: str
    act: Act | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditAssist:
    """An outcome of this name came through the member; `stands` says whether it still counts."""

    name: str
    piece: str | None
    stands: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """Let what is granted follow what counts."""

    occasion: Occasion


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordArrival:
    """The member came from one zone into another; None is where those are who have none.

    Who is `held` there was put there by the organisation, and has not earned it. What is
    `remembered` was no history when it happened. Who came `by_policy` has arrived whenever it was:
    nobody is told, and there is no arriving once more.
    """

    previous: str | None
    zone: str | None
    occasion: Occasion
    held: bool = False
    remembered: bool = False
    by_policy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HonourImpact:
    """A period is closed, and the member at a place that is honoured."""

    period: str
    place: int
    impact: int
    pieces: tuple[str, ...]
    occasion: Occasion


@dataclass(frozen=True, slots=True, kw_only=True)
class Describe:
    fields: Mapping[Field, str | None]
    at: datetime
    key: str


Command: TypeAlias = (
    TakeNote | CreditPiece | CreditAssist | Follow | RecordArrival | HonourImpact | Describe
)


def decide(rules: Rules, command: Command, awards: Awards) -> tuple[Event, ...]:
    """What holds already is not decided again, and what was granted is not granted again."""
    match command:
        case TakeNote():
            return command.events
        case CreditPiece(piece=piece, act=act):
            if act is None:
                return (CreditWithdrawn(piece=piece),) if piece in awards.credited else ()
            if awards.credited.get(piece) == (act.at, act.name):
                return ()
            return (PieceCredited(piece=piece, act=act.name, at=act.at),)
        case CreditAssist(name=name):
            if command.stands == (name in awards.assisted):
                return ()
            if command.stands:
                return (AssistCredited(name=name, piece=command.piece),)
            return (AssistWithdrawn(name=name),)
        case Follow():
            return tuple(_followed(rules, command.occasion, awards))
        case RecordArrival():
            return tuple(_arrivals(rules, command, awards))
        case HonourImpact():
            if command.period in awards.honoured:
                return ()
            return (
                ImpactGranted(
                    period=command.period,
                    place=command.place,
                    impact=command.impact,
                    pieces=command.pieces,
                    rule_version=rules.version,
                    occasion=command.occasion,
                    public=awards.public,
                ),
            )
        case Describe():
            return tuple(
                MemberDescribed(field=name, value=value, at=command.at, key=command.key)
                for name, value in command.fields.items()
                if _newer(command, awards.said.get(name))
            )
        case _:
            assert_never(command)


def _newer(command: Describe, said: MemberDescribed | None) -> bool:
    return said is None or (command.at, command.key) > (said.at, said.key)


def _followed(rules: Rules, occasion: Occasion, awards: Awards) -> Iterator[Event]:
    for rule in rules.efforts:
        while (event := _next_of_blocks(rules, rule, occasion, awards)) is not None:
            yield event
            awards = evolve(awards, event)
    for first in rules.firsts:
        deed = Deed(
            kind="first",
            which=first.name,
            piece=_first_piece(first, awards),
            rule_version=rules.version,
        )
        yield from _deed(deed, occasion, awards, stands=awards.have(first.of) > 0)
    for name, piece in awards.assisted.items():
        deed = Deed(kind="assist", which=name, piece=piece, rule_version=rules.version)
        yield from _deed(deed, occasion, awards, stands=True)
    for (kind, name), done in awards.deeds.items():
        if kind == "assist" and name not in awards.assisted:
            yield from _deed(done.deed, occasion, awards, stands=False)


def _deed(deed: Deed, occasion: Occasion, awards: Awards, *, stands: bool) -> Iterator[Event]:
    done = awards.deeds.get((deed.kind, deed.which))
    if done is None:
        if stands:
            yield DeedGranted(deed=deed, occasion=occasion, public=awards.public)
    elif done.stands != stands:
        event = DeedRestored if stands else DeedAdjusted
        yield event(
            deed=deed if stands else done.deed,
            revision=done.revision + 1,
            occasion=occasion,
            public=awards.public,
        )


def _first_piece(first: First, awards: Awards) -> str | None:
    if PUBLISH not in first.of or not awards.pieces:
        return None
    return min(awards.pieces, key=awards.pieces.__getitem__)


def _next_of_blocks(rules: Rules, rule: Effort, occasion: Occasion, awards: Awards) -> Event | None:
    """Let the blocks follow what counts, one after the other."""
    have, blocks = awards.have(rule.of), awards.blocks.get(rule.kind, ())
    for granted in blocks:
        if granted.stands and have < granted.block.needs:
            return EffortAdjusted(
                block=granted.block,
                revision=granted.revision + 1,
                occasion=occasion,
                public=awards.public,
            )
    for granted in blocks:
        if not granted.stands and have >= granted.block.needs:
            pieces = _unnamed(rule, awards, len(granted.block.pieces))
            return EffortRestored(
                block=replace(granted.block, pieces=pieces),
                revision=granted.revision + 1,
                occasion=occasion,
                public=awards.public,
            )
    number = len(blocks) + 1
    needs = number * rule.every
    if have < needs:
        return None
    block = Block(
        kind=rule.kind,
        number=number,
        needs=needs,
        larger=None if rule.larger_every is None else needs % rule.larger_every == 0,
        pieces=_unnamed(rule, awards, rule.every if rule.of == (PUBLISH,) else 0),
        rule_version=rules.version,
    )
    return EffortGranted(block=block, occasion=occasion, public=awards.public)


def _unnamed(rule: Effort, awards: Awards, number: int) -> tuple[str, ...]:
    """Return the first pieces that no standing block names, so that each is recognised once."""
    standing = [it for it in awards.blocks.get(rule.kind, ()) if it.stands]
    named = {piece for it in standing for piece in it.block.pieces}
    pieces = awards.pieces
    return tuple(nsmallest(number, pieces.keys() - named, key=pieces.__getitem__))


def _arrivals(rules: Rules, command: RecordArrival, awards: Awards) -> Iterator[Event]:
    """Whoever skips a zone on the way up arrives in it, too."""
    if command.held or command.zone is None:
        return
    start = 0 if command.previous is None else ZONES.index(command.previous)
    passed = ZONES[start + 1 : ZONES.index(command.zone) + 1]
    for rule in rules.arrivals:
        arrived = command.by_policy or command.remembered or not command.occasion.historical
        if not arrived and not rule.historical:
            continue
        for zone in passed:
            if zone in rule.zones and (rule.kind, zone) not in awards.arrived:
                yield ArrivalGranted(
                    kind=rule.kind,
                    zone=zone,
                    rule_version=rules.version,
                    occasion=command.occasion,
                    public=awards.public,
                )


def decider(rules: Rules) -> Decider[Command, Event, Awards]:
    """Return the thinking behind a member's stream, under these rules."""
    return Decider(initial=Awards(), decide=partial(decide, rules), evolve=evolve)
