"""A FastStream subscriber as its documentation shows it: a message, a model, nothing stored.

`python -m tests.bench.plain URL DURABLE pull|push`.
"""

import asyncio
import sys
from datetime import datetime
from typing import Any

from faststream.nats import ConsumerConfig, JStream, NatsBroker, PullSub
from pydantic import BaseModel

from shared.runtime import process

SUBJECT = "activity.v1.>"
PULLED = 500


class Event(BaseModel):
    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: str
    data: dict[str, Any]


async def run(url: str, durable: str, *, pulls: bool) -> None:
    broker = NatsBroker(url, logger=None)

    async def hear(event: Event) -> None:
        assert event.id

    stream, limits = JStream("ACTIVITY", declare=False), ConsumerConfig(max_ack_pending=5000)
    if pulls:
        pulling = PullSub(batch_size=PULLED)
        broker.subscriber(SUBJECT, durable=durable, stream=stream, config=limits, pull_sub=pulling)(
            hear
        )
    else:
        broker.subscriber(SUBJECT, durable=durable, stream=stream, config=limits)(hear)
    async with broker:
        await broker.start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    url, durable, how = sys.argv[1:]
    process.run(run(url, durable, pulls=how == "pull"))
