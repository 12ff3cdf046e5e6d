"""Who is there, and in which zone."""

import json
from collections.abc import Collection
from typing import Final

from services.notifier.domain.audience import FIRST_ZONE
from services.notifier.projections.knowledge import Read

THERE: Final = (
    "SELECT known.member, CASE WHEN places.member IS NULL THEN :first ELSE zone END FROM known"
    " LEFT JOIN places USING (member)"
    " LEFT JOIN profiles AS status ON status.member = known.member AND status.field = 'status'"
    " WHERE known.member <> '_org'"
    "  AND coalesce(status.value, '') NOT IN ('[\"departed\"]', '[\"paused\"]')"
    "  AND (places.member IS NULL OR zone IS NOT NULL)"
)
EVERYBODY: Final = (
    "WITH known(member) AS (SELECT member FROM profiles"  # noqa: S608 - constants of ours
    " UNION SELECT member FROM places"
    " UNION SELECT member FROM seen) " + THERE
)
AMONG: Final = (
    "WITH known(member) AS (SELECT name.value"  # noqa: S608 - constants of ours
    " FROM json_each(:names) AS name"
    " WHERE EXISTS (SELECT 1 FROM profiles WHERE member = name.value)"
    "  OR EXISTS (SELECT 1 FROM places WHERE member = name.value)"
    "  OR EXISTS (SELECT 1 FROM seen WHERE member = name.value)) " + THERE
)


async def everybody(read: Read) -> dict[str, str]:
    """Return everybody of whom anything is known and who is there, with their zones."""
    rows = await read.fetchall(EVERYBODY, {"first": FIRST_ZONE})
    return dict(rows)


async def among(read: Read, names: Collection[str]) -> dict[str, str]:
    """Return who of these is there, with their zones."""
    if not names:
        return {}
    asked = {"first": FIRST_ZONE, "names": json.dumps(sorted(names))}
    rows = await read.fetchall(AMONG, asked)
    return dict(rows)
