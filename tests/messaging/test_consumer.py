"""Following a stream: in order, completely, once in effect, and never past what it cannot read."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from shared.eventlog.checkpoints import Checkpoint
from shared.eventlog.log import Store, Transaction
from shared.messaging import api, consumer, pulling, settling, topology
from shared.messaging.consumer import follow, oldest
from shared.messaging.delivery import Delivery
from shared.messaging.errors import (
    HistoryExpired,
    StreamBehind,
    StreamRecreated,
    UnreadableMessage,
)
from shared.messaging.lag import Progress
from shared.messaging.provision import provision
from shared.messaging.wire import send_batch, send_singly
from tests.messaging.examples import (
    a_store,
    an_activity,
    as_it_is,
    at_position,
    note,
    noted,
    running,
    until,
)
from tests.nats import NatsServer, connected
from tests.proxy import proxy

READER = topology.CLASSIFIER_ACTIVITY
PATIENCE = 5.0


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with a_store(tmp_path) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(settling, "LONGEST_PAUSE", 0.05)


async def said(client: Client, numbers: Sequence[int]) -> list[str]:
    messages = [an_activity(n) for n in numbers]
    await send_batch(client, "ACTIVITY", messages, PATIENCE)
    return [message.id for message in messages]


async def position(store: Store, reader: topology.Reader = READER) -> int:
    checkpoint = await store.checkpoint(reader.durable)
    return checkpoint.position if checkpoint else 0


async def test_everything_is_handled_once_and_in_order(client: Client, store: Store) -> None:
    """What was there before, and what comes while we read."""
    ids = await said(client, range(700))
    async with running(follow(client, READER, store, read=as_it_is, handle=note)):
        await at_position(store, 700)
        ids += await said(client, range(700, 710))
        await at_position(store, 710)
        assert await noted(store) == ids
        assert await position(store) == 710


async def test_a_reader_goes_on_where_its_own_database_is(client: Client, store: Store) -> None:
    """Whatever the broker believes: here it believes that everything is still to come."""
    ids = await said(client, range(10))
    seen: list[str] = []

    async def see(transaction: Transaction, deliveries: Sequence[Delivery]) -> int:
        seen.extend(str(delivery.id) for delivery in deliveries)
        return await note(transaction, deliveries)

    async with running(follow(client, READER, store, read=as_it_is, handle=see)):
        await at_position(store, 10)
    ids += await said(client, range(10, 20))
    await api.reset_consumer(client, "ACTIVITY", READER.durable, 1)
    async with running(follow(client, READER, store, read=as_it_is, handle=see)):
        await at_position(store, 20)

    assert seen == ids


async def test_a_delivery_tells_where_it_stands(client: Client, store: Store) -> None:
    heard: list[Delivery] = []

    async def hear(_: Transaction, deliveries: Sequence[Delivery]) -> int:
        heard.extend(deliveries)
        return len(deliveries)

    await said(client, range(3))
    async with running(follow(client, READER, store, read=as_it_is, handle=hear)):
        await until(lambda: len(heard) == 3)

    info = await client.jetstream().get_msg("ACTIVITY", 2)
    middle = heard[1]
    assert (middle.sequence, middle.pending, middle.id) == (2, 1, an_activity(1).id)
    assert (middle.subject, middle.body) == (info.subject, info.data)
    assert info.time
    assert abs((middle.received_at - info.time).total_seconds()) < 0.001


async def test_a_handler_may_take_less_than_it_is_offered(client: Client, store: Store) -> None:
    """The rest is offered again in a transaction of its own, and not read again; the checkpoint
    moves with what was taken, and stays where nothing was.
    """
    ids = await said(client, range(10))
    offers: list[tuple[int, int]] = []
    taken = [0]
    read: list[int] = []

    def attentively(delivery: Delivery) -> Delivery:
        read.append(delivery.sequence)
        return delivery

    async def sip(transaction: Transaction, deliveries: Sequence[Delivery]) -> int:
        offers.append((await position(store), deliveries[0].sequence))
        some = [] if len(offers) in {2, 3} else deliveries[: 1 + len(deliveries) // 3]
        taken.append(taken[-1] + len(some))
        return await note(transaction, some)

    async with running(follow(client, READER, store, read=attentively, handle=sip)):
        await at_position(store, 10)

    assert await noted(store) == ids
    assert read == [*range(1, 11)]
    assert offers == [(position, position + 1) for position in taken[:-1]]
    assert await position(store) == taken[-1] == 10


def picky(delivery: Delivery) -> Delivery:
    if delivery.sequence % 3 == 1:
        raise UnreadableMessage("unknown_kind", f"{delivery.subject} is new to us")
    return delivery


async def test_what_cannot_be_read_is_parked_at_once(client: Client, store: Store) -> None:
    """With its reason and everything it came with, in the transaction of its neighbours."""
    ids = await said(client, range(10))
    async with running(follow(client, READER, store, read=picky, handle=note)):
        await at_position(store, 6)
        await until_position(store, 10)

    assert await noted(store) == [one for n, one in enumerate(ids) if n % 3]
    parked = await store.parked()
    assert [row.key for row in parked] == [one for n, one in enumerate(ids) if n % 3 == 0]
    assert (parked[0].reader, parked[0].reason) == ("classifier-activity", "unknown_kind")
    assert (parked[0].payload, parked[0].headers["Nats-Msg-Id"]) == (an_activity(0).body, ids[0])
    assert parked[0].subject.endswith(".share.m-0")


async def until_position(store: Store, expected: int, reader: topology.Reader = READER) -> None:
    async with asyncio.timeout(20):
        while await position(store, reader) < expected:
            await asyncio.sleep(0.005)


async def test_nothing_readable_still_moves_on(client: Client, store: Store) -> None:
    def nothing(_: Delivery) -> Delivery:
        raise UnreadableMessage("bad", "all of them")

    await said(client, range(5))
    async with running(follow(client, READER, store, read=nothing, handle=note)):
        await until_position(store, 5)
    assert await store.parked_count() == 5


async def test_a_handler_that_keeps_failing_costs_one_message(client: Client, store: Store) -> None:
    """Tried five times alone, then parked; its neighbours are handled, in order."""
    ids = await said(client, range(10))
    tries: list[int] = []

    async def trip(transaction: Transaction, deliveries: Sequence[Delivery]) -> int:
        await note(transaction, deliveries)
        if any(delivery.sequence == 5 for delivery in deliveries):
            tries.append(len(deliveries))
            raise KeyError("no such thing")
        return len(deliveries)

    async with running(follow(client, READER, store, read=as_it_is, handle=trip)):
        await until_position(store, 10)

    assert await noted(store) == [*ids[:4], *ids[5:]]
    assert tries.count(1) == 5
    [parked] = await store.parked()
    assert (parked.key, parked.reason) == (ids[4], "failed")
    assert parked.detail == "KeyError: 'no such thing'"


async def test_a_handler_that_fails_now_and_then_costs_nothing(
    client: Client, store: Store
) -> None:
    ids = await said(client, range(10))
    calls = 0

    async def stumble(transaction: Transaction, deliveries: Sequence[Delivery]) -> int:
        nonlocal calls
        calls += 1
        await note(transaction, deliveries)
        if calls % 3:
            raise RuntimeError("try again")
        return len(deliveries)

    async with running(follow(client, READER, store, read=as_it_is, handle=stumble)):
        await at_position(store, 10)
    assert await noted(store) == ids
    assert await store.parked_count() == 0


async def test_a_store_that_fails_is_no_fault_of_the_message(client: Client, store: Store) -> None:
    """It is tried for ever; nothing is parked, nothing acknowledged, and the service says why."""
    ids = await said(client, range(10))
    progress = Progress(client, READER)
    locked = 20

    async def lock(transaction: Transaction, deliveries: Sequence[Delivery]) -> int:
        nonlocal locked
        if locked:
            locked -= 1
            raise sqlite3.OperationalError("database or disk is full")
        return await note(transaction, deliveries)

    reading = follow(client, READER, store, read=as_it_is, handle=lock, progress=progress)
    async with running(reading):
        await until(lambda: locked < 10)
        assert await progress.trouble() == (
            "classifier-activity: OperationalError: database or disk is full"
        )
        assert await progress.lag() == 10
        await at_position(store, 10)
        await until_lag(progress, 0)
        assert await progress.trouble() is None
    assert await noted(store) == ids
    assert await store.parked_count() == 0


async def until_lag(progress: Progress, expected: int) -> None:
    async with asyncio.timeout(10):
        while await progress.lag() != expected:
            await asyncio.sleep(0.005)


async def test_parking_waits_for_the_store_too(
    client: Client, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk while a bad message is put away loses neither it nor the order."""
    ids = await said(client, range(3))
    refusals = 3
    park = Transaction.park

    async def full(self: Transaction, item: object) -> int:
        nonlocal refusals
        if refusals:
            refusals -= 1
            raise sqlite3.OperationalError("database or disk is full")
        return await park(self, item)  # type: ignore[arg-type]

    monkeypatch.setattr(Transaction, "park", full)

    async def trip(transaction: Transaction, deliveries: Sequence[Delivery]) -> int:
        if deliveries[0].sequence == 2:
            raise KeyError("two")
        return await note(transaction, deliveries[:1])

    async with running(follow(client, READER, store, read=as_it_is, handle=trip)):
        await until_position(store, 3)
    assert await noted(store) == [ids[0], ids[2]]
    assert [row.key for row in await store.parked()] == [ids[1]]


