"""Activity as the bus delivers it: taken into the log, or parked where it contradicts the log."""

from collections.abc import Sequence
from functools import partial

from prometheus_client import CollectorRegistry, Counter

from services.classifier.stream.hearing import Hearing, Sorted
from services.classifier.stream.reading import Received, conflict, heard
from shared.eventlog.log import Store, Transaction
from shared.eventlog.parked import ParkedRow
from shared.messaging.errors import UnreadableMessage


class Listening:
    """Counts what came: recorded, known already, or in conflict with what is known."""

    def __init__(self, store: Store, hearing: Hearing, registry: CollectorRegistry) -> None:
        self._store = store
        self._hearing = hearing
        self._counted = Counter(
            "zones_classifier_activities",
            "Activities heard, by what became of them.",
            ["outcome"],
            registry=registry,
        )

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
                    return "the log still has another content under this id"
                if taken:
                    await transaction.mark_resolved(row.id)
                    transaction.after_commit(partial(self._count, taken, found))
                    return None

    def _count(self, taken: int, found: Sorted) -> None:
        fresh, conflicts = len(found.fresh), len(found.conflicts)
        self._counted.labels("recorded").inc(fresh)
        self._counted.labels("conflict").inc(conflicts)
        self._counted.labels("known").inc(taken - fresh - conflicts)
