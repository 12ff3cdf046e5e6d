"""Tables are built beside the ones that are read, and take their place all at once."""

import sqlite3
from pathlib import Path

import pytest

from shared.eventlog import beside
from shared.eventlog.beside import Tables
from shared.eventlog.log import Store
from tests.eventlog.examples import CODEC

SCRIPT = """
CREATE TABLE IF NOT EXISTS totals (stream TEXT PRIMARY KEY, total INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS totals_by_size ON totals (total);
CREATE TABLE IF NOT EXISTS largest (id INTEGER PRIMARY KEY, total INTEGER) STRICT;
CREATE VIEW IF NOT EXISTS large AS SELECT stream FROM totals WHERE total > 9;
"""
TABLES = Tables(SCRIPT)


async def a_built_file(path: Path, total: int) -> Path:
    file = path / "built.db"
    await beside.begin(file, TABLES)
    async with beside.writing(file, CODEC) as transaction:
        await transaction.execute("INSERT INTO totals VALUES ('ada', :total)", {"total": total})
    return file


async def test_what_is_built_takes_the_place_of_the_old_for_later_readers_only(
    tmp_path: Path,
) -> None:
    """Whoever has begun to read goes on reading what there was."""
    async with Store.open(tmp_path / "c.db", codec=CODEC, schema=[SCRIPT]) as store:
        async with store.transaction() as transaction:
            await transaction.execute("INSERT INTO totals VALUES ('bob', 1)")
        file = await a_built_file(tmp_path, 12)
        async with store.snapshot() as earlier:
            await store.replace(TABLES, file)
            assert await earlier.fetchall("SELECT * FROM totals") == [("bob", 1)]
        assert await store.fetchall("SELECT * FROM totals") == [("ada", 12)]
        assert await store.fetchall("SELECT * FROM large") == [("ada",)]
        async with store.transaction() as transaction:
            await transaction.execute("UPDATE totals SET total = 3")
        beside.discard(file)
        assert await store.fetchall("SELECT * FROM totals") == [("ada", 3)]


async def test_what_cannot_take_the_place_of_the_old_leaves_it(tmp_path: Path) -> None:
    async with Store.open(tmp_path / "c.db", codec=CODEC, schema=[SCRIPT]) as store:
        async with store.transaction() as transaction:
            await transaction.execute("INSERT INTO totals VALUES ('bob', 1)")
        file = await a_built_file(tmp_path, 12)
        with sqlite3.connect(file) as database:
            database.execute("DROP TABLE largest")
        with pytest.raises(sqlite3.OperationalError, match="largest"):
            await store.replace(TABLES, file)
        assert await store.fetchall("SELECT * FROM totals") == [("bob", 1)]
        await beside.begin(file, TABLES)
        await store.replace(TABLES, file)
        assert await store.fetchall("SELECT * FROM totals") == []


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("SELECT 1", set()),
        ("DROP TABLE largest", {"largest"}),
        ("DROP INDEX totals_by_size", {"totals_by_size"}),
        ("DROP VIEW large", {"large"}),
        ("ALTER TABLE largest ADD COLUMN stream TEXT", {"largest"}),
        ("DROP VIEW large; CREATE VIEW large AS SELECT stream FROM totals", {"large"}),
        (
            "DROP TABLE largest; CREATE TABLE largest (id INTEGER PRIMARY KEY, total TEXT)",
            {"largest"},
        ),
    ],
)
async def test_what_has_another_shape_is_named(tmp_path: Path, sql: str, names: set[str]) -> None:
    async with Store.open(tmp_path / "c.db", codec=CODEC, schema=[SCRIPT]) as store:
        await store._writer.executescript(sql)
        assert await TABLES.differing(store) == names
        file = await a_built_file(tmp_path, 1)
        await store.replace(TABLES, file)
        assert await TABLES.differing(store) == set()


async def test_what_was_begun_before_is_discarded(tmp_path: Path) -> None:
    file = await a_built_file(tmp_path, 12)
    await beside.begin(file, TABLES)
    with sqlite3.connect(file) as database:
        assert database.execute("SELECT count(*) FROM totals").fetchone() == (0,)
    file.write_bytes(b"torn")
    await beside.begin(file, TABLES)
