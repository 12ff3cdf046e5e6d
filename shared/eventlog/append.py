"""Appending a batch in few calls, however long it is: where the streams stand, then the rows.

Each call hops to the connection's thread and back, which costs as much as several rows.
"""

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, Final

import aiosqlite

from shared.eventlog.codec import Codec
from shared.eventlog.entries import Entry, Recorded
from shared.eventlog.errors import DuplicateKey, WrongVersion

INSERT: Final = (
    "INSERT INTO log (position, stream, version, type, schema, key, body, recorded_at) VALUES "
)
ROW: Final = "(?, ?, ?, ?, ?, ?, ?, ?)"
TOGETHER: Final = (250, 25)
"""Rows that one statement inserts: as many as there are, then as many as are left."""


async def append(
    connection: aiosqlite.Connection,
    codec: Codec[Any],
    entries: Sequence[Entry],
    expected: Mapping[str, int],
) -> list[Recorded]:
    """Append in order. Raises WrongVersion, DuplicateKey, UnknownType; some rows of a batch that
    failed may be in the table, so its transaction has to be rolled back.
    """
    position, versions = await _heads(connection, {*expected, *(entry.stream for entry in entries)})
    for stream, version in expected.items():
        if versions[stream] != version:
            raise WrongVersion(stream, version, versions[stream])
    now = time.time_ns() // 1_000_000
    batch = []
    for entry in entries:
        position += 1
        versions[entry.stream] += 1
        name, schema, body = codec.encode(entry.event)
        version = versions[entry.stream]
        batch.append(Recorded(position, entry.stream, version, name, schema, entry.key, body, now))
    await _insert(connection, batch)
    return batch


async def known(connection: aiosqlite.Connection, keys: Sequence[str]) -> dict[str, int]:
    """Return the positions of those keys that are in the log."""
    rows = await connection.execute_fetchall(
        "SELECT key, position FROM log WHERE key IN (SELECT value FROM json_each(:keys))",
        {"keys": json.dumps(list(keys))},
    )
    return {str(key): int(position) for key, position in rows}


async def _heads(connection: aiosqlite.Connection, streams: set[str]) -> tuple[int, dict[str, int]]:
    [(position, versions)] = await connection.execute_fetchall(
        "SELECT (SELECT coalesce(max(position), 0) FROM log), json_group_object(value,"
        " (SELECT coalesce(max(version), 0) FROM log WHERE stream = value))"
        " FROM json_each(:streams)",
        {"streams": json.dumps(list(streams))},
    )
    return position, json.loads(versions)


async def _insert(connection: aiosqlite.Connection, batch: Sequence[Recorded]) -> None:
    try:
        await _insert_rows(connection, batch)
    except sqlite3.IntegrityError as error:
        if "log.key" not in str(error):
            raise
        keys = Counter(row.key for row in batch if row.key is not None)
        stored = await known(connection, list(keys))
        taken = {key for key, position in stored.items() if position < batch[0].position}
        raise DuplicateKey(taken | {key for key, times in keys.items() if times > 1}) from None


async def _insert_rows(connection: aiosqlite.Connection, batch: Sequence[Recorded]) -> None:
    """Insert by place and not by name, since a Recorded is the row as it is, and many rows in a
    statement: between two of them the connection's thread waits for the interpreter's lock, which
    for a thousand rows beside a busy event loop takes four times as long as to insert them.
    """
    start = 0
    for rows in TOGETHER:
        while len(batch) - start >= rows:
            values = chain.from_iterable(batch[start : start + rows])
            await connection.execute_fetchall(INSERT + ", ".join([ROW] * rows), tuple(values))
            start += rows
    if start < len(batch):
        await connection.executemany(INSERT + ROW, batch[start:])
