"""What could not be processed is kept for a limited time: it may tell of people."""

import asyncio
import sqlite3
import time
from collections.abc import Collection
from typing import Final

import structlog

from shared.eventlog.log import Store

EVERY: Final = 3600.0
"""Seconds between looks."""
DAY: Final = 24 * 60 * 60 * 1000
SLICE: Final = 1000

log = structlog.get_logger()


async def forget(store: Store, days: int, *, waiting: Collection[str] = ()) -> None:
    """Delete what was parked longer ago than so many days, at once and every hour, for ever.

    What is still open of the readers in `waiting` stays: it was accepted, and only waits.
    """
    while True:
        try:
            before = time.time_ns() // 1_000_000 - days * DAY
            while gone := await _forget_some(store, before, waiting):
                log.info("parked.forgotten", n=len(gone), never_resolved=sum(gone), days=days)
        except sqlite3.OperationalError as error:
            log.warning("parked.not_forgotten", error=str(error))
        await asyncio.sleep(EVERY)


async def _forget_some(store: Store, before: int, waiting: Collection[str]) -> list[bool]:
    async with store.transaction() as transaction:
        return await transaction.purge_parked(before=before, waiting=waiting, limit=SLICE)
