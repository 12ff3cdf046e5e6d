"""The bare loop: pulls, parses, appends to SQLite, and decides nothing. As fast as it can be done.

`python -m tests.bench.bare URL DURABLE FOLDER BATCH`. It shares with the classifier what is not
deciding: the loop that pulls, the batch, the table with its indexes, a synchronous FULL commit
with the checkpoint in it, and the ack.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from shared.eventlog.codec import Codec
from shared.eventlog.log import Store, Transaction
from shared.messaging.broker import client, connect
from shared.messaging.consumer import follow
from shared.messaging.delivery import Delivery
from shared.messaging.topology import Reader
from shared.runtime import process

Parsed: TypeAlias = tuple[str, str, str | None, bytes]

INSERT = (
    "INSERT INTO log (position, stream, version, type, schema, key, body, recorded_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


async def run(url: str, durable: str, folder: Path, batch: int) -> None:
    versions: Counter[str] = Counter()
    position = 0

    def parse(delivery: Delivery) -> Parsed:
        event = json.loads(delivery.body)
        return event["subject"], event["type"], delivery.id, delivery.body

    async def append(transaction: Transaction, parsed: Sequence[Parsed]) -> int:
        nonlocal position
        now = time.time_ns() // 1_000_000
        rows = []
        for stream, kind, key, body in parsed:
            position += 1
            versions[stream] += 1
            rows.append((position, stream, versions[stream], kind, 1, key, body, now))
        await transaction.executemany(INSERT, rows)
        return len(parsed)

    codec: Codec[object] = Codec([])
    reader = Reader(durable=durable, stream="ACTIVITY")
    async with (
        Store.open(folder / "bare.db", codec=codec) as store,
        connect(url, name=durable) as broker,
    ):
        await follow(client(broker), reader, store, read=parse, handle=append, max_batch=batch)


if __name__ == "__main__":
    url, durable, folder, batch = sys.argv[1:]
    process.run(run(url, durable, Path(folder), int(batch)))
