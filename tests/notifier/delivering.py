"""A channel at work beside the notifier, and what came of it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from services.notifier.adapters import outgoing
from services.notifier.adapters.patience import Patience
from services.notifier.adapters.ways import Way
from services.notifier.domain.kinds import Channel
from services.notifier.domain.notices import NoticeFailed, NoticeSent
from services.notifier.projections import shown
from services.notifier.projections.recipients import keep
from tests.notifier.examples import SLEEPLESS, Notifier, recognised

SOON = Patience((timedelta(milliseconds=10), timedelta(milliseconds=20)), SLEEPLESS)


@asynccontextmanager
async def delivering(
    notifier: Notifier, *ways: Way, patience: Patience = SOON
) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(outgoing.deliver(notifier.store, way, patience)) for way in ways]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def nothing_waits(notifier: Notifier, channel: Channel) -> None:
    async with asyncio.timeout(10):
        while await shown.next_delivery(notifier.store, channel) is not None:
            await asyncio.sleep(0.01)


async def failures(notifier: Notifier) -> list[NoticeFailed]:
    rows = await notifier.store.read(0, 1000, types=["notice-failed"])
    return [notifier.store.codec.decode(row) for row in rows]


async def found_at(
    notifier: Notifier, member: str, *, email: str | None = None, chat: str | None = None
) -> None:
    """Say where a member is to be found."""
    async with notifier.store.transaction() as transaction:
        await keep(transaction, member, email, chat)


async def a_notice(notifier: Notifier) -> NoticeSent:
    await notifier.hears(recognised())
    [sent] = await notifier.notices()
    return sent
