"""A batch is handled, or each of its messages is handled or parked. Nothing is dropped.

Here, and only here, services catch whatever a handler raises. What fails together is tried again
alone, so that a bad message costs its neighbours nothing but time. What the store or the broker is
not able to do is no fault of the message: that is tried for ever, and meanwhile nothing is
acknowledged.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

import structlog

from shared.eventlog.parked import Parked
from shared.messaging.delivery import Delivery
from shared.messaging.errors import BrokerUnavailable, StreamFull, UnreadableMessage
from shared.messaging.lag import Progress

log = structlog.get_logger()

TRIES = 5
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0
NOT_THE_MESSAGE = (sqlite3.OperationalError, BrokerUnavailable, StreamFull)

Attempt: TypeAlias = Callable[[Sequence[Delivery]], Awaitable[int]]
"""Handles a start of the batch, all of it or nothing, and returns how long that was."""

Park: TypeAlias = Callable[[Delivery, UnreadableMessage], Awaitable[None]]
"""Keeps a message with the reason, and marks it as dealt with."""


async def settle(
    batch: Sequence[Delivery], attempt: Attempt, park: Park, progress: Progress
) -> None:
    """Return when every message of the batch is handled or parked, in order."""
    together, failures = True, 0
    unreadable: UnreadableMessage | None = None
    while batch:
        trying = batch if together else batch[:1]
        try:
            if unreadable:
                await park(trying[0], unreadable)
                tell_parked(progress, trying[0], unreadable)
                taken = 1
            else:
                taken = await attempt(trying)
        except NOT_THE_MESSAGE as error:
            progress.waits(f"{type(error).__name__}: {error}")
            failures += 1
            await asyncio.sleep(pause_after(failures))
            continue
        except Exception as error:
            if unreadable:
                raise
            log.warning("messaging.failed", reader=progress.name, n=len(trying), error=repr(error))
            if len(trying) > 1:
                together = False
                continue
            failures += 1
            if isinstance(error, UnreadableMessage):
                unreadable = error
            elif failures >= TRIES:
                unreadable = UnreadableMessage("failed", f"{type(error).__name__}: {error}")
            else:
                await asyncio.sleep(pause_after(failures))
            continue
        progress.goes_on()
        if taken:
            failures, unreadable = 0, None
            batch = batch[taken:]


async def insist(work: Callable[[], Awaitable[None]], progress: Progress) -> None:
    """Do what has to be done before anything is handled, again and again until it is done."""
    failures = 0
    while True:
        try:
            await work()
        except Exception as error:
            failures += 1
            log.exception("messaging.held_up", reader=progress.name, failures=failures)
            progress.waits(f"{type(error).__name__}: {error}")
            await asyncio.sleep(pause_after(failures))
        else:
            return


def pause_after(failures: int) -> float:
    """Return how long to wait, in seconds: longer after each failure, up to a limit."""
    return min(FIRST_PAUSE * 2.0 ** min(failures - 1, 10), LONGEST_PAUSE)


def parked(reader: str, delivery: Delivery, why: UnreadableMessage) -> Parked:
    """Return what to keep of a message that nobody could process."""
    return Parked(
        reader=reader,
        key=delivery.id,
        reason=why.reason,
        detail=why.detail,
        subject=delivery.subject,
        payload=delivery.body,
        headers=delivery.headers,
    )


def tell_parked(progress: Progress, delivery: Delivery, why: UnreadableMessage) -> None:
    log.error(
        "messaging.parked",
        reader=progress.name,
        subject=delivery.subject,
        sequence=delivery.sequence,
        id=delivery.id,
        reason=why.reason,
        detail=why.detail,
    )
