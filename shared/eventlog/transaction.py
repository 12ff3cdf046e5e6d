"""One transaction: what was heard, decided and said, and how far we have read, all or nothing."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import aiosqlite

from shared.eventlog import append, checkpoints, parked
from shared.eventlog.checkpoints import Checkpoint
from shared.eventlog.codec import Codec
from shared.eventlog.entries import Entry, Recorded
from shared.eventlog.errors import TransactionOver
from shared.eventlog.parked import Parked
from shared.eventlog.view import read_stream, read_tails

Params = Mapping[str, Any] | Sequence[Any]


class Transaction:
    """Sees its own writes. A call that failed takes the whole transaction with it, even if its
    error is caught: SQLite may have kept half of a batch, or none of the transaction.
    """

    def __init__(self, connection: aiosqlite.Connection, codec: Codec[Any]) -> None:
        self._connection = connection
        self._codec = codec
        self._over = False
        self.last_position = 0
        self.committed: list[Callable[[], None]] = []

    def finish(self) -> None:
        """Take no further call. Raises TransactionOver if one has failed."""
        if self._over:
            raise TransactionOver("a call in this transaction has failed, nothing is committed")
        self._over = True

    def abandon(self) -> None:
        self._over = True

    def after_commit(self, then: Callable[[], None]) -> None:
        """Call `then` once this is committed, before anybody else's transaction begins: for what
        is kept in memory of the database. It must not raise, and is dropped on a rollback.
        """
        self.committed.append(then)

    async def append(
        self, entries: Sequence[Entry], *, expected: Mapping[str, int] | None = None
    ) -> list[Recorded]:
        """Append in order and return the rows. `expected` maps streams to the version they must
        be at before, 0 for a new one. Raises WrongVersion, DuplicateKey, UnknownType.
        """
        with self._guarded():
            rows = await append.append(self._connection, self._codec, entries, expected or {})
            self.last_position = rows[-1].position if rows else self.last_position
            return rows

    async def known(self, keys: Sequence[str]) -> dict[str, int]:
        """Return the positions of those keys that are in the log."""
        with self._guarded():
            return await append.known(self._connection, keys)

    async def stream(self, stream: str, after: int = 0) -> list[Recorded]:
        """Return a stream's rows after a version, those of this transaction included."""
        with self._guarded():
            return await read_stream(self._connection, stream, after)

    async def tails(self, after: Mapping[str, int]) -> dict[str, list[Recorded]]:
        """Return of each stream the rows after its version, for many streams in one call."""
        with self._guarded():
            return await read_tails(self._connection, after)

    async def execute(self, sql: str, params: Params = ()) -> None:
        with self._guarded():
            await self._connection.execute_fetchall(sql, params)

    async def executemany(self, sql: str, rows: Iterable[Params]) -> None:
        with self._guarded():
            await self._connection.executemany(sql, rows)

    async def fetchall(self, sql: str, params: Params = ()) -> list[tuple[Any, ...]]:
        with self._guarded():
            return [tuple(row) for row in await self._connection.execute_fetchall(sql, params)]

    async def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        with self._guarded():
            await checkpoints.save(self._connection, checkpoint)

    async def park(self, item: Parked) -> int:
        """Return the id. The same thing parked twice, unresolved, is parked once."""
        with self._guarded():
            return await parked.park(self._connection, item)

    async def purge_parked(
        self, *, before: int, waiting: Collection[str] = (), limit: int = 1000
    ) -> list[bool]:
        """Forget what was parked before a moment, in milliseconds since 1970, no more than `limit`
        of it: say of each whether it was open. What is open of `waiting` readers stays.
        """
        with self._guarded():
            return await parked.purge(self._connection, before=before, waiting=waiting, limit=limit)

    async def mark_retried(self, number: int) -> None:
        with self._guarded():
            await parked.mark_retried(self._connection, number)

    async def mark_resolved(self, number: int) -> None:
        with self._guarded():
            await parked.mark_resolved(self._connection, number)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        if self._over:
            raise TransactionOver("this transaction has ended")
        try:
            yield
        except BaseException:
            self._over = True
            raise
