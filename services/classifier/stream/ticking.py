"""The wall clock's way into the log. Time does not pass what nobody has read yet.

A moment is a watermark: what had reached the broker by then, on its way in or already as
activity, has to be in our log before the log's clock may get there. So an outage, however long,
does not make active people dormant; and while the broker is away, time stands still.
"""

import asyncio
import sqlite3
import time
from typing import Final

import structlog
from nats.aio.client import Client

from services.classifier.domain import clock
from services.classifier.handlers import next_date_or_closing
from services.classifier.stream.hearing import Hearing
from shared.eventlog.log import Store
from shared.messaging.errors import BrokerUnavailable, NotProvisioned
from shared.messaging.topology import CLASSIFIER_ACTIVITY
from shared.messaging.watermark import everything_read

TICK_SECONDS: Final = 1.0
STALE: Final = 60_000
"""Milliseconds after which the clock follows, if anything has been recorded since."""

log = structlog.get_logger()


class Ticking:
    """Moves a log's clock that goes by the wall; every other clock it leaves alone."""

    def __init__(self, client: Client, store: Store, hearing: Hearing) -> None:
        self._client = client
        self._store = store
        self._hearing = hearing
        self._position = 0

    async def tick(self) -> None:
        """Go on for ever."""
        if self._hearing.time.mode != "wall":
            return
        self._position = await self._store.last_position()
        while True:
            await asyncio.sleep(TICK_SECONDS)
            try:
                await self._follow_the_wall()
            except (BrokerUnavailable, NotProvisioned, sqlite3.OperationalError) as trouble:
                log.info("classifier.clock_waits", why=str(trouble))

    async def _follow_the_wall(self) -> None:
        now = _wall()
        if await self._worth_it(now):
            await everything_read(self._client, self._store, CLASSIFIER_ACTIVITY)
            await self._hearing.advance(now)
            self._position = await self._store.last_position()

    async def before_a_batch(self) -> None:
        """Review who is due, and let the clock follow as far as nobody can fall by it: while a
        backlog is read, what it brings about is said at the right date.
        """
        hearing = self._hearing
        await hearing.review()
        then, policies = hearing.time.now, hearing.policies
        if hearing.time.mode != "wall" or then is None:
            return
        last_open = policies.span_at(then).closed + 1
        now = min(_wall(), policies.closes(last_open) - 1)
        if now - then >= STALE or clock.day_of(now) != clock.day_of(then):
            await hearing.advance(now)

    async def _worth_it(self, now: int) -> bool:
        """Say whether anything can come of it: most seconds pass unrecorded."""
        then = self._hearing.time.now
        if then is None or now >= next_date_or_closing(then, self._hearing.policies):
            return True
        return now - then >= STALE and await self._store.last_position() > self._position


def _wall() -> int:
    return time.time_ns() // 1_000_000
