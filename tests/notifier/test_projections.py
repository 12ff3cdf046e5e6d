"""The tables are what the log says: whoever drops one finds it built again."""

from pathlib import Path
from typing import Any

import pytest

from services.notifier.adapters.inbox import mark_read
from services.notifier.projections import tables
from services.notifier.projections.entries import CODEC, SCHEMA
from shared.eventlog.log import Store
from tests.notifier.examples import (
    HOURS,
    NINE,
    Notifier,
    a_notifier,
    approved,
    edited,
    editor,
    follow,
    happened,
    moved,
    published,
    submitted,
)
from tests.notifier.test_steps import due, linked, near, offered, quiet, shared, sharer

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
    await notifier.hears(happened("like", "bob", at=NINE + 23 * HOURS))
    [first, *_] = await notifier.letters("eddi")
    await mark_read(notifier.store, "eddi", [first["id"]])


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
