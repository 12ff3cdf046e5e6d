"""From log to stream: every entry once, in order, whatever we were interrupted in."""

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from nats.aio.client import Client

from shared.eventlog.log import Entry, Recorded, Store, Transaction
from shared.messaging import api, settling, tails, topology, wire
from shared.messaging import relay as relaying
from shared.messaging.errors import Fenced, Refused, StreamRecreated, TailLost
from shared.messaging.lag import Relayed
from shared.messaging.provision import provision
from shared.messaging.relay import relay
from shared.messaging.tails import RELAY_SCHEMA
from shared.messaging.wire import Message, send_singly
from tests.messaging.examples import CODEC, Noted, a_store, by_member, running, say, stored
from tests.nats import NatsServer

FORGETFUL = {"duplicate_window": 10**8}


class Killed(Exception):
    """The process dies here."""


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with a_store(tmp_path) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(settling, "LONGEST_PAUSE", 0.05)


@pytest.fixture
async def forgetful(client: Client) -> Client:
    """A broker that forgets ids at once, so that only the tails keep us from repeating."""
    await api.ask(client, "STREAM.UPDATE.ZONES", topology.ZONES.configuration() | FORGETFUL)
    return client


async def appended(store: Store, events: Iterable[Noted]) -> None:
    async with store.transaction() as transaction:
        await transaction.append([Entry(event.member, event) for event in events])


def events(numbers: Iterable[int], *, members: int = 7, public: bool = True) -> list[Noted]:
    return [Noted(f"m-{n % members}", f"{n:05}", public) for n in numbers]


async def expected(store: Store) -> list[tuple[str, str]]:
    """What the log has to say, in its order."""
    messages = [say(row) for row in await store.read(0, 1_000_000)]
    return [(message.subject, message.id) for message in messages if message]


async def relayed(client: Client, store: Store) -> None:
    """Relay until there is nothing left to say."""
    progress = Relayed(store)
    async with running(relay(client, store, stream="ZONES", publish=say, progress=progress)):
        async with asyncio.timeout(20):
            while await progress.trouble() or await progress.lag():
                await asyncio.sleep(0.005)


def dies(monkeypatch: pytest.MonkeyPatch, *, at: int = 1) -> None:
    """Let the relay's process die for once, after publishing and before marking."""
    save, calls = tails.save, 0

    async def die(transaction: Transaction, moved: dict[str, tails.Tail]) -> None:
        nonlocal calls
        calls += 1
        if calls == at:
            raise Killed
        await save(transaction, moved)

    monkeypatch.setattr(tails, "save", die)


async def killed(client: Client, store: Store) -> None:
    with pytest.raises(Killed):
        async with asyncio.timeout(20):
            await relay(client, store, stream="ZONES", publish=say)


async def test_entries_of_other_types_are_passed_over_unread(client: Client, store: Store) -> None:
    """They count as relayed: a log of nothing but those leaves no lag."""
    looked_at: list[int] = []

    def look(recorded: Recorded) -> Message | None:
        looked_at.append(recorded.position)
        return say(recorded)

    await appended(store, events(range(5)))
    for types in (["another"], ["another", "noted"]):
        progress = Relayed(store)
        relaying = relay(
            client, store, stream="ZONES", publish=look, types=types, progress=progress
        )
        async with running(relaying), asyncio.timeout(20):
            while await progress.lag():
                await asyncio.sleep(0.005)
        assert looked_at == ([1, 2, 3, 4, 5] if "noted" in types else [])


async def test_the_log_is_said_in_its_order(client: Client, store: Store) -> None:
    """Public entries only; more than a batch holds, then one by one."""
    await appended(store, events(range(1500)))
    await appended(store, events(range(1500, 1600), public=False))
    progress = Relayed(store)
    async with running(relay(client, store, stream="ZONES", publish=say, progress=progress)):
        async with asyncio.timeout(20):
            while await progress.lag():
                await asyncio.sleep(0.005)
            for n in range(1600, 1610):
                await appended(store, events([n]))
                while await progress.lag():
                    await asyncio.sleep(0.001)
    assert await stored(client, "ZONES") == await expected(store)


async def test_it_goes_on_where_it_was(client: Client, store: Store) -> None:
    for start in range(0, 40, 10):
        await appended(store, events(range(start, start + 10)))
        await relayed(client, store)
    assert await stored(client, "ZONES") == await expected(store)


