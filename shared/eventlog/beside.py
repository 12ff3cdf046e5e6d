"""Tables that hold what a log amounts to, built anew beside the ones that are being read.

The new ones grow in a file of their own, which several processes may fill. A single transaction
then puts them in the place of the old, so whoever reads sees either all of the one or all of the
other, and a crash before it has lost nothing.
"""

import contextlib
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeAlias

import aiosqlite

from shared.eventlog.codec import Codec
from shared.eventlog.transaction import Transaction
from shared.eventlog.view import View

SHAPES: Final = """
    SELECT m.name, c.cid, c.name, c.type, c."notnull", c.pk
    FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c WHERE m.type = 'table'
    UNION ALL
    SELECT m.name, c.seqno, c.name, m.tbl_name, 0, 0
    FROM sqlite_schema AS m JOIN pragma_index_info(m.name) AS c WHERE m.type = 'index'
    UNION ALL
    SELECT name, 0, sql, '', 0, 0 FROM sqlite_schema WHERE type = 'view'
"""
TURN_SECONDS: Final = 120.0
"""How long a process waits for its turn to write, while others write what they have folded."""

Shapes: TypeAlias = dict[str, set[tuple[Any, ...]]]


class Tables:
    """What a script of SQL creates. The script is all that says which tables there are."""

    def __init__(self, script: str) -> None:
        self.script = script

    @cached_property
    def statements(self) -> dict[str, str]:
        """The statement that creates each table, index and view, by its name."""
        with self._created() as database:
            rows = database.execute(
                "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid"
            )
            return dict(rows.fetchall())

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The tables."""
        return self._of("table")

    async def differing(self, view: View) -> frozenset[str]:
        """Return what is missing, or is not what the script creates."""
        there = _shapes(await view.fetchall(SHAPES))
        return frozenset(name for name in self.statements if there.get(name) != self._shapes[name])

    async def create(self, transaction: Transaction) -> None:
        """Create them all, empty, in the place of what has their names."""
        for name in self.names:
            await transaction.execute(f"DROP TABLE IF EXISTS main.{name}")
        for name in self._of("view"):
            await transaction.execute(f"DROP VIEW IF EXISTS main.{name}")
        for sql in self.statements.values():
            await transaction.execute(sql)

    async def take_over(self, transaction: Transaction) -> None:
        """Put what has been built, and is attached as `built`, in the place of the old tables."""
        await self.create(transaction)
        for name in self.names:
            await transaction.execute(
                f"INSERT INTO main.{name} SELECT * FROM built.{name}"  # noqa: S608 - of our script
            )

    def _of(self, kind: str) -> tuple[str, ...]:
        with self._created() as database:
            rows = database.execute("SELECT name FROM sqlite_schema WHERE type = ?", (kind,))
            return tuple(name for (name,) in rows)

    @cached_property
    def _shapes(self) -> Shapes:
        with self._created() as database:
            return _shapes(database.execute(SHAPES).fetchall())

    @contextlib.contextmanager
    def _created(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(":memory:")) as database:
            database.executescript(self.script)
            yield database


async def begin(file: Path, tables: Tables) -> None:
    """Create the tables in a new file, whatever an earlier attempt has left there."""
    discard(file)
    async with _connected(file) as connection:
        await connection.executescript(tables.script)


@asynccontextmanager
async def writing(file: Path, codec: Codec[Any]) -> AsyncIterator[Transaction]:
    """Write to the tables in the file, when it is this process's turn.

    Nothing waits for the disk: should the machine go down, the file is discarded.
    """
    async with _connected(file) as connection:
        await connection.execute_fetchall("BEGIN IMMEDIATE")
        transaction = Transaction(connection, codec)
        yield transaction
        transaction.finish()
        await connection.commit()


def discard(file: Path) -> None:
    for each in (file, file.with_name(f"{file.name}-journal")):
        each.unlink(missing_ok=True)


@asynccontextmanager
async def _connected(file: Path) -> AsyncIterator[aiosqlite.Connection]:
    async with aiosqlite.connect(file, isolation_level=None, timeout=TURN_SECONDS) as connection:
        await connection.executescript(
            "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384;"
        )
        yield connection


def _shapes(rows: list[tuple[Any, ...]]) -> Shapes:
    shapes: Shapes = {}
    for name, *shape in rows:
        shapes.setdefault(name, set()).add(tuple(shape))
    return shapes
