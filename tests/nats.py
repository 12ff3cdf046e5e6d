"""A real nats-server for the tests, with the settings we ship: started, killed, started again.

async with nats_server(folder) as server:
    async with connected(server.url) as client: ...
    await server.kill()
    await server.restart()
"""

import asyncio
import contextlib
import random
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from nats.aio.client import Client

from shared.messaging.broker import client, connect
from shared.messaging.server import configuration, executable

STARTING_SECONDS = 15.0


class NatsServer:
    """One server on a port of its own, its store in `folder`. It keeps both when restarted.

    `more` is configuration beyond what we ship.
    """

    def __init__(self, folder: Path, more: str = "") -> None:
        self.folder = folder
        self.more = more
        self.port = free_port()
        self.url = f"nats://127.0.0.1:{self.port}"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Return when the server takes connections; JetStream is ready by then."""
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / "nats.conf"
        file.write_text(
            configuration(self.folder / "store", "127.0.0.1", self.port, name=f"test-{self.port}")
            + self.more
        )
        with (self.folder / "nats.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                executable(), "-c", file, stdout=log, stderr=log
            )
        async with asyncio.timeout(STARTING_SECONDS):
            while not await self._answers():
                if self._process.returncode is not None:
                    raise RuntimeError((self.folder / "nats.log").read_text())
                await asyncio.sleep(0.01)

    async def kill(self) -> None:
        """End it as a power cut would: no last word to anybody."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """End it in order."""
        await self._end(signal.SIGTERM)

    async def restart(self) -> None:
        """Start again on what is on the disk, killing it first if it still runs."""
        await self.kill()
        await self.start()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let the server hang: connections stay open, nothing answers."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    async def _end(self, how: signal.Signals) -> None:
        if self._process and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(how)
            await self._process.wait()

    async def _answers(self) -> bool:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        try:
            return (await reader.readline()).startswith(b"INFO")
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


@asynccontextmanager
async def nats_server(folder: Path) -> AsyncIterator[NatsServer]:
    """Run a server for the length of a block. Its configuration, log and store are in `folder`."""
    server = NatsServer(folder)
    try:
        await server.start()
        yield server
    finally:
        await server.kill()


@asynccontextmanager
async def connected(url: str, *, name: str = "test") -> AsyncIterator[Client]:
    """Connect as the services do."""
    async with connect(url, name=name, patience=STARTING_SECONDS) as broker:
        yield client(broker)


def free_port() -> int:
    """Return a port that nobody listens on, below those that the kernel hands out by itself: it is
    still free when the server comes back.
    """
    while True:
        with socket.socket() as probe:
            port = random.randrange(20_000, 32_000)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
