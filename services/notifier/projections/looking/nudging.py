"""Whom a small push may help."""

import json
from datetime import UTC, datetime, timedelta
from typing import Final

from services.notifier.domain import acts
from services.notifier.domain.nudges import Nudgeable, Since
from services.notifier.domain.rules import Rules
from services.notifier.domain.standing import ZoneNeared
from services.notifier.domain.steps import Nudging
from services.notifier.projections import knowledge
from services.notifier.projections.entries import instant, milliseconds
from services.notifier.projections.knowledge import Read
from services.notifier.projections.looking import asked, here
from services.notifier.projections.looking.items import TRAINING, offers

DAY: Final = timedelta(days=1)
PLATFORM: Final = "urn:zones:platform:"
NUDGES: Final = ("nudge", "account_dormant")


async def nudgeable(read: Read, now: datetime, rules: Rules) -> Nudgeable:
    nudges = rules.nudging
    unlinked = await _unlinked(read, now, nudges)
    accounts = await _accounts(read, now, nudges)
    bare = await _bare(read, now, nudges)
    near = await _near(read, now, nudges)
    names = {member for member, *_ in (*unlinked, *accounts)} | bare.keys() | near.keys()
    zones = await here.among(read, names)
    if not zones:
        return Nudgeable()
    trainings = await offers(read, None, now, kind=TRAINING) if near else []
    return Nudgeable(
        unlinked=[it for it in unlinked if it[0] in zones],
        accounts=[it for it in accounts if it[0] in zones],
        bare={member: shares for member, shares in bare.items() if member in zones},
        near={
            member: way
            for member, way in near.items()
            if not way.historical and zones.get(member) == way.zone
        },
        trainings=sorted(trainings, key=lambda it: (it.at, it.piece), reverse=True),
        known=await asked.causes(read, zones, *NUDGES),
        off=await knowledge.switched_off(read, zones, rules.manners),
        nudged=await asked.last(read, zones, *NUDGES),
    )


async def _unlinked(read: Read, now: datetime, nudges: Nudging) -> list[Since]:
    """Return who has no account yet, where others have, and since when they are registered."""
    rows = await read.fetchall(
        "SELECT member, at FROM profiles WHERE field = 'status' AND value = '[\"registered\"]'"
        " AND at BETWEEN :first AND :last AND EXISTS (SELECT 1 FROM accounts)"
        " AND NOT EXISTS (SELECT 1 FROM seen WHERE seen.member = profiles.member)"
        " AND NOT EXISTS (SELECT 1 FROM accounts WHERE accounts.member = profiles.member"
        "  AND linked)",
        _span(now, nudges.link_after, nudges),
    )
    return [(member, "", instant(at)) for member, at in rows]


async def _accounts(read: Read, now: datetime, nudges: Nudging) -> list[Since]:
    """Return the accounts that may be dormant: that were linked or used last, or whose members came
    back, as long ago as makes it news.
    """
    span = _span(now, nudges.dormant_after, nudges)
    days = {"from": _day(span["first"]), "to": _day(span["last"])}
    rows = await read.fetchall(
        "WITH quiet(member) AS (SELECT member FROM accounts WHERE at BETWEEN :first AND :last"
        " UNION SELECT member FROM seen WHERE day BETWEEN :from AND :to"
        " UNION SELECT member FROM profiles WHERE field = 'status' AND at BETWEEN :first AND :last)"
        " SELECT accounts.member, accounts.platform, max(accounts.at), max(seen.day),"
        " max(status.at) FROM quiet JOIN accounts USING (member)"
        " LEFT JOIN seen ON seen.member = accounts.member"
        "  AND seen.source = :platform || accounts.platform"
        " LEFT JOIN profiles AS status ON status.member = accounts.member"
        "  AND status.field = 'status' WHERE linked GROUP BY accounts.member, accounts.platform",
        {**span, **days, "platform": PLATFORM},
    )
    return [
        (member, platform, _last(linked, day, status))
        for member, platform, linked, day, status in rows
    ]


async def _bare(read: Read, now: datetime, nudges: Nudging) -> dict[str, int]:
    """Return who shares and never has words of their own, and how often they shared."""
    rows = await read.fetchall(
        "SELECT member, count(*) FROM acts WHERE kind = 'share' AND at > :since AND at <= :now"
        " AND NOT historical AND NOT EXISTS (SELECT 1 FROM acts AS own"
        "  WHERE own.member = acts.member AND own.at > :since"
        "  AND own.kind IN (SELECT value FROM json_each(:own)))"
        " GROUP BY member",
        {
            "since": milliseconds(now - nudges.bare_within * DAY),
            "now": milliseconds(now),
            "own": json.dumps(acts.OWN_WORDS),
        },
    )
    return dict(rows)


async def _near(read: Read, now: datetime, nudges: Nudging) -> dict[str, ZoneNeared]:
    """Return who has come near to a zone lately. A classifier that is ahead is not followed."""
    rows = await read.fetchall(
        "SELECT member, way FROM near WHERE at > :since AND at <= :now",
        {"since": milliseconds(now - nudges.news * DAY), "now": milliseconds(now)},
    )
    return {member: _way(way) for member, way in rows}


def _span(now: datetime, days: int, nudges: Nudging) -> dict[str, int]:
    """Return from when to when something has begun that has been so for `days`, and is news."""
    last = now - days * DAY
    return {"first": milliseconds(last - nudges.news * DAY), "last": milliseconds(last)}


def _day(at: int) -> int:
    return instant(at).date().toordinal()


def _way(text: str) -> ZoneNeared:
    told = json.loads(text)
    return ZoneNeared(**{**told, "at": datetime.fromisoformat(told["at"])})


def _last(linked: int, day: int | None, status: int | None) -> datetime:
    """Return when an account was last used, else linked, or its member came back."""
    last = instant(max(linked, status or 0))
    return last if day is None else max(last, datetime.fromordinal(day).replace(tzinfo=UTC))
