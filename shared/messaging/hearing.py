"""All that a service hears: its readers, each on its own, and another try for what was parked."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, Generic, TypeAlias, TypeVar

from nats.aio.client import Client

from shared.eventlog.log import Store
from shared.eventlog.parked import ParkedRow
from shared.messaging.consumer import Handle, follow
from shared.messaging.delivery import Delivery
from shared.messaging.errors import BrokerUnavailable, UnreadableMessage
from shared.messaging.lag import Progress
from shared.messaging.topology import Reader

T = TypeVar("T")
Read: TypeAlias = Callable[[str, bytes], T]
"""Turns a subject and a body into what the service takes. Raises UnreadableMessage."""
Amend: TypeAlias = Callable[[Delivery, T], T]

AWAY: Final = "the broker is away, or `zones provision` has not been run on it"


class Hearing(Generic[T]):
    """`take` handles what was read, `batch` of it at most in one transaction, and returns how much
    it has taken. `amend` may say otherwise what a delivery has told.
    """

    def __init__(
        self,
        store: Store,
        readers: Mapping[Reader, Read[T]],
        take: Handle[T],
        *,
        batch: int,
        amend: Amend[T] | None = None,
    ) -> None:
        self._store = store
        self._readers = readers
        self._take = take
        self._batch = batch
        self._amend = amend
        self._progress: dict[Reader, Progress] = {}

    async def hear(self, client: Client) -> None:
        """Take everything in for ever."""
        self._progress = {reader: Progress(client, reader) for reader in self._readers}
        async with asyncio.TaskGroup() as tasks:
            for reader, read in self._readers.items():
                tasks.create_task(
                    follow(
                        client,
                        reader,
                        self._store,
                        read=partial(self._read, read),
                        handle=self._take,
                        max_batch=self._batch,
                        progress=self._progress[reader],
                    )
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
        [read] = [read for reader, read in self._readers.items() if reader.durable == row.reader]
        try:
            heard = read(row.subject, row.payload)
        except UnreadableMessage as error:
            async with self._store.transaction() as transaction:
                await transaction.mark_retried(row.id)
            return error.detail
        taken = 0
        while not taken:  # something else has to be done before
            async with self._store.transaction() as transaction:
                taken = await self._take(transaction, [heard])
                if taken:
                    await transaction.mark_resolved(row.id)
        return None

    def _read(self, read: Read[T], delivery: Delivery) -> T:
        heard = read(delivery.subject, delivery.body)
        return heard if self._amend is None else self._amend(delivery, heard)
