"""The ordering protocol: read in turn, and start over whenever anything is odd.

A connection that came back, a delivery that is missing, one that came twice, another reader, a
silent broker: each ends the line. What it delivered and nobody has settled is thrown away, the
consumer is set back to our place, and it all comes again, in order.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence

import structlog
from nats.aio.client import Client

from shared.messaging import api
from shared.messaging.delivery import Delivery, OutOfTurn, in_turn
from shared.messaging.errors import BrokerUnavailable, NotProvisioned
from shared.messaging.lag import Progress
from shared.messaging.pulling import Line, LineBroken, line
from shared.messaging.settling import pause_after
from shared.messaging.topology import Reader

log = structlog.get_logger()

CONNECTING_SECONDS = 0.05


async def read_on(
    client: Client,
    reader: Reader,
    progress: Progress,
    *,
    size: int,
    begin: Callable[[], Awaitable[None]],
    settle: Callable[[Line, Sequence[Delivery]], Awaitable[None]],
) -> None:
    """Call `begin` to set the consumer back, then `settle` with batch after batch, for ever.

    `settle` acknowledges what it is done with; an empty batch means that the line's `scanned` has
    moved. A missing stream or consumer is waited for, as is the broker.
    """
    failures = 0
    while True:
        try:
            async with line(client, reader, size=size) as opened:
                await begin()
                progress.goes_on()
                turn = 1
                while True:
                    batch = await opened.take()
                    turn = in_turn(batch, turn)
                    await settle(opened, batch)
                    failures = 0
        except (
            LineBroken,
            OutOfTurn,
            BrokerUnavailable,
            NotProvisioned,
            sqlite3.OperationalError,
        ) as trouble:
            failures += 1
            log.info("messaging.reset", reader=reader.durable, why=str(trouble))
            if failures > 1:
                progress.waits(str(trouble))
                await asyncio.sleep(pause_after(failures - 1))
            await _connected(client, progress)


async def set_back(client: Client, reader: Reader, sequence: int | None) -> None:
    """Let the consumer begin at a sequence of the stream, or (None) at what is not yet acked.

    Raises NotProvisioned: asked to reset a consumer that is missing, the broker says nothing.
    """
    if await api.consumer_info(client, reader.stream, reader.durable) is None:
        raise NotProvisioned(f"consumer {reader.durable} is missing: run `zones provision`")
    await api.reset_consumer(client, reader.stream, reader.durable, sequence)


async def _connected(client: Client, progress: Progress) -> None:
    while api.generation(client) is None:
        if client.is_closed:
            raise BrokerUnavailable("the connection to the broker is closed for good")
        progress.waits("the broker is away")
        await asyncio.sleep(CONNECTING_SECONDS)
