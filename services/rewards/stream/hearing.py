"""Both readers and the clock, from the moment that there is a broker."""

import asyncio
from functools import partial
from typing import Final

from nats.aio.client import Client

from services.rewards.handlers import Arrival, Heard
from services.rewards.stream.batches import Recognising
from services.rewards.stream.reading import READERS, Read
from services.rewards.stream.refilling import Refilling
from services.rewards.stream.ticking import Ticking
from shared.eventlog.log import Store
from shared.eventlog.parked import ParkedRow
from shared.messaging.consumer import follow
from shared.messaging.delivery import Delivery
from shared.messaging.errors import BrokerUnavailable, UnreadableMessage
from shared.messaging.lag import Progress
from shared.messaging.topology import Reader

AWAY: Final = "the broker is away, or `zones provision` has not been run on it"


class Hearing:
    """`batch` limits a transaction."""

    def __init__(
        self, store: Store, recognising: Recognising, refilling: Refilling, *, batch: int
    ) -> None:
        self._store = store
        self._refilling = refilling
        self._recognising = recognising
        self._batch = batch
        self._progress: dict[Reader, Progress] = {}

    async def hear(self, client: Client) -> None:
        """Take in both streams for ever, each on its own, and the time."""
        self._progress = {reader: Progress(client, reader) for reader in READERS}
        async with asyncio.TaskGroup() as tasks:
            for reader, read in READERS.items():
                tasks.create_task(self._follow(client, reader, read))
            tasks.create_task(Ticking(client, self._store, self._recognising).tick())

    async def _follow(self, client: Client, reader: Reader, read: Read) -> None:
        await follow(
            client,
            reader,
            self._store,
            read=partial(self._read, read),
            handle=self._recognising.take,
            max_batch=self._batch,
            progress=self._progress[reader],
        )

    def _read(self, read: Read, delivery: Delivery) -> Heard:
        """What was before a refill is nobody's news, and is granted all the same."""
        heard = read(delivery.subject, delivery.body)
        if isinstance(heard, Arrival) and delivery.sequence <= self._refilling.history:
            return heard.as_history()
        return heard

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
        taken = 0
        while not taken:  # a period has to be closed before
            async with self._store.transaction() as transaction:
                taken = await self._recognising.take(transaction, [heard])
                if taken:
                    await transaction.mark_resolved(row.id)
        return None
