"""The three readers and the clock, from the moment that there is a broker."""

import asyncio
import sqlite3
from datetime import UTC, datetime
from functools import partial
from typing import Final

import structlog
from nats.aio.client import Client

from services.notifier.domain import clock
from services.notifier.domain.clock import ClockStarted, Mode
from services.notifier.projections import knowledge, tables
from services.notifier.stream.batches import Notifying
from services.notifier.stream.reading import READERS, Heard, Read
from shared.eventlog.log import Entry, Store
from shared.eventlog.parked import ParkedRow
from shared.messaging.consumer import follow
from shared.messaging.delivery import Delivery
from shared.messaging.errors import BrokerUnavailable, MessagingError, UnreadableMessage
from shared.messaging.lag import Progress, backlog
from shared.messaging.topology import INGEST_INBOUND, NOTIFIER_ACTIVITY, Reader
from shared.runtime.errors import WrongUse
from shared.runtime.settings import Clock

log = structlog.get_logger()

TICK_SECONDS: Final = 1.0
AWAY: Final = "the broker does not answer"


class Hearing:
    """`batch` limits a transaction."""

    def __init__(self, store: Store, notifying: Notifying, *, batch: int) -> None:
        self._store = store
        self._notifying = notifying
        self._batch = batch
        self._progress: dict[Reader, Progress] = {}

    async def hear(self, client: Client) -> None:
        """Take in the streams for ever, each on its own; and the time, where the wall tells it."""
        self._progress = {reader: Progress(client, reader) for reader in READERS}
        async with asyncio.TaskGroup() as tasks:
            for reader, read in READERS.items():
                tasks.create_task(self._follow(client, reader, read))
            if (await knowledge.clock(self._store)).mode == "wall":
                tasks.create_task(tick(client, self._store, self._notifying))

    async def _follow(self, client: Client, reader: Reader, read: Read) -> None:
        await follow(
            client,
            reader,
            self._store,
            read=partial(_delivered, read),
            handle=self._notifying.take,
            max_batch=self._batch,
            progress=self._progress[reader],
        )

    async def lag(self, reader: Reader) -> int:
        """Return how many messages are not yet taken in. Raises BrokerUnavailable."""
        if reader not in self._progress:
            raise BrokerUnavailable(AWAY)
        return await self._progress[reader].lag()

    async def trouble(self) -> str | None:
        """Say what hearing waits for."""
        if not self._progress:
            return AWAY
        troubles = [await progress.trouble() for progress in self._progress.values()]
        return "; ".join(trouble for trouble in troubles if trouble) or None

    async def retry(self, row: ParkedRow) -> str | None:
        """Hear a parked message once more. Return why that still cannot be done."""
        [read] = [read for reader, read in READERS.items() if reader.durable == row.reader]
        try:
            heard = read(row.subject, row.payload)
        except UnreadableMessage as error:
            async with self._store.transaction() as transaction:
                await transaction.mark_retried(row.id)
            return error.detail
        async with self._store.transaction() as transaction:
            await self._notifying.take(transaction, [heard])
            await transaction.mark_resolved(row.id)
        return None


def _delivered(read: Read, delivery: Delivery) -> Heard | None:
    return read(delivery.subject, delivery.body)


async def start(store: Store, setting: Clock) -> Mode:
    """Set the log's clock going, or find it going the same way. Raises WrongUse."""
    mode: Mode = "fixed" if isinstance(setting, datetime) else setting
    at = setting if isinstance(setting, datetime) else None
    rows = await store.stream(clock.STREAM)
    if not rows:
        async with store.transaction() as transaction:
            await tables.write(transaction, [Entry(clock.STREAM, ClockStarted(mode=mode, at=at))])
        return mode
    started = store.codec.decode(rows[0])
    if (started.mode, started.at) != (mode, at):
        raise WrongUse(
            f"{store.path} was begun with the clock {_told(started.mode, started.at)}, not"
            f" {_told(mode, at)}: start with ZONES_CLOCK={_told(started.mode, started.at)}, or with"
            " another data directory"
        )
    return mode


async def tick(client: Client, store: Store, notifying: Notifying) -> None:
    """Let the wall's time into the log whenever a promise depends on it, for ever.

    Not before everything is read that happened until then: an answer that is still on the bus is
    an answer.
    """
    while True:
        await asyncio.sleep(TICK_SECONDS)
        now = datetime.now(UTC)
        try:
            if not await knowledge.due_drafts(store, now):
                continue
            if await backlog(client, INGEST_INBOUND) or await backlog(client, NOTIFIER_ACTIVITY):
                continue
            async with store.transaction() as transaction:
                await notifying.advance(transaction, now)
        except (BrokerUnavailable, MessagingError, sqlite3.OperationalError) as error:
            log.info("notifier.time_waits", why=str(error))


def _told(mode: Mode, at: datetime | None) -> str:
    return at.isoformat() if at else mode
