"""A transaction happens whole or not at all, whatever becomes of the task that runs it."""

import asyncio
import sqlite3
from contextlib import suppress
from pathlib import Path

import pytest

from shared.eventlog.checkpoints import Checkpoint
from shared.eventlog.errors import DuplicateKey, TransactionOver
from shared.eventlog.log import Store, Transaction
from tests.eventlog.examples import (
    a_parked_message,
    a_store,
    append,
    assert_gapless,
    counted,
    settled,
)

ADD = (
    "INSERT INTO totals (stream, total) VALUES (:stream, :by)"
    " ON CONFLICT (stream) DO UPDATE SET total = total + :by"
)


class Changed(Exception):
    """The writer changed its mind."""


async def everything(transaction: Transaction, n: int = 1) -> None:
    """Do one of each thing that a transaction can do."""
    await transaction.append([counted(key=f"k{n}"), counted("bob")])
    await transaction.execute(ADD, {"stream": "ada", "by": n})
    await transaction.executemany(ADD, [{"stream": "bob", "by": n}, {"stream": "ada", "by": n}])
    await transaction.save_checkpoint(Checkpoint("counter-activity", n))
    await transaction.park(a_parked_message(key=f"p{n}"))


async def kept(store: Store) -> tuple[object, ...]:
    """Return what a transaction can change."""
    return (
        await store.last_position(),
        await store.fetchall("SELECT stream, total FROM totals ORDER BY stream"),
        await store.checkpoint("counter-activity"),
        await store.parked_count(),
    )


async def test_everything_is_committed_together(tmp_path: Path) -> None:
    """Events, own tables, the checkpoint and what is parked become visible at once, at the end."""
    async with a_store(tmp_path) as store:
        async with store.transaction() as transaction:
            await everything(transaction)

            assert await kept(store) == (0, [], None, 0)
            assert await transaction.fetchall("SELECT sum(total) FROM totals") == [(3,)]

        assert await kept(store) == (
            2,
            [("ada", 2), ("bob", 1)],
            Checkpoint("counter-activity", 1),
            1,
        )


async def test_what_raises_leaves_nothing_behind(tmp_path: Path) -> None:
    """The error goes on its way, the transaction is rolled back, and the next one works."""
    async with a_store(tmp_path) as store:

        async def fail_at_the_end() -> None:
            async with store.transaction() as transaction:
                await everything(transaction)
                raise Changed

        with pytest.raises(Changed):
            await fail_at_the_end()

        assert await kept(store) == (0, [], None, 0)
        async with store.transaction() as transaction:
            await everything(transaction)
        assert_gapless(await store.read(0, 10))


async def test_transactions_wait_for_each_other(tmp_path: Path) -> None:
    """One at a time, in the order in which they asked."""
    async with a_store(tmp_path) as store:
        order: list[int] = []

        async def add(n: int) -> None:
            async with store.transaction() as transaction:
                order.append(n)
                await transaction.append([counted(by=n)])
                await asyncio.sleep(0)
                order.append(n)

        async with asyncio.TaskGroup() as tasks:
            for n in range(4):
                tasks.create_task(add(n))

        assert order == [0, 0, 1, 1, 2, 2, 3, 3]
        assert_gapless(await store.read(0, 10))


async def test_a_failure_that_is_swallowed_still_takes_the_transaction_with_it(
    tmp_path: Path,
) -> None:
    """After a failed statement SQLite may hold half of a batch, which must not be committed."""
    async with a_store(tmp_path) as store:

        async def swallow() -> None:
            async with store.transaction() as transaction:
                with suppress(DuplicateKey):
                    await transaction.append([counted(key="k1"), counted(key="k1")])

        with pytest.raises(TransactionOver, match="nothing is committed"):
            await swallow()

        assert await store.last_position() == 0
        assert await append(store, counted(key="k1"))


async def test_a_transaction_that_is_over_takes_no_further_call(tmp_path: Path) -> None:
    """A statement sent too late would else be committed on its own."""
    async with a_store(tmp_path) as store:
        async with store.transaction() as committed:
            await everything(committed)
        with suppress(Changed):
            async with store.transaction() as rolled_back:
                raise Changed
        for transaction in (committed, rolled_back):
            with pytest.raises(TransactionOver, match="has ended"):
                await transaction.execute("DELETE FROM totals")

        assert await store.fetchall("SELECT count(*) FROM totals") == [(2,)]


