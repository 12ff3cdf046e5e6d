"""How far a reader has come is stored with what it made of it."""

from pathlib import Path

from shared.eventlog.checkpoints import Checkpoint
from tests.eventlog.examples import a_store


async def test_a_reader_without_a_checkpoint_starts_at_the_beginning(tmp_path: Path) -> None:
    async with a_store(tmp_path) as store:
        assert await store.checkpoint("relay") is None


async def test_a_checkpoint_survives_a_restart(tmp_path: Path) -> None:
    """Each reader has its own, the last one saved."""
    async with a_store(tmp_path) as store, store.transaction() as transaction:
        await transaction.save_checkpoint(Checkpoint("relay", 3))
        await transaction.save_checkpoint(
            Checkpoint("counter-activity", 17, "2026-01-01T00:00:00Z")
        )
        await transaction.save_checkpoint(Checkpoint("relay", 4))
    async with a_store(tmp_path) as store:
        assert await store.checkpoint("relay") == Checkpoint("relay", 4)
        assert await store.checkpoint("counter-activity") == Checkpoint(
            "counter-activity", 17, "2026-01-01T00:00:00Z"
        )


async def test_a_checkpoint_may_go_back(tmp_path: Path) -> None:
    """An operator who reconciles with a restored stream reads it again from an earlier place."""
    async with a_store(tmp_path) as store:
        for position in (9, 4):
            async with store.transaction() as transaction:
                await transaction.save_checkpoint(Checkpoint("counter-activity", position))

        assert await store.checkpoint("counter-activity") == Checkpoint("counter-activity", 4)
