"""What comes over NATS on `inbound.v1.<source>`, in the order of the stream: canonical events, or a
platform's own words where the source is one that is known.

Nobody waits for an answer here. What is refused is parked with its reason, and a message leaves
the stream once everything in it is said or parked.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from services.ingest.handlers.directory import WAITING, Directory
from services.ingest.handlers.posts import Post
from services.ingest.handlers.reports import Reports
from shared.eventlog.parked import ParkedRow
from shared.messaging.delivery import Delivery
from shared.messaging.topology import INGEST_INBOUND

SUBJECT: Final = "inbound.v1."


class Inbound:
    """Handles deliveries from the work queue, and what was parked on any way in, once more."""

    def __init__(self, reports: Reports, directory: Directory) -> None:
        self._reports, self._directory = reports, directory

    async def handle(self, deliveries: Sequence[Delivery]) -> None:
        """Say or park everything in them. Raises BrokerUnavailable and StreamFull."""
        await self._reports.take([self._post(delivery) for delivery in deliveries])

    async def retry(self, row: ParkedRow) -> str | None:
        """Return why it still cannot be said; None when it is, and the row is resolved."""
        if row.reader == WAITING:
            return await self._directory.release(row)
        return await self._reports.retry(row)

    def _post(self, delivery: Delivery) -> Post:
        headers = _lower(delivery.headers)
        return Post(
            source=self._reports.source(delivery.subject.removeprefix(SUBJECT), headers),
            headers=headers,
            body=delivery.body,
            received_at=delivery.received_at,
            reader=INGEST_INBOUND.durable,
            subject=delivery.subject,
            key=delivery.id,
        )


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
