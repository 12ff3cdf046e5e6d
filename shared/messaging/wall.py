"""The wall clock's way into a log. Time does not pass what nobody has read yet.

A moment is a watermark: what had reached the broker by then, on its way in or already as
activity, has to be read before anything may be called late. An answer on the bus is an answer.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

import structlog
from nats.aio.client import Client

from shared.eventlog.log import Store
from shared.messaging.errors import BrokerUnavailable, NotProvisioned
from shared.messaging.topology import Reader
from shared.messaging.watermark import everything_read

TICK_SECONDS: Final = 1.0

log = structlog.get_logger()


async def follow_the_wall(
    client: Client,
    store: Store,
    reader: Reader,
    *,
    worth_it: Callable[[datetime], Awaitable[bool]],
    advance: Callable[[datetime], Awaitable[None]],
) -> None:
    """Let a log's clock `advance` for ever, whenever that is `worth_it`: most seconds pass
    unrecorded, since nothing depends on them. `reader` has no filters.
    """
    while True:
        await asyncio.sleep(TICK_SECONDS)
        now = datetime.now(UTC)
        try:
            if await worth_it(now):
                await everything_read(client, store, reader)
                await advance(now)
        except (BrokerUnavailable, NotProvisioned, sqlite3.OperationalError) as trouble:
            log.info("clock.waits", reader=reader.durable, why=str(trouble))
