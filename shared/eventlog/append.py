"""Appending a batch in two calls, however long it is: where the streams stand, and the rows.

Each call hops to the connection's thread and back. One statement does the whole batch, so that
the thread asks for the interpreter once and not once a row.
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
    rows = await connection.execute_fetchall(
        "SELECT key, position FROM log WHERE key IN (SELECT value FROM json_each(:keys))",
        {"keys": json.dumps(list(keys))},
    )
    return dict(rows)


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
        await connection.executemany(
            "INSERT INTO log (position, stream, version, type, schema, key, recorded_at, body)"
            " VALUES (:position, :stream, :version, :type, :schema, :key, :recorded_at, :body)",
            [
                {
                    "position": row.position,
                    "stream": row.stream,
                    "version": row.version,
                    "type": row.type,
                    "schema": row.schema,
                    "key": row.key,
                    "recorded_at": row.recorded_at,
                    "body": row.body,
                }
                for row in batch
            ],
        )
    except sqlite3.IntegrityError as error:
        if "log.key" not in str(error):
            raise
        first = batch[0].position
        keys = Counter(row.key for row in batch if row.key is not None)
        stored = await known(connection, list(keys))
        taken = {key for key, position in stored.items() if position < first}
        raise DuplicateKey(taken | {key for key, n in keys.items() if n > 1}) from None
