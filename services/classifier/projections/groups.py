"""Who was said to be in which group, and when: on any day the latest that was said holds.

It stands beside the journeys, since no zone depends on it. In which order it was heard is all
the same.
"""

from collections.abc import Iterable
from typing import Final

from services.classifier.domain.activities import ActivityRecorded
from services.classifier.domain.facts import PROFILED
from shared.eventlog.entries import Entry
from shared.eventlog.log import Transaction, View

DIFFERENT: Final = """
    SELECT min(member) FROM (
      SELECT member FROM (SELECT member, at, key, grp FROM groups_said
                          UNION ALL SELECT member, at, key, grp FROM groups)
      WHERE member > :after AND member <= :through
      GROUP BY member, at, key, grp HAVING count(*) = 1)
"""


async def note(transaction: Transaction, said: Iterable[Entry]) -> None:
    """Note what new entries of the log say of groups."""
    told = [
        (entry.stream, entry.event.occurred_at, entry.key, entry.event.data["group"])
        for entry in said
        if isinstance(entry.event, ActivityRecorded)
        and entry.event.kind in PROFILED
        and "group" in entry.event.data
        and not entry.stream.startswith("_")
    ]
    if told:
        await transaction.executemany(
            "INSERT INTO groups (member, at, key, grp) VALUES (?, ?, ?, ?)", told
        )


async def rebuild(transaction: Transaction) -> None:
    await transaction.execute("DELETE FROM groups")
    await transaction.execute("INSERT INTO groups SELECT member, at, key, grp FROM groups_said")


async def difference(view: View, after: str, through: str) -> str | None:
    """Say in words whose groups, of a range of members, are not as the log has them."""
    [(member,)] = await view.fetchall(DIFFERENT, {"after": after, "through": through})
    return None if member is None else f"{member}: the groups are not those that the log tells of"
