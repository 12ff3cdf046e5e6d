"""What a batch has to know, read from the tables and the log in a few questions."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, TypeAlias, cast

from services.notifier.domain.acts import Act
from services.notifier.domain.audience import (
    FIRST_ZONE,
    Field,
    Member,
    Said,
)
from services.notifier.domain.kinds import Channel
from services.notifier.domain.kinds import Kind as NoticeKind
from services.notifier.domain.manners import Manners
from services.notifier.domain.notices import NoticeSent
from services.notifier.domain.reach import Reach
from services.notifier.projections.entries import instant, milliseconds
from shared.clock import Clock, Mode
from shared.eventlog.log import Transaction, View

Read: TypeAlias = View | Transaction


async def clock(read: Read) -> Clock:
    [(mode, now)] = await read.fetchall("SELECT mode, now FROM clock")
    return Clock(mode=cast("Mode", mode), now=None if now is None else instant(now))


async def save_clock(transaction: Transaction, now: datetime) -> None:
    await transaction.execute("UPDATE clock SET now = :now", {"now": milliseconds(now)})


async def members(read: Read, names: Collection[str]) -> dict[str, Member]:
    """Return these members and all who have a role, as far as anything is known of them."""
    concerned = {"names": json.dumps(list(names))}
    fields = _grouped(
        (member, field, Said(instant(at), key, tuple(json.loads(value))))
        for member, field, value, at, key in await read.fetchall(
            "SELECT member, field, value, at, key FROM profiles WHERE member IN"
            " (SELECT value FROM json_each(:names) UNION"
            " SELECT member FROM profiles WHERE field = 'roles' AND value <> '[]')",
            concerned,
        )
    )
    places = {
        member: (zone, version)
        for member, zone, version in await read.fetchall(
            "SELECT member, zone, version FROM json_each(:names) JOIN places ON member = value",
            concerned,
        )
    }
    found = {}
    for name in {*fields, *places}:
        zone, version = places.get(name, (FIRST_ZONE, 0))
        found[name] = Member(
            fields=cast("dict[Field, Said]", fields.get(name, {})),
            zone=zone,
            version=version,
        )
    return found


async def pieces(read: Read, names: Collection[str]) -> set[str]:
    """Return which of these have been published already."""
    return await _which(
        read, "SELECT piece FROM json_each(:names) JOIN pieces ON piece = value", names
    )


async def void(read: Read, acts: Collection[str]) -> set[str]:
    """Return which of these acts have been retracted."""
    return await _which(
        read, "SELECT act FROM json_each(:names) JOIN void_acts ON act = value", acts
    )


async def taken_back(read: Read, member: str, act: Act) -> bool:
    """Say whether what a member did was taken back by its object, before it was heard of."""
    rows = await read.fetchall(
        "SELECT 1 FROM void_objects WHERE member = :member AND kind = :kind AND source = :source"
        " AND object = :object AND until >= :at",
        {
            "member": member,
            "kind": act.kind,
            "source": act.source,
            "object": act.object,
            "at": milliseconds(act.at),
        },
    )
    return bool(rows)


async def seen(read: Read, members: Collection[str]) -> dict[tuple[str, str], date]:
    """Return the last day on which something was done, by member and platform."""
    rows = await read.fetchall(
        "SELECT member, source, day FROM json_each(:names) JOIN seen ON member = value",
        {"names": json.dumps(list(members))},
    )
    return {(member, source): date.fromordinal(day) for member, source, day in rows}


async def warned(read: Read, members: Collection[str]) -> dict[str, str]:
    """Return the cause of the warning that stands, of those who have one."""
    rows = await read.fetchall(
        "SELECT member, cause FROM json_each(:names) JOIN warnings ON member = value WHERE stands",
        {"names": json.dumps(list(members))},
    )
    return dict(rows)


async def reach(read: Read, told: Iterable[NoticeSent]) -> Reach:
    """Return how those who are told something can be told it."""
    names = {sent.notice.recipient for sent in told}
    addressed = await read.fetchall(
        "SELECT member, 'email' FROM json_each(:names) JOIN addresses ON member = value"
        " WHERE email IS NOT NULL UNION ALL"
        " SELECT member, 'chat' FROM json_each(:names) JOIN addresses ON member = value"
        " WHERE chat IS NOT NULL",
        {"names": json.dumps(list(names))},
    )
    gone = await read.fetchall("SELECT channel FROM gone")
    return Reach(
        addressed={(member, channel) for member, channel in addressed},
        stopped=await stopped(read, names),
        gone={channel for (channel,) in gone},
    )


async def stopped(read: Read, members: Collection[str]) -> set[tuple[str, NoticeKind, Channel]]:
    """Return what these members want no more of."""
    rows = await read.fetchall(
        "SELECT member, kind, channel FROM json_each(:names) JOIN stops ON member = value",
        {"names": json.dumps(list(members))},
    )
    return {(member, kind, channel) for member, kind, channel in rows}


async def switched_off(
    read: Read, members: Collection[str], manners: Manners
) -> set[tuple[str, NoticeKind]]:
    """Return of which kinds these members hear nothing at all: by the rules, or their own word."""
    rows = await read.fetchall(
        "SELECT member, wish.key FROM json_each(:names) AS asked"
        " JOIN preferences ON member = asked.value, json_each(kinds) AS wish"
        " WHERE wish.value = 'off'",
        {"names": json.dumps(list(members))},
    )
    return {*rows, *((member, kind) for member in members for kind in manners.off)}


async def _which(read: Read, sql: str, names: Collection[str]) -> set[str]:
    if not names:
        return set()
    rows: list[tuple[Any, ...]] = await read.fetchall(sql, {"names": json.dumps(list(names))})
    return {name for (name,) in rows}


def _grouped(pairs: Iterable[tuple[str, str, Any]]) -> dict[str, dict[str, Any]]:
    """Return values by their first name and then by their second."""
    groups: dict[str, dict[str, Any]] = defaultdict(dict)
    for first, second, value in pairs:
        groups[first][second] = value
    return groups
