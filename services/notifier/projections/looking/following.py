"""Whom readers might follow."""

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from services.notifier.domain.audience import LISTENING
from services.notifier.domain.rules import Rules
from services.notifier.domain.steps import Source
from services.notifier.domain.suggestions import Following, follow_rests
from services.notifier.projections.entries import milliseconds
from services.notifier.projections.interest import interested
from services.notifier.projections.knowledge import Read
from services.notifier.projections.looking import asked, here
from services.notifier.projections.looking.items import pieces

DAY: Final = timedelta(days=1)
SUGGESTED: Final = "follow_suggestion"


async def following(
    read: Read, sources: Collection[Source], now: datetime, rules: Rules
) -> Following:
    longest = max(rules.suggesting.authors_of, rules.suggesting.fresh)
    items = await pieces(read, milliseconds(now - longest * DAY))
    topics = {topic for item in items for topic in item.topics}
    topics |= {topic for source in sources for topic in source.topics}
    interests = await interested(read, topics, now.date(), rules.interest)
    readers = await here.everybody(read) if _for_everybody(sources) else interests
    last = await asked.last(read, readers, SUGGESTED)
    due = [it for it in readers if not follow_rests(last.get(it), now, rules.suggesting)]
    zones = await here.among(read, due)
    due = [member for member in due if zones.get(member) in LISTENING]
    if not due:
        return Following()
    authors = await here.among(read, {item.author for item in items if item.author})
    return Following(
        readers={member: zones[member] for member in due},
        authors=[item for item in items if item.author in authors],
        interests=interests,
        follows=await _follows(read, due),
        follow_creators=await _follow_creators(read, due),
        known=await asked.causes(read, due, SUGGESTED),
        asked=last,
    )


def _for_everybody(sources: Collection[Source]) -> bool:
    """Say whether something is suggested without regard to what interests people."""
    return any(not source.topics and not source.zone for source in sources)


async def _follows(read: Read, readers: Collection[str]) -> set[tuple[str, str]]:
    rows = await read.fetchall(
        "SELECT DISTINCT member, target FROM json_each(:names) JOIN follows ON member = value",
        {"names": json.dumps(sorted(readers))},
    )
    return {(member, target) for member, target in rows}


async def _follow_creators(read: Read, readers: Collection[str]) -> set[str]:
    """Return who of these follows anybody who ever published."""
    rows = await read.fetchall(
        "SELECT DISTINCT member FROM json_each(:names) JOIN follows ON member = value"
        " WHERE EXISTS (SELECT 1 FROM pieces WHERE author = target)",
        {"names": json.dumps(sorted(readers))},
    )
    return {member for (member,) in rows}
