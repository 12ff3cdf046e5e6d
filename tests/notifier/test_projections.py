"""The tables are what the log says: whoever drops one finds it built again."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.notifier.adapters.consent import set_consent
from services.notifier.adapters.inbox import mark_read
from services.notifier.projections import tables
from services.notifier.projections.entries import CODEC, SCHEMA
from shared.eventlog.log import Store
from tests.notifier.examples import (
    HOURS,
    NINE,
    Notifier,
    a_notifier,
    answered,
    approved,
    edited,
    editor,
    engaged,
    follow,
    happened,
    moved,
    published,
    requested,
    submitted,
    turned,
)
from tests.notifier.test_steps import due, linked, near, offered, quiet, shared, sharer

DAY = timedelta(days=1)
TABLES = (*tables.TABLES, "clock")


async def dumped(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    return {
        it: sorted(await store.fetchall(f"SELECT * FROM {it}"), key=repr)  # noqa: S608 - our names
        for it in TABLES
    }


async def a_busy_day(notifier: Notifier) -> None:
    await notifier.hears(
        editor(),
        happened("member_registered", "tom", topics=["tea", "ink"]),
        happened("member_updated", "tom", topics=["tea"], at=NINE + HOURS),
        follow("fay"),
        follow("gus", id="f-2"),
        happened("retract", "gus", retracts="f-2"),
        happened("retract", "hal", object={"id": "x"}, kind="follow"),
        happened("share", "sue", topics=["tea"]),
        submitted("bob", "d-0"),
        submitted("bob", "d-9"),
        edited("bob", "d-0"),
        edited("bob", "d-9"),
        approved("bob", "d-9", at=NINE + HOURS),
    )
    await notifier.hears(moved())
    await notifier.hears(submitted(draft="d-1"), submitted(draft="d-2"), submitted(draft="d-3"))
    await notifier.hears(approved(draft="d-1"), published(topics=["tea"]))
    await notifier.hears(sharer("sue"), near(), quiet("tom"), due("tom"), due(), due(over=True))
    await notifier.hears(
        linked("sue", "x"),
        linked("sue", "x", kind="unlink_account", at=NINE + HOURS),
        offered(),
        shared("sue", "o-9", id="s-9", topics=["ink"]),
        happened("retract", "sue", object={"id": "o-9"}, kind="share", at=NINE + HOURS),
        happened("comment", "sue", id="c-1", topics=["oil"]),
        happened("retract", "sue", retracts="c-1"),
        happened("performance", "ann", object={"id": "p-1"}, readers=9),
        happened("outcome", "ann", outcome="lead"),
    )
    await notifier.hears(happened("like", "bob", at=NINE + 26 * HOURS))
    await a_busy_month(notifier)
    [first, *_] = await notifier.letters("eddi")
    await mark_read(notifier.store, "eddi", [first["id"]])


async def a_busy_month(notifier: Notifier) -> None:
    """Whatever the socially engaged are asked, up to a moment that the log is told of."""
    people = ("ann", "bob", "cyd", "dee", "eve")
    april = NINE + 31 * DAY
    await notifier.hears(*engaged(*people), turned("ann", "quiet"), turned("bob", "quiet"))
    await notifier.hears(turned("bob", "active"))
    for who in ("ann", "bob"):
        await set_consent(notifier.store, who, care=True)
    await set_consent(notifier.store, "bob", care=False)
    await notifier.hears(
        happened("member_updated", "ann", sponsor="sue", at=NINE + DAY),
        *(happened("share", who, topics=["tea"], at=NINE + DAY) for who in people),
        *(happened("member_registered", f"p-{it}", group="press") for it in range(6)),
        happened("talk_given", "ann", group="lab"),
        *(requested(request=f"r-{it}", at=april - DAY) for it in range(3)),
        answered("ann", request="r-0", at=april - DAY),
        answered("ann", "declined", request="r-1", at=april - DAY),
        happened("like", "zoe", at=april + 3 * DAY),
        submitted("cyd", "d-9", at=april + 3 * DAY),
        happened("like", "zoe", at=april + 4 * DAY - HOURS),
    )


@pytest.mark.parametrize("table", TABLES)
async def test_a_table_that_was_dropped_is_built_again(tmp_path: Path, table: str) -> None:
    async with a_notifier(tmp_path) as notifier:
        await a_busy_day(notifier)
        before = await dumped(notifier.store)
        async with notifier.store.transaction() as transaction:
            await transaction.execute(f"DROP TABLE {table}")

    async with Store.open(tmp_path / "notifier.db", codec=CODEC, schema=SCHEMA) as store:
        assert await tables.catch_up(store)
        assert await dumped(store) == before


async def test_tables_that_are_up_to_date_are_left_alone(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await a_busy_day(notifier)

        assert not await tables.catch_up(notifier.store)


async def test_what_was_read_stays_read(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await a_busy_day(notifier)
        unread = [it["id"] for it in await notifier.letters("eddi") if not it["read"]]

        assert await mark_read(notifier.store, "fay", unread) == 0
        assert await mark_read(notifier.store, "eddi", unread) == len(unread)
        assert await mark_read(notifier.store, "eddi", unread) == 0
