"""What is appended stays, counted without gaps, each key once."""

import asyncio
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.eventlog.errors import DuplicateKey, UnknownType, WrongVersion
from shared.eventlog.log import Entry
from tests.eventlog.examples import a_store, append, assert_gapless, counted


async def test_positions_count_the_log_and_versions_count_each_stream(tmp_path: Path) -> None:
    """Both start at 1 and have no gaps, across batches and across restarts."""
    async with a_store(tmp_path) as store:
        await append(store, counted("ada"), counted("bob"), counted("ada"))
        await append(store, counted("bob"))
    async with a_store(tmp_path) as store:
        [row] = await append(store, counted("ada"))
        log = await store.read(0, 10)

    assert (row.position, row.version) == (5, 3)
    assert_gapless(log)


async def test_append_returns_the_rows_as_they_will_be_read(tmp_path: Path) -> None:
    """The caller needs no second look at the log to know what it has written."""
    async with a_store(tmp_path) as store:
        rows = await append(store, counted("ada", by=3, key="k1"), counted("bob", by=-1))

        assert await store.read(0, 10) == rows
    assert [(row.stream, row.type, row.schema, row.key, row.body) for row in rows] == [
        ("ada", "counted", 1, "k1", b'{"by":3}'),
        ("bob", "counted", 1, None, b'{"by":-1}'),
    ]


async def test_appending_nothing_is_no_event(tmp_path: Path) -> None:
    """A decision may be empty: nothing is appended, nobody is woken."""
    async with a_store(tmp_path) as store:
        assert await append(store) == []
        assert await store.last_position() == 0


async def test_a_batch_sees_the_rows_before_it_in_the_same_transaction(tmp_path: Path) -> None:
    """Versions go on counting from what the transaction itself has appended."""
    async with a_store(tmp_path) as store, store.transaction() as transaction:
        await transaction.append([counted("ada")])
        [second] = await transaction.append([counted("ada")], expected={"ada": 1})

        assert (second.position, second.version) == (2, 2)
        assert [row.version for row in await transaction.stream("ada")] == [1, 2]
        assert [row.version for row in await transaction.stream("ada", after=1)] == [2]


@pytest.mark.parametrize("expected", [0, 2])
async def test_a_writer_that_expects_another_version_is_refused(
    tmp_path: Path, expected: int
) -> None:
    """What was decided on a state that is no longer the state is not appended."""
    async with a_store(tmp_path) as store:
        await append(store, counted("ada"))
        with pytest.raises(WrongVersion, match=f"ada is at version 1, not {expected}"):
            async with store.transaction() as transaction:
                await transaction.append([counted("bob")], expected={"bob": 0, "ada": expected})

        assert await store.last_position() == 1


async def test_a_key_is_in_the_log_once_for_ever(tmp_path: Path) -> None:
    """The error names the keys, and nothing of their batch is kept."""
    async with a_store(tmp_path) as store:
        await append(store, counted(key="k1"), counted(key="k2"))
    async with a_store(tmp_path) as store:
        with pytest.raises(DuplicateKey) as refused:
            await append(store, counted(key="k3"), counted(key="k1"), counted(key="k2"))

        assert refused.value.keys == {"k1", "k2"}
        assert await store.last_position() == 2


async def test_a_key_is_in_a_batch_once(tmp_path: Path) -> None:
    async with a_store(tmp_path) as store:
        with pytest.raises(DuplicateKey, match="already in the log: k1"):
            await append(store, counted(key="k1"), counted(key="k2"), counted(key="k1"))

        assert await store.last_position() == 0


async def test_entries_without_a_key_are_never_duplicates(tmp_path: Path) -> None:
    """What we decided ourselves is made unique by its version, and needs no key."""
    async with a_store(tmp_path) as store:
        await append(store, counted(), counted())

        assert await store.last_position() == 2


async def test_the_tails_of_many_streams_are_read_at_once(tmp_path: Path) -> None:
    """A batch of members is loaded in one call: each one's rows after its snapshot, in order."""
    async with a_store(tmp_path) as store:
        log = await append(store, *(counted(stream) for stream in ["ada", "bob", "ada", "cy"]))
        async with store.transaction() as transaction:
            [new] = await transaction.append([counted("ada")])

            assert await transaction.tails({"ada": 1, "bob": 1, "cy": 0, "dot": 0}) == {
                "ada": [log[2], new],
                "bob": [],
                "cy": [log[3]],
                "dot": [],
            }
            assert await transaction.tails({}) == {}


