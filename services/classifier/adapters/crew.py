"""Worker processes that read one moment of the log, and share some work on its members.

Each takes a range of members at a time and leaves the machine to others. What they say comes back
in the order of the ranges, so it is the same however many they are; and each has a bounded number
of ranges before it, so however many members there are, few answers are in memory.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from services.classifier.projections.entries import BEYOND
from shared.eventlog.log import View

RANGE: Final = 200
"""Members whom a worker takes at a time."""
POLITE: Final = 10
"""How much a worker lets others go first, of at most 19."""

Task: TypeAlias = Literal["recount", "rebuild", "rehearse"]
Stillness: TypeAlias = Callable[[], AbstractAsyncContextManager[object]]
"""Holds the log still while it is entered, when everybody who is due has been reviewed."""


class WorkerDied(Exception):
    """The work cannot be completed. Why is on standard error."""

    def __init__(self) -> None:
        super().__init__("a worker process has died: the service's log says how")


class Answer(NamedTuple):
    """What a worker says of a range, and what it has attached."""

    said: dict[str, Any]
    attached: bytes


class Crew:
    """Workers who all have the same moment before their eyes."""

    def __init__(self, workers: Sequence["_Worker"], ranges: Sequence[tuple[str, str]]) -> None:
        self._workers = workers
        self._ranges = ranges

    async def share_out(self) -> AsyncGenerator[Answer, None]:
        """Yield the answers in the order of the ranges. Raises WorkerDied."""
        workers, ranges = self._workers, self._ranges
        ahead = 2 * len(workers)
        for place, some in enumerate(ranges[:ahead]):
            await workers[place % len(workers)].ask(some)
        for place in range(len(ranges)):
            yield await workers[place % len(workers)].answer()
            for some in ranges[place + ahead : place + ahead + 1]:
                await workers[place % len(workers)].ask(some)


@asynccontextmanager
async def crew(
    task: Task,
    view: View,
    *,
    setting: object = None,
    still: Stillness = nullcontext,
    workers: int | None = None,
    polite: int = POLITE,
) -> AsyncIterator[tuple[Crew, int]]:
    """Start workers, one for each core unless told otherwise, and stop them when the block ends.

    They hear of the `setting` before anything else. Also say how many members there are to share
    out. Raises WorkerDied.
    """
    async with AsyncExitStack() as stack:
        started = [
            await stack.enter_async_context(_working(task, view.path, polite))
            for _ in range(workers or os.cpu_count() or 1)
        ]
        async with view.snapshot() as moment:
            members, ranges = await _ranges(moment)
        async with still():
            for worker in started:
                await worker.ask([setting])
            for worker in started:
                await worker.answer()
        yield Crew(started, ranges), members


class _Worker:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        self._input, self._output = process.stdin, process.stdout

    async def ask(self, question: object) -> None:
        try:
            self._input.write(json.dumps(question).encode() + b"\n")
            await self._input.drain()
        except OSError:
            raise WorkerDied from None

    async def answer(self) -> Answer:
        try:
            said = json.loads(await self._output.readuntil(b"\n"))
            return Answer(said, await self._output.readexactly(said.get("bytes", 0)))
        except (asyncio.IncompleteReadError, OSError):
            raise WorkerDied from None


@asynccontextmanager
async def _working(task: Task, path: Path, polite: int) -> AsyncIterator[_Worker]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-P", "-m", "services.classifier.adapters.worker", task, path, str(polite)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        worker = _Worker(process)
        await worker.answer()
        yield worker
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _ranges(view: View) -> tuple[int, list[tuple[str, str]]]:
    """Return how many members the log knows, and the ranges of their ids to share out."""
    rows = await view.fetchall(
        "SELECT stream, n FROM (SELECT stream, row_number() OVER (ORDER BY stream) AS n,"
        " count(*) OVER () AS total FROM (SELECT DISTINCT stream FROM log"
        " WHERE stream < '_' UNION ALL SELECT DISTINCT stream FROM log WHERE stream >= '`'))"
        " WHERE n % :size = 0 OR n = total",
        {"size": RANGE},
    )
    bounds = ["", *(member for member, _ in rows[:-1]), BEYOND]
    return (rows[-1][1] if rows else 0), list(pairwise(bounds))
