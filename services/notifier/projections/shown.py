"""What is asked for: alerts as they stand, and notices, read where the log has them."""

import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from services.notifier.domain.alerts import AlertEvent
from services.notifier.domain.kinds import Kind
from services.notifier.domain.notices import NoticeSent
from services.notifier.projections import knowledge
from services.notifier.projections.entries import CODEC, instant, milliseconds
from shared.eventlog.entries import Recorded
from shared.eventlog.log import Transaction, View

ROW: Final = (
    "log.position, log.stream, log.version, log.type, log.schema, log.key, log.body,"
    " log.recorded_at"
)

END: Final = 1 << 62


class Inboxed(NamedTuple):
    position: int
    sent: NoticeSent
    is_read: bool


class Delivery(NamedTuple):
    """How far a notice has come over a channel."""

    channel: str
    state: str
    attempts: int
    problem: str | None
    at: datetime | None
    next_at: datetime | None
    """None where it is over, or at once."""


async def now(read: View | Transaction) -> datetime:
    """Return what time it is: the log's, except where that is the wall's."""
    told = await knowledge.clock(read)
    return datetime.now(UTC) if told.mode == "wall" or told.now is None else told.now


async def alerts(view: View, *, only_open: bool, after: str | None, limit: int) -> list[AlertEvent]:
    """Return of each alert the event that tells how it stands, from old to new."""
    rows = await view.fetchall(
        f"SELECT {ROW} FROM alerts JOIN log USING (position)"  # noqa: S608 - columns of ours
        " WHERE (is_open OR NOT :only_open) AND (:after IS NULL OR (raised_at, id) >"
        "  (SELECT raised_at, id FROM alerts WHERE id = :after))"
        " ORDER BY raised_at, id LIMIT :limit",
        {"only_open": only_open, "after": after, "limit": limit},
    )
    return [CODEC.decode(Recorded._make(row)) for row in rows]


async def raised(view: View, since: datetime | None, before: datetime | None) -> list[AlertEvent]:
    """Return of each alert that was raised from then on and before then how it stands."""
    rows = await view.fetchall(
        f"SELECT {ROW} FROM alerts JOIN log USING (position)"  # noqa: S608
        " WHERE raised_at >= :since AND raised_at < :before ORDER BY raised_at, id",
        {
            "since": milliseconds(since) if since else 0,
            "before": milliseconds(before) if before else END,
        },
    )
    return [CODEC.decode(Recorded._make(row)) for row in rows]


async def alert(read: View | Transaction, id: str) -> tuple[str, AlertEvent] | None:
    """Return the stream of the draft, and the event that tells how its alert stands."""
    rows = await read.fetchall(
        f"SELECT {ROW} FROM alerts JOIN log USING (position) WHERE id = :id",  # noqa: S608
        {"id": id},
    )
    return next(((row[1], CODEC.decode(Recorded._make(row))) for row in rows), None)


async def notices(view: View, *, after: int, limit: int, **wanted: object) -> list[Inboxed]:
    """Return notices after a position, from old to new. `wanted`: recipient, kind, is_read."""
    values: Mapping[str, Any] = {
        "recipient": None,
        "kind": None,
        "is_read": None,
        **wanted,
        "after": after,
        "limit": limit,
    }
    rows = await view.fetchall(
        f"SELECT is_read, {ROW} FROM inbox JOIN log USING (position)"  # noqa: S608
        " WHERE position > :after AND (:recipient IS NULL OR recipient = :recipient)"
        " AND (:kind IS NULL OR kind = :kind) AND (:is_read IS NULL OR is_read = :is_read)"
        " ORDER BY position LIMIT :limit",
        values,
    )
    return [
        Inboxed(row.position, CODEC.decode(row), bool(is_read))
        for is_read, *columns in rows
        for row in [Recorded._make(columns)]
    ]


async def notice(view: View, id: str) -> NoticeSent | None:
    rows = await view.fetchall(
        f"SELECT {ROW} FROM inbox JOIN log USING (position) WHERE id = :id",  # noqa: S608
        {"id": id},
    )
    return next((CODEC.decode(Recorded._make(row)) for row in rows), None)


async def deliveries(view: View, id: str) -> list[Delivery]:
    """Return how far a notice has come over each channel but the inbox."""
    rows = await view.fetchall(
        "SELECT channel, state, attempts, problem, at, next_at FROM deliveries WHERE id = :id"
        " ORDER BY channel",
        {"id": id},
    )
    return [
        Delivery(
            *(channel, state, attempts, problem),
            at=None if at is None else instant(at),
            next_at=instant(next_at) if next_at and next_at > 0 else None,
        )
        for channel, state, attempts, problem, at, next_at in rows
    ]


async def pending(
    view: View, channel: str, now: int, limit: int, first: Collection[Kind]
) -> list[tuple[NoticeSent, int]]:
    """Return what is due to be delivered, each with its failed attempts: the kinds that come first,
    then what has been due longest.
    """
    rows = await view.fetchall(
        f"SELECT attempts, {ROW} FROM"  # noqa: S608 - columns of ours
        " (SELECT attempts, position, next_at,"
        "   kind IN (SELECT value FROM json_each(:first)) AS is_first"
        "  FROM deliveries JOIN inbox USING (id) WHERE channel = :channel AND next_at <= :now"
        "  ORDER BY is_first DESC, next_at, position LIMIT :limit) AS due"
        " JOIN log USING (position) ORDER BY is_first DESC, next_at, position",
        {"channel": channel, "now": now, "limit": limit, "first": json.dumps([*first])},
    )
    return [(CODEC.decode(Recorded._make(columns)), attempts) for attempts, *columns in rows]


async def next_delivery(view: View, channel: str) -> int | None:
    """Return when something is due to be delivered, in milliseconds; None for nothing."""
    [(at,)] = await view.fetchall(
        "SELECT min(next_at) FROM deliveries WHERE channel = :channel", {"channel": channel}
    )
    return at if at is None else int(at)


async def unread(read: View | Transaction, recipient: str, ids: list[str]) -> list[str]:
    """Return which of these notices to somebody are unread."""
    rows = await read.fetchall(
        "SELECT DISTINCT inbox.id FROM json_each(:ids) JOIN inbox ON inbox.id = json_each.value"
        " WHERE recipient = :recipient AND NOT is_read",
        {"ids": json.dumps(ids), "recipient": recipient},
    )
    return [number for (number,) in rows]
