"""What would be said if nothing happened: time is let pass on a copy, which is thrown away.

The handlers are the same, so whatever they would come to say is foreseen. The log itself is only
read.
"""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from services.notifier.domain import hours
from services.notifier.domain.notices import NoticeSent
from services.notifier.projections import history, shown
from services.notifier.projections.entries import CODEC, SCHEMA, instant, milliseconds
from services.notifier.stream.batches import Notifying
from shared.eventlog.log import Store
from shared.eventlog.view import View

FOLDER: Final = "preview"
DAY: Final = timedelta(days=1)
FURTHEST: Final = timedelta(days=93)
"""Nobody plans further by what would be if nothing happened."""
AT_LEAST: Final = timedelta(milliseconds=1)


class Foresight:
    """One copy at a time: it is as large as the database."""

    def __init__(self, store: Store, notifying: Notifying) -> None:
        self._store, self._notifying = store, notifying
        self._zone = hours.zone(notifying.rules.rhythm.timezone)
        self._alone = asyncio.Lock()

    async def foresee(self, first: date, last: date) -> tuple[list[NoticeSent], list[NoticeSent]]:
        """Return what was said on these days, the organisation's, and what would be."""
        since, until = self._begins(first), self._begins(last + DAY)
        now = await shown.now(self._store)
        said = await history.sent_between(self._store, since, until)
        if until <= now:
            return said, []
        async with self._alone, _copy(self._store.path) as copy:
            before = await copy.last_position()
            await self._let_pass(copy, now, min(until, now + FURTHEST))
            rows = await copy.read(before, 1_000_000, types=["notice-sent"])
        coming = [CODEC.decode(row) for row in rows]
        coming.sort(key=lambda sent: sent.sent_at)
        return said, [sent for sent in coming if since <= sent.sent_at < until]

    async def _let_pass(self, copy: Store, now: datetime, until: datetime) -> None:
        """Stop wherever something may be said of its own accord."""
        while now < until:
            async with copy.transaction() as transaction:
                await self._notifying.advance(transaction, now)
            now = await self._next(copy, now)

    async def _next(self, copy: View, now: datetime) -> datetime:
        later = now + AT_LEAST
        morning = hours.morning(later, self._notifying.rules.rhythm.morning, self._zone)
        rows = await copy.fetchall(
            "SELECT min(until) FROM unsent WHERE until > :now"
            " UNION ALL SELECT min(due_at) FROM alerts WHERE due_at > :now"
            " UNION ALL SELECT min(due_at) FROM requests WHERE due_at > :now",
            {"now": milliseconds(now)},
        )
        timers = [instant(at) for (at,) in rows if at is not None]
        return max(later, min([morning, *timers]))

    def _begins(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._zone)


@asynccontextmanager
async def _copy(path: Path) -> AsyncIterator[Store]:
    folder = path.parent / FOLDER
    shutil.rmtree(folder, ignore_errors=True)  # a crash may have left one
    folder.mkdir(mode=0o700)
    try:
        await asyncio.to_thread(_back_up, path, folder / path.name)
        async with Store.open(folder / path.name, codec=CODEC, schema=SCHEMA) as copy:
            yield copy
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _back_up(path: Path, to: Path) -> None:
    """Copy all but the addresses: it matters who has one, not which."""
    with (
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(to)) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA secure_delete = ON")
        copy.execute(
            "UPDATE addresses SET email = iif(email IS NULL, NULL, '-'),"
            " chat = iif(chat IS NULL, NULL, '-')"
        )
        copy.commit()
