"""What became of the notices to a member: sent, held or dropped, and why."""

from datetime import datetime

from services.notifier.domain.notices import NoticeSent
from services.notifier.domain.respect import Outcome
from services.notifier.projections.entries import CODEC, milliseconds
from services.notifier.projections.shown import ROW
from shared.eventlog.entries import Recorded
from shared.eventlog.view import View


async def of_member(
    view: View, member: str, *, after: int, limit: int
) -> list[tuple[int, Outcome]]:
    """Return how notices to a member stand, each at its place in the log, from old to new."""
    rows = await view.fetchall(
        f"SELECT {ROW} FROM ("  # noqa: S608 - columns of ours
        " SELECT position FROM inbox WHERE recipient = :member AND position > :after"
        " UNION ALL SELECT position FROM unsent WHERE recipient = :member AND position > :after"
        " ORDER BY position LIMIT :limit) JOIN log USING (position) ORDER BY position",
        {"member": member, "after": after, "limit": limit},
    )
    return [(row[0], CODEC.decode(Recorded._make(row))) for row in rows]


async def of_notice(view: View, id: str) -> Outcome | None:
    """Return how a notice stands that is not sent."""
    rows = await view.fetchall(
        f"SELECT {ROW} FROM unsent JOIN log USING (position) WHERE id = :id",  # noqa: S608
        {"id": id},
    )
    return next((CODEC.decode(Recorded._make(row)) for row in rows), None)


async def sent_between(view: View, since: datetime, until: datetime) -> list[NoticeSent]:
    """Return what was sent from one moment on and before another, in order."""
    rows = await view.fetchall(
        f"SELECT {ROW} FROM sent JOIN inbox USING (id) JOIN log USING (position)"  # noqa: S608
        " WHERE at >= :since AND at < :until ORDER BY at, position",
        {"since": milliseconds(since), "until": milliseconds(until)},
    )
    return [CODEC.decode(Recorded._make(row)) for row in rows]


async def sent_together(view: View, digest: str, channel: str) -> list[NoticeSent]:
    """Return what of a digest has still to go over a channel, in order."""
    rows = await view.fetchall(
        f"SELECT {ROW} FROM sent JOIN deliveries USING (id) JOIN inbox USING (id)"  # noqa: S608
        " JOIN log USING (position) WHERE sent.digest = :digest AND channel = :channel"
        " AND next_at IS NOT NULL ORDER BY position",
        {"digest": digest, "channel": channel},
    )
    return [CODEC.decode(Recorded._make(row)) for row in rows]
