"""A service's store: one database, one owner, one transaction at a time.

Here is all that a service needs of its log. What is committed wakes the relay.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiosqlite

from shared.eventlog import database
from shared.eventlog.beside import Tables
from shared.eventlog.codec import Codec
from shared.eventlog.entries import Entry, Recorded
from shared.eventlog.transaction import Transaction
from shared.eventlog.view import View

__all__ = ["Entry", "Recorded", "Store", "Transaction", "View"]


class Store(View):
    """The database of one service: a view of what is committed, and the only way to add to it."""

    def __init__(
        self,
        path: Path,
        codec: Codec[Any],
        *,
        reader: aiosqlite.Connection,
        writer: aiosqlite.Connection,
    ) -> None:
        super().__init__(path, codec, reader)
        self._writer = writer
        self._writing = asyncio.Lock()
        self._position = 0
        self._appended = asyncio.Event()

    @classmethod
    @asynccontextmanager
    async def open(
        cls, path: Path, *, codec: Codec[Any], schema: Sequence[str] = ()
    ) -> AsyncIterator["Store"]:
        """Own the database until the block ends, creating it and its folder where missing.

        `schema` are the service's own tables: SQL scripts that may run at every start.
        Raises DatabaseInUse, DatabaseTooNew, ForeignDatabase.
        """
        with database.owning(path):
            async with (
                database.writing(path, schema) as writer,
                database.reading(path) as reader,
            ):
                store = cls(path, codec, reader=reader, writer=writer)
                store._position = await store.last_position()
                yield store

    @staticmethod
    @asynccontextmanager
    async def reading(path: Path, *, codec: Codec[Any]) -> AsyncIterator[View]:
        """Open another process's database to read it. Raises DatabaseTooNew, ForeignDatabase."""
        async with database.reading(path) as connection:
            yield View(path, codec, connection)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Commit when the block ends, roll back when it raises or is cancelled.

        One at a time, in the order they asked. A commit under way is finished before a
        cancellation goes on its way.
        """
        async with self._writing, self._transacting() as transaction:
            yield transaction

    async def replace(self, tables: Tables, file: Path) -> None:
        """Put the tables that have been built in a file in the place of the old, all at once."""
        async with self._writing:
            await self._writer.execute_fetchall("ATTACH :file AS built", {"file": str(file)})
            try:
                async with self._transacting() as transaction:
                    await tables.take_over(transaction)
            finally:
                await _uninterrupted(self._detach())

    async def wait_beyond(self, position: int) -> None:
        """Return once the log has something after `position`."""
        while self._position <= position:
            await self._appended.wait()

    @asynccontextmanager
    async def _transacting(self) -> AsyncIterator[Transaction]:
        transaction = Transaction(self._writer, self.codec)
        try:
            await self._writer.execute_fetchall("BEGIN IMMEDIATE")
            yield transaction
            transaction.finish()
            await _uninterrupted(self._commit(transaction))
        except BaseException:
            transaction.abandon()
            await _uninterrupted(self._writer.rollback())
            raise

    async def _detach(self) -> None:
        await self._writer.execute_fetchall("DETACH DATABASE built")

    async def _commit(self, transaction: Transaction) -> None:
        await self._writer.commit()
        for then in transaction.committed:
            then()
        if transaction.last_position:
            self._position = transaction.last_position
            self._appended.set()
            self._appended = asyncio.Event()


async def _uninterrupted(work: Coroutine[Any, Any, None]) -> None:
    """Finish `work` before a cancellation goes on its way."""
    task = asyncio.ensure_future(work)
    cancelled = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled:
        raise cancelled from task.exception()
    task.result()
