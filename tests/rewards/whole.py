"""A whole rewards: the real service on a real broker, as a task of the test or as a process."""

import asyncio
import base64
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from services.rewards.app import run
from services.rewards.projections.entries import CODEC
from services.rewards.publishing import publish
from services.rewards.settings import Settings
from shared.contracts.activity import Happened
from shared.contracts.envelope import subject_of
from shared.contracts.zones import ZoneChanged
from shared.eventlog.log import Store
from shared.messaging import api
from shared.messaging.provision import provision
from shared.messaging.publisher import BatchPublisher
from shared.messaging.wire import Message
from tests.nats import NatsServer, connected, free_port, nats_server
from tests.rewards.examples import SHIPPED

PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Bus:
    """The broker, provisioned, and what is said on it."""

    nats: NatsServer

    async def say(self, *events: Happened | ZoneChanged) -> None:
        """Publish as ingest and the classifier would."""
        await self.send(
            *(Message(subject_of(event), event.to_json(), event.key) for event in events)
        )

    async def send(self, *messages: Message) -> None:
        async with connected(self.nats.url) as client:
            for stream, prefix in (("ACTIVITY", "activity."), ("ZONES", "zone.")):
                async with BatchPublisher(client, stream) as publisher:
                    await publisher.publish(
                        [it for it in messages if it.subject.startswith(prefix)]
                    )

    async def recognitions(self) -> list[dict[str, Any]]:
        """Return what rewards has said, in the order of the stream."""
        said: list[dict[str, Any]] = []
        async with connected(self.nats.url) as client:
            info = await api.stream_info(client, "RECOGNITIONS")
            for sequence in range(1, info.last + 1 if info else 1):
                answer = await api.ask(client, "STREAM.MSG.GET.RECOGNITIONS", {"seq": sequence})
                said.append(json.loads(base64.b64decode(answer["message"]["data"])))
        return said

    async def until(self, count: int) -> int:
        """Return how many recognitions are out, as soon as there are so many."""
        async with connected(self.nats.url) as client, asyncio.timeout(PATIENCE):
            while (info := await api.stream_info(client, "RECOGNITIONS")) and info.last < count:
                await asyncio.sleep(0.001)
        return info.last if info else 0


@dataclass(frozen=True, slots=True)
class Service:
    """What an operator sees of it."""

    http: httpx2.AsyncClient

    @property
    def url(self) -> str:
        return str(self.http.base_url).rstrip("/")

    async def get(self, path: str, **parameters: Any) -> Any:  # noqa: ANN401 - JSON
        answer = await self.http.get(path, params=parameters)
        return answer.json()

    async def ready(self, path: str = "/readyz") -> None:
        """Return when it answers, and with a 200."""
        async with asyncio.timeout(PATIENCE):
            while True:
                with contextlib.suppress(httpx2.HTTPError):
                    if (await self.http.get(path)).is_success:
                        return
                await asyncio.sleep(0.02)

    async def quiet(self) -> None:
        """Return when it is through with everything."""
        async with asyncio.timeout(PATIENCE):
            while (await self.get("/v1/status"))["lag"] != 0:
                await asyncio.sleep(0.02)


@asynccontextmanager
async def a_bus(folder: Path) -> AsyncIterator[Bus]:
    async with nats_server(folder / "nats") as nats:
        async with connected(nats.url) as client:
            await provision(client)
        yield Bus(nats)


@asynccontextmanager
async def a_service(folder: Path, url: str, *, path: str = "/readyz") -> AsyncIterator[Service]:
    """Run it as a task until the block ends, by the clock of the events; `path` has to answer
    first.
    """
    settings = Settings(data=folder, nats_url=url, port=free_port(), clock="events")
    serving = asyncio.create_task(run(settings))
    try:
        async with _client(settings.port) as service:
            await service.ready(path)
            yield service
    finally:
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving


@asynccontextmanager
async def a_process(
    folder: Path, url: str, **settings: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, Service]]:
    """Run it as a process, which is killed at the end of the block if it is still there."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services", "serve", "rewards"),
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("ZONES")},
            "ZONES_DATA": str(folder),
            "ZONES_NATS_URL": url,
            "ZONES_REWARDS_PORT": str(port),
            "ZONES_CLOCK": "events",
            **settings,
        },
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with _client(port) as service:
            yield process, service
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@asynccontextmanager
async def _client(port: int) -> AsyncIterator[Service]:
    address = f"http://127.0.0.1:{port}"
    async with httpx2.AsyncClient(base_url=address, timeout=10, trust_env=False) as http:
        yield Service(http)


async def said_by_the_log(folder: Path) -> list[str]:
    """Return the ids of what the log has to say to the world, in its order."""
    async with Store.reading(folder / "rewards.db", codec=CODEC) as view:
        events = [(row.stream, view.codec.decode(row)) async for row in view.by_position()]
    return [
        said.id for stream, event in events if (said := publish(stream, event, SHIPPED)) is not None
    ]


def by_member(recognitions: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
    members: dict[str, list[str]] = {}
    for event in recognitions:
        members.setdefault(event["subject"], []).append(event["id"])
    return members
