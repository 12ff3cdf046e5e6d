"""What has to be known of those to whom something goes, or for whom something waits."""

import json
from collections.abc import Collection
from datetime import datetime, time

from services.notifier.domain.audience import FIRST_ZONE
from services.notifier.domain.hours import Quiet
from services.notifier.domain.manners import Preferences
from services.notifier.domain.respect import NoticeHeld, Regard
from services.notifier.projections.entries import CODEC, milliseconds
from services.notifier.projections.knowledge import Read
from services.notifier.projections.shown import ROW
from shared.eventlog.entries import Recorded


async def regards(
    read: Read, members: Collection[str], due: datetime | None, week: str
) -> dict[str, Regard]:
    """Return these members and those for whom something waits no longer than until `due`, with
    what they were told since `week`, and what waits no longer.
    """
    held = await _held(read, due)
    names = {*members, *held}
    rows = await read.fetchall(
        "SELECT asked.value, status.value ->> 0, timezone.value ->> 0, places.member IS NOT NULL,"
        "  zone, kinds, begins, ends, often"
        " FROM json_each(:names) AS asked"
        " LEFT JOIN profiles AS status ON status.member = asked.value AND status.field = 'status'"
        " LEFT JOIN profiles AS timezone ON timezone.member = asked.value"
        "  AND timezone.field = 'timezone'"
        " LEFT JOIN places ON places.member = asked.value"
        " LEFT JOIN preferences ON preferences.member = asked.value",
        {"names": json.dumps(list(names))},
    )
    spent = await _spent(read, names, week)
    return {
        who: Regard(
            who=who,
            status=status,
            timezone=timezone,
            zone=zone if placed else FIRST_ZONE,
            preferences=_preferences(*said),
            spent=spent.get(who, {}),
            held=held.get(who, {}),
        )
        for who, status, timezone, placed, zone, *said in rows
    }


async def preferences(read: Read, member: str) -> Preferences:
    rows = await read.fetchall(
        "SELECT kinds, begins, ends, often FROM preferences WHERE member = :member",
        {"member": member},
    )
    return _preferences(*(rows[0] if rows else (None, None, None, None)))


async def something_due(read: Read, now: datetime) -> bool:
    rows = await read.fetchall(
        "SELECT 1 FROM unsent WHERE until <= :now LIMIT 1", {"now": milliseconds(now)}
    )
    return bool(rows)


async def clocks(read: Read) -> list[tuple[str | None, Quiet | None]]:
    """Return by which clocks people live, and their own quiet hours, each of them once."""
    rows = await read.fetchall(
        "SELECT DISTINCT value ->> 0, begins, ends FROM profiles LEFT JOIN preferences"
        " USING (member) WHERE field = 'timezone'"
        " UNION SELECT NULL, begins, ends FROM preferences UNION SELECT NULL, NULL, NULL"
    )
    return [(timezone, _quiet(begins, ends)) for timezone, begins, ends in rows]


async def _held(read: Read, due: datetime | None) -> dict[str, dict[str, NoticeHeld]]:
    """Return by recipient what waits no longer, in the order in which it was decided."""
    held: dict[str, dict[str, NoticeHeld]] = {}
    if due is None:
        return held
    rows = await read.fetchall(
        f"SELECT {ROW} FROM unsent JOIN log USING (position) WHERE until <= :due"  # noqa: S608
        " ORDER BY decided",
        {"due": milliseconds(due)},
    )
    for row in rows:
        waits = CODEC.decode(Recorded._make(row))
        held.setdefault(waits.notice.recipient, {})[waits.id] = waits
    return held


async def _spent(read: Read, members: Collection[str], week: str) -> dict[str, dict[str, int]]:
    spent: dict[str, dict[str, int]] = {}
    for member, of, number in await read.fetchall(
        "SELECT member, week, count(*) FROM json_each(:names) JOIN attention ON member = value"
        " WHERE week >= :week GROUP BY member, week",
        {"names": json.dumps(list(members)), "week": week},
    ):
        spent.setdefault(member, {})[of] = number
    return spent


def _preferences(
    kinds: str | None, begins: str | None, ends: str | None, often: str | None
) -> Preferences:
    return Preferences(
        kinds=json.loads(kinds or "{}"),
        quiet=_quiet(begins, ends),
        often="week" if often == "week" else "day",
    )


def _quiet(begins: str | None, ends: str | None) -> Quiet | None:
    if begins is None or ends is None:
        return None
    return Quiet(begins=time.fromisoformat(begins), ends=time.fromisoformat(ends))
