"""What sharers might share."""

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from services.notifier.domain.rules import Rules
from services.notifier.domain.suggestions import Round, Sharing
from services.notifier.projections.entries import instant, milliseconds
from services.notifier.projections.interest import interested
from services.notifier.projections.knowledge import Read
from services.notifier.projections.looking import here
from services.notifier.projections.looking.items import offers, pieces

DAY: Final = timedelta(days=1)


async def sharing(read: Read, now: datetime, rules: Rules) -> Sharing:
    since = milliseconds(now - rules.suggesting.fresh * DAY)
    items = [*await pieces(read, since), *await offers(read, since, now)]
    sharers = await _sharers(read) if items else set()
    if not sharers:
        return Sharing()
    topics = {topic for item in items for topic in item.topics}
    aliases = await _aliases(read, [item.piece for item in items])
    names = {item.piece: item.piece for item in items} | aliases
    shared = await read.fetchall(
        "SELECT member, piece FROM json_each(:names) JOIN acts ON piece = value"
        " WHERE kind IN ('share', 'quote', 'publish')",
        {"names": json.dumps([*names])},
    )
    asked = await read.fetchall(
        "SELECT member, cause FROM asked WHERE kind = 'share_suggestion' AND at >= :since",
        {"since": since},
    )
    return Sharing(
        sharers=sharers,
        items=[*{item.piece: item for item in reversed(items)}.values()],
        interests=await interested(read, topics, now.date(), rules.interest, sharers),
        known={(m, names[piece]) for m, piece in shared} | {(m, c) for m, c in asked},
        rounds=await _rounds(read),
    )


async def _sharers(read: Read) -> set[str]:
    """Return the sharers who are there, and for whom no suggestion waits."""
    rows = await read.fetchall(
        "SELECT member FROM places WHERE zone = 'content_sharer' EXCEPT"
        " SELECT recipient FROM unsent WHERE until IS NOT NULL AND id GLOB 'share_suggestion/*'"
    )
    return {*await here.among(read, [member for (member,) in rows])}


async def _aliases(read: Read, names: Collection[str]) -> dict[str, str]:
    """Return what else these pieces are called."""
    rows = await read.fetchall(
        "SELECT alias, piece FROM json_each(:names) JOIN acts ON piece = value"
        " WHERE kind = 'publish' AND alias IS NOT NULL",
        {"names": json.dumps([*names])},
    )
    return dict(rows)


async def _rounds(read: Read) -> dict[str, Round]:
    """Return of everybody when something was suggested to them last, and whether they took it."""
    rows = await read.fetchall(
        "WITH latest AS (SELECT member, max(at) AS at FROM asked WHERE kind = 'share_suggestion'"
        "  GROUP BY member)"
        " SELECT asked.member, asked.at, max(pause), max(EXISTS (SELECT 1 FROM acts"
        "  WHERE acts.member = asked.member AND kind IN ('share', 'quote')"
        "  AND (told ->> 'suggestion' = asked.id OR (heard >= asked.at AND acts.piece IN"
        "   (SELECT asked.cause UNION SELECT alias FROM acts AS own WHERE own.kind = 'publish'"
        "    AND own.piece = asked.cause)))))"
        " FROM latest JOIN asked ON asked.member = latest.member AND asked.at = latest.at"
        " AND kind = 'share_suggestion' GROUP BY asked.member"
    )
    return {member: Round(instant(at), pause, bool(taken)) for member, at, pause, taken in rows}
