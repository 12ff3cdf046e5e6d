"""The broker: the one that `zones up` brings along, or one that is there already.

Its own port is taken from below the range that the kernel hands out, so that no passing connection
sits on it while the broker is being restarted.
"""

import random
import socket
from collections.abc import Sequence
from pathlib import Path

from services import bus, supervision
from services.supervision import Program
from shared.messaging import server
from shared.runtime.errors import CommandFailed

HOST = "127.0.0.1"
PORTS = range(20_000, 32_000)


def program(
    data: Path, port: int, *, authorization: str = "", descriptors: Sequence[int] = ()
) -> Program:
    """Return the embedded broker, storing in `data/nats`. Raises CommandFailed if it is missing.

    It greets whoever connects, and not before its streams are restored. `authorization` is the
    part of its configuration that says who may do what.
    """
    try:
        executable = server.executable()
    except FileNotFoundError as error:
        raise CommandFailed(f"{error}, or name a server of your own with --nats") from error
    store = data.absolute() / "nats"
    store.mkdir(parents=True, exist_ok=True)
    configuration = store / "nats-server.conf"
    configuration.touch(0o600)
    configuration.write_text(server.configuration(store, HOST, port) + authorization, "utf-8")
    return Program(
        name="nats",
        command=(str(executable), "--config", str(configuration)),
        log=data / "logs" / "nats.log",
        ready=lambda: supervision.answers(address(port), "", "INFO "),
        descriptors=descriptors,
    )


def address(port: int, user: str = "", password: str = "") -> str:
    return f"nats://{f'{user}:{password}@' if user else ''}{HOST}:{port}"


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


async def prepare(url: str) -> None:
    """Provision a broker. Raises CommandFailed where it is not there or keeps no streams."""
    from nats.errors import NoRespondersError  # noqa: PLC0415 - `zones --help` does without

    from shared.messaging.api import check_version  # noqa: PLC0415 - likewise
    from shared.messaging.provision import provision  # noqa: PLC0415 - likewise

    async with bus.connection(url) as client:
        check_version(client)
        try:
            await client.request("$JS.API.INFO")
        except NoRespondersError as error:
            raise CommandFailed(
                f"NATS at {url} has no JetStream: start nats-server with --jetstream"
            ) from error
        await provision(client)
