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

from services.notifier.projections import knowledge
from services.notifier.stream.batches import Notifying
from shared.eventlog.log import Store
from shared.messaging import api
from shared.messaging.errors import BrokerUnavailable, NotProvisioned
from shared.messaging.lag import backlog
from shared.messaging.topology import ACTIVITY, INBOUND, NOTIFIER_ACTIVITY, Stream

TICK_SECONDS: Final = 1.0
POLL_SECONDS: Final = 0.1

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
                if await knowledge.due_drafts(self._store, now):
                    await self._everything_read()
                    async with self._store.transaction() as transaction:
                        await self._notifying.advance(transaction, now)
            except (BrokerUnavailable, NotProvisioned, sqlite3.OperationalError) as trouble:
                log.info("notifier.clock_waits", why=str(trouble))

    async def _everything_read(self) -> None:
        """Return when everything that concerns us and that the broker has by now is in our log."""
        inbound = await self._stream(INBOUND)
        until = inbound.last
        while until and inbound.first <= until:  # a stream that was never used begins at 0
            await asyncio.sleep(POLL_SECONDS)
            inbound = await self._stream(INBOUND)
        until = (await self._stream(ACTIVITY)).last
        read = await self._has_read(until)
        while not read:
            await asyncio.sleep(POLL_SECONDS)
            read = await self._has_read(until)

    async def _has_read(self, until: int) -> bool:
        """The newest activity may be of a kind that is not for us: then nothing of ours waits."""
        checkpoint = await self._store.checkpoint(NOTIFIER_ACTIVITY.durable)
        if checkpoint is not None and checkpoint.position >= until:
            return True
        return await backlog(self._client, NOTIFIER_ACTIVITY) == 0

    async def _stream(self, stream: Stream) -> api.StreamInfo:
        info = await api.stream_info(self._client, stream.name)
        if info is None:
            raise NotProvisioned(f"stream {stream.name} is missing: run `zones provision`")
        return info
