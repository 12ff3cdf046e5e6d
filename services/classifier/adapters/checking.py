"""The recount as a check: now and then by itself, at the lowest priority, or when somebody asks.

What the last one found is a metric, and where it is a difference, a remark in the status until a
later one finds none. The service goes on meanwhile: a wrong zone is not made right by silence.
"""

import asyncio
import math
import sqlite3
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Final, Protocol

import structlog
from prometheus_client import Gauge

from services.classifier.adapters.crew import POLITE
from shared.runtime.health import Health

HOUR: Final = 3600.0
LAST_OF_ALL: Final = 19
"""How much a recount that nobody has asked for lets others go first."""
BACKLOG: Final = 1000
"""Entries that wait to be read, above which there are better things to do than to recount."""
ANOTHER_LOOK: Final = 60.0
"""Seconds until the backlog is looked at again."""

log = structlog.get_logger()


class Verify(Protocol):
    def __call__(
        self, *, workers: int | None, polite: int
    ) -> AsyncGenerator[dict[str, Any], None]: ...


class Checking:
    """One recount at a time, whoever asks for it."""

    def __init__(self, verify: Verify, health: Health, *, hours: float) -> None:
        self._verify = verify
        self._health = health
        self._seconds = hours * HOUR
        self._under_way: str | None = None
        self._remark: str | None = None
        health.remark(lambda: self._remark)
        self._gauges = {
            name: Gauge(f"zones_classifier_verified_{name}", told, registry=health.registry)
            for name, told in (
                ("equal", "1 when the last recount equalled what is kept, 0 when it did not."),
                ("timestamp_seconds", "When the last recount ended, in seconds since 1970."),
                ("duration_seconds", "How long the last recount took."),
                ("events", "Events in the last recount."),
                ("members", "Members in the last recount."),
            )
        }
        for gauge in self._gauges.values():
            gauge.set(math.nan)

    def under_way(self) -> str | None:
        """Say how far a recount is, None where there is none."""
        return self._under_way

    async def verify(
        self, *, workers: int | None = None, polite: int = POLITE
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Yield what `verify` does, and keep the result; an `error` where one is under way."""
        if self._under_way is not None:
            yield {"error": self._under_way}
            return
        self._under_way = "a recount is under way: ask again when it is done"
        began = time.monotonic()
        try:
            async with aclosing(self._verify(workers=workers, polite=polite)) as lines:
                async for line in lines:
                    if "of" in line:
                        far = f"{line['done']} of {line['of']} members"
                        self._under_way = (
                            f"a recount is under way, {far}: ask again when it is done"
                        )
                    else:
                        self._found(line, time.monotonic() - began)
                    yield line
        finally:
            self._under_way = None

    async def go_on(self) -> None:
        """Recount every so many hours, and the first time soon, for ever."""
        pause = min(self._seconds, HOUR)
        while self._seconds:
            await asyncio.sleep(pause)
            pause = self._seconds
            while await self._has_better_to_do():  # noqa: ASYNC110 - only time makes it less
                await asyncio.sleep(ANOTHER_LOOK)
            try:
                async with aclosing(self.verify(workers=1, polite=LAST_OF_ALL)) as lines:
                    async for _ in lines:
                        pass
            except (OSError, sqlite3.OperationalError) as trouble:
                log.warning("classifier.not_verified", why=str(trouble))

    async def _has_better_to_do(self) -> bool:
        lags = await self._health.lags()
        return any(lag is not None and lag > BACKLOG for lag in lags.values())

    def _found(self, result: dict[str, Any], seconds: float) -> None:
        if "error" in result:
            log.warning("classifier.not_verified", why=result["error"])
            return
        counted = {name: result[name] for name in ("events", "members", "equal")}
        now = {"timestamp_seconds": time.time(), "duration_seconds": seconds}
        for name, value in {**counted, **now}.items():
            self._gauges[name].set(value)
        self._remark = None
        if result["equal"]:
            log.info("classifier.verified", **counted, seconds=round(seconds, 1))
            return
        log.error("classifier.verified_unequal", **counted, difference=result["difference"])
        self._remark = (
            f"what is kept differs from the log: {result['difference']}."
            " `zones verify` says whether it still does; dropped tables are built again at a start"
        )
