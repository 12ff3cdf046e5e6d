"""Verifying while the service goes on: worker processes recount what they see of one moment.

The log is held still only until every worker has that moment before its eyes. They read the
database as it was then, each a range of members at a time, and leave the machine to others.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, TypeAlias

from services.classifier.projections.entries import BEYOND
from shared.eventlog.log import Store

RANGE: Final = 200
"""Members whom a worker recounts at a time."""

Stillness: TypeAlias = Callable[[], AbstractAsyncContextManager[None]]
"""Holds the log still while it is entered, when everybody who is due has been reviewed."""


class WorkerDied(Exception):
    """The recount cannot be completed."""


async def verify(
    store: Store, still: Stillness, *, workers: int | None = None
) -> AsyncIterator[dict[str, Any]]:
    """Yield `{"done", "of"}` in members as it goes, and at last the result: `{"events", "members",
    "digest", "equal"}`, with the first `difference` in words if there is one. Where it cannot be
    completed, the last is `{"error"}`.
    """
    try:
        async for line in _verified(store, still, workers or os.cpu_count() or 1):
            yield line
    except WorkerDied:
        yield {"error": "a worker of the recount has died: see the service's log, and verify again"}


async def _verified(store: Store, still: Stillness, workers: int) -> AsyncIterator[dict[str, Any]]:
    async with AsyncExitStack() as stack:
        crew = [await stack.enter_async_context(_working(store.path)) for _ in range(workers)]
        async with still():
            for worker in crew:
                await worker.ask([])
            for worker in crew:
                await worker.answer()
            total, ranges = await _ranges(store)
        events = members = 0
        digest, difference = sha256(), None
        async for answer, lines in _share_out(crew, ranges):
            events += answer["events"]
            members += answer["members"]
            digest.update(lines)
            difference = difference or answer["difference"]
            yield {"done": members, "of": total}
    result = {
        "events": events,
        "members": members,
        "digest": digest.hexdigest(),
        "equal": difference is None,
    }
    yield result if difference is None else {**result, "difference": difference}


class _Worker:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        self._input, self._output = process.stdin, process.stdout

    async def ask(self, question: object) -> None:
        self._input.write(json.dumps(question).encode() + b"\n")
        await self._input.drain()

    async def answer(self) -> tuple[dict[str, Any], bytes]:
        line = await self._output.readline()
        if not line.endswith(b"\n"):
            raise WorkerDied
        answer = json.loads(line)
        return answer, await self._output.readexactly(answer.get("bytes", 0))


@asynccontextmanager
async def _working(path: Path) -> AsyncIterator[_Worker]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        *("-m", "services.classifier.adapters.recounter", path),
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


async def _ranges(store: Store) -> tuple[int, list[tuple[str, str]]]:
    """Return how many members there are, and the ranges of their ids to share out."""
    rows = await store.fetchall(
        "SELECT member, n FROM (SELECT member, row_number() OVER (ORDER BY member) AS n,"
        " count(*) OVER () AS total FROM members) WHERE n % :size = 0 OR n = total",
        {"size": RANGE},
    )
    bounds = ["", *(member for member, _ in rows[:-1]), BEYOND]
    return (rows[-1][1] if rows else 0), list(pairwise(bounds))


async def _share_out(
    crew: list[_Worker], ranges: list[tuple[str, str]]
) -> AsyncIterator[tuple[dict[str, Any], bytes]]:
    """Yield the answers in the order of the ranges, while every worker has one more to do."""
    ahead = 2 * len(crew)
    for place, some in enumerate(ranges[:ahead]):
        await crew[place % len(crew)].ask(some)
    for place in range(len(ranges)):
        yield await crew[place % len(crew)].answer()
        for some in ranges[place + ahead : place + ahead + 1]:
            await crew[place % len(crew)].ask(some)
