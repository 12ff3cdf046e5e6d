"""Where in the log each zone change is, so that a member's last one is found without a search."""

from collections.abc import AsyncIterator, Iterable, Sequence

from services.classifier.domain.announcements import ZoneChanged
from services.classifier.projections.entries import Read, at
from shared.eventlog.entries import Entry, Recorded
from shared.eventlog.log import Transaction, View

PAGE = 500


async def note(
    transaction: Transaction, entries: Iterable[Entry], rows: Sequence[Recorded]
) -> None:
    """Note the changes among entries that have become these rows."""
    changes = [
        (row.stream, entry.event.version, row.position)
        for entry, row in zip(entries, rows, strict=True)
        if isinstance(entry.event, ZoneChanged)
    ]
    if changes:
        await put(transaction, changes)


async def put(transaction: Transaction, changes: Sequence[tuple[str, int, int]]) -> None:
    """Note (member, number, position) for each of some changes."""
    await transaction.executemany(
        "INSERT INTO changes (member, number, position) VALUES (?, ?, ?)", changes
    )


async def last(read: Read, member: str) -> Recorded | None:
    """Return the change that was announced last of a member."""
    positions = await read.fetchall(
        "SELECT max(position) FROM changes WHERE member = :member", {"member": member}
    )
    rows = await at(read, [position for (position,) in positions if position is not None])
    return next(iter(rows), None)


async def of_member(view: View, member: str, after: int, limit: int) -> list[Recorded]:
    """Return a member's changes after a number, in their order."""
    positions = await view.fetchall(
        "SELECT position FROM changes WHERE member = :member AND number > :after"
        " ORDER BY number LIMIT :limit",
        {"member": member, "after": after, "limit": limit},
    )
    return await at(view, [position for (position,) in positions])


async def all_of_them(view: View) -> AsyncIterator[Recorded]:
    """Yield every change, by member and number. The view should be a snapshot."""
    member, number = "", 0
    while places := await view.fetchall(
        "SELECT member, number, position FROM changes"
        " WHERE (member, number) > (:member, :number) ORDER BY member, number LIMIT :page",
        {"member": member, "number": number, "page": PAGE},
    ):
        rows = {row.position: row for row in await at(view, [place[2] for place in places])}
        for member, number, position in places:  # noqa: B007 - the next page begins after them
            yield rows[position]
