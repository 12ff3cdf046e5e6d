"""Drafts and requests as their streams fold, and which of them are open, or due by a time."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any, TypeVar

from services.notifier.domain.drafts import Draft, draft
from services.notifier.domain.requests import Asking, request
from services.notifier.projections.entries import CODEC, instant, milliseconds
from services.notifier.projections.knowledge import Read
from shared.decider import Decider, fold

State = TypeVar("State")


async def drafts(read: Read, streams: Collection[str]) -> dict[str, Draft]:
    """Return these drafts, by stream."""
    return await _folded(read, draft, streams)


async def requests(read: Read, streams: Collection[str]) -> dict[str, Asking]:
    """Return these requests, by stream."""
    return await _folded(read, request, streams)


async def due_drafts(read: Read, now: datetime | None) -> list[str]:
    """Return the streams of the drafts whose timers run out up to `now`."""
    return await _due(read, "SELECT stream FROM alerts WHERE due_at <= :now", now)


async def due_requests(read: Read, now: datetime | None) -> list[str]:
    """Return the streams of the requests whose timers run out up to `now`."""
    return await _due(read, "SELECT stream FROM requests WHERE due_at <= :now", now)


async def asks_at(read: Read) -> datetime | None:
    """Return when the next request's timer runs out."""
    [(at,)] = await read.fetchall("SELECT min(due_at) FROM requests WHERE due_at IS NOT NULL")
    return None if at is None else instant(at)


async def late_drafts(read: Read, now: datetime) -> list[str]:
    """Return the streams of the drafts of which the editors are to be reminded."""
    return await _due(read, "SELECT stream FROM waiting WHERE remind_at <= :now", now)


async def open_drafts(read: Read, authors: Collection[str]) -> list[str]:
    rows = await read.fetchall(
        "SELECT stream FROM json_each(:authors) JOIN drafts ON member = value",
        {"authors": json.dumps(list(authors))},
    )
    return [stream for (stream,) in rows]


async def _folded(
    read: Read, decider: Decider[Any, Any, State], streams: Collection[str]
) -> dict[str, State]:
    if not streams:
        return {}
    tails = await read.tails(dict.fromkeys(streams, 0))
    return {
        stream: fold(decider.evolve, decider.initial, map(CODEC.decode, rows))
        for stream, rows in tails.items()
        if rows
    }


async def _due(read: Read, sql: str, now: datetime | None) -> list[str]:
    if now is None:
        return []
    return [stream for (stream,) in await read.fetchall(sql, {"now": milliseconds(now)})]
