"""The wall clock's way into the log. Time does not pass what nobody has read yet.

A moment is a watermark: what had reached the broker by then, on its way in or already as
activity, has to be read before a promise may be called late. An answer on the bus is an answer.
"""

import asyncio
import sqlite3
from datetime import UTC, datetime
from typing import Final

import structlog
from nats.aio.client import Client

from services.notifier.domain import clock
from services.notifier.projections import knowledge
from services.notifier.stream.batches import Notifying
from shared.eventlog.log import Store
from shared.messaging.errors import BrokerUnavailable, NotProvisioned
from shared.messaging.topology import NOTIFIER_ACTIVITY
from shared.messaging.watermark import everything_read

TICK_SECONDS: Final = 1.0

log = structlog.get_logger()


class Ticking:
    """Moves a log's clock that goes by the wall; every other clock it leaves alone."""

    def __init__(self, client: Client, store: Store, notifying: Notifying) -> None:
        self._client = client
        self._store = store
        self._notifying = notifying

    async def tick(self) -> None:
        """Go on for ever. Most seconds pass unrecorded: no promise depends on them."""
        if (await knowledge.clock(self._store)).mode != "wall":
            return
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now = datetime.now(UTC)
            try:
                if await self._worth_it(now):
                    await everything_read(self._client, self._store, NOTIFIER_ACTIVITY)
                    async with self._store.transaction() as transaction:
                        await self._notifying.advance(transaction, now)
            except (BrokerUnavailable, NotProvisioned, sqlite3.OperationalError) as trouble:
                log.info("notifier.clock_waits", why=str(trouble))

    async def _worth_it(self, now: datetime) -> bool:
        """Say whether the log is told: what is said carries its date, and promises run out."""
        then = (await knowledge.clock(self._store)).now
        if clock.is_told(then, now):
            return True
        return bool(await knowledge.due_drafts(self._store, now))
