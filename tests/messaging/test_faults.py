"""Everything at once: nothing lost, nothing doubled, and order kept for every member.

Publishers repeat themselves, connections are cut in the middle of things, the broker and a service
are killed with no last word, and the broker forgets message ids after a tenth of a second, so that
nothing but our own protocol can be what holds.
"""

import asyncio
import contextlib
import random
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from nats.aio.client import Client

from shared.messaging import api, topology
from shared.messaging.errors import BrokerUnavailable
from shared.messaging.provision import provision
from shared.messaging.publisher import BatchPublisher
from shared.messaging.wire import Message
from tests.messaging.examples import CODEC, a_store, an_activity, by_member, say, stored
from tests.nats import NatsServer, connected, nats_server
from tests.proxy import Proxy, proxy

# nats-py leaves the socket of an attempt to connect that failed to the garbage collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <(function|socket):pytest.PytestUnraisableExceptionWarning"
)

MEMBERS = 20
FORGETFUL = {"duplicate_window": 10**8}


class Service:
    """The example service as a process."""

    def __init__(self, url: str, folder: Path) -> None:
        self._arguments = ["-m", "tests.messaging.service", url, str(folder)]
        self._log = folder / "service.log"
        self._process: asyncio.subprocess.Process | None = None
        self.deaths = 0

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, *self._arguments, stdout=log, stderr=log
            )

    async def kill(self) -> None:
        if self._process:
            assert self._process.returncode is None, self._log.read_text()
            self._process.kill()
            await self._process.wait()
            self.deaths += 1

    async def restart(self) -> None:
        await self.kill()
        await self.start()


@asynccontextmanager
async def trouble(
    seed: int, every: tuple[float, float], strike: Callable[[], Awaitable[None]]
) -> AsyncIterator[None]:
    """Strike at random intervals, in seconds, for the length of a block, and once more."""
    dice, over = random.Random(seed), asyncio.Event()

    async def go_on() -> None:
        while not over.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), dice.uniform(*every))
            await strike()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(go_on())
        yield
        over.set()


async def publish_all(client: Client, messages: Sequence[Message], seed: int) -> None:
    """In chunks, each until it is acknowledged; now and then an earlier chunk once more."""
    dice = random.Random(seed)
    async with BatchPublisher(client, "ACTIVITY", patience=1.0) as publisher:
        start = 0
        while start < len(messages):
            chunk = messages[start : start + dice.randint(1, 150)]
            if dice.random() < 0.1:
                earlier = max(0, start - dice.randint(0, 300))
                chunk = [*messages[earlier:start][:150]] or chunk
            try:
                await publisher.publish(chunk)
            except BrokerUnavailable:
                continue
            if chunk[0] is messages[start]:
                start += len(chunk)
            await asyncio.sleep(0.03)


@dataclass(frozen=True, slots=True)
class Often:
    """How often something strikes: between so many seconds, from and to."""

    cuts: tuple[float, float]
    kills: tuple[float, float]
    deaths: tuple[float, float]


async def campaign(folder: Path, *, events: int, seed: int, often: Often) -> None:
    """Play it, and check what came of it."""
    messages = [an_activity(n, members=MEMBERS) for n in range(events)]
    async with (
        nats_server(folder / "nats") as server,
        proxy(server.port) as before_ingest,
        proxy(server.port) as before_service,
    ):
        async with connected(server.url) as client:
            await provision(client)
            for stream in (topology.ACTIVITY, topology.ZONES):
                verb = f"STREAM.UPDATE.{stream.name}"
                await api.ask(client, verb, stream.configuration() | FORGETFUL)
        service = Service(before_service.url, folder)
        await service.start()
        await _play(
            messages, server, [before_ingest, before_service], service, seed=seed, often=often
        )
        async with connected(server.url) as client:
            await _caught_up(service, events, client)
            said = await stored(client, "ZONES")
    await _check(folder, messages, said)


async def _play(
    messages: Sequence[Message],
    server: NatsServer,
    proxies: Sequence[Proxy],
    service: Service,
    *,
    seed: int,
    often: Often,
) -> None:
    dice = random.Random(seed)
    kills = 0

    async def cut() -> None:
        dice.choice(proxies).cut()

    async def kill() -> None:
        nonlocal kills
        kills += 1
        await server.restart()

    async with (
        connected(proxies[0].url) as ingest,
        trouble(seed + 1, often.cuts, cut),
        trouble(seed + 2, often.kills, kill),
        trouble(seed + 3, often.deaths, service.restart),
    ):
        await publish_all(ingest, messages, seed)
    assert all(each.cuts for each in proxies)
    assert kills
    assert service.deaths


async def _caught_up(service: Service, events: int, client: Client) -> None:
    """Wait, from outside, until the service has said everything, and end it."""
    async with asyncio.timeout(60):
        while True:
            info = await api.stream_info(client, "ZONES")
            if info and info.last >= events:
                break
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)  # whatever is said twice is said now
    await service.kill()


async def _check(
    folder: Path, messages: Sequence[Message], said: Sequence[tuple[str, str]]
) -> None:
    published = by_member([(message.subject, message.id) for message in messages])
    async with a_store(folder) as store:
        log = await store.read(0, 10_000_000)
        assert await store.parked_count() == 0
    noted = by_member([(row.stream, CODEC.decode(row).id) for row in log])
    expected = [(message.subject, message.id) for row in log if (message := say(row))]
    assert noted == published
    assert list(said) == expected


async def test_a_short_campaign(tmp_path: Path) -> None:
    """Some seconds of everything."""
    often = Often(cuts=(0.1, 0.4), kills=(0.8, 1.6), deaths=(0.8, 1.4))
    await campaign(tmp_path, events=3000, seed=1, often=often)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(10, 13))
async def test_a_long_campaign(tmp_path: Path, seed: int) -> None:
    """Minutes of it."""
    often = Often(cuts=(0.1, 0.6), kills=(2, 6), deaths=(1, 4))
    await campaign(tmp_path, events=60_000, seed=seed, often=often)
