"""What could not be processed is kept whole, with its reason, until somebody dealt with it."""

from dataclasses import asdict, replace
from pathlib import Path

from shared.eventlog.log import Store
from shared.eventlog.parked import Parked
from tests.eventlog.examples import a_parked_message, a_store


async def park(store: Store, *items: Parked) -> list[int]:
    async with store.transaction() as transaction:
        return [await transaction.park(item) for item in items]


async def test_what_is_parked_is_kept_as_it_came(tmp_path: Path) -> None:
    """Subject, headers and bytes included, so that it can be tried again."""
    item = a_parked_message(payload=b"\x00\xff not JSON")
    async with a_store(tmp_path) as store:
        [number] = await park(store, item)
        row = await store.parked_row(number)

    assert row is not None
    assert asdict(row) == {
        **asdict(item),
        "id": number,
        "parked_at": row.parked_at,
        "attempts": 0,
        "resolved_at": None,
    }


async def test_the_open_ones_are_listed_oldest_first(tmp_path: Path) -> None:
    """A page at a time, and counted."""
    async with a_store(tmp_path) as store:
        numbers = await park(store, *(a_parked_message(key=f"k{n}") for n in range(5)))

        assert [row.id for row in await store.parked(limit=2)] == numbers[:2]
        assert [row.id for row in await store.parked(after=numbers[1])] == numbers[2:]
        assert await store.parked_count() == 5


async def test_what_is_resolved_is_kept_but_no_longer_waits(tmp_path: Path) -> None:
    async with a_store(tmp_path) as store:
        first, second = await park(store, a_parked_message(key="a"), a_parked_message(key="b"))
        async with store.transaction() as transaction:
            await transaction.mark_resolved(first)
        once = await store.parked_row(first)
        async with store.transaction() as transaction:
            await transaction.mark_resolved(first)

        assert once is not None
        assert once.resolved_at is not None
        assert await store.parked_row(first) == once
        assert [row.id for row in await store.parked()] == [second]
        assert [row.id for row in await store.parked(resolved=True)] == [first, second]
        assert await store.parked_count() == 1


async def test_retries_are_counted(tmp_path: Path) -> None:
    """An operator sees what has been tried already."""
    async with a_store(tmp_path) as store:
        [number] = await park(store, a_parked_message())
        for _ in range(2):
            async with store.transaction() as transaction:
                await transaction.mark_retried(number)
        row = await store.parked_row(number)

    assert row is not None
    assert (row.attempts, row.resolved_at) == (2, None)


async def test_the_same_thing_waits_once(tmp_path: Path) -> None:
    """A message delivered again is no second problem; another content under its key is one, and
    so is the same content after it had been resolved.
    """
    item = a_parked_message()
    async with a_store(tmp_path) as store:
        [first] = await park(store, item)
        assert await park(store, item) == [first]
        assert await park(store, a_parked_message(key=None)) == await park(
            store, a_parked_message(key=None)
        )
        others = await park(store, replace(item, payload=b"["), replace(item, reason="id_conflict"))
        assert first not in others
        async with store.transaction() as transaction:
            await transaction.mark_resolved(first)
        assert await park(store, item) != [first]


async def test_what_was_never_parked_is_not_found(tmp_path: Path) -> None:
    async with a_store(tmp_path) as store:
        await park(store, a_parked_message())

        assert await store.parked_row(0) is None
        assert await store.parked_row(2) is None


async def test_what_is_old_is_forgotten_resolved_or_not(tmp_path: Path) -> None:
    """And what merely waits, once it waits no more."""
    waiting = replace(a_parked_message(), reader="unlinked")
    async with a_store(tmp_path) as store:
        rows = await park(
            store, *(a_parked_message(key=f"k{n}") for n in range(3)), waiting, waiting_too(waiting)
        )
        async with store.transaction() as transaction:
            await transaction.mark_resolved(rows[0])
            await transaction.mark_resolved(rows[4])
            await transaction.execute("UPDATE parked SET parked_at = id")
        async with store.transaction() as transaction:
            gone = await transaction.purge_parked(before=rows[2], waiting=["unlinked"])
            assert gone == [False, True]
        assert [row.id for row in await store.parked(resolved=True)] == rows[2:]
        async with store.transaction() as transaction:
            gone = await transaction.purge_parked(before=rows[4] + 1, waiting=["unlinked"], limit=1)
            assert gone == [True], "no more than the limit"
            gone = await transaction.purge_parked(before=rows[4] + 1, waiting=["unlinked"])
            assert gone == [False]
        assert [row.id for row in await store.parked(resolved=True)] == [rows[3]]


def waiting_too(item: Parked) -> Parked:
    return replace(item, key="another")


async def test_what_is_forgotten_is_not_in_the_file_either(tmp_path: Path) -> None:
    payload = b"nobody is to read this again, however long the payload is" * 500
    async with a_store(tmp_path) as store:
        await park(store, a_parked_message(payload=payload))
    async with a_store(tmp_path) as store, store.transaction() as transaction:
        await transaction.purge_parked(before=2**62)
    left = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
    assert payload[:100] not in left
