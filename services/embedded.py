"""The broker: the one that `zones up` brings along, or one that is there already.

Its own port is taken from below the range that the kernel hands out, so that no passing connection
sits on it while the broker is being restarted.
"""

import random
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from services.supervision import Program
from shared.messaging import server
from shared.runtime.errors import CommandFailed

if TYPE_CHECKING:
    from nats.aio.client import Client

HOST = "127.0.0.1"
PORTS = range(20_000, 32_000)
PATIENCE = 2
"""Seconds that a broker has to answer."""


def program(data: Path, port: int, *, descriptors: Sequence[int]) -> Program:
    """Return the embedded broker, storing in `data/nats`. Raises CommandFailed if it is missing."""
    try:
        executable = server.executable()
    except FileNotFoundError as error:
        raise CommandFailed(f"{error}, or name a server of your own with --nats") from error
    store = data.absolute() / "nats"
    store.mkdir(exist_ok=True)
    configuration = store / "nats-server.conf"
    configuration.write_text(server.configuration(store, HOST, port), encoding="utf-8")
    url = address(port)

    async def ready() -> bool:
        return await has_jetstream(url)

    return Program(
        name="nats",
        command=(str(executable), "--config", str(configuration)),
        log=data / "logs" / "nats.log",
        ready=ready,
        descriptors=descriptors,
    )


def address(port: int) -> str:
    return f"nats://{HOST}:{port}"


def free_port() -> int:
    """Return a port that nobody listens on."""
    for port in random.sample(PORTS, 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise CommandFailed(f"no port from {PORTS.start} to {PORTS.stop} is free for the broker")


@asynccontextmanager
async def connection(url: str) -> AsyncIterator["Client"]:
    """Connect once, without hope. Raises CommandFailed when the broker does not answer."""
    import nats  # noqa: PLC0415 - `zones --help` does without
    from nats.errors import Error  # noqa: PLC0415

    async def quiet(_error: Exception) -> None:
        """The exception that is raised says it."""

    try:
        client = await nats.connect(
            url,
            name="zones",
            allow_reconnect=False,
            connect_timeout=PATIENCE,
            error_cb=quiet,
        )
    except (Error, OSError) as error:
        raise CommandFailed(
            f"NATS does not answer at {url}: start it, or correct --nats"
        ) from error
    try:
        yield client
    finally:
        await client.close()


async def has_jetstream(url: str) -> bool:
    """Say whether a broker is there and keeps streams."""
    from nats.errors import Error  # noqa: PLC0415 - see connection

    try:
        async with connection(url) as client:
            await client.jsm().account_info()
    except (CommandFailed, Error, OSError):
        return False
    return True


async def prepare(url: str) -> None:
    """Provision a broker. Raises CommandFailed where it is not there or keeps no streams."""
    from nats.errors import Error  # noqa: PLC0415 - see connection

    from shared.messaging.provision import provision  # noqa: PLC0415 - see connection

    async with connection(url) as client:
        try:
            await client.jsm().account_info()
        except (Error, OSError) as error:
            raise CommandFailed(
                f"NATS at {url} has no JetStream: start nats-server with --jetstream"
            ) from error
        await provision(client)