async def test_another_stream_of_the_same_name_stops_the_reader(
    client: Client, store: Store
) -> None:
    """Its sequences mean nothing to our checkpoint."""
    await said(client, range(3))
    async with running(follow(client, READER, store, read=as_it_is, handle=note)):
        await at_position(store, 3)
    await api.ask(client, "STREAM.DELETE.ACTIVITY")
    await provision(client)
    await said(client, range(10, 20))

    with pytest.raises(StreamRecreated, match="restore both from one backup"):
        await follow(client, READER, store, read=as_it_is, handle=note)


async def test_a_stream_that_ends_before_the_checkpoint_stops_the_reader(
    client: Client, store: Store
) -> None:
    """Restored from an old backup, it would give new events sequences that we have read."""
    await said(client, range(3))
    await save(client, store, 4)
    with pytest.raises(StreamBehind, match="ends at 3, but we have read up to 4"):
        await follow(client, READER, store, read=as_it_is, handle=note)


async def save(client: Client, store: Store, at: int) -> None:
    info = await api.stream_info(client, "ACTIVITY")
    assert info
    async with store.transaction() as transaction:
        await transaction.save_checkpoint(Checkpoint(READER.durable, at, info.created))


async def test_history_that_has_expired_stops_the_reader(client: Client, store: Store) -> None:
    """What was never read and is no longer there is not passed over in silence. A service that has
    refilled from elsewhere goes on with the oldest there is.
    """
    ids = await said(client, range(10))
    await client.jetstream().purge_stream("ACTIVITY", seq=7)
    await save(client, store, 5)
    await client.jetstream().purge_stream("ACTIVITY", seq=8)
    with pytest.raises(HistoryExpired, match="begins at 8, but we have read only up to 5"):
        await follow(client, READER, store, read=as_it_is, handle=note)

    async with store.transaction() as transaction:
        await transaction.save_checkpoint(await oldest(client, READER))
    async with running(follow(client, READER, store, read=as_it_is, handle=note)):
        await at_position(store, 3)
    assert await noted(store) == ids[7:]


