"""Reading a work queue: what is handled is removed, and what is not comes again, in order.

A work queue has no history to check a place against, so the broker keeps it: set back, a consumer
begins at the first message that nobody has acknowledged.
"""

from collections.abc import Awaitable, Callable, Sequence

from nats.aio.client import Client

from shared.eventlog.log import Store
from shared.messaging.delivery import Delivery
from shared.messaging.errors import UnreadableMessage
from shared.messaging.lag import Progress
from shared.messaging.pulling import Line
from shared.messaging.reading import read_on, set_back
from shared.messaging.settling import parked, settle
from shared.messaging.topology import Reader


async def work(
    client: Client,
    reader: Reader,
    store: Store,
    *,
    handle: Callable[[Sequence[Delivery]], Awaitable[None]],
    max_batch: int = 200,
    progress: Progress | None = None,
) -> None:
    """Hand every message to `handle`, in order, and acknowledge each when it returns, for ever.

    What was handled may come again when the acks are lost: `handle` gives the bus the same ids.
    What it fails on is tried alone and then parked in `store`; StreamFull, BrokerUnavailable and
    a locked or full database are waited for. UnreadableMessage parks at once.
    """
    progress = progress or Progress(client, reader)

    async def begin() -> None:
        await set_back(client, reader, None)

    async def settled(opened: Line, batch: Sequence[Delivery]) -> None:
        async def attempt(trying: Sequence[Delivery]) -> int:
            await handle(trying)
            for delivery in trying:
                await opened.acknowledge(delivery)
            return len(trying)

        async def park(delivery: Delivery, why: UnreadableMessage) -> None:
            async with store.transaction() as transaction:
                await transaction.park(parked(reader.durable, delivery, why))
            await opened.acknowledge(delivery)

        await settle(batch, attempt, park, progress)

    await read_on(client, reader, progress, size=max_batch, begin=begin, settle=settled)
