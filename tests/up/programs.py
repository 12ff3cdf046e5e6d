"""Tiny programs to keep running, and the lines that the supervisor says about them."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from services.supervision import Kept, Program

STEADY = "import time; print('up', flush=True); time.sleep(600)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {STEADY}"


class Told(list[str]):
    """What has been said so far."""

    async def hears(self, words: str) -> None:
        async with asyncio.timeout(15):
            while not any(words in line for line in self):
                await asyncio.sleep(0.01)


def program(folder: Path, code: str, *, name: str = "child", well: bool = True) -> Program:
    """Return a program that is ready as soon as it lives, or never where it is not `well`."""
    log = folder / "logs" / f"{name}.log"
    marker = folder / f"{name}.pid"

    async def ready() -> bool:
        return well and marker.exists() and alive(int(marker.read_text() or 0))

    return Program(
        name=name,
        command=(sys.executable, "-c", f"{note(marker)}; {code}"),
        log=log,
        ready=ready,
    )


def pid(folder: Path, name: str = "child") -> int:
    return int((folder / f"{name}.pid").read_text())


@asynccontextmanager
async def kept(it: Program, told: Told) -> AsyncIterator[Kept]:
    one = Kept(it, told.append)
    keeping = asyncio.create_task(one.keep())
    try:
        async with asyncio.timeout(15):
            await one.first_ready.wait()
        yield one
    finally:
        keeping.cancel()
        await asyncio.wait([keeping])


def alive(number: int) -> bool:
    """Say whether a process is there and has not ended."""
    try:
        status = Path(f"/proc/{number}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


async def gone(*numbers: int) -> None:
    async with asyncio.timeout(15):
        while any(alive(number) for number in numbers):
            await asyncio.sleep(0.01)


def note(marker: Path) -> str:
    """Return code with which a program says who it is, in a file that is there whole or not."""
    draft = f"{marker}.{os.getpid()}"
    return (
        f"import os; open({draft!r}, 'w').write(str(os.getpid()));"
        f" os.replace({draft!r}, {str(marker)!r})"
    )
