"""A listener without a bus: batches are handed to it as `follow` does, in a transaction each."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry

from services.classifier.stream.listening import Listening
from services.classifier.stream.reading import read
from shared.eventlog.parked import Parked, ParkedRow
from shared.messaging.delivery import Delivery
from tests.classifier.service.examples import Classifier


@dataclass(frozen=True)
class Listener:
    classifier: Classifier
    listening: Listening
    registry: CollectorRegistry

    async def hear(self, bodies: Sequence[bytes]) -> None:
        items = [read(delivered(body)) for body in bodies]
        while items:
            await self.classifier.hearing.review()
            async with self.classifier.store.transaction() as transaction:
                taken = await self.listening.handle(transaction, items)
            items = items[taken:]
        await self.classifier.hearing.review()

    async def park(self, body: bytes) -> None:
        """Park a message as the reader does when it cannot be handled."""
        async with self.classifier.store.transaction() as transaction:
            await transaction.park(
                Parked(
                    reader="classifier-activity",
                    key="k",
                    reason="failed",
                    detail="nobody knows",
                    subject="activity.v1.0.view.ada",
                    payload=body,
                    headers={},
                )
            )

    async def retry(self, row: ParkedRow) -> str | None:
        return await self.listening.retry(row)

    def counted(self) -> dict[str, float]:
        return {
            outcome: self.registry.get_sample_value(
                "zones_classifier_activities_total", {"outcome": outcome}
            )
            or 0.0
            for outcome in ("recorded", "known", "conflict")
        }


@asynccontextmanager
async def a_listener(classifier: Classifier) -> AsyncIterator[Listener]:
    registry = CollectorRegistry()
    listening = Listening(classifier.store, classifier.hearing, batch=1000, registry=registry)
    yield Listener(classifier, listening, registry)


def delivered(body: bytes) -> Delivery:
    return Delivery("activity.v1.0.view.ada", {}, body, 1, 0, datetime.now(UTC))


async def parked(classifier: Classifier) -> list[ParkedRow]:
    return await classifier.store.parked()
