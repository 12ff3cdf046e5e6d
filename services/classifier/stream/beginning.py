"""The first two entries of the log, and what a later start finds there."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from services.classifier.domain import clock, policy
from services.classifier.domain.adopting import FIRST_DAY
from services.classifier.domain.clock import ClockStarted
from services.classifier.domain.policy import PolicyAdopted
from services.classifier.projections import tables
from services.classifier.projections.entries import CODEC, adoptions
from services.classifier.stream.reading import milliseconds
from shared.eventlog.log import Entry, Store
from shared.runtime.errors import WrongUse
from shared.runtime.settings import Clock


class Beginning(NamedTuple):
    started: ClockStarted
    adopted: Sequence[PolicyAdopted]


async def begin(store: Store, setting: Clock, *, wall: datetime, text: str) -> Beginning:
    """Write the log's first entries where there are none: its clock, and the policy in `text`;
    and create the tables beside it.

    Return what the log has then. Raises WrongUse where it keeps another clock than was asked for.
    """
    asked = _asked(setting, wall)
    if not await store.last_position():
        await _write(store, asked, text)
    started = CODEC.decode((await store.read(0, 1))[0])
    assert isinstance(started, ClockStarted)  # noqa: S101 - it always is the first
    if _words(started) != _words(asked):
        raise WrongUse(
            f"the log in {store.path} goes by the clock {_words(started)}, not {_words(asked)}:"
            f" set ZONES_CLOCK={_words(started)}, or give another data directory"
        )
    return Beginning(started, await adoptions(store))


async def _write(store: Store, asked: ClockStarted, text: str) -> None:
    first = PolicyAdopted(
        version=1,
        text=text,
        mode="recompute",
        effective_on=FIRST_DAY,
        author="zones",
        note="the policy that the log began with",
        decided_at=clock.begins(FIRST_DAY.toordinal()) if asked.at is None else asked.at,
    )
    async with store.transaction() as transaction:
        await transaction.append([Entry(clock.STREAM, asked), Entry(policy.STREAM, first)])
        await tables.create(transaction)
        await transaction.execute("INSERT INTO clock (id, now) VALUES (1, :now)", {"now": asked.at})


def _asked(setting: Clock, wall: datetime) -> ClockStarted:
    match setting:
        case "events":
            return ClockStarted(mode="events")
        case "wall":
            return ClockStarted(mode="wall", at=milliseconds(wall))
        case instant:
            return ClockStarted(mode="fixed", at=milliseconds(instant))


def _words(started: ClockStarted) -> str:
    """Say a clock as the setting does."""
    if started.mode != "fixed" or started.at is None:
        return started.mode
    return datetime.fromtimestamp(started.at / 1000, UTC).isoformat()
