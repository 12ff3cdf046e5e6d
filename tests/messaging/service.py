"""A small service as a process of its own, to be killed: follows ACTIVITY, notes, relays to ZONES.

python -m tests.messaging.service nats://127.0.0.1:4222 service.db
"""

import asyncio
import sys
from pathlib import Path

from shared.messaging import topology
from shared.messaging.broker import client, connect
from shared.messaging.consumer import follow
from shared.messaging.relay import relay
from tests.messaging.examples import a_store, as_it_is, note, say


async def main(url: str, folder: Path) -> None:
    async with connect(url, name="service") as broker, a_store(folder) as store:
        connection = client(broker)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(
                follow(
                    connection,
                    topology.CLASSIFIER_ACTIVITY,
                    store,
                    read=as_it_is,
                    handle=note,
                    max_batch=100,
                )
            )
            tasks.create_task(relay(connection, store, stream="ZONES", publish=say))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
