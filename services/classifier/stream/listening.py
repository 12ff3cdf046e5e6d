"""Activity as the bus delivers it: taken into the log, or parked where it contradicts the log."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Final

from nats.aio.client import Client
from prometheus_client import CollectorRegistry, Counter

from services.classifier.stream.hearing import Hearing
from services.classifier.stream.reading import Received, conflict, heard, read
from services.classifier.stream.sorting import Sorted
from services.classifier.stream.ticking import Ticking
from shared.eventlog.log import Store, Transaction
from shared.eventlog.parked import ParkedRow
from shared.messaging.consumer import follow
from shared.messaging.errors import BrokerUnavailable, UnreadableMessage
from shared.messaging.lag import Progress
from shared.messaging.settling import insist
from shared.messaging.topology import CLASSIFIER_ACTIVITY

AWAY: Final = "the broker is away, or `zones provision` has not been run on it"

PAUSE: Final = 1.0
"""Seconds between two looks whether somebody is due for review."""


class Listening:
    """Reads the stream from the moment that there is a broker. `batch` limits a transaction."""

    def __init__(
        self, store: Store, hearing: Hearing, *, batch: int, registry: CollectorRegistry
    ) -> None:
        self._store = store
        self._hearing = hearing
        self._batch = batch
        self._progress: Progress | None = None
        self._counted = Counter(
            "zones_classifier_activities",
            "Activities heard: recorded, known already, or in conflict with what is known.",
            ["outcome"],
            registry=registry,
        )

    async def listen(self, client: Client) -> None:
        """Take in the stream, and let time pass, for ever."""
        self._progress = Progress(client, CLASSIFIER_ACTIVITY)
        ticking = Ticking(client, self._store, self._hearing)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(ticking.tick())
            tasks.create_task(self._keep_reviewing(self._progress))
            tasks.create_task(
                follow(
                    client,
                    CLASSIFIER_ACTIVITY,
                    self._store,
                    read=read,
                    handle=self.handle,
                    before=ticking.before_a_batch,
                    max_batch=self._batch,
                    progress=self._progress,
                )
            )

    async def _keep_reviewing(self, progress: Progress) -> None:
        """Go on with a review that was interrupted, though nobody says anything."""
        while True:
            await insist(self._hearing.review, progress)
            await asyncio.sleep(PAUSE)

    async def handle(self, transaction: Transaction, batch: Sequence[Received]) -> int:
        """Take activities from the front of a batch. Return how many."""
        taken, found = await self._hearing.take(transaction, [each.heard for each in batch])
        for place in found.conflicts:
            await transaction.park(conflict(batch[place]))
        transaction.after_commit(partial(self._count, taken, found))
        return taken

    async def retry(self, row: ParkedRow) -> str | None:
        """Take a parked activity once more. Return why it cannot be; None when it is done."""
        try:
            again = heard(row.payload)
        except UnreadableMessage as error:
            async with self._store.transaction() as transaction:
                await transaction.mark_retried(row.id)
            return error.detail
        while True:
            await self._hearing.review()
            async with self._store.transaction() as transaction:
                taken, found = await self._hearing.take(transaction, [again])
                if found.conflicts:
                    await transaction.mark_retried(row.id)
                    return "the log still says something else under this id"
                if taken:
                    await transaction.mark_resolved(row.id)
                    transaction.after_commit(partial(self._count, taken, found))
                    return None

    async def lag(self) -> int:
        """Return how many messages are not yet taken in. Raises BrokerUnavailable."""
        if self._progress is None:
            raise BrokerUnavailable(AWAY)
        return await self._progress.lag()

    async def trouble(self) -> str | None:
        """Say what listening waits for."""
        return AWAY if self._progress is None else await self._progress.trouble()

    def _count(self, taken: int, found: Sorted) -> None:
        fresh, conflicts = len(found.fresh), len(found.conflicts)
        self._counted.labels("recorded").inc(fresh)
        self._counted.labels("conflict").inc(conflicts)
        self._counted.labels("known").inc(taken - fresh - conflicts)
