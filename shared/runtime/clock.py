"""A log keeps the clock that it was begun with: another one is refused at the start."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeAlias

from shared.clock import STREAM, ClockStarted, Mode
from shared.eventlog.log import Entry, Store, Transaction
from shared.runtime.errors import WrongUse
from shared.runtime.settings import Clock

Write: TypeAlias = Callable[[Transaction, Sequence[Entry]], Awaitable[None]]


async def start(store: Store, setting: Clock, write: Write) -> Mode:
    """Set the log's clock going, by appending what `write` also projects, or find it going the same
    way. Raises WrongUse.
    """
    mode: Mode = "fixed" if isinstance(setting, datetime) else setting
    at = setting if isinstance(setting, datetime) else None
    rows = await store.stream(STREAM)
    if not rows:
        async with store.transaction() as transaction:
            await write(transaction, [Entry(STREAM, ClockStarted(mode=mode, at=at))])
        return mode
    started = store.codec.decode(rows[0])
    if (started.mode, started.at) != (mode, at):
        raise WrongUse(
            f"{store.path} was begun with the clock {_told(started.mode, started.at)}, not"
            f" {_told(mode, at)}: start with ZONES_CLOCK={_told(started.mode, started.at)}, or with"
            " another data directory"
        )
    return mode


def _told(mode: Mode, at: datetime | None) -> str:
    return at.isoformat() if at else mode
