"""Whom a notice goes to: how they read it, and where it finds them."""

import json
from collections.abc import Collection
from typing import NamedTuple

from services.notifier.projections.knowledge import Read


class Recipient(NamedTuple):
    """`locale` and `timezone` are as the organisation wrote them, None where it has not."""

    member: str
    locale: str | None = None
    timezone: str | None = None


async def recipients(read: Read, members: Collection[str]) -> dict[str, Recipient]:
    """Return of each of these members what is known."""
    rows = await read.fetchall(
        "SELECT asked.value, locale.value ->> 0, timezone.value ->> 0"
        " FROM json_each(:members) AS asked"
        " LEFT JOIN profiles AS locale ON locale.member = asked.value AND locale.field = 'locale'"
        " LEFT JOIN profiles AS timezone ON timezone.member = asked.value"
        "  AND timezone.field = 'timezone'",
        {"members": json.dumps(list(members))},
    )
    return {row[0]: Recipient(*row) for row in rows}


async def recipient(read: Read, member: str) -> Recipient:
    return (await recipients(read, [member]))[member]
