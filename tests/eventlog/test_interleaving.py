"""Whoever writes, in whatever order and with whatever end: the log has no gaps and no surprises."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.eventlog.errors import DuplicateKey, TransactionOver, WrongVersion
from shared.eventlog.log import Recorded, Store
from tests.eventlog.examples import a_store, assert_gapless, counted

Ending = Literal["commit", "raise", "cancel", "duplicate", "stale", "swallow"]
ENDINGS: list[Ending] = ["commit", "commit", "raise", "cancel", "duplicate", "stale", "swallow"]


@dataclass(frozen=True)
class Attempt:
    batches: tuple[tuple[str, ...], ...]
    ending: Ending
    pauses: int


attempts = st.builds(
    Attempt,
    batches=st.lists(st.lists(st.sampled_from("abc"), max_size=4).map(tuple), max_size=3).map(
        tuple
    ),
    ending=st.sampled_from(ENDINGS),
    pauses=st.integers(0, 3),
)


class Changed(Exception):
    """The writer changed its mind."""


async def carry_out(store: Store, attempt: Attempt) -> list[Recorded]:
    """Return what was appended for good: everything, or nothing."""
    rows: list[Recorded] = []
    async with store.transaction() as transaction:
        for batch in attempt.batches:
            rows += await transaction.append([counted(stream) for stream in batch])
            for _ in range(attempt.pauses):
                await asyncio.sleep(0)
        match attempt.ending:
            case "raise":
                raise Changed
            case "cancel":
                raise asyncio.CancelledError
            case "duplicate":
                await transaction.append([counted(key="again"), counted(key="again")])
            case "stale":
                await transaction.append([counted("a")], expected={"a": 10_000})
            case "swallow":
                with suppress(DuplicateKey):
                    await transaction.append([counted(key="again"), counted(key="again")])
            case "commit":
                pass
    return rows


async def write(folder: Path, writers: list[list[Attempt]]) -> tuple[list[Recorded], ...]:
    kept: list[Recorded] = []

    async def one_after_another(store: Store, plan: list[Attempt]) -> None:
        for attempt in plan:
            try:
                kept.extend(await carry_out(store, attempt))
            except (Changed, asyncio.CancelledError, DuplicateKey, WrongVersion, TransactionOver):
                continue

    async with a_store(folder) as store:
        await asyncio.gather(*(one_after_another(store, plan) for plan in writers))
        await asyncio.wait_for(store.wait_beyond(len(kept) - 1), timeout=5)
    async with a_store(folder) as store:
        log = await store.read(0, 10_000)
        by_stream = [row async for row in store.by_stream()]
    return kept, log, by_stream


@given(st.lists(st.lists(attempts, max_size=5), max_size=4))
@settings(max_examples=60, deadline=None)
def test_the_log_is_what_was_committed_without_gaps(writers: list[list[Attempt]]) -> None:
    """Positions and versions count only what stayed, and every writer was told the truth."""
    with TemporaryDirectory() as folder:
        kept, log, by_stream = asyncio.run(write(Path(folder), writers))

    assert_gapless(log)
    assert sorted(kept) == log
    assert by_stream == sorted(log, key=lambda row: (row.stream, row.version))
