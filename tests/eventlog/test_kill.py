"""A process may be killed at any moment. What it had acknowledged is there, and nothing is torn."""

import asyncio
import random
import sys
from pathlib import Path

import pytest

from shared.eventlog.checkpoints import Checkpoint
from shared.eventlog.errors import DatabaseInUse
from shared.eventlog.log import Store
from tests.eventlog.examples import CODEC, a_store, assert_gapless


async def killed_after(seconds: float, folder: Path) -> int:
    """Run the appender, look over its shoulder, kill it, and return its last acknowledgement."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.eventlog.appender", str(folder), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    first = await process.stdout.readline()
    with pytest.raises(DatabaseInUse, match=f"in use by process {process.pid}:"):
        async with a_store(folder):
            pass
    async with (
        Store.reading(folder / "counter.db", codec=CODEC) as view,
        view.snapshot() as moment,
    ):
        await asyncio.sleep(seconds)
        assert_gapless([row async for row in moment.by_position()])
        assert await moment.checkpoint("appender") == Checkpoint(
            "appender", await moment.last_position()
        )
    process.kill()
    rest = await process.stdout.read()
    await process.wait()
    *acknowledged, _torn = (first + rest).split(b"\n")
    return int(acknowledged[-1])


async def test_a_kill_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """Again and again: the file is sound, positions have no gaps, the checkpoint goes with the
    log, and the dead process's lock is free.
    """
    dice = random.Random(7)
    before = 0
    for _ in range(5):
        acknowledged = await killed_after(dice.uniform(0.02, 0.2), tmp_path)
        async with a_store(tmp_path) as store:
            assert await store.fetchall("PRAGMA integrity_check") == [("ok",)]
            log = [row async for row in store.by_position()]
            checkpoint = await store.checkpoint("appender")

        assert_gapless(log)
        assert before < acknowledged <= len(log)
        assert checkpoint == Checkpoint("appender", len(log))
        before = len(log)
