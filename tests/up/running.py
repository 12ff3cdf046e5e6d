"""The real thing: `zones up` as a process, and what it has started."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.up.programs import alive, gone

STARTING_SECONDS = 40.0


class Up:
    """One `zones up` on a data directory, and the lines that it has printed."""

    def __init__(
        self, data: Path, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> None:
        self.data = data
        self._environment = environment or {}
        self.lines: list[str] = []
        self.errors = ""
        self._arguments = ("--data", str(data), *arguments)

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "services", "up", *self._arguments),
            env={
                **{name: it for name, it in os.environ.items() if not name.startswith("ZONES")},
                **self._environment,
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._process.stdout
        async for line in self._process.stdout:
            self.lines.append(line.decode().rstrip())

    async def says(self, words: str) -> str:
        """Wait for a line with these words in it and return it."""
        async with asyncio.timeout(STARTING_SECONDS):
            while True:
                if found := [line for line in self.lines if words in line]:
                    return found[-1]
                assert self._process.returncode is None, await self.ended()
                await asyncio.sleep(0.02)

    async def ended(self) -> int:
        """Wait for its end and return its exit code."""
        assert self._process.stderr
        async with asyncio.timeout(STARTING_SECONDS):
            self.errors += (await self._process.stderr.read()).decode()
            await self._reading
            return await self._process.wait()

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        if self._process.returncode is None:
            self._process.send_signal(number)
        return await self.ended()

    def running(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads((self.data / "run.json").read_text())
        return told

    def children(self) -> dict[str, int]:
        """Return the process of each service, and of `nats`."""
        number = self._process.pid
        children = Path(f"/proc/{number}/task/{number}/children").read_text().split()
        return {_name(int(child)): int(child) for child in children if alive(int(child))}


def _name(number: int) -> str:
    words = Path(f"/proc/{number}/cmdline").read_bytes().decode().rstrip("\0").split("\0")
    return words[-1] if "serve" in words else "nats"


@asynccontextmanager
async def up(
    data: Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Up]:
    """Start it, wait until it is ready, and leave nothing behind."""
    it = Up(data, *arguments, environment=environment)
    await it.start()
    try:
        await it.says("ready in")
        yield it
    finally:
        left = [] if it._process.returncode is not None else list(it.children().values())
        await it.stop()
        await gone(*left)