async def test_a_stream_that_has_expired_up_to_us_is_no_trouble(
    client: Client, store: Store
) -> None:
    await said(client, range(10))
    await save(client, store, 10)
    await client.jetstream().purge_stream("ACTIVITY")
    ids = await said(client, range(10, 12))
    async with running(follow(client, READER, store, read=as_it_is, handle=note)):
        await at_position(store, 2)
    assert await noted(store) == ids


async def test_a_reader_moves_past_what_only_others_read(
    client: Client, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would expire behind its back, and look like history that was missed."""
    monkeypatch.setattr(consumer, "SKIPPING_SECONDS", 0)
    monkeypatch.setattr(pulling, "HEARTBEAT_SECONDS", 0.2)
    views = [an_activity(n, kind="view") for n in range(20)]
    await send_batch(client, "ACTIVITY", views, PATIENCE)
    reader = topology.REWARDS_ACTIVITY
    async with running(follow(client, reader, store, read=as_it_is, handle=note)):
        await until_position(store, 20, reader)
        published = an_activity(99, kind="publish")
        await send_singly(client, "ACTIVITY", [published], PATIENCE)
        await at_position(store, 1)
        await until_position(store, 21, reader)


async def test_a_missing_consumer_is_waited_for(client: Client, store: Store) -> None:
    """A reader creates nothing. Provisioned again, the consumer begins where we are."""
    progress = Progress(client, READER)
    ids = await said(client, range(5))
    reading = follow(client, READER, store, read=as_it_is, handle=note, progress=progress)
    async with running(reading):
        await at_position(store, 5)
        await api.ask(client, f"CONSUMER.DELETE.ACTIVITY.{READER.durable}")
        async with asyncio.timeout(5):
            while "zones provision" not in (await progress.trouble() or ""):
                await asyncio.sleep(0.01)
        ids += await said(client, range(5, 10))
        await provision(client)
        await at_position(store, 10)
        assert await progress.trouble() is None
    assert await noted(store) == ids


async def test_a_thief_on_the_same_consumer_is_noticed(client: Client, store: Store) -> None:
    """What the broker sends to somebody else is missing in our turns, and read again."""
    stolen: list[Msg] = []

    async def steal(message: Msg) -> None:
        stolen.append(message)

    inbox = client.new_inbox()
    await client.subscribe(inbox, cb=steal)
    ids: list[str] = []
    async with running(follow(client, READER, store, read=as_it_is, handle=note)):
        for start in range(0, 60, 10):
            request = json.dumps({"batch": 5, "expires": 10**9}).encode()
            verb = f"$JS.API.CONSUMER.MSG.NEXT.ACTIVITY.{READER.durable}"
            await client.publish(verb, request, inbox)
            ids += await said(client, range(start, start + 10))
            await asyncio.sleep(0.05)
        await at_position(store, 60)
    assert len([message for message in stolen if message.data]) > 5
    assert await noted(store) == ids


async def test_a_handler_slower_than_the_broker_likes_changes_nothing(
    client: Client, store: Store
) -> None:
    """The broker sends again what it believes lost; we notice, and go on behind our checkpoint."""
    impatient = READER.configuration() | {"ack_wait": 10**8}
    request = {"stream_name": "ACTIVITY", "config": impatient, "action": "update"}
    await api.ask(client, f"CONSUMER.DURABLE.CREATE.ACTIVITY.{READER.durable}", request)
    ids = await said(client, range(30))
    seen: list[str] = []

    async def dawdle(transaction: Transaction, deliveries: Sequence[Delivery]) -> int:
        await asyncio.sleep(0.25)
        seen.extend(str(delivery.id) for delivery in deliveries)
        return await note(transaction, deliveries)

    reading = follow(client, READER, store, read=as_it_is, handle=dawdle, max_batch=10)
    async with running(reading):
        await at_position(store, 30)
        ids += await said(client, range(30, 35))
        await at_position(store, 35)
    assert await noted(store) == ids
    assert seen == ids


async def test_a_reader_stopped_in_the_middle_has_done_nothing(
    client: Client, store: Store
) -> None:
    """Neither its events nor its checkpoint, and the next one handles the whole batch."""
    ids = await said(client, range(10))
    halfway = asyncio.Event()

    async def hang(transaction: Transaction, deliveries: Sequence[Delivery]) -> int:
        await note(transaction, deliveries[:5])
        halfway.set()
        await asyncio.sleep(60)
        return len(deliveries)

    async with running(follow(client, READER, store, read=as_it_is, handle=hang)):
        await halfway.wait()
    assert await noted(store) == []
    assert await position(store) == 0
    async with running(follow(client, READER, store, read=as_it_is, handle=note)):
        await at_position(store, 10)
    assert await noted(store) == ids


async def test_an_idle_reader_hears_at_once(client: Client, store: Store) -> None:
    """Within milliseconds; the bound is generous to a busy machine."""
    loop = asyncio.get_running_loop()
    waits = []
    async with running(follow(client, READER, store, read=as_it_is, handle=note)):
        for n in range(20):
            await asyncio.sleep(0.02)
            before = loop.time()
            await send_singly(client, "ACTIVITY", [an_activity(n)], PATIENCE)
            await at_position(store, n + 1)
            waits.append(loop.time() - before)
    assert sorted(waits)[10] < 0.1


async def test_a_cut_connection_costs_a_moment(
    client: Client, server: NatsServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The requests that went with it are not waited for, not even until the silence is noticed."""
    monkeypatch.setattr(pulling, "SILENCE_SECONDS", 3600)
    ids: list[str] = []
    async with (
        proxy(server.port) as between,
        connected(between.url) as reading,
        running(follow(reading, READER, store, read=as_it_is, handle=note)),
    ):
        for start in range(0, 50, 10):
            ids += await said(client, range(start, start + 10))
            await at_position(store, start + 10)
            between.cut()
    assert await noted(store) == ids


async def test_a_broker_that_falls_silent_is_noticed(
    client: Client, server: NatsServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its connection may look alive for minutes; its heartbeats do not come."""
    monkeypatch.setattr(pulling, "HEARTBEAT_SECONDS", 0.2)
    monkeypatch.setattr(pulling, "SILENCE_SECONDS", 0.6)
    monkeypatch.setattr(api, "TIMEOUT", 0.5)
    progress = Progress(client, READER)
    ids = await said(client, range(5))
    reading = follow(client, READER, store, read=as_it_is, handle=note, progress=progress)
    async with running(reading):
        await at_position(store, 5)
        with server.paused():
            async with asyncio.timeout(5):
                while await progress.trouble() is None:
                    await asyncio.sleep(0.01)
        ids += await said(client, range(5, 10))
        await at_position(store, 10)
    assert await noted(store) == ids


async def test_lag_counts_what_is_not_committed(client: Client, store: Store) -> None:
    """Unread, or read and not yet committed, it is behind."""
    progress = Progress(client, READER)
    await said(client, range(7))
    assert await progress.lag() == 7
    release = asyncio.Event()

    async def wait(transaction: Transaction, deliveries: Sequence[Delivery]) -> int:
        await release.wait()
        return await note(transaction, deliveries)

    async with running(follow(client, READER, store, read=as_it_is, handle=wait)):
        await asyncio.sleep(0.1)
        assert await progress.lag() == 7
        release.set()
        await until_lag(progress, 0)


async def test_messages_that_are_no_cloud_events_have_no_headers(
    client: Client, store: Store
) -> None:
    """Somebody else may publish on a stream; that must not trip the reader itself."""
    await client.jetstream().publish("activity.v1.share.m-1", b"\xff")
    heard: list[Delivery] = []

    async def hear(_: Transaction, deliveries: Sequence[Delivery]) -> int:
        heard.extend(deliveries)
        return len(deliveries)

    async with running(follow(client, READER, store, read=as_it_is, handle=hear)):
        await until(lambda: len(heard) == 1)
    assert (heard[0].id, heard[0].headers, heard[0].body) == (None, {}, b"\xff")


async def test_what_comes_first_is_done_before_every_transaction(
    client: Client, store: Store
) -> None:
    """Outside it, until it succeeds; whatever keeps it from that, no message is parked for it."""
    ids = await said(client, range(10))
    done: list[str] = []

    async def before() -> None:
        done.append("before")
        if done.count("before") == 2:
            raise ValueError("not yet")
        async with store.transaction():
            pass

    async def take_four(transaction: Transaction, deliveries: Sequence[Delivery]) -> int:
        done.append("handle")
        return await note(transaction, deliveries[:4])

    async with running(
        follow(client, READER, store, read=as_it_is, handle=take_four, before=before)
    ):
        await at_position(store, 10)
    assert done == ["before", "handle", "before", "before", "handle", "before", "handle"]
    assert await noted(store) == ids
    assert await store.parked_count() == 0
