"""Keeping a program running: it is started, watched, started again when it dies, and stopped.

Each program has a process group of its own, so that Ctrl-C in a terminal reaches the supervisor
alone, and dies with the supervisor, however that one dies. A program that ends by itself before
it has ever been ready five times over, or once because it was used wrongly, is given up; one that
has been ready is started again for ever.
"""

import asyncio
import os
import shutil
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from shared.runtime.errors import CommandFailed, WrongUse

Say = Callable[[str], None]

BACKOFF = (0.0, 0.25, 0.5, 1.0, 2.0)
"""Seconds to wait before the next start, by how often it has died in quick succession."""
STEADY = 10.0
"""Seconds that a program has to live for its next death to count as its first."""
POLL = 0.05
"""Seconds between two questions whether a program is ready."""
PATIENCE = 2.0
"""Seconds a program has to say whether it is ready."""
PARTING = 8.0
"""Seconds a program has to end by itself when asked to."""
LOG_LIMIT = 16 * 1024 * 1024
"""Bytes of log at which a start begins a new file and keeps the last one beside it."""
BIND = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
if os.getppid() != int(sys.argv[1]):
    sys.exit(1)
os.execv(sys.argv[2], sys.argv[2:])
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """`ready` answers quickly whether it does its job; `descriptors` stay open in the child."""

    name: str
    command: Sequence[str]
    log: Path
    ready: Callable[[], Awaitable[bool]]
    environment: Mapping[str, str] = field(default_factory=dict)
    descriptors: Sequence[int] = ()


class Kept:
    """A program that is being kept running. `first_ready` is set once it has been ready."""

    def __init__(self, program: Program, say: Say) -> None:
        self.program = program
        self.first_ready = asyncio.Event()
        self._say = say
        self._deaths = 0
        self._said = ""

    async def keep(self) -> None:
        """Run it until cancelled, then stop it. Raises CommandFailed when it cannot be started."""
        name = self.program.name
        while True:
            began = time.monotonic()
            child, logged = await self._start()
            try:
                if await self._becomes_ready(child):
                    self._now_ready(time.monotonic() - began)
                status = await child.wait()
            finally:
                await _stop(child)
            lived = time.monotonic() - began
            self._deaths = 1 if lived > STEADY else self._deaths + 1
            words = last_line(self.program.log, logged)
            if self._hopeless(status):
                raise CommandFailed(f"{name} does not start: {words} (see {self.program.log})")
            self._say_once(f"{name} {how(status, words)}; starting it again")
            await asyncio.sleep(BACKOFF[min(self._deaths, len(BACKOFF)) - 1])

    async def _start(self) -> tuple[asyncio.subprocess.Process, int]:
        """Return the process, and how long its log was before."""
        program = self.program
        program.log.parent.mkdir(parents=True, exist_ok=True)
        if program.log.exists() and program.log.stat().st_size > LOG_LIMIT:
            program.log.replace(program.log.with_suffix(".log.1"))
        if shutil.which(program.command[0]) is None:
            raise CommandFailed(f"{program.command[0]} cannot be run: it is not there")
        with program.log.open("ab") as log:
            logged = log.tell()
            child = await asyncio.create_subprocess_exec(
                *_bound(program.command),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **program.environment},
                pass_fds=tuple(program.descriptors),
                start_new_session=True,
            )
        return child, logged

    async def _becomes_ready(self, child: asyncio.subprocess.Process) -> bool:
        ended = asyncio.create_task(child.wait())
        answered = asyncio.create_task(self._answers())
        try:
            await asyncio.wait({ended, answered}, return_when=asyncio.FIRST_COMPLETED)
            return not ended.done()
        finally:
            ended.cancel()
            answered.cancel()

    async def _answers(self) -> None:
        while not await self.program.ready():  # noqa: ASYNC110 - it is another process we ask
            await asyncio.sleep(POLL)

    def _now_ready(self, seconds: float) -> None:
        if self.first_ready.is_set():
            self._say(f"{self.program.name} is ready again, {seconds:.1f} s")
        self.first_ready.set()
        self._said = ""

    def _say_once(self, line: str) -> None:
        """Say why it died, but not at every try when it dies of the same again and again."""
        if line != self._said:
            self._say(line)
        self._said = line

    def _hopeless(self, status: int) -> bool:
        """Say whether it ends by itself, rather than by a signal, and always will."""
        return not self.first_ready.is_set() and (
            status == WrongUse.code or (status >= 0 and self._deaths >= len(BACKOFF))
        )


def how(status: int, words: str) -> str:
    """Say how a process ended: which signal killed it, or its own last words."""
    if status < 0:
        return f"was killed ({signal.Signals(-status).name})"
    return f"ended ({words})"


def last_line(log: Path, after: int = 0) -> str:
    """Return the last line of a log that begins after so many bytes."""
    with log.open("rb") as file:
        file.seek(max(after, log.stat().st_size - 8192))
        lines = [line for line in file.read().decode(errors="replace").splitlines() if line.strip()]
    return lines[-1].strip().removeprefix("zones: ")[:400] if lines else "it said nothing"


async def answers(address: str, question: str, answer: str) -> bool:
    """Say whether what listens at `scheme://host:port` answers a question with such a line."""
    parts = urlsplit(address)
    with suppress(OSError):
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            try:
                writer.write(question.encode())
                return answer in (await reader.readline()).decode(errors="replace")
            finally:
                writer.close()
    return False


async def _stop(child: asyncio.subprocess.Process) -> None:
    """Ask it to end, make it end, and take with it what it has started."""
    if child.returncode is None:
        child.terminate()
        try:
            await asyncio.wait_for(child.wait(), PARTING)
        except TimeoutError:
            child.kill()
            await child.wait()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def _bound(command: Sequence[str]) -> Sequence[str]:
    """Return a command that becomes the given one, and that Linux kills when we are gone.

    A program between the two does it, because Python code of ours must not run between a fork and
    an exec: a lock that another thread held at the fork would never be given back.
    """
    if sys.platform != "linux":
        return command
    return (sys.executable, "-I", "-S", "-c", BIND, str(os.getpid()), *command)
