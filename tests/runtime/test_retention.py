"""What could not be processed is forgotten in time, by every service, without being told."""

import asyncio
from pathlib import Path

from shared.eventlog.log import Store
from shared.runtime.retention import SLICE, forget
from tests.eventlog.examples import a_parked_message, a_store


async def park(store: Store, number: int, *, days_ago: float) -> None:
    async with store.transaction() as transaction:
        for key in range(number):
            await transaction.park(a_parked_message(key=f"{days_ago}-{key}"))
        await transaction.execute(
            "UPDATE parked SET parked_at = parked_at - :ms WHERE key LIKE :key",
            {"ms": int(days_ago * 86_400_000), "key": f"{days_ago}-%"},
        )


async def test_what_is_older_than_so_many_days_goes_at_once(tmp_path: Path) -> None:
    async with a_store(tmp_path) as store:
        await park(store, SLICE + 1, days_ago=30.1)
        await park(store, 2, days_ago=29.9)
        forgetting = asyncio.create_task(forget(store, 30))
        async with asyncio.timeout(10):
            while await store.parked_count() > 2:
                await asyncio.sleep(0.01)
        forgetting.cancel()
        assert [row.key for row in await store.parked()] == ["29.9-0", "29.9-1"]


async def test_what_was_accepted_and_only_waits_stays(tmp_path: Path) -> None:
    async with a_store(tmp_path) as store:
        await park(store, 1, days_ago=365)
        forgetting = asyncio.create_task(forget(store, 30, waiting=["counter-activity"]))
        await asyncio.sleep(0.1)
        forgetting.cancel()
        assert await store.parked_count() == 1
