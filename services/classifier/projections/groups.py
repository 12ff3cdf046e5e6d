"""Who was said to be in which group, and when: on any day the latest that was said holds.

It stands beside the journeys, since no zone depends on it. In which order it was heard is all
the same.
"""

from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from services.classifier.domain.activities import ActivityRecorded
from services.classifier.domain.profile import PROFILED
from services.classifier.projections.entries import ACTIVITY, recorded
from shared.eventlog.entries import Entry, Recorded
from shared.eventlog.log import Transaction, View

Told: TypeAlias = tuple[str, int, str | None, str | None]
"""Who, when, by which entry, and what."""

NAMED: Final = b'"group"'
"""What an entry has in it that says something of a group."""

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
        _told(entry.stream, entry.key, entry.event)
        for entry in said
        if isinstance(entry.event, ActivityRecorded)
        and _tells(entry.event)
        and not entry.stream.startswith("_")
    ]
    if told:
        await put(transaction, told)


async def put(transaction: Transaction, told: Sequence[Told]) -> None:
    await transaction.executemany(
        "INSERT INTO groups (member, at, key, grp) VALUES (?, ?, ?, ?)", told
    )


def said_in(rows: Iterable[Recorded]) -> list[Told]:
    """Return what is said in rows of members' streams."""
    return [
        _told(row.stream, row.key, event)
        for row in rows
        if row.type == ACTIVITY and NAMED in row.body and _tells(event := recorded(row))
    ]


def _tells(event: ActivityRecorded) -> bool:
    return event.kind in PROFILED and "group" in event.data


def _told(member: str, key: str | None, event: ActivityRecorded) -> Told:
    return member, event.occurred_at, key, event.data["group"]


async def difference(view: View, after: str, through: str) -> str | None:
    """Say in words whose groups, of a range of members, are not as the log has them."""
    [(member,)] = await view.fetchall(DIFFERENT, {"after": after, "through": through})
    return None if member is None else f"{member}: the groups are not those that the log tells of"
