"""The relay sleeps until something was committed, and then not a moment longer."""

import asyncio
from pathlib import Path

import pytest

from shared.eventlog.checkpoints import Checkpoint
from shared.eventlog.errors import DuplicateKey
from tests.eventlog.examples import a_store, append, counted, settled


async def test_what_is_there_already_is_not_waited_for(tmp_path: Path) -> None:
    """Also after a restart: the store knows where its log ends."""
    async with a_store(tmp_path) as store:
        await append(store, counted(), counted())
    async with a_store(tmp_path) as store, asyncio.timeout(5):
        await store.wait_beyond(0)
        await store.wait_beyond(1)


async def test_everybody_who_waits_is_woken_by_the_commit(tmp_path: Path) -> None:
    """Each once its own position is passed, and what it then reads is there."""
    async with a_store(tmp_path) as store:

        async def next_after(position: int) -> int:
            await store.wait_beyond(position)
            return (await store.read(position, 1))[0].position

        waiting = [asyncio.create_task(next_after(position)) for position in (0, 0, 2)]
        await settled()
        async with store.transaction() as transaction:
            await transaction.append([counted(), counted()])
            await settled()
            assert not any(task.done() for task in waiting)
        async with asyncio.timeout(5):
            assert await asyncio.gather(*waiting[:2]) == [1, 1]
            await settled()
            assert not waiting[2].done()
            await append(store, counted())
            assert await waiting[2] == 3


async def test_nobody_is_woken_when_nothing_was_appended(tmp_path: Path) -> None:
    """Not by a rollback, and not by a transaction that only moved a checkpoint."""
    async with a_store(tmp_path) as store:
        waiting = asyncio.create_task(store.wait_beyond(0))
        with pytest.raises(DuplicateKey):
            await append(store, counted(key="k1"), counted(key="k1"))
        async with store.transaction() as transaction:
            await transaction.save_checkpoint(Checkpoint("relay", 0))
        await settled()

        assert not waiting.done()
        waiting.cancel()