@pytest.mark.parametrize("turns", range(12))
async def test_a_cancelled_task_leaves_nothing_behind(tmp_path: Path, turns: int) -> None:
    """Wherever it was, its work is rolled back and the next transaction gets its turn."""
    async with a_store(tmp_path) as store:

        async def never_finished() -> None:
            async with store.transaction() as transaction:
                await everything(transaction)
                await asyncio.Event().wait()

        task = asyncio.create_task(never_finished())
        for _ in range(turns):
            await asyncio.sleep(0.0005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert await kept(store) == (0, [], None, 0)
        async with asyncio.timeout(5), store.transaction() as transaction:
            await everything(transaction)
        assert (await kept(store))[0] == 2


async def test_a_task_cancelled_while_it_waits_for_its_turn_is_forgotten(tmp_path: Path) -> None:
    """The one after it is not kept waiting."""
    async with a_store(tmp_path) as store:
        async with store.transaction():
            waiting = asyncio.create_task(append(store, counted()))
            await settled()
            waiting.cancel()
            await asyncio.wait([waiting])
        await append(store, counted())

        assert await store.last_position() == 1


async def test_a_commit_under_way_is_finished_before_the_cancellation_goes_on(
    tmp_path: Path,
) -> None:
    """What is on disk is known to be on disk: the waiting are woken, the lock is free."""
    async with a_store(tmp_path) as store:

        async def cancelled_at_the_commit() -> None:
            async with store.transaction() as transaction:
                await transaction.append([counted()])
                asyncio.get_running_loop().call_soon(task.cancel)

        waiting = asyncio.create_task(store.wait_beyond(0))
        task = asyncio.create_task(cancelled_at_the_commit())
        with pytest.raises(asyncio.CancelledError):
            await task

        assert await store.last_position() == 1
        async with asyncio.timeout(5):
            await waiting
            await append(store, counted())


async def test_a_full_disk_is_an_error_and_no_loss(tmp_path: Path) -> None:
    """The transaction is rolled back, what was there stays, and with room again work goes on."""
    async with a_store(tmp_path) as store:
        async with store.transaction() as transaction:
            await everything(transaction)
        before = await kept(store)

        async def fill_the_disk() -> None:
            async with store.transaction() as transaction:
                await everything(transaction, 2)
                await transaction.append([counted(f"member-{n}") for n in range(5000)])

        await store._writer.execute_fetchall("PRAGMA max_page_count = 1")  # means: no more
        with pytest.raises(sqlite3.OperationalError, match="full"):
            await fill_the_disk()

        assert await kept(store) == before
        await store._writer.execute_fetchall("PRAGMA max_page_count = 1000000")
        async with store.transaction() as transaction:
            await everything(transaction, 3)
        assert_gapless(await store.read(0, 10))
        assert await store.fetchall("PRAGMA integrity_check") == [("ok",)]


async def test_a_failed_commit_is_an_error_and_rolled_back(tmp_path: Path) -> None:
    """A constraint that is looked at only in the end refuses the whole transaction."""
    tables = [
        "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
        "CREATE TABLE child (parent INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)",
    ]
    async with a_store(tmp_path) as store:
        await store._writer.execute_fetchall("PRAGMA foreign_keys = ON")
        async with store.transaction() as transaction:
            for table in tables:
                await transaction.execute(table)

        async def leave_an_orphan() -> None:
            async with store.transaction() as transaction:
                await transaction.append([counted()])
                await transaction.execute("INSERT INTO child VALUES (1)")

        with pytest.raises(sqlite3.IntegrityError):
            await leave_an_orphan()

        assert await store.last_position() == 0
        [row] = await append(store, counted())
        assert row.position == 1


async def test_what_is_kept_in_memory_follows_the_commit(tmp_path: Path) -> None:
    """A cache sees a change when it is committed, before the next transaction; never a rollback."""
    seen: list[int] = []
    async with a_store(tmp_path) as store:

        async def count(n: int) -> None:
            async with store.transaction() as transaction:
                assert seen == list(range(1, n))
                await append_in(transaction)
                transaction.after_commit(lambda: seen.append(n))

        async def append_in(transaction: Transaction) -> None:
            await transaction.append([counted()])
            await asyncio.sleep(0)

        await asyncio.gather(*(count(n) for n in range(1, 4)))
        with suppress(Changed):
            async with store.transaction() as transaction:
                transaction.after_commit(lambda: seen.append(0))
                raise Changed

    assert seen == [1, 2, 3]
