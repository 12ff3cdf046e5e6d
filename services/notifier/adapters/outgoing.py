"""Notices on their way out: tried, tried again later, and given up in the end.

What is due stands in a table, so a restart goes on where it was. A receiver that hangs or fails
holds up its own notices and nothing else. A crash between the receiver's answer and our note of it
sends a notice again, under the same id.
"""

import asyncio
import random
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import httpx2
import structlog

from services.notifier.adapters import webhook
from services.notifier.adapters.webhook import NotDelivered, Receiver
from services.notifier.adapters.wording import Wording, Words
from services.notifier.domain.notices import Channel, NoticeDelivered, NoticeFailed, NoticeSent
from services.notifier.domain.notices import stream as stream_of
from services.notifier.projections import shown, tables
from services.notifier.projections.entries import milliseconds
from services.notifier.projections.recipients import recipients
from shared.eventlog.log import Entry, Store, Transaction

log = structlog.get_logger()

CHANNEL: Final[Channel] = "webhook"
AT_ONCE: Final = 8
"""Attempts at the same time."""
LONGEST_PAUSE: Final = 12 * 3600.0
IDLE_SECONDS: Final = 0.5
TROUBLED_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """After `attempts` nobody tries again. `pause` are the seconds after the first one."""

    attempts: int
    pause: float

    def after(self, failures: int, asked_for: float | None) -> float:
        """Return the seconds to wait: three times as long after each failure, give or take a
        third, so that what failed together does not come back together.
        """
        pause = min(self.pause * 3.0 ** min(failures - 1, 20), LONGEST_PAUSE)
        jitter = random.uniform(2 / 3, 4 / 3)  # noqa: S311 - nobody gains by guessing it
        return max(pause * jitter, min(asked_for or 0.0, LONGEST_PAUSE))


async def deliver(store: Store, wording: Wording, to: Receiver, patience: Patience) -> None:
    """Post whatever is due, for ever."""
    async with webhook.client() as http:
        while True:
            try:
                if not await _deliver_some(store, wording, http, to, patience):
                    await asyncio.sleep(IDLE_SECONDS)
            except sqlite3.OperationalError as error:
                log.warning("notifier.delivery_waits", why=str(error))
                await asyncio.sleep(TROUBLED_SECONDS)


async def _deliver_some(
    store: Store, wording: Wording, http: httpx2.AsyncClient, to: Receiver, patience: Patience
) -> int:
    now = milliseconds(datetime.now(UTC))
    due = await shown.pending(store, CHANNEL, now, AT_ONCE)
    who = await recipients(store, {sent.notice.recipient for sent, _ in due})
    said = [(sent, wording.words(sent.notice, who[sent.notice.recipient])) for sent, _ in due]
    outcomes = await asyncio.gather(*(_attempt(http, to, *each) for each in said))
    if due:
        async with store.transaction() as transaction:
            for (sent, failures), problem in zip(due, outcomes, strict=True):
                await _note(transaction, sent, failures + 1, problem, patience)
    return len(due)


async def _attempt(
    http: httpx2.AsyncClient, to: Receiver, sent: NoticeSent, words: Words
) -> NotDelivered | None:
    try:
        await webhook.post(http, to, sent, words)
    except NotDelivered as problem:
        return problem
    return None


async def _note(
    transaction: Transaction,
    sent: NoticeSent,
    attempts: int,
    problem: NotDelivered | None,
    patience: Patience,
) -> None:
    now = datetime.now(UTC)
    stream = stream_of(sent.notice.recipient)
    if problem is None:
        delivered = NoticeDelivered(id=sent.id, channel=CHANNEL, attempts=attempts)
        await tables.write(transaction, [Entry(stream, delivered)])
        return
    if problem.final or attempts >= patience.attempts:
        failed = NoticeFailed(
            id=sent.id,
            notice=sent.notice,
            channels=sent.channels,
            channel=CHANNEL,
            problem=problem.problem,
            attempts=attempts,
            at=now,
        )
        await tables.write(transaction, [Entry(stream, failed)])
        log.warning("notifier.notice_failed", notice=sent.id, problem=problem.problem, n=attempts)
        return
    pause = patience.after(attempts, problem.retry_after)
    await transaction.execute(
        "UPDATE deliveries SET attempts = :attempts, next_at = :next_at"
        " WHERE id = :id AND channel = :channel",
        {
            "attempts": attempts,
            "next_at": milliseconds(now) + round(pause * 1000),
            "id": sent.id,
            "channel": CHANNEL,
        },
    )
    log.info("notifier.try_again", notice=sent.id, problem=problem.problem, seconds=round(pause, 1))
