"""A log that was lost is refilled: from the activities that are brought, and from our own stream.

Until then nothing is heard and nothing said, since whatever was granted would be granted again.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import structlog
from nats.aio.client import Client
from pydantic import ValidationError

from services.rewards.domain import halfyears, memory
from services.rewards.domain.memory import RefillBegun, RefillCompleted
from services.rewards.domain.recognitions import Occasion
from services.rewards.handlers import Arrival, Happening, Heard
from services.rewards.projections import knowledge, tables
from services.rewards.projections.entries import CODEC
from services.rewards.stream import remembered
from services.rewards.stream.batches import Recognising
from services.rewards.stream.reading import READERS, activity
from shared import clock
from shared.clock import ClockAdvanced
from shared.contracts.activity import Activity
from shared.contracts.envelope import guard_of
from shared.contracts.recognitions import RECOGNITION_EVENT, AnyRecognitionEvent
from shared.contracts.refusals import reason
from shared.eventlog.checkpoints import Checkpoint
from shared.eventlog.log import Entry, Store, Transaction, View
from shared.messaging import api, tails
from shared.messaging.consumer import oldest
from shared.messaging.delivery import Delivery
from shared.messaging.errors import BrokerUnavailable, NotProvisioned, UnreadableMessage
from shared.messaging.tails import Tail
from shared.messaging.topology import ACTIVITY, RECOGNITIONS, ZONES

CHUNK: Final = 200
ADVICE: Final = "run `zones rewards rebuild`"

log = structlog.get_logger()


class Said(NamedTuple):
    """A message of ours, and where it stands in the stream."""

    sequence: int
    event: AnyRecognitionEvent


class Refilling:
    """Says whether the log is whole, and makes it so. Zone changes up to `history`, by their place
    in the stream, are from before a refill.
    """

    def __init__(self, store: Store, recognising: Recognising) -> None:
        self._store = store
        self._recognising = recognising
        self._client: Client | None = None
        self._why: str | None = None
        self.history = 0
        self._whole = asyncio.Event()
        self._working = asyncio.Lock()

    async def until_whole(self, client: Client) -> None:
        """Return when nothing is missing, at once where nothing was lost."""
        self._client = client
        self._why = await _missing(client, self._store)
        last = await _last(self._store)
        self.history = last.zones if isinstance(last, RefillCompleted) else 0
        if self._why is None:
            self._whole.set()
        else:
            log.warning("rewards.memory_lost", why=self._why)
        await self._whole.wait()

    async def trouble(self) -> str | None:
        """Say why nothing is heard."""
        return None if self._why is None else f"{self._why}: {ADVICE}"

    async def apart_from(self, trouble: Callable[[], Awaitable[str | None]]) -> str | None:
        """Say what else keeps us from working, where it is not for this that we wait."""
        return None if self._why is not None else await trouble()

    def amend(self, delivery: Delivery, heard: Heard) -> Heard:
        """What was before a refill is nobody's news, and is granted all the same."""
        if isinstance(heard, Arrival) and delivery.sequence <= self.history:
            return heard.as_history()
        return heard

    async def why(self) -> str | None:
        """Return what is missing, None where nothing is. Raises BrokerUnavailable."""
        self._lost()
        return self._why

    async def bring(self, events: Sequence[bytes]) -> int | None:
        """Record activities of before. Return how many, None where nothing is missing. Raises
        UnreadableMessage, and BrokerUnavailable where that is not known yet.
        """
        async with self._working:
            if not self._lost():
                return None
            heard = [_read(event) for event in events]
            async with self._store.transaction() as transaction:
                if not isinstance(await _last(transaction), RefillBegun):
                    begun = [Entry(memory.STREAM, RefillBegun())]
                    await tables.append(transaction, begun, self._recognising.rules)
                await self._recognising.remember(transaction, heard)
            return len(heard)

    async def complete(self) -> int | None:
        """Record what we said, grant in silence what else is due, and let hearing begin. Return
        how much we had said, None where nothing was missing. Raises as `bring` does.
        """
        async with self._working:
            client = self._lost()
            return None if client is None else await self._complete(client)

    async def _complete(self, client: Client) -> int:
        if await _last(self._store) is None:
            raise UnreadableMessage("empty", "no activity was brought: without it nothing counts")
        info = await api.stream_info(client, RECOGNITIONS.name)
        if info is None:
            raise NotProvisioned(f"stream {RECOGNITIONS.name} is missing: run `zones provision`")
        said = [it async for it in _said(client, info)]
        zones = await api.stream_info(client, ZONES.name)
        begin = [await oldest(client, reader) for reader in READERS]
        async with self._store.transaction() as transaction:
            await self._recall(transaction, said, info.created)
            await self._go_on(transaction)
            completed = RefillCompleted(said=len(said), zones=zones.last if zones else 0)
            done = [Entry(memory.STREAM, completed)]
            await tables.append(transaction, done, self._recognising.rules)
            for checkpoint in begin:
                await transaction.save_checkpoint(checkpoint)
        self._why = None
        self.history = completed.zones
        self._whole.set()
        log.info("rewards.memory_refilled", said=len(said))
        return len(said)

    async def _recall(self, transaction: Transaction, said: Sequence[Said], identity: str) -> None:
        """What was said is neither granted nor said again, and time goes on from the last of it."""
        rules = self._recognising.rules
        events = [it.event for it in said]
        await tables.append(transaction, [*remembered.entries(events, rules)], rules)
        now = await knowledge.clock(transaction)
        latest = max((event.time for event in events), default=None)
        if latest is not None and now.mode != "fixed" and (now.now is None or latest > now.now):
            await tables.append(transaction, [Entry(clock.STREAM, ClockAdvanced(at=latest))], rules)
        await tails.save(
            transaction, {guard_of(it.event): Tail(it.sequence, it.event.key) for it in said}
        )
        await transaction.save_checkpoint(Checkpoint("relay", transaction.last_position, identity))
        self._recognising.forget()

    async def _go_on(self, transaction: Transaction) -> None:
        """Grant what was not yet granted when the log was lost, as history."""
        latest = await knowledge.latest(transaction)
        if latest is not None:
            occasion = Occasion(cause=memory.STREAM, at=latest, on=latest.date(), historical=True)
            await self._recognising.follow_all(transaction, occasion)
        for row in await transaction.stream(halfyears.STREAM):
            closed = replace(CODEC.decode(row), historical=True)
            await self._recognising.honour(transaction, closed)

    def _lost(self) -> Client | None:
        """Return the broker's client while something is missing."""
        if self._client is None:
            raise BrokerUnavailable("the broker has not answered yet: try again in a moment")
        return None if self._why is None else self._client


