"""Requests for topics as they stand: who was asked, who answered what, and who took it."""

import json
from collections import defaultdict
from datetime import datetime
from typing import Any, NamedTuple

from services.notifier.projections.entries import instant
from services.notifier.projections.knowledge import Read


class Ask(NamedTuple):
    """`reply` is None while there is none."""

    member: str
    at: datetime
    reply: str | None


class Requested(NamedTuple):
    """`state` is open, taken or unanswered. `next_at` is when the next are asked or it closes."""

    id: str
    topic: str
    by: str
    opened_at: datetime
    closes_at: datetime
    next_at: datetime | None
    state: str
    taken_by: str | None
    asked: tuple[Ask, ...]


async def requests(
    read: Read, *, only_open: bool, after: str | None, limit: int
) -> list[Requested]:
    """Return requests from old to new."""
    return await _requests(
        read,
        "SELECT stream, id, topic, by, opened_at, closes_at, due_at, state, taken_by FROM requests"
        " WHERE (state = 'open' OR NOT :only_open) AND (:after IS NULL OR (opened_at, id) >"
        "  (SELECT opened_at, id FROM requests WHERE id = :after))"
        " ORDER BY opened_at, id LIMIT :limit",
        {"only_open": only_open, "after": after, "limit": limit},
    )


async def request(read: Read, id: str) -> Requested | None:
    found = await _requests(
        read,
        "SELECT stream, id, topic, by, opened_at, closes_at, due_at, state, taken_by FROM requests"
        " WHERE id = :id",
        {"id": id},
    )
    return next(iter(found), None)


async def _requests(read: Read, sql: str, values: dict[str, Any]) -> list[Requested]:
    rows = await read.fetchall(sql, values)
    asked: dict[str, list[Ask]] = defaultdict(list)
    for stream, member, at, reply in await read.fetchall(
        "SELECT cause, asks.member, at, reply FROM json_each(:streams) JOIN asks ON cause = value"
        " LEFT JOIN replies ON replies.stream = cause AND replies.member = asks.member"
        " ORDER BY at, asks.member",
        {"streams": json.dumps([stream for stream, *_ in rows])},
    ):
        asked[stream].append(Ask(member, instant(at), reply))
    return [
        Requested(
            *(number, topic, by),
            opened_at=instant(opened_at),
            closes_at=instant(closes_at),
            next_at=None if due_at is None else instant(due_at),
            state=state,
            taken_by=taken_by,
            asked=tuple(asked[stream]),
        )
        for stream, number, topic, by, opened_at, closes_at, due_at, state, taken_by in rows
    ]
