"""What an attempt to tell somebody came to: a fact in the log, or another attempt later."""

from datetime import UTC, datetime

import structlog

from services.notifier.adapters.patience import Patience
from services.notifier.adapters.ways import NotDelivered
from services.notifier.domain.kinds import Channel
from services.notifier.domain.notices import (
    DeliveryDropped,
    NoticeDelivered,
    NoticeFailed,
    NoticeSent,
)
from services.notifier.domain.notices import stream as stream_of
from services.notifier.domain.reach import ReceiverGone
from services.notifier.projections import tables
from services.notifier.projections.entries import milliseconds
from shared.eventlog.log import Entry, Transaction

log = structlog.get_logger()


async def note(
    transaction: Transaction,
    *,
    sent: NoticeSent,
    channel: Channel,
    patience: Patience,
    attempts: int,
    problem: NotDelivered | None,
) -> None:
    now = datetime.now(UTC)
    stream = stream_of(sent.notice.recipient)
    if problem is None:
        delivered = NoticeDelivered(id=sent.id, channel=channel, attempts=attempts, at=now)
        await tables.write(transaction, [Entry(stream, delivered)])
        return
    pause = None if problem.final else patience.after(attempts, problem.retry_after)
    if pause is not None:
        await _came_to_nothing(transaction, sent.id, channel, attempts, problem.problem, now)
        until = await patience.in_peace(transaction, sent, channel, now + pause)
        await wait(transaction, id=sent.id, channel=channel, until=until)
        log.info(
            "notifier.try_again",
            channel=channel,
            notice=sent.id,
            problem=problem.problem,
            seconds=round((until - now).total_seconds()),
        )
        return
    failed = NoticeFailed(
        id=sent.id,
        notice=sent.notice,
        channels=sent.channels,
        channel=channel,
        problem=problem.problem,
        attempts=attempts,
        at=now,
    )
    entries = [Entry(stream, failed)]
    if problem.gone:
        gone = ReceiverGone(channel=channel, receiver=problem.gone, at=now)
        entries.append(Entry(f"receivers/{channel}", gone))
    await tables.write(transaction, entries)
    log.warning(
        "notifier.notice_failed",
        channel=channel,
        notice=sent.id,
        problem=problem.problem,
        n=attempts,
    )


async def drop(
    transaction: Transaction, *, sent: NoticeSent, channel: Channel, attempts: int, why: str
) -> None:
    """Try no more. Nothing failed, so nobody has to hear of it."""
    dropped = DeliveryDropped(
        id=sent.id, channel=channel, why=why, attempts=attempts, at=datetime.now(UTC)
    )
    await tables.write(transaction, [Entry(stream_of(sent.notice.recipient), dropped)])
    log.info("notifier.delivery_dropped", channel=channel, notice=sent.id, why=why)


async def wait(transaction: Transaction, *, id: str, channel: Channel, until: datetime) -> None:
    """Try nothing before then. That is no attempt."""
    await transaction.execute(
        "UPDATE deliveries SET next_at = :until WHERE id = :id AND channel = :channel",
        {"until": milliseconds(until), "id": id, "channel": channel},
    )


async def _came_to_nothing(
    transaction: Transaction,
    id: str,
    channel: Channel,
    attempts: int,
    problem: str,
    at: datetime,
) -> None:
    await transaction.execute(
        "UPDATE deliveries SET attempts = :attempts, problem = :problem, at = :at"
        " WHERE id = :id AND channel = :channel",
        {
            "attempts": attempts,
            "problem": problem,
            "at": milliseconds(at),
            "id": id,
            "channel": channel,
        },
    )