@given(st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8")), max_size=6))
@settings(max_examples=30, deadline=None)
def test_a_stream_or_a_key_may_have_any_name(names: list[str]) -> None:
    """Names travel to SQLite as JSON and come back as they were."""

    async def versions() -> dict[str, list[int]]:
        with TemporaryDirectory() as folder:
            async with a_store(Path(folder)) as store, store.transaction() as transaction:
                for name in names:
                    await transaction.append([counted(name)])
                keys = {name: n for n, name in enumerate(set(names), start=len(names) + 1)}
                await transaction.append([counted("keyed", key=key) for key in keys])

                assert await transaction.known(names) == keys
                tails = await transaction.tails(dict.fromkeys(names, 0))
        return {name: [row.version for row in rows] for name, rows in tails.items()}

    assert asyncio.run(versions()) == {
        name: list(range(1, names.count(name) + 1)) for name in names
    }


async def test_known_keys_are_told_with_their_positions(tmp_path: Path) -> None:
    """A handler asks before it appends; keys that are not known are not in the answer."""
    async with a_store(tmp_path) as store:
        await append(store, counted(), counted(key="k1"))
        async with store.transaction() as transaction:
            await transaction.append([counted(key="k2")])

            assert await transaction.known(["k1", "k2", "k3"]) == {"k1": 2, "k2": 3}
            assert await transaction.known([]) == {}


async def test_known_keys_are_looked_up_by_index(tmp_path: Path) -> None:
    """The cost of a batch goes with its size and not with the length of the log."""
    async with a_store(tmp_path) as store:
        plan = await store.fetchall(
            "EXPLAIN QUERY PLAN"
            " SELECT key, position FROM log WHERE key IN (SELECT value FROM json_each(:keys))",
            {"keys": "[]"},
        )

    assert any("SEARCH log USING COVERING INDEX" in detail for *_, detail in plan)


async def test_an_event_nobody_registered_is_not_written(tmp_path: Path) -> None:
    """The error names the class, and the log stays readable."""
    async with a_store(tmp_path) as store:
        with pytest.raises(UnknownType, match="'int'"):
            await append(store, counted(), Entry("ada", 7))

        assert await store.last_position() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log SET body = x'00'",
        "DELETE FROM log",
        "INSERT OR REPLACE INTO log SELECT * FROM log",
        "REPLACE INTO log SELECT 2, stream, version, type, schema, key, body, 0 FROM log",
        "INSERT INTO log SELECT * FROM log WHERE true ON CONFLICT DO UPDATE SET body = x'00'",
    ],
)
async def test_nothing_in_the_log_is_ever_changed(tmp_path: Path, statement: str) -> None:
    """Not even by us: the database itself refuses."""
    async with a_store(tmp_path) as store:
        before = await append(store, counted(key="k1"))
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            async with store.transaction() as transaction:
                await transaction.execute(statement)

        assert await store.read(0, 10) == before


async def test_a_batch_costs_hardly_more_calls_than_one_entry(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Each call to the database is a hop to another thread: a batch makes one for 250 rows."""
    async with a_store(tmp_path) as store:
        caplog.set_level("DEBUG", logger="aiosqlite")
        await append(store, counted())
        for_one = caplog.text.count("executing")
        await append(store, *(counted(f"m{n}", key=f"k{n}") for n in range(500)))

        assert caplog.text.count("executing") - for_one == for_one + 1 > 1


@pytest.mark.parametrize("count", [1, 24, 25, 26, 249, 250, 276, 1000])
async def test_batches_of_any_length_are_appended_whole(tmp_path: Path, count: int) -> None:
    """However many rows a statement takes, each row is there once and as it was appended."""
    async with a_store(tmp_path) as store:
        rows = await append(store, *(counted(f"m{n % 7}", by=n, key=f"k{n}") for n in range(count)))
        assert await store.read(0, count + 1) == rows
        assert_gapless(rows)
