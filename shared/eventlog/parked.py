"""What could not be processed, kept whole and with its reason until somebody has dealt with it, or
for as long as may be.
"""

import json
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import aiosqlite


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """`reason` is a short word to count by, `detail` a sentence for the operator."""

    reader: str
    key: str | None
    reason: str
    detail: str
    subject: str
    payload: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedRow(Parked):
    """Times are milliseconds since 1970. `attempts` counts the retries since it was parked."""

    id: int
    parked_at: int
    attempts: int
    resolved_at: int | None


async def park(connection: aiosqlite.Connection, parked: Parked) -> int:
    """Return the row's id. What stands there already, unresolved, is not parked twice."""
    values = {
        "reader": parked.reader,
        "key": parked.key,
        "reason": parked.reason,
        "detail": parked.detail,
        "subject": parked.subject,
        "headers": json.dumps(dict(parked.headers)),
        "payload": parked.payload,
        "now": time.time_ns() // 1_000_000,
    }
    known = await connection.execute_fetchall(
        "SELECT id FROM parked WHERE resolved_at IS NULL AND reader = :reader AND key IS :key"
        " AND reason = :reason AND subject = :subject AND payload = :payload",
        values,
    )
    rows = known or await connection.execute_fetchall(
        "INSERT INTO parked (reader, key, reason, detail, subject, headers, payload, parked_at)"
        " VALUES (:reader, :key, :reason, :detail, :subject, :headers, :payload, :now)"
        " RETURNING id",
        values,
    )
    [(number,)] = rows
    return int(number)


async def mark_retried(connection: aiosqlite.Connection, number: int) -> None:
    await connection.execute_fetchall(
        "UPDATE parked SET attempts = attempts + 1 WHERE id = :id", {"id": number}
    )


async def mark_resolved(connection: aiosqlite.Connection, number: int) -> None:
    """The row stays, as a record; it is no longer listed among the open ones."""
    await connection.execute_fetchall(
        "UPDATE parked SET resolved_at = :now WHERE id = :id AND resolved_at IS NULL",
        {"id": number, "now": time.time_ns() // 1_000_000},
    )


async def purge(
    connection: aiosqlite.Connection, *, before: int, waiting: Collection[str], limit: int
) -> list[bool]:
    """Delete what was parked before a moment, in milliseconds since 1970, and overwrite it in the
    file; but not what is still open of the readers in `waiting`. Say of each whether it was open.
    """
    await connection.execute_fetchall("PRAGMA secure_delete = ON")
    try:
        rows = await connection.execute_fetchall(
            "DELETE FROM parked WHERE id IN (SELECT id FROM parked WHERE parked_at < :before AND"
            " (resolved_at IS NOT NULL OR reader NOT IN (SELECT value FROM json_each(:waiting)))"
            " ORDER BY id LIMIT :limit) RETURNING resolved_at IS NULL",
            {"before": before, "waiting": json.dumps(list(waiting)), "limit": limit},
        )
    finally:
        await connection.execute_fetchall("PRAGMA secure_delete = OFF")
    return [bool(was_open) for (was_open,) in rows]


async def listed(
    connection: aiosqlite.Connection, *, after: int, limit: int, resolved: bool
) -> list[ParkedRow]:
    rows = await connection.execute_fetchall(
        "SELECT reader, key, reason, detail, subject, payload, headers,"
        " id, parked_at, attempts, resolved_at FROM parked"
        " WHERE id > :after AND (resolved_at IS NULL OR :resolved) ORDER BY id LIMIT :limit",
        {"after": after, "limit": limit, "resolved": resolved},
    )
    return [_row(*row) for row in rows]


async def shown(connection: aiosqlite.Connection, number: int) -> ParkedRow | None:
    rows = await listed(connection, after=number - 1, limit=1, resolved=True)
    return next((row for row in rows if row.id == number), None)


async def count(connection: aiosqlite.Connection) -> int:
    [(open_rows,)] = await connection.execute_fetchall(
        "SELECT count(*) FROM parked WHERE resolved_at IS NULL"
    )
    return int(open_rows)


def _row(  # noqa: PLR0913, PLR0917 - the columns, in their order
    reader: str,
    key: str | None,
    reason: str,
    detail: str,
    subject: str,
    payload: bytes,
    headers: str,
    number: int,
    parked_at: int,
    attempts: int,
    resolved_at: int | None,
) -> ParkedRow:
    return ParkedRow(
        reader=reader,
        key=key,
        reason=reason,
        detail=detail,
        subject=subject,
        payload=payload,
        headers=json.loads(headers),
        id=number,
        parked_at=parked_at,
        attempts=attempts,
        resolved_at=resolved_at,
    )