@pytest.mark.parametrize("at", [1, 2, 3])
@pytest.mark.parametrize("members", [1, 7])
async def test_what_was_said_and_not_marked_is_not_said_again(
    forgetful: Client, store: Store, monkeypatch: pytest.MonkeyPatch, at: int, members: int
) -> None:
    """A batch with several messages of one member as well as one of each."""
    monkeypatch.setattr(wire, "BATCH_LIMIT", 40)
    await appended(store, events(range(100), members=members))
    dies(monkeypatch, at=at)
    await killed(forgetful, store)
    assert len(await stored(forgetful, "ZONES")) == min(at * 40, 100)
    await asyncio.sleep(0.2)  # by now the broker has forgotten the ids

    await appended(store, events(range(100, 110), members=members))
    await relayed(forgetful, store)

    assert await stored(forgetful, "ZONES") == await expected(store)


async def test_a_single_message_said_and_not_marked_is_not_said_again(
    forgetful: Client, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await appended(store, events([1]))
    dies(monkeypatch)
    await killed(forgetful, store)
    await asyncio.sleep(0.2)
    await relayed(forgetful, store)
    assert await stored(forgetful, "ZONES") == await expected(store)


async def test_dying_again_and_again_says_everything_once(
    forgetful: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With windows that begin and end elsewhere each time, and entries that are not public."""
    monkeypatch.setattr(relaying, "WINDOW", 6)
    for seed in range(4):
        dice = random.Random(seed)
        async with Store.open(
            tmp_path / f"{seed}.db", codec=CODEC, schema=(RELAY_SCHEMA,)
        ) as store:
            n = 0
            for _ in range(6):
                count = dice.randint(1, 12)
                await appended(
                    store,
                    [
                        Noted(
                            f"s{seed}-{dice.randint(1, 2)}", f"{seed}-{n + k}", dice.random() < 0.7
                        )
                        for k in range(count)
                    ],
                )
                n += count
                with monkeypatch.context() as dying:
                    dies(dying, at=dice.randint(1, 3))
                    try:
                        await relayed(forgetful, store)
                    except* Killed:
                        pass
                await asyncio.sleep(0.11)
            await relayed(forgetful, store)
            said = await stored(forgetful, "ZONES")
            ours = [one for one in said if f".s{seed}-" in one[0]]
            assert ours == await expected(store), seed


async def test_a_message_that_the_broker_knows_by_its_id_is_done(
    client: Client, store: Store
) -> None:
    """The same id twice says the same thing, so it is said once, and what lies between is said."""
    said_before = Noted("m-1", "00001")
    await appended(store, [said_before, Noted("m-1", "00002"), said_before, Noted("m-2", "00003")])
    await relayed(client, store)
    assert [one for _, one in await stored(client, "ZONES")] == [
        "said-00001",
        "said-00002",
        "said-00003",
    ]
    await appended(store, [Noted("m-1", "00002"), Noted("m-1", "00004")])
    await relayed(client, store)
    assert (await stored(client, "ZONES"))[-1][1] == "said-00004"
    assert len(await stored(client, "ZONES")) == 4


async def test_a_subject_without_a_member_guards_itself(client: Client, store: Store) -> None:
    def policy(recorded: Recorded) -> Message:
        return Message("zone.policy.v1", b"{}", f"policy-{recorded.position}")

    await appended(store, events(range(5)))
    progress = Relayed(store)
    async with running(relay(client, store, stream="ZONES", publish=policy, progress=progress)):
        async with asyncio.timeout(10):
            while await progress.lag():
                await asyncio.sleep(0.005)
    assert [one for _, one in await stored(client, "ZONES")] == [f"policy-{n}" for n in range(1, 6)]


async def test_somebody_else_on_the_same_subject_fences_us(client: Client, store: Store) -> None:
    """Two copies of a service: the second one to speak stops, with a name and a reason."""
    await appended(store, events(range(3), members=1))
    await relayed(client, store)
    await send_singly(client, "ZONES", [Message("zone.changed.v1.x.m-0", b"{}", "theirs")], 5)
    await appended(store, events(range(3, 6), members=1))
    with pytest.raises(Fenced, match="theirs at 4, which is not ours"):
        await relay(client, store, stream="ZONES", publish=say)
    assert len(await stored(client, "ZONES")) == 4


async def test_an_older_copy_of_our_database_is_fenced(client: Client, tmp_path: Path) -> None:
    """Restored from a backup, or lost: what the stream has on top is from our future."""
    async with a_store(tmp_path, "now") as store:
        await appended(store, events(range(10)))
        await relayed(client, store)
    async with a_store(tmp_path, "backup") as store:
        await appended(store, [Noted("m-1", "otherwise")])
        with pytest.raises(Fenced):
            await relay(client, store, stream="ZONES", publish=say)


async def test_two_relays_at_once_say_nothing_twice(forgetful: Client, tmp_path: Path) -> None:
    """One of them wins each member, and the other one stops."""
    async with a_store(tmp_path, "one") as one, a_store(tmp_path, "other") as other:
        await appended(one, events(range(200), members=5))
        await appended(other, [replace(e, id=f"x{e.id}") for e in events(range(200), members=5)])
        relays = [
            asyncio.create_task(relay(forgetful, each, stream="ZONES", publish=say))
            for each in (one, other)
        ]
        done, pending = await asyncio.wait(relays, timeout=10, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait(pending, timeout=0.3)
        for task in relays:
            task.cancel()
        results = await asyncio.gather(*relays, return_exceptions=True)
    assert done
    assert any(isinstance(result, Fenced) for result in results)
    for said in by_member(await stored(forgetful, "ZONES")).values():
        assert len({message.startswith("said-x") for message in said}) == 1


async def test_a_purged_tail_is_told(client: Client, store: Store) -> None:
    await appended(store, events(range(6), members=2))
    await relayed(client, store)
    await client.jetstream().purge_stream("ZONES", subject="zone.*.v1.*.m-1")
    await appended(store, events(range(6, 8), members=2))
    with pytest.raises(TailLost, match=r"m-1 at 6, but the newest message there is at 0"):
        await relay(client, store, stream="ZONES", publish=say)


async def test_a_stream_created_anew_is_told(client: Client, store: Store) -> None:
    """Before anything is said there, even about members it has never heard of."""
    await appended(store, events(range(6)))
    await relayed(client, store)
    await api.ask(client, "STREAM.DELETE.ZONES")
    await provision(client)
    await appended(store, [Noted("m-99", "99")])
    with pytest.raises(StreamRecreated):
        await relay(client, store, stream="ZONES", publish=say)
    assert await stored(client, "ZONES") == []


async def test_a_tail_that_has_expired_is_no_trouble(client: Client, store: Store) -> None:
    """On a stream that keeps only some days, the next message stands on nothing."""
    await appended(store, events(range(6), members=2))
    await relayed(client, store)
    await client.jetstream().purge_stream("ZONES", seq=6)
    await appended(store, events(range(6, 12), members=2))
    await relayed(client, store)
    last = (await client.jetstream().stream_info("ZONES")).state
    assert (last.messages, last.last_seq) == (7, 12)


async def test_no_room_is_waited_for(client: Client, store: Store) -> None:
    tight = topology.ZONES.configuration() | {"max_bytes": 4000}
    await api.ask(client, "STREAM.UPDATE.ZONES", tight)
    await appended(store, events(range(100)))
    progress = Relayed(store)
    async with running(relay(client, store, stream="ZONES", publish=say, progress=progress)):
        async with asyncio.timeout(20):
            while "10077" not in (await progress.trouble() or ""):
                await asyncio.sleep(0.005)
            await api.ask(client, "STREAM.UPDATE.ZONES", topology.ZONES.configuration())
            while await progress.lag():
                await asyncio.sleep(0.005)
            assert await progress.trouble() is None
    assert await stored(client, "ZONES") == await expected(store)


async def test_what_the_broker_will_never_take_stops_the_relay(
    client: Client, store: Store
) -> None:
    """It is named; what came before it has been said, and nothing after it is."""

    def bulky(recorded: Recorded) -> Message | None:
        message = say(recorded)
        if message and recorded.position == 5:
            return replace(message, body=b"x" * (topology.MAX_MESSAGE_BYTES + 1))
        return message

    await appended(store, events(range(10)))
    with pytest.raises(Refused, match="10054"):
        await relay(client, store, stream="ZONES", publish=bulky)
    assert await stored(client, "ZONES") == (await expected(store))[:4]


async def test_a_broker_that_hangs_is_waited_for(
    client: Client, server: NatsServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows then what became of a batch, until the tails have told."""
    monkeypatch.setattr(relaying, "ATTEMPT", 0.3)
    progress = Relayed(store)
    async with running(relay(client, store, stream="ZONES", publish=say, progress=progress)):
        async with asyncio.timeout(20):
            while await progress.trouble():
                await asyncio.sleep(0.005)
            with server.paused():
                await appended(store, events(range(100)))
                while "does not answer" not in (await progress.trouble() or ""):
                    await asyncio.sleep(0.005)
            while await progress.lag():
                await asyncio.sleep(0.005)
    assert await stored(client, "ZONES") == await expected(store)


async def test_a_store_that_fails_is_waited_for(
    forgetful: Client, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Published and not marked, for want of room on the disk, is found published."""
    save, refusals = tails.save, 5

    async def full(transaction: Transaction, moved: dict[str, tails.Tail]) -> None:
        nonlocal refusals
        if refusals:
            refusals -= 1
            raise sqlite3.OperationalError("database or disk is full")
        await save(transaction, moved)

    monkeypatch.setattr(tails, "save", full)
    await appended(store, events(range(50)))
    await relayed(forgetful, store)
    assert await stored(forgetful, "ZONES") == await expected(store)