def _read(event: bytes) -> Happening:
    """Read an activity that came without its subject."""
    try:
        told = Activity.model_validate_json(event)
    except ValidationError as error:
        raise UnreadableMessage("unreadable", f"{event[:80]!r}: {reason(error)}") from error
    try:
        return activity(f"activity.v1.0.{told.kind}._", event)
    except UnreadableMessage as error:
        raise UnreadableMessage(error.reason, f"event {told.id}: {error.detail}") from error


async def _missing(client: Client, store: Store) -> str | None:
    """Return what is missing, in a sentence. Whoever has read anything is not new."""
    if isinstance(await _last(store), RefillBegun):
        return "the refill of this database has not been completed"
    if any([await store.checkpoint(reader.durable) for reader in READERS]):
        return None
    recognitions = await api.stream_info(client, RECOGNITIONS.name)
    if recognitions is not None and recognitions.last > 0:
        return "this database is empty, and recognitions have been granted"
    activity = await api.stream_info(client, ACTIVITY.name)
    if activity is not None and activity.first > 1:
        return "this database is empty, and the first activities have expired on the stream"
    return None


async def _last(read: View | Transaction) -> memory.Event | None:
    rows = await read.stream(memory.STREAM)
    return CODEC.decode(rows[-1]) if rows else None


async def _said(client: Client, info: api.StreamInfo) -> AsyncIterator[Said]:
    """Yield all that we have said. Raises UnreadableMessage."""
    for start in range(info.first, info.last + 1, CHUNK):
        sequences = range(start, min(start + CHUNK, info.last + 1))
        bodies = await asyncio.gather(
            *(api.message(client, RECOGNITIONS.name, sequence) for sequence in sequences)
        )
        for sequence, body in zip(sequences, bodies, strict=True):
            if body is not None:
                yield Said(sequence, _recalled(sequence, body))


def _recalled(sequence: int, body: bytes) -> AnyRecognitionEvent:
    try:
        return RECOGNITION_EVENT.validate_json(body)
    except ValidationError as error:
        raise UnreadableMessage(
            "unreadable", f"message {sequence} on {RECOGNITIONS.name}: {reason(error)}"
        ) from error
