"""How long it takes from saying that something happened until a subscriber hears the zone change.

The whole system runs and has nothing else to do. Each sample is the first event of a new member,
who thereby enters the first zone; the subscriber is an ordinary JetStream one.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeAlias

import httpx2
from nats.aio.client import Client
from nats.aio.msg import Msg

from shared.contracts.envelope import CONTENT_TYPE, event_key
from shared.messaging.wire import Message, send_singly
from shared.runtime.runfile import RunFile
from tests.nats import connected
from tests.system.running import started

PERCENTILES: Final = (50, 90, 99)
WARMING_UP: Final = 10
PATIENCE: Final = 10.0
SOURCE: Final = "urn:zones:platform:bench"

Event: TypeAlias = dict[str, Any]
Say: TypeAlias = Callable[[Event], Awaitable[None]]


async def latencies(folder: Path, samples: int) -> Mapping[str, Mapping[int, float]]:
    """Return milliseconds by way in and percentile."""
    with started(folder, clock="wall") as system:
        running = system.running
        async with (
            connected(running.broker(), name="bench") as client,
            httpx2.AsyncClient(trust_env=False) as http,
        ):
            ways: Mapping[str, Say] = {
                "HTTP": lambda event: _post(http, running, event),
                "inbound subject": lambda event: _inbound(client, event),
                "activity stream": lambda event: _activity(client, event),
            }
            return await _measure(client, ways, samples)


async def _measure(
    client: Client, ways: Mapping[str, Say], samples: int
) -> Mapping[str, Mapping[int, float]]:
    heard: dict[str, asyncio.Future[float]] = {}

    async def hear(message: Msg) -> None:
        now = time.perf_counter()
        member = message.subject.rpartition(".")[2]
        if member in heard and not heard[member].done():
            heard[member].set_result(now)

    await client.jetstream().subscribe("zone.changed.v1.>", ordered_consumer=True, cb=hear)
    spent: dict[str, list[float]] = {way: [] for way in ways}
    for number in range(WARMING_UP + samples):
        for way, say in ways.items():
            member = f"b-{way.partition(' ')[0].lower()}-{number}"
            heard[member] = asyncio.get_running_loop().create_future()
            event = _event(member)
            began = time.perf_counter()
            await say(event)
            took = await asyncio.wait_for(heard[member], PATIENCE) - began
            if number >= WARMING_UP:
                spent[way].append(took * 1000)
    return {way: percentiles(took) for way, took in spent.items()}


def percentiles(values: list[float]) -> Mapping[int, float]:
    ordered = sorted(values)
    last = len(ordered) - 1
    return {each: ordered[round(last * each / 100)] for each in PERCENTILES}


def _event(member: str) -> Event:
    return {
        "specversion": "1.0",
        "id": f"{member}-1",
        "source": SOURCE,
        "type": "zones.activity.share.v1",
        "subject": member,
        "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "datacontenttype": "application/json",
        "data": {"object": {"id": "post-1"}},
    }


async def _post(http: httpx2.AsyncClient, running: RunFile, event: Event) -> None:
    answer = await http.post(f"{running.address('ingest')}/v1/events", json=event)
    answer.raise_for_status()


async def _inbound(client: Client, event: Event) -> None:
    headers = {"Content-Type": CONTENT_TYPE}
    await client.publish("inbound.v1.bench", json.dumps(event).encode(), headers=headers)


async def _activity(client: Client, event: Event) -> None:
    subject = f"activity.v1.share.{event['subject']}"
    key = event_key(event["source"], event["id"])
    message = Message(subject=subject, body=json.dumps(event).encode(), id=key)
    await send_singly(client, "ACTIVITY", [message], PATIENCE)
