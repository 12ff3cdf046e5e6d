"""Following a stream: in order, completely, and once in effect, whatever breaks on the way.

The place we have reached stands in the service's own database, in the transaction of what we made
of the messages. The broker's opinion of it only measures the lag.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Generic, TypeAlias, TypeVar

from nats.aio.client import Client

from shared.eventlog.checkpoints import Checkpoint
from shared.eventlog.log import Store, Transaction
from shared.messaging import api
from shared.messaging.delivery import Delivery
from shared.messaging.errors import (
    HistoryExpired,
    NotProvisioned,
    StreamBehind,
    StreamRecreated,
    UnreadableMessage,
)
from shared.messaging.lag import Progress
from shared.messaging.pulling import Line
from shared.messaging.reading import read_on, set_back
from shared.messaging.settling import insist, parked, settle, tell_parked
from shared.messaging.topology import Reader

T = TypeVar("T")
Read: TypeAlias = Callable[[Delivery], T]
Handle: TypeAlias = Callable[[Transaction, Sequence[T]], Awaitable[int]]
Before: TypeAlias = Callable[[], Awaitable[None]]

SKIPPING_SECONDS = 30.0


async def follow(
    client: Client,
    reader: Reader,
    store: Store,
    *,
    read: Read[T],
    handle: Handle[T],
    before: Before | None = None,
    max_batch: int = 500,
    progress: Progress | None = None,
) -> None:
    """Hand every message to `handle` in the order of the stream, from the checkpoint on, for ever.

    `read` turns a delivery into what `handle` wants, or raises UnreadableMessage. `handle` gets a
    batch and the transaction that will also hold the checkpoint. It returns how many items it has
    taken, from the front; the rest is offered again in a transaction of its own, so 0 means "I had
    to do something else first". An error it raises rolls back; settling.py says what then.

    `before` is what else there is to do first: it is called before every transaction, outside it,
    until it succeeds. No message is to blame if it does not.

    Raises StreamRecreated, StreamBehind and HistoryExpired.
    """
    progress = progress or Progress(client, reader)
    following = _Following(client, reader, store, read, handle, before, progress)
    await read_on(
        client, reader, progress, size=max_batch, begin=following.begin, settle=following.settle
    )


async def oldest(client: Client, reader: Reader) -> Checkpoint:
    """Return the checkpoint to save when a service has refilled from elsewhere, and wants to read
    whatever the stream still has. Raises NotProvisioned, BrokerUnavailable.
    """
    info = await _stream(client, reader)
    return Checkpoint(reader.durable, max(info.first - 1, 0), info.created)


class _Following(Generic[T]):
    """One reader: a batch is read, handled and parked in one transaction with the checkpoint."""

    def __init__(
        self,
        client: Client,
        reader: Reader,
        store: Store,
        read: Read[T],
        handle: Handle[T],
        before: Before | None,
        progress: Progress,
    ) -> None:
        self._client = client
        self._reader = reader
        self._store = store
        self._read = read
        self._handle = handle
        self._before = before
        self._progress = progress
        self._checkpoint = Checkpoint(reader.durable, 0)
        self._skipped_at = 0.0
        self._items: dict[int, T | UnreadableMessage] = {}

    async def begin(self) -> None:
        """Set the consumer back to what follows our checkpoint, if the stream is still the same."""
        reader, info = self._reader, await _stream(self._client, self._reader)
        self._checkpoint = await self._store.checkpoint(reader.durable) or Checkpoint(
            reader.durable, 0, info.created
        )
        identity, position = self._checkpoint.identity, self._checkpoint.position
        if identity != info.created:
            raise StreamRecreated(reader.durable, reader.stream, identity, info.created)
        if info.last < position:
            raise StreamBehind(reader.durable, reader.stream, info.last, position)
        if info.first > position + 1:
            raise HistoryExpired(reader.durable, reader.stream, info.first, position)
        await set_back(self._client, reader, position + 1)

    async def settle(self, opened: Line, batch: Sequence[Delivery]) -> None:
        if batch:
            self._items.clear()
            await settle(batch, self._attempt, self._park, self._progress)
            await opened.acknowledge(batch[-1])
        else:
            await self._skip(opened.scanned)

    async def _attempt(self, batch: Sequence[Delivery]) -> int:
        items: list[T] = []
        places: list[int] = []
        unreadable: list[tuple[int, UnreadableMessage]] = []
        for place, delivery in enumerate(batch):
            item = self._item(delivery)
            if isinstance(item, UnreadableMessage):
                unreadable.append((place, item))
            else:
                items.append(item)
                places.append(place)
        if self._before:
            await insist(self._before, self._progress)
        async with self._store.transaction() as transaction:
            taken = await self._handle(transaction, items) if items else 0
            done = places[taken] if taken < len(items) else len(batch)
            put_away = [(batch[place], why) for place, why in unreadable if place < done]
            for delivery, why in put_away:
                await transaction.park(parked(self._reader.durable, delivery, why))
            checkpoint = self._checkpoint
            if done:
                checkpoint = replace(checkpoint, position=batch[done - 1].sequence)
                await transaction.save_checkpoint(checkpoint)
        self._checkpoint = checkpoint
        for delivery, why in put_away:
            tell_parked(self._progress, delivery, why)
        return done

    def _item(self, delivery: Delivery) -> T | UnreadableMessage:
        """Return what a delivery tells. It is read once, however often its batch is offered."""
        if delivery.sequence not in self._items:
            try:
                self._items[delivery.sequence] = self._read(delivery)
            except UnreadableMessage as error:
                self._items[delivery.sequence] = error
        return self._items[delivery.sequence]

    async def _park(self, delivery: Delivery, why: UnreadableMessage) -> None:
        checkpoint = replace(self._checkpoint, position=delivery.sequence)
        async with self._store.transaction() as transaction:
            await transaction.park(parked(self._reader.durable, delivery, why))
            await transaction.save_checkpoint(checkpoint)
        self._checkpoint = checkpoint

    async def _skip(self, scanned: int) -> None:
        """Move on past what only others read, now and then: else it could expire before our next
        message comes, and look as if we had missed it.
        """
        now = asyncio.get_running_loop().time()
        if scanned > self._checkpoint.position and now > self._skipped_at + SKIPPING_SECONDS:
            checkpoint = replace(self._checkpoint, position=scanned)
            async with self._store.transaction() as transaction:
                await transaction.save_checkpoint(checkpoint)
            self._checkpoint, self._skipped_at = checkpoint, now


async def _stream(client: Client, reader: Reader) -> api.StreamInfo:
    info = await api.stream_info(client, reader.stream)
    if info is None:
        raise NotProvisioned(f"stream {reader.stream} is missing: run `zones provision`")
    return info
