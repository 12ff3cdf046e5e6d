"""Appending a batch in two calls, however long it is: where the streams stand, then the rows.

Each call hops to the connection's thread and back, which costs as much as several rows.
"""

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import aiosqlite

from shared.eventlog.codec import Codec
from shared.eventlog.entries import Entry, Recorded
from shared.eventlog.errors import DuplicateKey, WrongVersion


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
        # By place and not by name: this is the hot statement, and a Recorded is the row as it is.
        await connection.executemany(
            "INSERT INTO log (position, stream, version, type, schema, key, body, recorded_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            batch,
        )
    except sqlite3.IntegrityError as error:
        if "log.key" not in str(error):
            raise
        keys = Counter(row.key for row in batch if row.key is not None)
        stored = await known(connection, list(keys))
        taken = {key for key, position in stored.items() if position < batch[0].position}
        raise DuplicateKey(taken | {key for key, times in keys.items() if times > 1}) from None
