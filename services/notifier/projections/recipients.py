"""Whom a notice goes to: how they read it, and where it finds them.

Addresses are the notifier's own, beside the log: here is all that reads and writes them.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass, field

from services.notifier.projections.knowledge import Read
from shared.eventlog.log import Transaction


@dataclass(frozen=True, slots=True)
class Recipient:
    """`locale` and `timezone` are as the organisation wrote them. What is None is not known."""

    member: str
    locale: str | None = None
    timezone: str | None = None
    email: str | None = field(default=None, repr=False)
    chat: str | None = field(default=None, repr=False)


async def recipients(read: Read, members: Collection[str]) -> dict[str, Recipient]:
    """Return of each of these members what is known."""
    rows = await read.fetchall(
        "SELECT asked.value, locale.value ->> 0, timezone.value ->> 0, email, chat"
        " FROM json_each(:members) AS asked"
        " LEFT JOIN profiles AS locale ON locale.member = asked.value AND locale.field = 'locale'"
        " LEFT JOIN profiles AS timezone ON timezone.member = asked.value"
        "  AND timezone.field = 'timezone'"
        " LEFT JOIN addresses ON addresses.member = asked.value",
        {"members": json.dumps(list(members))},
    )
    return {row[0]: Recipient(*row) for row in rows}


async def recipient(read: Read, member: str) -> Recipient:
    return (await recipients(read, [member]))[member]


async def keep(transaction: Transaction, member: str, email: str | None, chat: str | None) -> None:
    """Remember where a member is to be found, instead of what was remembered before. What goes is
    overwritten in the file.
    """
    await transaction.execute("PRAGMA secure_delete = ON")
    await transaction.execute("DELETE FROM addresses WHERE member = :member", {"member": member})
    await transaction.execute("PRAGMA secure_delete = OFF")
    if email or chat:
        await transaction.execute(
            "INSERT INTO addresses (member, email, chat) VALUES (:member, :email, :chat)",
            {"member": member, "email": email, "chat": chat},
        )
