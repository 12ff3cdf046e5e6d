"""From a service's log to its stream: every entry it has something to say about, once, in order.

The log is the outbox. A batch is published first and marked afterwards, so a crash in between
leaves it published and unmarked; the broker then refuses its repetition, because the tail it
expects has moved, and we find our own message there and go on.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import structlog
from nats.aio.client import Client

from shared.eventlog.checkpoints import Checkpoint
from shared.eventlog.log import Recorded, Store
from shared.messaging import api, tails, wire
from shared.messaging.errors import BrokerUnavailable, NotProvisioned, Refused, StreamRecreated
from shared.messaging.lag import Relayed
from shared.messaging.reconciling import Saying, reconcile
from shared.messaging.settling import pause_after
from shared.messaging.tails import NOTHING, Tail
from shared.messaging.wire import Ack, Message

log = structlog.get_logger()

WINDOW = 1000
"""Entries looked at together, and therefore the most that a batch can span. What a crash has left
unmarked is in the window in which it begins, or in the next."""

BATCH_BYTES = 1024 * 1024
ATTEMPT = 5.0
TRIES = 10
SILENT_ENTRIES = 10_000
WAITED_FOR = (BrokerUnavailable, NotProvisioned, sqlite3.OperationalError)


async def relay(
    client: Client,
    store: Store,
    *,
    stream: str,
    publish: Callable[[Recorded], Message | None],
    types: Collection[str] | None = None,
    reader: str = "relay",
    progress: Relayed | None = None,
) -> None:
    """Say what `publish` makes of each entry of the log, for ever. None means nothing to say.
    Where `types` are given, entries of other types are not even read.

    `Message.guard` names the subjects on which ours has to be the newest; without one it is the
    message's own. The store needs RELAY_SCHEMA. Waits for the broker, for room in the stream and
    for the database; raises Fenced, TailLost and StreamRecreated, and Refused for a message that
    the broker will never take.
    """
    progress = progress or Relayed(store, reader)
    await _Relay(client, store, stream, publish, types, reader, progress).run()


class _Relay:
    def __init__(
        self,
        client: Client,
        store: Store,
        stream: str,
        publish: Callable[[Recorded], Message | None],
        types: Collection[str] | None,
        reader: str,
        progress: Relayed,
    ) -> None:
        self._client = client
        self._store = store
        self._stream = stream
        self._publish = publish
        self._types = types
        self._reader = reader
        self._progress = progress
        self._identity = ""
        self._marked = 0
        self._looked_at = 0

    async def run(self) -> None:
        failures = 0
        while True:
            try:
                await self._begin()
                self._progress.goes_on()
                while True:
                    await self._store.wait_beyond(self._progress.position)
                    await self._go_on()
                    failures = 0
            except WAITED_FOR as trouble:
                if self._client.is_closed:
                    raise
                failures += 1
                self._progress.waits(str(trouble))
                await asyncio.sleep(pause_after(failures))

    async def _begin(self) -> None:
        info = await self._info()
        checkpoint = await self._store.checkpoint(self._reader)
        if checkpoint and checkpoint.identity != info.created:
            raise StreamRecreated(self._reader, self._stream, checkpoint.identity, info.created)
        self._identity = info.created
        self._marked = checkpoint.position if checkpoint else 0
        self._progress.position = max(self._progress.position, self._marked)

    async def _go_on(self) -> None:
        """Say what there is to say in the next entries of the log."""
        window, last = await self._look(self._progress.position)
        self._looked_at = last
        await self._say(window)
        if last >= self._marked + SILENT_ENTRIES:
            await self._mark(last, {})
        self._progress.position = last

    async def _look(self, after: int) -> tuple[list[Saying], int]:
        end = await self._store.last_position()
        rows = await self._store.read(after, WINDOW, types=self._types)
        window = [
            Saying(row.position, message, message.guard or message.subject)
            for row in rows
            if (message := self._publish(row)) is not None
        ]
        if len(rows) == WINDOW:
            return window, rows[-1].position
        return window, max([end, *(row.position for row in rows[-1:])])

    async def _say(self, window: Sequence[Saying]) -> None:
        """Return when the whole window is in the stream, and marked."""
        limit, failures = wire.BATCH_LIMIT, 0
        while window:
            batch = _batch(window, limit)
            known = await tails.load(self._store, [saying.guard for saying in batch])
            match await self._send(batch, known):
                case list(acks):
                    await self._mark(batch[-1].position, _tails(batch, acks, known))
                    window = window[len(batch) :]
                    limit, failures = min(2 * limit, wire.BATCH_LIMIT), 0
                    self._progress.goes_on()
                    continue
                case None:
                    trouble = f"stream {self._stream} does not answer"
                case Refused(full=True) | Refused(busy=True) as refused:
                    trouble = str(refused)
                case refused:
                    found = await self._reconcile(window, batch, known)
                    if found is not None:
                        window = window[found:]
                        continue
                    if len(batch) > 1:
                        limit = 1
                        continue
                    if refused.code not in wire.WRONG_LAST_SEQUENCE or failures >= TRIES:
                        raise refused
                    trouble = str(refused)
            failures += 1
            self._progress.waits(trouble)
            await asyncio.sleep(pause_after(failures))

    async def _send(
        self, batch: Sequence[Saying], known: dict[str, Tail]
    ) -> list[Ack] | Refused | None:
        """Every message of one guard expects what stood there before the batch."""
        messages = [
            replace(
                saying.message,
                guard=saying.guard,
                expected=known.get(saying.guard, NOTHING).sequence,
            )
            for saying in batch
        ]
        wire.check(self._client, messages)
        if len(messages) > 1:
            return await wire.send_batch(self._client, self._stream, messages, ATTEMPT)
        [answer] = await wire.send_singly(self._client, self._stream, messages, ATTEMPT)
        return [answer] if isinstance(answer, Ack) else answer

    async def _reconcile(
        self, window: Sequence[Saying], batch: Sequence[Saying], known: dict[str, Tail]
    ) -> int | None:
        """Compare our tails with the stream's. Return how much of the window proved to be said,
        None where nothing has changed.
        """
        info = await self._info()
        if info.created != self._identity:
            raise StreamRecreated(self._reader, self._stream, self._identity, info.created)
        later, _ = await self._look(self._looked_at)
        said, moved = await reconcile(
            self._client,
            self._stream,
            window,
            later,
            {saying.guard: known.get(saying.guard, NOTHING) for saying in batch},
            first=info.first,
        )
        if not said and not moved:
            return None
        log.info("relay.reconciled", stream=self._stream, said=said, moved=len(moved))
        await self._mark(window[said - 1].position if said else self._marked, moved)
        return said

    async def _mark(self, position: int, moved: dict[str, Tail]) -> None:
        async with self._store.transaction() as transaction:
            await tails.save(transaction, moved)
            await transaction.save_checkpoint(Checkpoint(self._reader, position, self._identity))
        self._marked = position
        self._progress.position = max(self._progress.position, position)

    async def _info(self) -> api.StreamInfo:
        info = await api.stream_info(self._client, self._stream)
        if info is None:
            raise NotProvisioned(f"stream {self._stream} is missing: run `zones provision`")
        return info


def _batch(window: Sequence[Saying], limit: int) -> Sequence[Saying]:
    """The start of the window that one atomic batch can hold."""
    room = BATCH_BYTES
    for n, saying in enumerate(window[:limit]):
        room -= saying.message.size
        if room < 0 and n:
            return window[:n]
    return window[:limit]


def _tails(batch: Sequence[Saying], acks: Sequence[Ack], known: dict[str, Tail]) -> dict[str, Tail]:
    """What was known by its id already stands before the tail, or is it."""
    moved: dict[str, Tail] = {}
    for saying, ack in zip(batch, acks, strict=True):
        if ack.sequence > known.get(saying.guard, NOTHING).sequence:
            moved[saying.guard] = Tail(ack.sequence, saying.message.id)
    return moved
