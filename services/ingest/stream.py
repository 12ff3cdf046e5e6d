"""What comes over NATS: canonical events on `inbound.v1.<source>`, in the order of the stream.

Nobody waits for an answer here. What is refused is parked with its reason, and a message leaves
the stream once everything in it is said or parked.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic_core import to_json

from services.ingest.domain.activity import Refused
from services.ingest.handlers.directory import WAITING, Directory
from services.ingest.handlers.intake import Intake, Verdict
from services.ingest.handlers.reading import Heard
from shared.eventlog.log import Store
from shared.eventlog.parked import Parked, ParkedRow
from shared.messaging.delivery import Delivery
from shared.messaging.errors import UnreadableMessage
from shared.messaging.topology import INGEST_INBOUND

Translate = Callable[[Mapping[str, str], bytes], list[Any]]


class Inbound:
    """Handles deliveries from the work queue, and what was parked on the way, once more."""

    def __init__(
        self, store: Store, intake: Intake, directory: Directory, translate: Translate
    ) -> None:
        self._store, self._intake, self._directory = store, intake, directory
        self._translate = translate

    async def handle(self, deliveries: Sequence[Delivery]) -> None:
        """Say or park everything in them. Raises BrokerUnavailable and StreamFull."""
        heard: list[tuple[Delivery, Heard]] = []
        for delivery in deliveries:
            try:
                said = self._translate(_lower(delivery.headers), delivery.body)
            except UnreadableMessage as error:
                said = [Refused(reason=error.reason, detail=error.detail)]
            heard += [(delivery, Heard(event, delivery.received_at)) for event in said]
        verdicts = await self._intake.accept([one for _, one in heard])
        refused = [
            _parked(delivery, one, verdict)
            for (delivery, one), verdict in zip(heard, verdicts, strict=True)
            if verdict.status == "refused"
        ]
        if refused:
            async with self._store.transaction() as transaction:
                for parked in refused:
                    await transaction.park(parked)

    async def retry(self, row: ParkedRow) -> str | None:
        """Return why it still cannot be said; None when it is, and the row is resolved."""
        if row.reader == WAITING:
            return await self._directory.release(row)
        try:
            said = self._translate(_lower(row.headers), row.payload)
        except UnreadableMessage as error:
            verdicts = [Verdict("refused", None, str(error))]
        else:
            now = datetime.now(UTC)
            verdicts = await self._intake.accept([Heard(event, now) for event in said])
        reasons = [verdict.reason for verdict in verdicts if verdict.status == "refused"]
        async with self._store.transaction() as transaction:
            if not reasons:
                await transaction.mark_resolved(row.id)
                return None
            await transaction.mark_retried(row.id)
            return reasons[0]


def _parked(delivery: Delivery, heard: Heard, verdict: Verdict) -> Parked:
    """Keep the event alone where it could be read, else the whole message as it came."""
    reason, _, detail = (verdict.reason or "").partition(": ")
    whole = isinstance(heard.event, Refused)
    return Parked(
        reader=INGEST_INBOUND.durable,
        key=delivery.id,
        reason=reason,
        detail=detail,
        subject=delivery.subject,
        payload=delivery.body if whole else to_json(heard.event),
        headers=delivery.headers if whole else {},
    )


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
