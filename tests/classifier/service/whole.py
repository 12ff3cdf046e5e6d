"""A whole classifier: the real service on a real broker, as a task of the test or as a process."""

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

from services.classifier.app import run
from services.classifier.settings import Settings
from shared.contracts.envelope import event_key
from shared.messaging import api
from shared.messaging.provision import provision
from shared.messaging.publisher import BatchPublisher
from shared.messaging.wire import Message
from shared.runtime.settings import Clock
from tests.nats import NatsServer, connected, free_port, nats_server

PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Bus:
    """The broker, provisioned, and what is said on it."""

    nats: NatsServer

    async def say(self, bodies: Sequence[bytes]) -> None:
        """Publish activity as ingest does."""
        async with (
            connected(self.nats.url) as client,
            BatchPublisher(client, "ACTIVITY") as publisher,
        ):
            for start in range(0, len(bodies), 500):
                await publisher.publish([_message(body) for body in bodies[start : start + 500]])

    async def zones(self) -> list[tuple[str, dict[str, Any]]]:
        """Return subject and body of all that the classifier has said."""
        said: list[tuple[str, dict[str, Any]]] = []
        async with connected(self.nats.url) as client:
            info = await api.stream_info(client, "ZONES")
            for sequence in range(1, info.last + 1 if info else 1):
                answer = await api.ask(client, "STREAM.MSG.GET.ZONES", {"seq": sequence})
                message = answer["message"]
                said.append((message["subject"], json.loads(base64.b64decode(message["data"]))))
        return said


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

    async def text(self, path: str) -> str:
        answer = await self.http.get(path)
        assert answer.is_success, answer.text
        return answer.text

    async def verified(self) -> dict[str, Any]:
        """Return the result of a recount."""
        answer = await self.http.post("/v1/verify")
        result: dict[str, Any] = json.loads(answer.text.splitlines()[-1])
        return result

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
async def a_service(
    folder: Path,
    url: str,
    *,
    clock: Clock = "events",
    policy: Path | None = None,
    path: str = "/readyz",
) -> AsyncIterator[Service]:
    """Run it as a task until the block ends; `path` has to answer first."""
    settings = Settings(data=folder, nats_url=url, port=free_port(), clock=clock, policy=policy)
    serving = asyncio.create_task(run(settings))
    try:
        async with _client(settings.port) as service:
            waiting = asyncio.create_task(service.ready(path))
            await asyncio.wait([serving, waiting], return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                waiting.cancel()
                await serving
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
        *(sys.executable, "-m", "services", "serve", "classifier"),
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("ZONES")},
            "ZONES_DATA": str(folder),
            "ZONES_NATS_URL": url,
            "ZONES_CLOCK": "events",
            "ZONES_CLASSIFIER_PORT": str(port),
            **settings,
        },
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with _client(port) as service:
            yield process, service
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@asynccontextmanager
async def _client(port: int) -> AsyncIterator[Service]:
    address = f"http://127.0.0.1:{port}"
    async with httpx2.AsyncClient(base_url=address, timeout=30, trust_env=False) as http:
        yield Service(http)


def _message(body: bytes) -> Message:
    event = json.loads(body)
    kind = event["type"].split(".")[2]
    return Message(
        f"activity.v1.{kind}.{event['subject']}", body, event_key(event["source"], event["id"])
    )
