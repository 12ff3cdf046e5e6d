"""What is to be known when the notifier looks around, read in a few questions."""

import json
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from services.notifier.domain import acts, impact
from services.notifier.domain.audience import FIRST_ZONE, LISTENING
from services.notifier.domain.impact import Echo, Piece, Week
from services.notifier.domain.notices import Rules
from services.notifier.domain.nudges import Nudgeable
from services.notifier.domain.standing import ZoneNeared
from services.notifier.domain.steps import Source
from services.notifier.domain.suggestions import Following, Item, Round, Sharing
from services.notifier.projections import knowledge
from services.notifier.projections.entries import instant, milliseconds
from services.notifier.projections.interest import interested
from services.notifier.projections.knowledge import Read

SHARER: Final = "content_sharer"
TRAINING: Final = "training"
DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)
PLATFORM: Final = "urn:zones:platform:"

HERE: Final = (
    "WITH known(member) AS (SELECT member FROM profiles UNION SELECT member FROM places"
    " UNION SELECT member FROM seen), here(member, zone) AS ("
    " SELECT known.member, CASE WHEN places.member IS NULL THEN :first ELSE zone END FROM known"
    " LEFT JOIN places USING (member)"
    " LEFT JOIN profiles AS status ON status.member = known.member AND status.field = 'status'"
    " WHERE known.member <> '_org'"
    "  AND coalesce(status.value, '') NOT IN ('[\"departed\"]', '[\"paused\"]')"
    "  AND (places.member IS NULL OR zone IS NOT NULL)) SELECT member, zone FROM here"
)
"""Everybody of whom anything is known and who is there, with their zones."""


async def here(read: Read) -> dict[str, str]:
    rows = await read.fetchall(HERE, {"first": FIRST_ZONE})
    return dict(rows)


async def sharing(read: Read, zones: dict[str, str], now: datetime, rules: Rules) -> Sharing:
    since = milliseconds(now - rules.suggesting.fresh * DAY)
    waiting = await read.fetchall(
        "SELECT DISTINCT recipient FROM unsent WHERE until IS NOT NULL"
        " AND id GLOB 'share_suggestion/*'"
    )
    sharers = {member for member, zone in zones.items() if zone == SHARER}
    sharers -= {member for (member,) in waiting}
    items = [*await _pieces(read, since), *await _offers(read, since, now)]
    if not sharers or not items:
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


async def following(
    read: Read, zones: dict[str, str], sources: Collection[Source], now: datetime, rules: Rules
) -> Following:
    readers = {member: zone for member, zone in zones.items() if zone in LISTENING}
    asked = await _asked(read, "follow_suggestion")
    longest = max(rules.suggesting.authors_of, rules.suggesting.fresh)
    items = await _pieces(read, milliseconds(now - longest * DAY))
    follows = await read.fetchall("SELECT DISTINCT member, target FROM follows")
    creators = await read.fetchall("SELECT DISTINCT author FROM pieces")
    known = await read.fetchall("SELECT member, cause FROM asked WHERE kind = 'follow_suggestion'")
    made = {author for (author,) in creators}
    topics = {topic for item in items for topic in item.topics}
    topics |= {topic for source in sources for topic in source.topics}
    return Following(
        readers=readers,
        authors=[item for item in items if item.author in zones],
        interests=await interested(read, topics, now.date(), rules.interest),
        follows={(member, target) for member, target in follows},
        follow_creators={member for member, target in follows if target in made},
        known={(member, cause) for member, cause in known},
        asked=asked,
    )


