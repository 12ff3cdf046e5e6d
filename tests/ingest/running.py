"""A running ingest: the real application on a free port, a real broker, a real database."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
from nats.js.api import AckPolicy, ConsumerConfig

from services.ingest.app import run
from services.ingest.settings import Settings
from shared.messaging.provision import provision
from tests.ingest.examples import Event
from tests.nats import NatsServer, connected, free_port, nats_server

READY_SECONDS = 15.0


class Ingest:
    """What a publisher and an operator see of it, and what it has said."""

    def __init__(self, http: httpx2.AsyncClient, nats: NatsServer, settings: Settings) -> None:
        self.http, self.nats, self.settings = http, nats, settings

    @property
    def url(self) -> str:
        return str(self.http.base_url)

    async def post(self, said: object) -> httpx2.Response:
        """Post one event or an array."""
        return await self.send(json.dumps(said).encode(), "application/json")

    async def lines(self, said: Sequence[Event | bytes]) -> httpx2.Response:
        """Post JSON Lines."""
        lines = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in said]
        return await self.send(b"\n".join(lines), "application/x-ndjson")

    async def send(self, body: bytes, type: str, **headers: str) -> httpx2.Response:
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.post(
            "/v1/events", content=body, headers={"content-type": type, **headers}
        )

    async def get(self, path: str) -> Any:  # noqa: ANN401 - JSON
        return (await self.http.get(path)).json()

    async def said(self, subject: str = "activity.>") -> list[Event]:
        """Return what is on the stream under a subject, as it is stored there, in its order."""
        return [event for _, event in await stored(self.nats, subject)]

    async def quiet(self) -> None:
        """Return when nothing is under way any more."""
        async with asyncio.timeout(READY_SECONDS):
            while (await self.get("/v1/status"))["lag"] != 0:
                await asyncio.sleep(0.02)


async def stored(nats: NatsServer, subject: str = "activity.>") -> list[tuple[str, Event]]:
    async with connected(nats.url) as client:
        reader = await client.jetstream().pull_subscribe(
            subject, stream="ACTIVITY", config=ConsumerConfig(ack_policy=AckPolicy.NONE)
        )
        found: list[tuple[str, Event]] = []
        pending = (await reader.consumer_info()).num_pending or 0
        while len(found) < pending:
            messages = await reader.fetch(min(1000, pending - len(found)))
            found += [(message.subject, json.loads(message.data)) for message in messages]
        await reader.unsubscribe()
        return found


async def provisioned(nats: NatsServer) -> None:
    async with connected(nats.url) as client:
        await provision(client)


@asynccontextmanager
async def running(folder: Path, **settings: Any) -> AsyncIterator[Ingest]:  # noqa: ANN401
    """Run ingest on a broker of its own, both in `folder`, until the block ends."""
    async with nats_server(folder / "nats") as nats:
        await provisioned(nats)
        async with serving(folder, nats, **settings) as ingest:
            yield ingest


@asynccontextmanager
async def serving(
    folder: Path,
    nats: NatsServer,
    *,
    ready: bool = True,
    **settings: Any,  # noqa: ANN401
) -> AsyncIterator[Ingest]:
    """Run ingest on a broker that is there, or will be."""
    configured = Settings(data=folder, nats_url=nats.url, **{"port": free_port(), **settings})
    serving = asyncio.create_task(run(configured))
    address = f"http://127.0.0.1:{configured.port}"
    try:
        async with httpx2.AsyncClient(base_url=address, timeout=30, trust_env=False) as http:
            await _answers(http, serving, "/readyz" if ready else "/healthz")
            yield Ingest(http, nats, configured)
    finally:
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving


async def _answers(http: httpx2.AsyncClient, serving: asyncio.Task[None], path: str) -> None:
    async with asyncio.timeout(READY_SECONDS):
        while True:
            if serving.done():
                serving.result()
            with contextlib.suppress(httpx2.ConnectError):
                if (await http.get(path)).is_success:
                    return
            await asyncio.sleep(0.02)
