"""From entries of the log to rows, in the transaction that appends them; or from all of the log.

Every statement can be repeated: what the log says twice, the tables have once.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final, assert_never, cast

from services.notifier.domain import acts, drafts, notices, reach, respect, standing
from services.notifier.domain.events import Engaged, Event
from services.notifier.projections import (
    audience,
    doings,
    drafting,
    engaged_tables,
    held,
    reachable,
    sent,
)
from services.notifier.projections.entries import CODEC, milliseconds
from services.notifier.projections.statements import Statement
from shared.clock import ClockAdvanced, ClockStarted
from shared.eventlog.checkpoints import Checkpoint
from shared.eventlog.entries import Recorded
from shared.eventlog.log import Entry, Store, Transaction

READER: Final = "tables"
FORM: Final = "6"
"""Changes with what the tables hold: a database with another form has them built again."""

CHUNK: Final = 1000
OUTCOMES: Final = (notices.NoticeSent, respect.NoticeHeld, respect.NoticeDropped)
"""What becomes of notices: they come by the thousand and do not depend on each other."""
TABLES: Final = (
    *("profiles", "places", "declared", "interests", "follows", "void_acts", "void_objects"),
    *("pieces", "drafts", "alerts", "inbox", "deliveries", "stops", "gone"),
    *("acts", "seen", "offers", "accounts", "near", "asked", "warnings"),
    *("waiting", "voices"),
    *("requests", "asks", "replies", "circles", "talks", "quiet", "breaches", "consents", "cared"),
    *held.TABLES,
)


async def write(transaction: Transaction, entries: Sequence[Entry]) -> None:
    """Append what has not been said, and have the tables follow."""
    said = {entry.key for entry in entries if entry.key and isinstance(entry.event, OUTCOMES)}
    again = await transaction.known(list(said)) if said else {}
    fresh = [entry for entry in entries if entry.key not in again]
    if not fresh:
        return
    rows = await transaction.append(fresh)
    events = [cast("Event", entry.event) for entry in fresh]
    await project(transaction, list(zip(rows, events, strict=True)), rows[-1].position)


async def project(
    transaction: Transaction, rows: Iterable[tuple[Recorded, Event]], position: int
) -> None:
    """Follow the log up to `position`."""
    for sql, run in groupby(_in_runs(rows), key=itemgetter(0)):
        await transaction.executemany(sql, [statement.values for statement in run])
    await transaction.save_checkpoint(Checkpoint(READER, position, FORM))


async def catch_up(store: Store) -> bool:
    """Build the tables again where they are not what the log says. Return whether they were not."""
    last = await store.last_position()
    if await store.checkpoint(READER) == Checkpoint(READER, last, FORM):
        return False
    async with store.transaction() as transaction:
        for table in TABLES:
            await transaction.execute(f"DELETE FROM {table}")  # noqa: S608 - a name of ours
        position = 0
        while rows := await store.read(position, CHUNK):
            position = rows[-1].position
            await project(transaction, [(row, CODEC.decode(row)) for row in rows], position)
        await transaction.save_checkpoint(Checkpoint(READER, position, FORM))
    return last > 0


def _in_runs(rows: Iterable[tuple[Recorded, Event]]) -> Iterable[Statement]:
    """Where entries do not depend on each other, the runs are kept long."""
    for kind, run in groupby(rows, key=lambda each: type(each[1])):
        statements = [each for row, event in run for each in _statements(row, event)]
        if kind in OUTCOMES:
            statements.sort(key=itemgetter(0))
        yield from statements


def _statements(row: Recorded, event: Event) -> Iterable[Statement]:
    if isinstance(event, notices.Event):
        return sent.statements(row, event)
    if isinstance(event, respect.Event):
        return held.statements(row, event)
    if isinstance(event, reach.Event):
        return reachable.statements(row, event)
    if isinstance(event, drafts.Event):
        return drafting.statements(row, event)
    if isinstance(event, Engaged):
        return engaged_tables.statements(row, event)
    if isinstance(event, standing.Event):
        return doings.of_standing(row.stream, event)
    if isinstance(event, acts.Event | acts.ObjectRetracted):
        return doings.of_doing(row.stream, event)
    if isinstance(event, ClockStarted | ClockAdvanced):
        return [_of_clock(event)]
    return audience.statements(row, event)


def _of_clock(event: ClockStarted | ClockAdvanced) -> Statement:
    match event:
        case ClockStarted():
            values = {"mode": event.mode, "now": event.at and milliseconds(event.at)}
            return Statement(
                "INSERT OR IGNORE INTO clock (id, mode, now) VALUES (1, :mode, :now)", values
            )
        case ClockAdvanced():
            return Statement(
                "UPDATE clock SET now = max(coalesce(now, 0), :now)",
                {"now": milliseconds(event.at)},
            )
        case _:
            assert_never(event)
