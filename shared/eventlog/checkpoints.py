"""How far a reader has come, saved in the transaction that saves what it made of it."""

from dataclasses import dataclass

import aiosqlite


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`position` is what the reader counts by: a stream's sequence, or a position in the log.

    `identity` tells one source from another of the same name: when the stream was created.
    """

    reader: str
    position: int
    identity: str = ""


async def save(connection: aiosqlite.Connection, checkpoint: Checkpoint) -> None:
    """Nothing keeps a checkpoint from moving back: after a reconciliation it has to."""
    await connection.execute_fetchall(
        "INSERT INTO checkpoints (reader, position, identity)"
        " VALUES (:reader, :position, :identity)"
        " ON CONFLICT (reader) DO UPDATE SET position = :position, identity = :identity",
        {
            "reader": checkpoint.reader,
            "position": checkpoint.position,
            "identity": checkpoint.identity,
        },
    )


async def load(connection: aiosqlite.Connection, reader: str) -> Checkpoint | None:
    rows = await connection.execute_fetchall(
        "SELECT reader, position, identity FROM checkpoints WHERE reader = :reader",
        {"reader": reader},
    )
    return next((Checkpoint(*row) for row in rows), None)
