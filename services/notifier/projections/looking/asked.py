"""What members have been asked to do already."""

import json
from collections.abc import Collection
from datetime import datetime

from services.notifier.projections.entries import instant
from services.notifier.projections.knowledge import Read


async def last(read: Read, names: Collection[str], *kinds: str) -> dict[str, datetime]:
    """Return of these members when they were asked anything of these kinds last."""
    rows = await read.fetchall(
        "SELECT name.value, max(at) FROM json_each(:names) AS name"
        " CROSS JOIN json_each(:kinds) AS wanted CROSS JOIN asked ON kind = wanted.value"
        " AND member = name.value GROUP BY name.value",
        {"names": json.dumps(sorted(names)), "kinds": json.dumps(kinds)},
    )
    return {member: instant(at) for member, at in rows}


async def causes(read: Read, names: Collection[str], *kinds: str) -> set[tuple[str, str]]:
    """Return what these members were asked for, of these kinds, and why."""
    rows = await read.fetchall(
        "SELECT name.value, cause FROM json_each(:names) AS name"
        " CROSS JOIN json_each(:kinds) AS wanted CROSS JOIN asked ON kind = wanted.value"
        " AND member = name.value",
        {"names": json.dumps(sorted(names)), "kinds": json.dumps(kinds)},
    )
    return {(member, cause) for member, cause in rows}
