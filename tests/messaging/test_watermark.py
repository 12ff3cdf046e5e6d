"""A moment has come when all that the broker had by then has been read, and not before."""

import asyncio
from pathlib import Path

import pytest
from nats.aio.client import Client

from shared.messaging import watermark
from shared.messaging.consumer import follow
from shared.messaging.errors import BrokerUnavailable, NotProvisioned
from shared.messaging.provision import provision
from shared.messaging.topology import ACTIVITY, CLASSIFIER_ACTIVITY, INGEST_INBOUND, Topology
from shared.messaging.watermark import everything_read
from shared.messaging.wire import Message, send_batch
from shared.messaging.work import work
from tests.messaging.examples import a_store, an_activity, as_it_is, note, running
from tests.messaging.test_work import Desk
from tests.nats import NatsServer, connected

MOMENT = 0.3


@pytest.fixture(autouse=True)
def _asks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watermark, "POLL_SECONDS", 0.01)


async def test_where_nobody_has_said_anything_nothing_is_waited_for(
    client: Client, tmp_path: Path
) -> None:
    async with a_store(tmp_path) as store, asyncio.timeout(5):
        await everything_read(client, store, CLASSIFIER_ACTIVITY)


async def test_what_is_in_the_stream_is_waited_for(client: Client, tmp_path: Path) -> None:
    async with a_store(tmp_path) as store:
        await send_batch(client, "ACTIVITY", [an_activity(n) for n in range(3)], 5)
        waiting = asyncio.create_task(everything_read(client, store, CLASSIFIER_ACTIVITY))
        await asyncio.sleep(MOMENT)
        assert not waiting.done()

        reading = follow(client, CLASSIFIER_ACTIVITY, store, read=as_it_is, handle=note)
        async with running(reading), asyncio.timeout(5):
            await waiting
        checkpoint = await store.checkpoint(CLASSIFIER_ACTIVITY.durable)
        assert checkpoint
        assert checkpoint.position == 3


async def test_what_is_on_its_way_in_is_waited_for(client: Client, tmp_path: Path) -> None:
    async with a_store(tmp_path) as store:
        await send_batch(client, "INBOUND", [Message("inbound.v1.test", b"{}", "in-1")], 5)
        waiting = asyncio.create_task(everything_read(client, store, CLASSIFIER_ACTIVITY))
        await asyncio.sleep(MOMENT)
        assert not waiting.done()

        taking = work(client, INGEST_INBOUND, store, handle=Desk().handle)
        async with running(taking), asyncio.timeout(5):
            await waiting


async def test_what_comes_later_is_not_waited_for(client: Client, tmp_path: Path) -> None:
    """Else a clock would never move while people are busy."""
    async with a_store(tmp_path) as store:
        await send_batch(client, "INBOUND", [Message("inbound.v1.test", b"{}", "in-1")], 5)
        waiting = asyncio.create_task(everything_read(client, store, CLASSIFIER_ACTIVITY))
        await asyncio.sleep(MOMENT)
        await send_batch(client, "INBOUND", [Message("inbound.v1.test", b"{}", "in-2")], 5)
        await client.jetstream().delete_msg("INBOUND", 1)
        async with asyncio.timeout(5):
            await waiting


async def test_without_a_stream_or_a_broker_no_moment_comes(
    server: NatsServer, tmp_path: Path
) -> None:
    async with a_store(tmp_path) as store, connected(server.url) as client:
        with pytest.raises(NotProvisioned, match="INBOUND is missing"):
            await everything_read(client, store, CLASSIFIER_ACTIVITY)
        others = tuple(it for it in Topology().streams if it != ACTIVITY)
        await provision(client, Topology(streams=others, readers=()))
        with pytest.raises(NotProvisioned, match="ACTIVITY is missing"):
            await everything_read(client, store, CLASSIFIER_ACTIVITY)
        await client.close()
        with pytest.raises(BrokerUnavailable):
            await everything_read(client, store, CLASSIFIER_ACTIVITY)
