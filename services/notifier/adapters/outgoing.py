"""Notices on their way out: tried, and tried again as long as there is patience.

Every channel has a deliverer of its own, so one that hangs or fails holds up its own notices and
nothing else. What is due stands in a table, so a restart goes on where it was. A crash between the
receiver's answer and our note of it sends a notice again, under the same id.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final, TypeAlias

import structlog

from services.notifier.adapters import attempts
from services.notifier.adapters.last_look import look
from services.notifier.adapters.patience import Patience
from services.notifier.adapters.templates import TemplateInvalid
from services.notifier.adapters.ways import Bundling, NotDelivered, Way
from services.notifier.domain.kinds import KINDS, Kind
from services.notifier.domain.notices import NoticeSent
from services.notifier.projections import history, shown
from services.notifier.projections.entries import milliseconds
from services.notifier.projections.recipients import recipient
from shared.eventlog.log import Store, Transaction

log = structlog.get_logger()

IDLE_SECONDS: Final = 0.5
TROUBLED_SECONDS: Final = 5.0

Note: TypeAlias = Callable[[Transaction], Awaitable[None]]
"""Writes down what came of a notice."""


async def deliver(store: Store, way: Way, patience: Patience) -> None:
    """Send whatever is due on a channel, for ever: what is urgent before all else."""
    urgent = [kind for kind in KINDS if patience.rules.manners.of(kind).urgent]
    under_way: dict[str, asyncio.Task[None]] = {}
    async with asyncio.TaskGroup() as tasks:
        while True:
            under_way = {it: task for it, task in under_way.items() if not task.done()}
            for sent, failures in await _due(store, way, urgent, under_way):
                sending = _send(store, way, patience, sent, failures)
                under_way[_message(way, sent)] = tasks.create_task(sending)
            if under_way:
                await asyncio.wait(
                    under_way.values(),
                    timeout=IDLE_SECONDS,
                    return_when=asyncio.FIRST_COMPLETED,
                )
            else:
                await asyncio.sleep(IDLE_SECONDS)


async def _due(
    store: Store,
    way: Way,
    urgent: Collection[Kind],
    under_way: dict[str, asyncio.Task[None]],
) -> list[tuple[NoticeSent, int]]:
    """Return what can be sent now, each with its failed attempts."""
    room = way.at_once - len(under_way)
    if not room:
        return []
    now = milliseconds(datetime.now(UTC))
    due = await shown.pending(store, way.channel, now, way.at_once, urgent)
    messages = {_message(way, sent): (sent, failures) for sent, failures in reversed(due)}
    waiting = [it for name, it in messages.items() if name not in under_way]
    return waiting[::-1][:room]


def _message(way: Way, sent: NoticeSent) -> str:
    """Return what a message is named by: its notice, or the digest that the notice is a part of."""
    return sent.digest if sent.digest and isinstance(way, Bundling) else sent.id


async def _send(
    store: Store, way: Way, patience: Patience, sent: NoticeSent, failures: int
) -> None:
    those = [sent]
    if sent.digest and isinstance(way, Bundling):
        those = await history.sent_together(store, sent.digest, way.channel)
    unwanted, unreachable = await look(store, those, way.channel, patience.rules)
    notes: list[Note] = []
    wanted: list[NoticeSent] = []
    for it in those:
        if why := unwanted.get(it.id):
            notes.append(_dropped(way, it, failures, why))
        elif why := unreachable.get(it.id):
            notes.append(_noted(way, patience, it, failures, NotDelivered(why, final=True)))
        else:
            wanted.append(it)
    if wanted:
        notes += await _tell(store, way, patience, wanted, failures)
    await _write(store, way, notes)


async def _tell(
    store: Store, way: Way, patience: Patience, those: Sequence[NoticeSent], failures: int
) -> list[Note]:
    """Leave somebody in peace, or tell them. Return what came of it."""
    now = datetime.now(UTC)
    if (at := await patience.in_peace(store, those[0], way.channel, now)) > now:
        return [partial(attempts.wait, id=it.id, channel=way.channel, until=at) for it in those]
    problem = await _attempt(store, way, those)
    return [_noted(way, patience, it, failures, problem) for it in those]


def _noted(
    way: Way, patience: Patience, sent: NoticeSent, failures: int, problem: NotDelivered | None
) -> Note:
    return partial(
        attempts.note,
        sent=sent,
        channel=way.channel,
        patience=patience,
        attempts=failures + 1,
        problem=problem,
    )


def _dropped(way: Way, sent: NoticeSent, failures: int, why: str) -> Note:
    return partial(attempts.drop, sent=sent, channel=way.channel, attempts=failures, why=why)


async def _write(store: Store, way: Way, notes: Sequence[Note]) -> None:
    """What is out already must not go out again because there is no room on the disk."""
    while True:
        try:
            async with store.transaction() as transaction:
                for note in notes:
                    await note(transaction)
        except sqlite3.OperationalError as error:
            log.warning("notifier.delivery_waits", channel=way.channel, why=str(error))
            await asyncio.sleep(TROUBLED_SECONDS)
        else:
            return


async def _attempt(store: Store, way: Way, those: Sequence[NoticeSent]) -> NotDelivered | None:
    to = await recipient(store, those[0].notice.recipient)
    try:
        if len(those) > 1 and isinstance(way, Bundling):
            await way.send_digest(those, to)
        else:
            await way.send(those[0], to)
    except NotDelivered as problem:
        return problem
    except TemplateInvalid as error:
        log.error("notifier.cannot_be_said", notice=those[0].id, why=str(error))  # noqa: TRY400
        return NotDelivered("no_words", final=True)
    return None