async def nudgeable(read: Read, zones: dict[str, str], now: datetime, rules: Rules) -> Nudgeable:
    nudges = rules.nudging
    unlinked = await read.fetchall(
        "SELECT member, at FROM profiles WHERE field = 'status' AND value = '[\"registered\"]'"
        " AND EXISTS (SELECT 1 FROM accounts)"
        " AND NOT EXISTS (SELECT 1 FROM seen WHERE seen.member = profiles.member)"
        " AND NOT EXISTS (SELECT 1 FROM accounts WHERE accounts.member = profiles.member"
        "  AND linked)"
    )
    accounts = await read.fetchall(
        "SELECT accounts.member, accounts.platform, max(accounts.at), max(seen.day),"
        " max(status.at) FROM accounts LEFT JOIN seen ON seen.member = accounts.member"
        " AND seen.source = :platform || accounts.platform"
        " LEFT JOIN profiles AS status ON status.member = accounts.member"
        " AND status.field = 'status' WHERE linked GROUP BY accounts.member, accounts.platform",
        {"platform": PLATFORM},
    )
    bare = await read.fetchall(
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
    ways = await read.fetchall(
        "SELECT member, way FROM near WHERE at > :since",
        {"since": milliseconds(now - nudges.news * DAY)},
    )
    near = {member: _way(way) for member, way in ways}
    offered = await _offers(read, None, now, kind=TRAINING)
    known = await read.fetchall(
        "SELECT member, cause FROM asked WHERE kind IN ('nudge', 'account_dormant')"
    )
    return Nudgeable(
        unlinked=[(m, "", instant(at)) for m, at in unlinked if m in zones],
        accounts=[
            (member, platform, _last(linked, day, status))
            for member, platform, linked, day, status in accounts
            if member in zones
        ],
        bare={member: shares for member, shares in bare if member in zones},
        near={
            member: way
            for member, way in near.items()
            if not way.historical and zones.get(member) == way.zone
        },
        trainings=sorted(offered, key=lambda it: (it.at, it.piece), reverse=True),
        known={(member, cause) for member, cause in known},
        off=await knowledge.switched_off(read, zones),
        nudged=await _asked(read, "nudge", "account_dormant"),
    )


async def week(read: Read, zones: dict[str, str], now: datetime, rules: Rules) -> Week:
    """Return what was heard in the week before `now`: what is heard on the occasion itself, or is
    late by then, belongs to the week to come.
    """
    span = {"since": milliseconds(now - WEEK), "now": milliseconds(now)}
    heard = await read.fetchall(
        "SELECT kind, member, source, piece, told FROM acts WHERE heard >= :since AND heard < :now"
        " AND NOT historical AND kind IN ('share', 'quote', 'comment', 'publish', 'performance',"
        "  'outcome') ORDER BY act",
        span,
    )
    pieces = await _week_pieces(read, {it[3] for it in heard if it[3]}, span)
    names = {name for piece in pieces for name in piece.names}
    counts = await read.fetchall(
        "SELECT piece, source, heard < :since OR historical, told FROM json_each(:names)"
        " JOIN acts ON piece = value WHERE kind = 'performance' AND heard < :now"
        " ORDER BY at, act",
        {**span, "names": json.dumps(sorted(names))},
    )
    return Week(
        pieces=pieces,
        echoes=[
            Echo(kind, member, source, piece)
            for kind, member, source, piece, _ in heard
            if kind in impact.ECHOES
        ],
        results=[
            Echo(json.loads(told)["outcome"], member, source, piece)
            for kind, member, source, piece, told in heard
            if kind == "outcome"
        ],
        counts=[
            impact.Count(piece, source, bool(before), json.loads(told))
            for piece, source, before, told in counts
        ],
        there=zones.keys(),
        everybody=zones.keys() if rules.digest_to == "everybody" else (),
    )


async def _week_pieces(read: Read, names: set[str], span: dict[str, int]) -> list[Piece]:
    rows = await read.fetchall(
        "SELECT pieces.piece, author, title, url, json_group_array(alias), pieces.historical,"
        " NOT pieces.historical AND min(heard) >= :since"
        " FROM pieces JOIN acts ON acts.piece = pieces.piece"
        " AND kind = 'publish' AND acts.member = author WHERE pieces.piece IN ("
        "  SELECT piece FROM acts WHERE kind = 'publish' AND (piece IN"
        "   (SELECT value FROM json_each(:names)) OR alias IN"
        "   (SELECT value FROM json_each(:names))))"
        " GROUP BY pieces.piece ORDER BY pieces.piece",
        {**span, "names": json.dumps(sorted(names))},
    )
    return [
        Piece(
            *(piece, author, title, url),
            names=frozenset({piece, *(it for it in json.loads(aliases) if it)}),
            historical=bool(historical),
            fresh=bool(fresh),
        )
        for piece, author, title, url, aliases, historical, fresh in rows
    ]


async def _pieces(read: Read, since: int) -> list[Item]:
    """Return the pieces that came out since, as far as they stand."""
    rows = await read.fetchall(
        "SELECT piece, author, at, title, url, topics FROM pieces WHERE at > :since"
        " AND NOT historical AND EXISTS (SELECT 1 FROM acts WHERE acts.piece = pieces.piece"
        "  AND kind = 'publish' AND acts.member = author) ORDER BY piece",
        {"since": since},
    )
    return [_item(*row) for row in rows]


async def _offers(
    read: Read, since: int | None, now: datetime, kind: str | None = None
) -> list[Item]:
    """Return what is offered: trainings, or what is there to be shared."""
    rows = await read.fetchall(
        "SELECT piece, (SELECT author FROM pieces WHERE pieces.piece = offers.piece), at, title,"
        " url, topics FROM offers WHERE NOT historical"
        " AND (:since IS NULL OR at > :since) AND at <= :now AND (until IS NULL OR until >= :today)"
        " AND CASE WHEN :kind IS NULL THEN coalesce(kind, '') <> :training ELSE kind = :kind END"
        " ORDER BY piece",
        {
            "since": since,
            "now": milliseconds(now),
            "today": now.date().isoformat(),
            "kind": kind,
            "training": TRAINING,
        },
    )
    return [_item(*row) for row in rows]


async def _aliases(read: Read, pieces: Collection[str]) -> dict[str, str]:
    """Return what else these pieces are called."""
    rows = await read.fetchall(
        "SELECT alias, piece FROM json_each(:names) JOIN acts ON piece = value"
        " WHERE kind = 'publish' AND alias IS NOT NULL",
        {"names": json.dumps([*pieces])},
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


async def _asked(read: Read, *kinds: str) -> dict[str, datetime]:
    rows = await read.fetchall(
        "SELECT member, max(at) FROM asked WHERE kind IN (SELECT value FROM json_each(:kinds))"
        " GROUP BY member",
        {"kinds": json.dumps(kinds)},
    )
    return {member: instant(at) for member, at in rows}


def _item(piece: str, author: str | None, at: int, *rest: Any) -> Item:  # noqa: ANN401 - a row
    title, url, topics = rest
    return Item(piece, author, instant(at), title, url, tuple(json.loads(topics)))


def _way(text: str) -> ZoneNeared:
    told = json.loads(text)
    return ZoneNeared(**{**told, "at": datetime.fromisoformat(told["at"])})


def _last(linked: int, day: int | None, status: int | None) -> datetime:
    """Return when an account was last used, else linked, or its member came back."""
    last = instant(max(linked, status or 0))
    return last if day is None else max(last, datetime.fromordinal(day).replace(tzinfo=UTC))
