"""One file, one owner, one format: how a database is locked, opened and recognised.

The owner writes through one connection with synchronous FULL, because what it has committed may
already be out on the bus. Everybody else opens the file read-only, and WAL lets them read while
the owner writes.
"""

import fcntl
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from importlib import resources
from pathlib import Path

import aiosqlite

from shared.eventlog.errors import DatabaseInUse, DatabaseTooNew, ForeignDatabase

APPLICATION_ID = 1515146821
FORMAT = 1
BUSY_TIMEOUT_SECONDS = 5.0


@contextmanager
def owning(path: Path) -> Iterator[None]:
    """Own the database until the block, or the process, ends. Raises DatabaseInUse.

    Creates the folder where it is missing. The lock file stays when the lock is gone. A forked
    child would hold the lock too: worker processes are spawned.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DatabaseInUse(path, os.read(lock, 20).decode() or "unknown") from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(lock)


@asynccontextmanager
async def writing(path: Path, schema: Sequence[str]) -> AsyncIterator[aiosqlite.Connection]:
    """Open the owner's connection, and create what is missing: our tables, then `schema`."""
    async with aiosqlite.connect(
        path, isolation_level=None, timeout=BUSY_TIMEOUT_SECONDS
    ) as connection:
        await _recognise(connection, path)
        await connection.executescript(_sql("connection.sql"))
        await connection.executescript(
            "\n;\n".join(["BEGIN IMMEDIATE", _sql("schema.sql"), *schema, "COMMIT"])
        )
        yield connection


@asynccontextmanager
async def reading(path: Path) -> AsyncIterator[aiosqlite.Connection]:
    """Open a connection that sees what is committed, and can change nothing."""
    async with aiosqlite.connect(
        _read_only(path),
        uri=True,
        isolation_level=None,
        timeout=BUSY_TIMEOUT_SECONDS,
    ) as connection:
        await _recognise(connection, path)
        yield connection


def _sql(name: str) -> str:
    return resources.files("shared.eventlog").joinpath(name).read_text("utf-8")


def _read_only(path: Path) -> str:
    return path.absolute().as_uri() + "?mode=ro"


async def _recognise(connection: aiosqlite.Connection, path: Path) -> None:
    try:
        [(application, version, tables)] = await connection.execute_fetchall(
            "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)"
            " FROM pragma_application_id, pragma_user_version"
        )
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
            raise ForeignDatabase(path) from None
        raise
    if application != APPLICATION_ID and (application or tables):
        raise ForeignDatabase(path)
    if version > FORMAT:
        raise DatabaseTooNew(path, version, FORMAT)
