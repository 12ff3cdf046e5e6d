"""Named examples: messages, a service's store, and what it makes of what it hears."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from nats.aio.client import Client
from nats.aio.msg import Msg

from shared.eventlog.codec import Codec, Kind
from shared.eventlog.log import Entry, Recorded, Store, Transaction
from shared.messaging.delivery import Delivery
from shared.messaging.tails import RELAY_SCHEMA
from shared.messaging.wire import Message


@dataclass(frozen=True, slots=True)
class Noted:
    """What the example service remembers of every message; public ones it says again."""

    member: str
    id: str
    public: bool = True


CODEC = Codec([Kind(event=Noted, name="noted")])


@asynccontextmanager
async def a_store(folder: Path, name: str = "service") -> AsyncIterator[Store]:
    async with Store.open(folder / f"{name}.db", codec=CODEC, schema=(RELAY_SCHEMA,)) as store:
        yield store


def an_activity(n: int, *, members: int = 20, kind: str = "share", size: int = 100) -> Message:
    """The n-th of a series; its members take turns."""
    return Message(f"activity.v1.{kind}.m-{n % members}", b"x" * size, f"event-{n:06}")


def as_it_is(delivery: Delivery) -> Delivery:
    return delivery


def member_of(subject: str) -> str:
    return subject.rpartition(".")[2]


async def note(transaction: Transaction, deliveries: Sequence[Delivery]) -> int:
    """Append what is new, as every service does: the same id twice is once in effect."""
    ids = [str(delivery.id) for delivery in deliveries]
    known = await transaction.known(ids)
    await transaction.append(
        [
            Entry(member_of(delivery.subject), Noted(member_of(delivery.subject), key), key)
            for key, delivery in zip(ids, deliveries, strict=True)
            if key not in known
        ]
    )
    return len(deliveries)


async def noted(store: Store) -> list[str]:
    """The ids in the log, in its order."""
    return [CODEC.decode(row).id for row in await store.read(0, 1_000_000)]


def say(recorded: Recorded) -> Message | None:
    """Public entries become messages about their member, whose zone token varies."""
    event = CODEC.decode(recorded)
    if not event.public:
        return None
    subject = f"zone.changed.v1.zone{recorded.version % 4}.{event.member}"
    return Message(subject, b"{}", f"said-{event.id}", f"zone.*.v1.*.{event.member}")


async def stored(client: Client, stream: str) -> list[tuple[str, str]]:
    """Subject and message id of everything in a stream, in its order."""
    said: list[tuple[str, str]] = []
    answered = asyncio.Event()
    last = 0

    async def hear(message: Msg) -> None:
        nonlocal last
        headers = message.headers or {}
        if sequence := headers.get("Nats-Sequence"):
            last = int(sequence)
            said.append((headers["Nats-Subject"], headers.get("Nats-Msg-Id", "")))
        else:
            answered.set()

    inbox = client.new_inbox()
    subscription = await client.subscribe(inbox, cb=hear)
    ending = (await client.jetstream().stream_info(stream)).state.last_seq
    while last < ending:
        answered.clear()
        request = json.dumps({"seq": last + 1, "batch": 1000}).encode()
        await client.publish(f"$JS.API.DIRECT.GET.{stream}", request, inbox)
        async with asyncio.timeout(10):
            await answered.wait()
    await subscription.unsubscribe()
    return said


def by_member(said: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    members: dict[str, list[str]] = {}
    for subject, message_id in said:
        members.setdefault(member_of(subject), []).append(message_id)
    return members


async def until(condition: Callable[[], bool], *, seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


async def at_position(store: Store, position: int, *, seconds: float = 30.0) -> None:
    """Return when the log has so many entries."""
    async with asyncio.timeout(seconds):
        await store.wait_beyond(position - 1)


@asynccontextmanager
async def running(*coroutines: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Run them for the length of a block, and fail when one of them does."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(coroutine) for coroutine in coroutines]
        yield
        for task in tasks:
            task.cancel()
