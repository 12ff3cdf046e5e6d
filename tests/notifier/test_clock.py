"""Time enters a notifier's log in one way, which is settled when the log begins."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.notifier.handlers.heard import Happening
from services.notifier.projections import knowledge, tables
from services.notifier.stream.ticking import Ticking
from shared import clock
from shared.contracts.activity import FAMILIES
from shared.contracts.schemas import SAYS, type_of
from shared.messaging.provision import provision
from shared.messaging.topology import NOTIFIER_ACTIVITY
from shared.messaging.wall import TICK_SECONDS
from shared.runtime.clock import start
from shared.runtime.errors import WrongUse
from shared.runtime.settings import Clock
from tests.contracts.examples import said
from tests.nats import connected, nats_server
from tests.notifier.examples import (
    HOURS,
    NINE,
    SLEEPLESS,
    a_notifier,
    follow,
    happened,
    moved,
    published,
    read,
    recognised,
    submitted,
)


@pytest.mark.parametrize(
    ("begun", "asked"), [("events", "wall"), ("wall", NINE), (NINE, NINE + HOURS)]
)
async def test_another_clock_than_the_logs_is_refused(
    tmp_path: Path, begun: Clock, asked: Clock
) -> None:
    async with a_notifier(tmp_path, clock=begun) as notifier:
        await start(notifier.store, begun, tables.write)

        with pytest.raises(WrongUse, match="was begun with the clock") as refused:
            await start(notifier.store, asked, tables.write)
    assert "\n" not in str(refused.value)


async def test_events_move_the_clock_forward_and_the_table_keeps_it(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(happened("like", "bob", at=NINE + HOURS))
        await notifier.hears(happened("view", "bob", at=NINE + 2 * HOURS))
        await notifier.hears(happened("like", "bob", at=NINE))

        assert (await knowledge.clock(notifier.store)).now == NINE + 2 * HOURS


@pytest.mark.parametrize("kind", [kind for kinds in FAMILIES.values() for kind in kinds])
def test_activity_of_every_kind_is_listened_to_and_tells_the_time(kind: str) -> None:
    """Promises run out although nothing happens but what tells us nothing else."""
    event = said(next(it for it in SAYS["ingest"] if type_of(it) == f"zones.activity.{kind}.v1"))
    heard = read(event)

    assert NOTIFIER_ACTIVITY.filters == ()
    assert isinstance(heard, Happening)
    assert heard.at == event.time


async def test_zone_changes_move_no_clock(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(happened("like", "bob", at=NINE))
        await notifier.hears(moved(at=NINE + 9 * HOURS))

        assert (await knowledge.clock(notifier.store)).now == NINE


async def test_on_the_wall_what_happened_moves_no_clock(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, clock="wall") as notifier:
        await notifier.hears(moved())
        await notifier.hears(submitted(), happened("like", "bob", at=NINE + 9000 * HOURS))
        assert await notifier.alerts() == ["alert-raised"]

        await notifier.is_told_the_time(NINE + 2 * HOURS)
        assert await notifier.alerts() == ["alert-raised", "alert-at-risk"]


async def test_on_the_wall_the_log_is_told_of_every_date(tmp_path: Path) -> None:
    """Though nothing is due: what is said of something late is said today, not back then."""
    async with (
        nats_server(tmp_path / "nats") as server,
        connected(server.url) as client,
        a_notifier(tmp_path, clock="wall", rules=SLEEPLESS) as notifier,
    ):
        await provision(client)
        await notifier.is_told_the_time(NINE)
        begun = datetime.now(UTC)
        ticking = asyncio.create_task(Ticking(client, notifier.store, notifier.notifying).tick())
        async with asyncio.timeout(10):
            while (await knowledge.clock(notifier.store)).now == NINE:
                await asyncio.sleep(0.05)
        told = await notifier.store.last_position()
        await asyncio.sleep(2 * TICK_SECONDS)
        ticking.cancel()

        if datetime.now(UTC).date() == begun.date():
            assert await notifier.store.last_position() == told
        await notifier.hears(recognised(at=NINE + HOURS))
        [sent] = await notifier.notices()
        assert sent.notice.at.date() >= begun.date()


def test_a_wall_clock_that_was_set_back_tells_no_new_date() -> None:
    assert clock.is_told(None, NINE)
    assert clock.is_told(NINE, NINE + 15 * HOURS)
    assert not clock.is_told(NINE, NINE + 14 * HOURS)
    assert not clock.is_told(NINE, NINE - 24 * HOURS)


async def test_a_fixed_clock_stands_and_what_is_late_by_it_is_said_at_once(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, clock=NINE + 3 * HOURS) as notifier:
        await notifier.hears(moved())
        await notifier.hears(submitted(), happened("like", "bob", at=NINE + 9 * HOURS))

        assert await notifier.alerts() == ["alert-raised", "alert-at-risk"]


async def test_an_answer_in_time_that_is_read_in_the_same_batch_is_in_time(tmp_path: Path) -> None:
    """What moves the clock beyond the promise comes later in the stream, so it counts later."""
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(moved())
        await notifier.hears(
            submitted(),
            happened("draft_approved", "ann", draft_id="d-1", at=NINE + HOURS),
            happened("like", "bob", at=NINE + 9 * HOURS),
        )

        assert await notifier.alerts() == ["alert-raised", "alert-resolved"]


async def test_on_the_wall_the_log_is_told_when_somebody_is_to_be_left_in_peace(
    tmp_path: Path,
) -> None:
    """By the clock where they are; or when something has waited long enough. Else it is not."""
    async with (
        nats_server(tmp_path / "nats") as server,
        connected(server.url) as client,
        a_notifier(tmp_path, clock="wall") as notifier,
    ):
        ticking = Ticking(client, notifier.store, notifier.notifying)
        await notifier.is_told_the_time(NINE)
        zone = happened("member_registered", "kim", timezone="Asia/Kathmandu")
        await notifier.hears(zone, follow("fay"), published())

        assert not await ticking._worth_it(NINE + HOURS)
        assert await ticking._worth_it(NINE + 5.25 * HOURS)
        assert not await ticking._worth_it(NINE + 5.2 * HOURS)
        await notifier.is_told_the_time(NINE + 15 * HOURS)
        assert not await ticking._worth_it(NINE + 16 * HOURS)
        assert await ticking._worth_it(NINE + 23 * HOURS)
