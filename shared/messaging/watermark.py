"""What had reached the broker by a moment has been read: before that, the moment has not come.

A clock that goes by the wall stands still while there is something to read, however long; and
while the broker is away.
"""

import asyncio
from typing import Final

from nats.aio.client import Client

from shared.eventlog.log import Store
from shared.messaging import api
from shared.messaging.errors import NotProvisioned
from shared.messaging.topology import INBOUND, Reader

POLL_SECONDS: Final = 0.1


async def everything_read(client: Client, store: Store, reader: Reader) -> None:
    """Return when everything that the broker has by now, on its way in or already in the reader's
    stream, is behind the reader's checkpoint in `store`. For readers without filters: the others
    are late to note what they pass over.

    Raises BrokerUnavailable, NotProvisioned.
    """
    inbound = await _stream(client, INBOUND.name)
    until = inbound.last
    while until and inbound.first <= until:  # a stream that was never used begins at 0
        await asyncio.sleep(POLL_SECONDS)
        inbound = await _stream(client, INBOUND.name)
    until = (await _stream(client, reader.stream)).last
    reached = await _reached(store, reader)
    while reached < until:
        await asyncio.sleep(POLL_SECONDS)
        reached = await _reached(store, reader)


async def _stream(client: Client, stream: str) -> api.StreamInfo:
    info = await api.stream_info(client, stream)
    if info is None:
        raise NotProvisioned(f"stream {stream} is missing: run `zones provision`")
    return info


async def _reached(store: Store, reader: Reader) -> int:
    checkpoint = await store.checkpoint(reader.durable)
    return 0 if checkpoint is None else checkpoint.position
