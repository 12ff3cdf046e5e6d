"""What retractions speak of, found in the log without reading all of a member's stream."""

import json
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from services.classifier.domain.activities import Activity
from services.classifier.domain.retractions import names_of
from services.classifier.projections.entries import Read, happened
from shared.contracts.envelope import event_key
from shared.eventlog.entries import Recorded

NAMED: Final = """
    SELECT position, stream, version, type, schema, key, body, recorded_at FROM log
    WHERE key IN (SELECT value FROM json_each(:keys))
"""
ABOUT: Final = """
    SELECT position, stream, version, type, schema, key, body, recorded_at FROM log
    WHERE stream = :member AND version <= :through
    AND json_extract(body, '$.data.object.id') IN (SELECT value FROM json_each(:objects))
"""


class Speaking(NamedTuple):
    """Retractions of one member, of what is in their stream through a version."""

    through: int
    retractions: Sequence[Activity]


async def acts(read: Read, speaking: Mapping[str, Speaking]) -> dict[str, list[Activity]]:
    """Return by member at least what the retractions speak of, each once."""
    keys, found = list[str](), list[Recorded]()
    for member, (through, retractions) in speaking.items():
        objects = set()
        for each in retractions:
            names = names_of(each)
            keys += [event_key(*name) for name in names]
            if not names and "object" in each.data:
                objects.add(each.data["object"]["id"])
        if objects and through:
            asked = {"member": member, "through": through, "objects": json.dumps([*objects])}
            found += map(Recorded._make, await read.fetchall(ABOUT, asked))
    if keys:
        asked = {"keys": json.dumps(keys)}
        found += map(Recorded._make, await read.fetchall(NAMED, asked))
    by_member: dict[str, list[Activity]] = {}
    for row in {row.position: row for row in found}.values():
        if row.stream in speaking and row.version <= speaking[row.stream].through:
            by_member.setdefault(row.stream, []).append(happened(row))
    return by_member
