"""What has to be known where somebody of the socially engaged may be asked, brought together or
cared for.
"""

import json
from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from itertools import groupby
from typing import Final

from services.notifier.domain.audience import Member
from services.notifier.domain.care import Concern
from services.notifier.domain.engaged import ENGAGED, Engaged
from services.notifier.domain.engaged_rules import CareRules
from services.notifier.domain.interest import Fading
from services.notifier.domain.rules import Rules
from services.notifier.domain.talks import Group
from services.notifier.projections import interest, knowledge
from services.notifier.projections.entries import instant, milliseconds
from services.notifier.projections.knowledge import Read

MONTHS: Final = 12


async def engaged(read: Read, rules: Rules, now: datetime) -> Engaged:
    """Return who is socially engaged and there, and how often they were asked of late."""
    rows = await read.fetchall("SELECT member FROM places WHERE zone = 'socially_engaged'")
    names = [member for (member,) in rows]
    known = await knowledge.members(read, names)
    there = await interest.caring(
        read, {who: known[who] for who in names if known[who].there}, now.date(), rules.interest
    )
    asked: dict[str, tuple[datetime, ...]] = defaultdict(tuple)
    for member, at in await read.fetchall(
        "SELECT member, at FROM json_each(:names) JOIN asks ON member = value WHERE at > :since",
        {
            "names": json.dumps([*there]),
            "since": milliseconds(now - max(rules.engaged.recent, rules.engaged.talks.rest)),
        },
    ):
        asked[member] = (*asked[member], instant(at))
    stopped = await knowledge.stopped(read, there)
    off = await knowledge.switched_off(read, there, rules.manners)
    return Engaged(
        members=there, asked=asked, unwilling={(who, kind) for who, kind, _ in stopped} | off
    )


async def circles(read: Read, months: int, month: date) -> tuple[frozenset[str], ...]:
    """Return the circles of the `months` before a month."""
    place = month.year * MONTHS + month.month - 1 - months
    since = date(place // MONTHS, place % MONTHS + 1, 1)
    rows = await read.fetchall(
        "SELECT month, number, member FROM circles WHERE month >= :since ORDER BY month, number",
        {"since": since.isoformat()},
    )
    return tuple(
        frozenset(member for *_, member in circle)
        for _, circle in groupby(rows, key=lambda row: row[:2])
    )


async def groups(read: Read, fading: Fading, now: datetime) -> tuple[Group, ...]:
    """Return all groups, with those of their members who are there."""
    rows = await read.fetchall(
        "SELECT member, value ->> 0 FROM profiles WHERE field = 'group' AND value <> '[]'"
    )
    found = await knowledge.members(read, [member for member, _ in rows])
    known = await interest.caring(read, found, now.date(), fading)
    members: dict[str, dict[str, Member]] = defaultdict(dict)
    for member, group in rows:
        if known[member].there:
            members[group][member] = known[member]
    last = dict(await read.fetchall("SELECT grp, at FROM talks"))
    return tuple(
        Group(name=name, members=each, last=instant(last[name]) if name in last else None)
        for name, each in sorted(members.items())
    )


async def concerns(read: Read, rules: CareRules, now: datetime) -> tuple[Concern, ...]:
    """Return of those who consented and have a sponsor what signals there are."""
    breached: dict[str, list[datetime]] = defaultdict(list)
    for member, at in await read.fetchall(
        "SELECT member, at FROM consents JOIN breaches USING (member) WHERE at > :since",
        {"since": milliseconds(now - rules.within)},
    ):
        breached[member].append(instant(at))
    rows = await read.fetchall(
        "SELECT consents.member, profiles.value ->> 0, quiet.member IS NOT NULL, cared.at"
        " FROM consents JOIN places ON places.member = consents.member AND zone = :engaged"
        " JOIN profiles ON profiles.member = consents.member AND field = 'sponsor'"
        "  AND value <> '[]'"
        " LEFT JOIN quiet ON quiet.member = consents.member"
        " LEFT JOIN cared ON cared.member = consents.member",
        {"engaged": ENGAGED},
    )
    return tuple(
        Concern(
            member=member,
            sponsor=sponsor,
            quiet=bool(is_quiet),
            breached=tuple(breached[member]),
            last=None if at is None else instant(at),
        )
        for member, sponsor, is_quiet, at in rows
    )


async def quiet(read: Read, members: Collection[str]) -> set[str]:
    """Return which of these have turned quiet."""
    rows = await read.fetchall(
        "SELECT member FROM json_each(:names) JOIN quiet ON member = value",
        {"names": json.dumps(list(members))},
    )
    return {member for (member,) in rows}


async def consents(read: Read, member: str) -> bool:
    """Say whether a member's sponsor may hear how they are."""
    return bool(
        await read.fetchall("SELECT 1 FROM consents WHERE member = :member", {"member": member})
    )
