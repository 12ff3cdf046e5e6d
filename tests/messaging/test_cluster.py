"""A cluster of three keeps the same promises while its nodes die one after another."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from nats.aio.client import Client

from shared.messaging import api, topology
from shared.messaging.consumer import follow
from shared.messaging.errors import BrokerUnavailable
from shared.messaging.provision import provision
from shared.messaging.publisher import BatchPublisher
from shared.messaging.relay import relay
from tests.messaging.examples import (
    CODEC,
    a_store,
    an_activity,
    as_it_is,
    at_position,
    by_member,
    note,
    running,
    say,
    stored,
)
from tests.nats import NatsServer, connected, free_port

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]

EVENTS = 6000


@asynccontextmanager
async def cluster(folder: Path) -> AsyncIterator[list[NatsServer]]:
    """Three servers that know each other."""
    ports = [free_port() for _ in range(3)]
    routes = ", ".join(f'"nats-route://127.0.0.1:{port}"' for port in ports)
    nodes = [
        NatsServer(
            folder / str(port),
            f'cluster {{ name: test, host: "127.0.0.1", port: {port}, routes: [{routes}] }}\n',
        )
        for port in ports
    ]
    async with AsyncExitStack() as stack:
        for node in nodes:
            stack.push_async_callback(node.kill)
        await asyncio.gather(*(node.start() for node in nodes))
        yield nodes


async def provisioned(client: Client) -> None:
    """The nodes need a moment to elect who leads them."""
    async with asyncio.timeout(60):
        while True:
            try:
                await provision(client, topology.deployment(replicas=3))
            except BrokerUnavailable:
                await asyncio.sleep(0.5)
            else:
                return


async def publish_all(client: Client) -> None:
    async with BatchPublisher(client, "ACTIVITY", patience=60) as publisher:
        for start in range(0, EVENTS, 50):
            chunk = [an_activity(n) for n in range(start, start + 50)]
            await publisher.publish([*chunk, chunk[7]])
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("seed", range(3))
async def test_nodes_may_die_one_after_another(tmp_path: Path, seed: int) -> None:
    """Leaders change while batches, duplicates and guarded messages are on their way."""
    async with cluster(tmp_path / "nodes") as nodes, a_store(tmp_path) as store:
        url = ",".join(node.url for node in nodes)
        async with connected(url) as ingest, connected(url) as service:
            await provisioned(ingest)
            over, deaths = asyncio.Event(), 0

            async def strike() -> None:
                nonlocal deaths
                dice = random.Random(seed)
                while not over.is_set():
                    node = dice.choice(nodes)
                    await node.kill()
                    deaths += 1
                    await asyncio.sleep(0.5)
                    await node.start()
                    await asyncio.sleep(3)

            reader = topology.CLASSIFIER_ACTIVITY
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(strike())
                async with running(
                    follow(service, reader, store, read=as_it_is, handle=note),
                    relay(service, store, stream="ZONES", publish=say),
                ):
                    await publish_all(ingest)
                    over.set()
                    await at_position(store, EVENTS, seconds=120)
                    async with asyncio.timeout(120):
                        while (await _last(service)) < EVENTS:
                            await asyncio.sleep(0.2)
            await asyncio.sleep(1)
            said = await stored(ingest, "ZONES")
        assert deaths >= 3
        log = await store.read(0, 1_000_000)
        assert await store.parked_count() == 0

    published = [an_activity(n) for n in range(EVENTS)]
    assert by_member([(row.stream, CODEC.decode(row).id) for row in log]) == by_member(
        [(message.subject, message.id) for message in published]
    )
    assert said == [(message.subject, message.id) for row in log if (message := say(row))]


async def _last(client: Client) -> int:
    try:
        info = await api.stream_info(client, "ZONES")
    except BrokerUnavailable:
        return 0
    return info.last if info else 0
