"""One file, one owner, one format."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from shared.eventlog import database
from shared.eventlog.errors import DatabaseInUse, DatabaseTooNew, ForeignDatabase
from shared.eventlog.log import Store
from tests.eventlog.examples import CODEC, a_store, append, counted


async def test_a_database_has_one_owner(tmp_path: Path) -> None:
    """The second is told the file and the process, and the first goes on undisturbed."""
    async with a_store(tmp_path) as store:
        with pytest.raises(DatabaseInUse) as refused:
            async with a_store(tmp_path):
                pass
        await append(store, counted())

    assert str(refused.value).startswith(str(tmp_path / "counter.db"))
    assert "is in use by process" in str(refused.value)


async def test_the_owner_lets_go_when_it_closes_or_fails_to_open(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="syntax error"):
        async with Store.open(tmp_path / "counter.db", codec=CODEC, schema=["CREATE NONSENSE"]):
            pass
    for _ in range(2):
        async with a_store(tmp_path) as store:
            await append(store, counted())


async def test_a_service_brings_its_own_tables(tmp_path: Path) -> None:
    """Scripts, run at every start: a comment or a missing semicolon at the end does no harm."""
    scripts = [
        "CREATE TABLE IF NOT EXISTS a (x); CREATE INDEX IF NOT EXISTS a_x ON a (x) -- no semicolon",
        "CREATE TABLE IF NOT EXISTS b (y);\n",
    ]
    for rows in range(2):
        async with Store.open(tmp_path / "own.db", codec=CODEC, schema=scripts) as store:
            assert len(await store.fetchall("SELECT * FROM a, b")) == rows
            async with store.transaction() as transaction:
                await transaction.execute("INSERT INTO a VALUES (1)")
                await transaction.execute("INSERT INTO b VALUES (:y)", {"y": 2})


async def test_the_folder_is_created(tmp_path: Path) -> None:
    async with a_store(tmp_path / "data" / "new") as store:
        assert await store.last_position() == 0


async def test_the_owner_writes_to_the_disk_and_not_to_a_cache(tmp_path: Path) -> None:
    """What is committed may be on the bus a moment later, so power loss must not take it back."""
    async with a_store(tmp_path) as store:
        found = {
            pragma: [*map(tuple, await store._writer.execute_fetchall(pragma))]
            for pragma in (
                "PRAGMA journal_mode",
                "PRAGMA synchronous",
                "PRAGMA recursive_triggers",
                "PRAGMA busy_timeout",
            )
        }

    assert found == {
        "PRAGMA journal_mode": [("wal",)],
        "PRAGMA synchronous": [(2,)],
        "PRAGMA recursive_triggers": [(1,)],
        "PRAGMA busy_timeout": [(5000,)],
    }


async def test_the_file_says_what_it_is(tmp_path: Path) -> None:
    """schema.sql writes the numbers that we look for."""
    async with a_store(tmp_path) as store:
        assert await store.fetchall("PRAGMA application_id") == [(database.APPLICATION_ID,)]
        assert await store.fetchall("PRAGMA user_version") == [(database.FORMAT,)]


async def test_a_database_of_a_later_release_is_left_alone(tmp_path: Path) -> None:
    """An older release says so and touches nothing, whether it would write or read."""
    async with a_store(tmp_path) as store:
        pass
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("PRAGMA user_version = 2")
    before = store.path.read_bytes()

    with pytest.raises(DatabaseTooNew, match=r"format 2, this release reads up to 1"):
        async with a_store(tmp_path):
            pass
    with pytest.raises(DatabaseTooNew):
        async with Store.reading(store.path, codec=CODEC):
            pass
    assert store.path.read_bytes() == before


@pytest.mark.parametrize(
    "theirs", ["CREATE TABLE cookies (name)", "PRAGMA application_id = 42; CREATE TABLE a (b)"]
)
async def test_a_database_of_another_program_is_left_alone(tmp_path: Path, theirs: str) -> None:
    """A wrong path is an error, not a browser's database with our tables in it."""
    with closing(sqlite3.connect(tmp_path / "counter.db")) as connection:
        connection.executescript(theirs)
    before = (tmp_path / "counter.db").read_bytes()

    with pytest.raises(ForeignDatabase, match="not an event log"):
        async with a_store(tmp_path):
            pass
    assert (tmp_path / "counter.db").read_bytes() == before


async def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "counter.db").write_text("Dear diary, " * 100)

    with pytest.raises(ForeignDatabase, match="not an event log"):
        async with a_store(tmp_path):
            pass
    assert (tmp_path / "counter.db").read_text().startswith("Dear diary")
