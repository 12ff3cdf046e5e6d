"""Rebuilding while the old tables are read: worker processes fold everybody into new ones.

Nothing is taken in meanwhile, so the log stays as it is. What is broken off is begun again.
"""

import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Final

import structlog

from services.classifier.adapters.crew import crew
from services.classifier.domain.clock import Mode
from services.classifier.projections import rebuilding, tables
from services.classifier.projections.tables import TABLES, Finding
from shared.eventlog import beside
from shared.eventlog.log import Store

UNLOOKED: Final = Finding("nobody has looked at them yet", readable=False)

log = structlog.get_logger()


class Rebuilder:
    """Knows whether the tables can be read, and whether the service may go on by them."""

    def __init__(self, store: Store, mode: Mode, then: Callable[[], Awaitable[None]]) -> None:
        """`then` is what goes on by the tables, once they are there."""
        self._store = store
        self._mode = mode
        self._then = then
        self._finding = UNLOOKED
        self._progress = ""

    async def look(self) -> None:
        """Find out how the tables are, and go on at once if they need not be built again."""
        beside.discard(_beside(self._store.path))
        finding = await tables.look(self._store)
        if finding.why is None:
            await self._then()
        self._finding = finding

    async def rebuild(self, *, workers: int | None = None) -> None:
        """Build them again if they need it, and go on. Raises WorkerDied."""
        if self._finding.why is None:
            return
        file = _beside(self._store.path)
        log.warning("classifier.rebuilding", why=self._finding.why)
        began = time.monotonic()
        members = await self._build(file, workers)
        await self._store.replace(TABLES, file)
        beside.discard(file)
        await self._then()
        self._finding = Finding()
        seconds = round(time.monotonic() - began, 1)
        log.info("classifier.rebuilt", members=members, seconds=seconds)

    def unreadable(self) -> str | None:
        """Say why nobody can be told anything, None if they can."""
        return None if self._finding.readable else self._sentence()

    def unfinished(self) -> str | None:
        """Say what has to be done before anything new is taken in, None if nothing."""
        return None if self._finding.why is None else self._sentence()

    async def trouble(self) -> str | None:
        return self.unfinished()

    async def _build(self, file: Path, workers: int | None) -> int:
        await beside.begin(file, TABLES)
        now = await rebuilding.clock(self._store, self._mode)
        setting = {"file": str(file), "now": now or 0}
        done = 0
        async with crew("rebuild", self._store, setting=setting, workers=workers) as started:
            folding, total = started
            async with aclosing(folding.share_out()) as answers:
                async for said, _ in answers:
                    done += said["members"]
                    self._progress = f", {done} of {total} members"
        await rebuilding.complete(file, now)
        return done

    def _sentence(self) -> str:
        return f"rebuilding the tables from the log{self._progress} ({self._finding.why})"


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.stem}-rebuilt{path.suffix}")
