"""Reading what is committed: the log, its streams, the checkpoints and what is parked.

A view cannot write. The owner has one beside its writing connection; worker processes and
whoever needs several answers to agree take a snapshot.
"""

import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiosqlite

from shared.eventlog import checkpoints, database, parked
from shared.eventlog.checkpoints import Checkpoint
from shared.eventlog.codec import Codec
from shared.eventlog.entries import Recorded
from shared.eventlog.parked import ParkedRow

CHUNK = 1000


class View:
    """Every method is one consistent read; two of them agree only within a snapshot."""

    def __init__(self, path: Path, codec: Codec[Any], connection: aiosqlite.Connection) -> None:
        self.path = path
        self.codec = codec
        self._reader = connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator["View"]:
        """Yield a view that stays at this moment, on a connection of its own, so that whatever
        takes long in it keeps nobody waiting. While it lasts the journal can only grow.
        """
        async with database.reading(self.path) as connection:
            await connection.execute_fetchall("BEGIN")
            view = View(self.path, self.codec, connection)
            await view.last_position()
            yield view

    async def read(
        self, after: int, limit: int, *, types: Collection[str] | None = None
    ) -> list[Recorded]:
        """Return up to `limit` rows after a position, in the order of the log."""
        rows = await self._reader.execute_fetchall(
            "SELECT position, stream, version, type, schema, key, body, recorded_at FROM log"
            " WHERE position > :after"
            " AND (:types IS NULL OR type IN (SELECT value FROM json_each(:types)))"
            " ORDER BY position LIMIT :limit",
            {
                "after": after,
                "limit": limit,
                "types": None if types is None else json.dumps(list(types)),
            },
        )
        return [*map(Recorded._make, rows)]

    async def stream(self, stream: str, after: int = 0) -> list[Recorded]:
        """Return a stream's rows after a version, in order."""
        return await read_stream(self._reader, stream, after)

    async def tails(self, after: Mapping[str, int]) -> dict[str, list[Recorded]]:
        """Return of each stream the rows after its version, for many streams in one call."""
        return await read_tails(self._reader, after)

    async def by_position(self, after: int = 0) -> AsyncIterator[Recorded]:
        """Yield the log in its order, holding a thousand rows at a time."""
        while rows := await self.read(after, CHUNK):
            for row in rows:
                yield row
            after = rows[-1].position

    async def by_stream(self) -> AsyncIterator[Recorded]:
        """Yield the log stream after stream, by name and version, a thousand rows at a time."""
        stream, version = "", 0
        while rows := await self._reader.execute_fetchall(
            "SELECT position, stream, version, type, schema, key, body, recorded_at FROM log"
            " WHERE (stream, version) > (:stream, :version)"
            " ORDER BY stream, version LIMIT :limit",
            {"stream": stream, "version": version, "limit": CHUNK},
        ):
            for row in rows:
                recorded = Recorded._make(row)
                yield recorded
            stream, version = recorded.stream, recorded.version

    async def last_position(self) -> int:
        [(position,)] = await self.fetchall("SELECT coalesce(max(position), 0) FROM log")
        return int(position)

    async def fetchall(
        self, sql: str, params: Mapping[str, Any] | Sequence[Any] = ()
    ) -> list[tuple[Any, ...]]:
        """Ask a short question; the other readers of this view wait for the answer."""
        return [tuple(row) for row in await self._reader.execute_fetchall(sql, params)]

    async def checkpoint(self, reader: str) -> Checkpoint | None:
        return await checkpoints.load(self._reader, reader)

    async def parked(
        self, *, after: int = 0, limit: int = 100, resolved: bool = False
    ) -> list[ParkedRow]:
        """Return what is parked, oldest first; what is resolved only when asked for."""
        return await parked.listed(self._reader, after=after, limit=limit, resolved=resolved)

    async def parked_row(self, number: int) -> ParkedRow | None:
        return await parked.shown(self._reader, number)

    async def parked_count(self) -> int:
        """Return how many wait for somebody."""
        return await parked.count(self._reader)


async def read_tails(
    connection: aiosqlite.Connection, after: Mapping[str, int]
) -> dict[str, list[Recorded]]:
    rows = await connection.execute_fetchall(
        "SELECT position, stream, version, log.type, schema, log.key, body, recorded_at"
        " FROM json_each(:after) AS tail CROSS JOIN log"
        " WHERE stream = json_extract(tail.value, '$[0]')"
        " AND version > json_extract(tail.value, '$[1]') ORDER BY version",
        {"after": json.dumps(list(after.items()))},
    )
    tails: dict[str, list[Recorded]] = {stream: [] for stream in after}
    for row in map(Recorded._make, rows):
        tails[row.stream].append(row)
    return tails


async def read_stream(connection: aiosqlite.Connection, stream: str, after: int) -> list[Recorded]:
    rows = await connection.execute_fetchall(
        "SELECT position, stream, version, type, schema, key, body, recorded_at FROM log"
        " WHERE stream = :stream AND version > :after ORDER BY version",
        {"stream": stream, "after": after},
    )
    return [*map(Recorded._make, rows)]
