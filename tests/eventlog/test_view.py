"""Readers see what is committed, in order, a moment at a time, and change nothing."""

import sqlite3
from pathlib import Path

import pytest

from shared.eventlog.log import Entry, Store
from tests.eventlog.examples import CODEC, Cleared, Counted, a_store, append, counted


async def test_the_log_is_read_a_piece_at_a_time(tmp_path: Path) -> None:
    """After a position, up to a limit, in order."""
    async with a_store(tmp_path) as store:
        await append(store, *(counted(by=n) for n in range(1, 6)))

        assert [row.position for row in await store.read(1, 3)] == [2, 3, 4]
        assert [row.position for row in await store.read(4, 3)] == [5]
        assert await store.read(5, 3) == []


async def test_a_reader_may_ask_for_some_types_only(tmp_path: Path) -> None:
    async with a_store(tmp_path) as store:
        await append(store, counted(), Entry("ada", Cleared(because="new year")), counted())

        assert [row.position for row in await store.read(0, 9, types=["cleared"])] == [2]
        assert await store.read(0, 9, types=[]) == []


async def test_a_stream_is_read_from_a_version_on(tmp_path: Path) -> None:
    """A snapshot and the tail after its version are the whole stream."""
    async with a_store(tmp_path) as store:
        await append(store, counted("ada", by=1), counted("bob", by=2), counted("ada", by=3))

        assert [CODEC.decode(row) for row in await store.stream("ada")] == [
            Counted(by=1),
            Counted(by=3),
        ]
        assert [row.version for row in await store.stream("ada", after=1)] == [2]
        assert await store.stream("nobody") == []


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 1000])
async def test_the_whole_log_is_read_in_chunks_and_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    """By position as it happened, by stream as it folds; the size of a chunk shows nowhere."""
    monkeypatch.setattr("shared.eventlog.view.CHUNK", chunk)
    streams = ["bob", "ada", "", "bob", "cy", "bob", "ada"]
    async with a_store(tmp_path) as store:
        log = await append(store, *(counted(stream) for stream in streams))

        assert [row async for row in store.by_position()] == log
        assert [row async for row in store.by_position(after=4)] == log[4:]
        assert [row async for row in store.by_stream()] == sorted(
            log, key=lambda row: (row.stream, row.version)
        )


async def test_a_view_cannot_write(tmp_path: Path) -> None:
    """The transaction is the only way in."""
    async with a_store(tmp_path) as store:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await store.fetchall("INSERT INTO totals VALUES ('ada', 1) RETURNING total")


async def test_a_worker_reads_beside_the_owner(tmp_path: Path) -> None:
    """A view opened by path needs no lock, and follows what the owner commits."""
    async with (
        a_store(tmp_path) as store,
        Store.reading(store.path, codec=CODEC) as view,
    ):
        await append(store, counted(by=5))

        assert [view.codec.decode(row) for row in await view.read(0, 9)] == [Counted(by=5)]


async def test_a_database_is_read_when_nobody_owns_it(tmp_path: Path) -> None:
    """A stopped service's log can still be looked at."""
    async with a_store(tmp_path) as store:
        await append(store, counted())
    async with Store.reading(store.path, codec=CODEC) as view:
        assert await view.last_position() == 1


async def test_a_snapshot_stays_at_its_moment(tmp_path: Path) -> None:
    """Several reads agree, whatever is committed between them; the view it came from moves on."""
    async with a_store(tmp_path) as store:
        await append(store, counted())
        async with store.snapshot() as moment:
            await append(store, counted())

            assert await moment.last_position() == 1
            assert [row.position async for row in moment.by_stream()] == [1]
            assert await store.last_position() == 2
