"""A work queue: handled is removed, unhandled comes again in order, nothing blocks it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from nats.aio.client import Client

from shared.eventlog.log import Store
from shared.messaging import settling, topology
from shared.messaging.delivery import Delivery
from shared.messaging.errors import BrokerUnavailable, StreamFull, UnreadableMessage
from shared.messaging.lag import Progress
from shared.messaging.wire import Message, send_batch
from shared.messaging.work import work
from tests.messaging.examples import a_store, running, until

READER = topology.INGEST_INBOUND


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with a_store(tmp_path) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(settling, "LONGEST_PAUSE", 0.05)


async def sent(client: Client, numbers: Sequence[int]) -> list[str]:
    messages = [Message("inbound.v1.test", b"{}", f"in-{n:03}") for n in numbers]
    await send_batch(client, "INBOUND", messages, 5)
    return [message.id for message in messages]


async def left(client: Client) -> int:
    return (await client.jetstream().stream_info("INBOUND")).state.messages


async def until_empty(client: Client) -> None:
    async with asyncio.timeout(10):
        while await left(client):
            await asyncio.sleep(0.01)


class Desk:
    """Writes down what it handles."""

    def __init__(self) -> None:
        self.done: list[str] = []

    async def handle(self, deliveries: Sequence[Delivery]) -> None:
        self.done.extend(str(delivery.id) for delivery in deliveries)


async def test_what_is_handled_is_removed(client: Client, store: Store) -> None:
    desk = Desk()
    progress = Progress(client, READER)
    ids = await sent(client, range(500))
    assert await progress.lag() == 500
    async with running(work(client, READER, store, handle=desk.handle, progress=progress)):
        await until_empty(client)
        ids += await sent(client, range(500, 505))
        await until_empty(client)
        assert await progress.trouble() is None
    assert desk.done == ids
    assert await progress.lag() == 0


async def test_what_a_dead_worker_left_comes_first_and_in_order(
    client: Client, store: Store
) -> None:
    """Without the reset it would come after newer messages, when the broker had lost patience."""
    ids = await sent(client, range(10))
    hanging = asyncio.Event()

    async def die(_: Sequence[Delivery]) -> None:
        hanging.set()
        await asyncio.sleep(60)

    async with running(work(client, READER, store, handle=die, max_batch=6)):
        await hanging.wait()
    ids += await sent(client, range(10, 15))

    desk = Desk()
    async with running(work(client, READER, store, handle=desk.handle)):
        await until_empty(client)
    assert desk.done == ids


async def test_what_cannot_be_handled_is_parked(client: Client, store: Store) -> None:
    """At once when no retry will help, after five tries alone otherwise."""
    ids = await sent(client, range(10))
    desk = Desk()
    alone: list[str] = []

    async def stumble(deliveries: Sequence[Delivery]) -> None:
        said = [str(delivery.id) for delivery in deliveries]
        if len(said) == 1:
            alone.extend({*said} & {ids[3], ids[6]})
        if ids[3] in said:
            raise UnreadableMessage("not_json", "it ends in the middle")
        if ids[6] in said:
            raise ZeroDivisionError("by zero")
        await desk.handle(deliveries)

    async with running(work(client, READER, store, handle=stumble)):
        await until_empty(client)

    assert desk.done == [one for one in ids if one not in {ids[3], ids[6]}]
    assert alone == [ids[3], *[ids[6]] * 5]
    parked = await store.parked()
    assert [(row.key, row.reason) for row in parked] == [(ids[3], "not_json"), (ids[6], "failed")]


@pytest.mark.parametrize("trouble", [StreamFull("ACTIVITY is full"), BrokerUnavailable("away")])
async def test_no_room_further_on_is_waited_for(
    client: Client, store: Store, trouble: Exception
) -> None:
    """The queue holds what the next stream does not take; nothing of it is parked."""
    ids = await sent(client, range(10))
    desk = Desk()
    progress = Progress(client, READER)
    refusals = 30

    async def wait(deliveries: Sequence[Delivery]) -> None:
        nonlocal refusals
        if refusals:
            refusals -= 1
            raise trouble
        await desk.handle(deliveries)

    async with running(work(client, READER, store, handle=wait, progress=progress)):
        await until(lambda: refusals < 20)
        assert str(trouble) in (await progress.trouble() or "")
        assert await left(client) == 10
        await until_empty(client)
    assert desk.done == ids
    assert await store.parked_count() == 0
