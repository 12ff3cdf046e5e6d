"""What was heard, in one transaction: decided stream by stream, appended, projected.

Each message is decided on what the one before it has left, wherever a batch ends. What was folded
is kept for the next batch once it is committed, and not before.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

import structlog

from services.rewards.domain import awards, works
from services.rewards.domain.rules import Rules
from shared.contracts.recognitions import recognition_id
from shared.decider import Decider, fold
from shared.eventlog.codec import Codec
from shared.eventlog.log import Entry, Transaction

log = structlog.get_logger()

HAPPENED: Final = {
    awards.EffortGranted: "rewards.recognition_granted",
    awards.EffortAdjusted: "rewards.recognition_adjusted",
    awards.EffortRestored: "rewards.recognition_restored",
    awards.ArrivalGranted: "rewards.recognition_granted",
}

C = TypeVar("C")
E = TypeVar("E", bound=works.Event | awards.Event)
S = TypeVar("S")

Claims: TypeAlias = dict[str, works.Claim]
"""The first claim of everybody who has one to a piece."""


class Heard(NamedTuple):
    """A message that concerns us: whose it is, and what is to be recorded of it."""

    member: str
    command: works.Command | awards.RecordArrival | awards.RecordPublicity
    occasion: awards.Occasion


ClaimsTo: TypeAlias = Callable[[Transaction, Collection[str]], Awaitable[dict[str, Claims]]]
Awarded: TypeAlias = Sequence[tuple[str, awards.Event]]
Project: TypeAlias = Callable[[Transaction, int, Awarded, Mapping[str, Claims]], Awaitable[None]]


class Recognising:
    """`kept` is how many folded streams stay in memory: those that were used last."""

    def __init__(
        self,
        rules: Rules,
        codec: Codec[Any],
        *,
        claims_to: ClaimsTo,
        project: Project,
        kept: int = 20_000,
    ) -> None:
        self._awards = awards.decider(rules)
        self._codec = codec
        self._claims_to = claims_to
        self._project = project
        self._kept = kept
        self._folded: OrderedDict[str, _Folded] = OrderedDict()

    async def handle(self, transaction: Transaction, heard: Sequence[Heard | None]) -> int:
        """Take the whole batch. What is None is somebody else's concern."""
        desk = _Desk(transaction, self._codec, self._awards, self._folded, self._claims_to)
        ours = [each for each in heard if each is not None]
        await desk.prepare(ours)
        for each in ours:
            await desk.take(each)
        if recorded := await transaction.append(desk.entries, expected=desk.versions):
            await self._project(transaction, recorded[-1].position, desk.awarded, desk.claims)
        transaction.after_commit(lambda: self._keep(desk))
        return len(heard)

    def _keep(self, desk: "_Desk") -> None:
        for stream, folded in desk.folded.items():
            self._folded[stream] = folded
            self._folded.move_to_end(stream)
        while len(self._folded) > self._kept:
            self._folded.popitem(last=False)
        for member, event in desk.awarded:
            tell(member, event)


class _Folded(NamedTuple):
    version: int
    state: Any


class _Desk:
    """The states and claims of one transaction as they become, and what is to be appended."""

    def __init__(
        self,
        transaction: Transaction,
        codec: Codec[Any],
        recognising: Decider[awards.Command, awards.Event, awards.Awards],
        kept: Mapping[str, _Folded],
        claims_to: ClaimsTo,
    ) -> None:
        self._transaction = transaction
        self._codec = codec
        self._awards = recognising
        self._kept = kept
        self._claims_to = claims_to
        self.folded: dict[str, _Folded] = {}
        self.versions: dict[str, int] = {}
        self.claims: dict[str, Claims] = {}
        self.entries: list[Entry] = []
        self.awarded: list[tuple[str, awards.Event]] = []

    async def prepare(self, heard: Sequence[Heard]) -> None:
        """Read at once what most of the batch will need; the rest is read when it is needed."""
        publishing = [each for each in heard if isinstance(each.command, works.Command)]
        await self._fold(works.decider, [works.stream_of(each.member) for each in publishing])
        await self._fold(self._awards, [each.member for each in heard])
        await self._read_claims(
            {it.command.piece for it in heard if isinstance(it.command, works.RecordPiece)}
        )

    async def take(self, heard: Heard) -> None:
        member, command, occasion = heard
        match command:
            case awards.RecordArrival() | awards.RecordPublicity():
                await self._award(member, command)
            case works.RecordPiece() | works.RetractAct() | works.RetractObject():
                stream = works.stream_of(member)
                for event in await self._decide(works.decider, stream, command):
                    for piece in works.contested(event):
                        await self._credit(member, piece, occasion)

    async def _credit(self, member: str, piece: str, occasion: awards.Occasion) -> None:
        """Find out whose the piece is now that this member's claim to it has changed."""
        await self._read_claims({piece})
        first = self.folded[works.stream_of(member)].state.first_claim(piece)
        claims = {**self.claims[piece], member: first}
        self.claims[piece] = {name: claim for name, claim in claims.items() if claim is not None}
        for name in sorted(claims):
            await self._award(name, awards.credit(name, piece, self.claims[piece], occasion))

    async def _award(self, member: str, command: awards.Command) -> None:
        for event in await self._decide(self._awards, member, command):
            self.awarded.append((member, event))

    async def _decide(self, decider: Decider[C, E, S], stream: str, command: C) -> tuple[E, ...]:
        await self._fold(decider, [stream])
        version, state = self.folded[stream]
        events = decider.decide(command, state)
        self.entries += [Entry(stream, event, key_of(stream, event)) for event in events]
        state = fold(decider.evolve, state, events)
        self.folded[stream] = _Folded(version + len(events), state)
        return events

    async def _fold(self, decider: Decider[C, E, S], streams: Sequence[str]) -> None:
        """Have the states of these streams at hand."""
        for stream in [it for it in streams if it in self._kept and it not in self.folded]:
            self.folded[stream] = self._kept[stream]
            self.versions[stream] = self._kept[stream].version
        unknown = dict.fromkeys((it for it in streams if it not in self.folded), 0)
        if not unknown:
            return
        for stream, rows in (await self._transaction.tails(unknown)).items():
            state = fold(decider.evolve, decider.initial, map(self._codec.decode, rows))
            self.folded[stream] = _Folded(len(rows), state)
            self.versions[stream] = len(rows)

    async def _read_claims(self, pieces: Collection[str]) -> None:
        if unknown := [piece for piece in pieces if piece not in self.claims]:
            self.claims |= await self._claims_to(self._transaction, unknown)


def key_of(member: str, event: works.Event | awards.Event) -> str | None:
    """Return the name of what can be granted only once: the log takes no second one."""
    match event:
        case awards.EffortGranted() | awards.ArrivalGranted():
            return _id(member, event)
        case _:
            return None


def _id(member: str, event: awards.Recognised) -> str:
    kind, which = awards.named(event)
    return recognition_id(kind, member, which)


def tell(member: str, event: awards.Event) -> None:
    if isinstance(event, awards.Recognised):
        log.info(
            HAPPENED[type(event)],
            member=member,
            recognition=_id(member, event),
            cause=event.occasion.cause,
            historical=event.occasion.historical,
        )
