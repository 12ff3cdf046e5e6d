"""What interests whom, read from the tables."""

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from services.notifier.domain.announcing import Listener
from services.notifier.domain.audience import LISTENING, Member, PieceRecorded
from services.notifier.domain.interest import Acted, Fading, Interests, interests, match
from services.notifier.domain.rules import Rules
from services.notifier.projections.knowledge import Read


async def interested(
    read: Read, topics: Collection[str], on: date, fading: Fading, members: Collection[str] = ()
) -> Interests:
    """Return what interests everybody of these topics, or only these members."""
    asked = {
        "topics": json.dumps(sorted(topics)),
        "members": json.dumps(sorted(members)),
        "after": on.toordinal() - fading.days,
    }
    declared = await read.fetchall(
        "SELECT member, topic FROM json_each(:topics) JOIN declared ON topic = value"
        " WHERE :members = '[]' OR member IN (SELECT value FROM json_each(:members))",
        asked,
    )
    acted = await read.fetchall(
        "SELECT member, topic, day, count(*) FROM json_each(:topics) JOIN interests"
        " ON topic = value AND day > :after"
        " WHERE :members = '[]' OR member IN (SELECT value FROM json_each(:members))"
        " GROUP BY topic, day, member",
        asked,
    )
    return interests(map(Acted._make, acted), [(m, t) for m, t in declared], on.toordinal(), fading)


async def caring(
    read: Read, members: Mapping[str, Member], on: date, fading: Fading
) -> dict[str, Member]:
    """Return these members with what interests them."""
    rows = await read.fetchall(
        "SELECT topic FROM json_each(:members) JOIN interests ON member = value"
        " UNION SELECT topic FROM json_each(:members) JOIN declared ON member = value",
        {"members": json.dumps(sorted(members))},
    )
    found = await interested(read, [topic for (topic,) in rows], on, fading, members)
    return {
        name: replace(
            member,
            cares=frozenset(
                topic
                for topic, interest in found.get(name, {}).items()
                if interest.weight >= fading.least
            ),
        )
        for name, member in members.items()
    }


async def listeners(
    read: Read, piece: PieceRecorded, on: date, rules: Rules
) -> tuple[Listener, ...]:
    """Return to whom a piece is announced: first the author's followers, then who is interested
    and in a zone that listens, most interested first.
    """
    followers = await read.fetchall(
        "SELECT DISTINCT member FROM follows WHERE target = :author", {"author": piece.member}
    )
    heard = {member: Listener(member=member) for (member,) in sorted(followers)}
    found = await interested(read, piece.topics, on, rules.interest)
    fitting = [
        (-fit.weight, Listener(member=member, topic=fit.topic, acts=fit.acts))
        for member, topics in found.items()
        if (fit := match(topics, piece.topics, rules.interest.least))
    ]
    fitting.sort(key=lambda each: (each[0], each[1].member))
    there = await _there(read, [*heard, *(listener.member for _, listener in fitting)])
    for _, listener in fitting:
        if there.get(listener.member):
            heard.setdefault(listener.member, listener)
    told = [it for it in heard.values() if it.member in there and it.member != piece.member]
    return tuple(told[: rules.most_recipients])


async def _there(read: Read, members: Collection[str]) -> dict[str, bool]:
    """Return of those who are there whether they are in a zone that listens."""
    rows = await read.fetchall(
        "SELECT asked.value, places.member IS NULL OR coalesce(zone, '') IN"
        " (SELECT value FROM json_each(:zones)) FROM json_each(:members) AS asked"
        " LEFT JOIN places ON places.member = asked.value"
        " LEFT JOIN profiles ON profiles.member = asked.value AND field = 'status'"
        " WHERE coalesce(profiles.value, '') NOT IN ('[\"departed\"]', '[\"paused\"]')",
        {"members": json.dumps(members), "zones": json.dumps(LISTENING)},
    )
    return {member: bool(listens) for member, listens in rows}
