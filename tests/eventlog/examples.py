"""A tiny service that remembers how a counter moved: the events and stores the tests speak of."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from shared.eventlog.codec import Codec, Kind
from shared.eventlog.log import Entry, Recorded, Store
from shared.eventlog.parked import Parked


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    by: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    because: str


Event = Counted | Cleared
CODEC = Codec[Event]([Kind(event=Counted, name="counted"), Kind(event=Cleared, name="cleared")])
TABLES = "CREATE TABLE IF NOT EXISTS totals (stream TEXT PRIMARY KEY, total INTEGER NOT NULL)"


@asynccontextmanager
async def a_store(folder: Path) -> AsyncIterator[Store]:
    async with Store.open(folder / "counter.db", codec=CODEC, schema=[TABLES]) as store:
        yield store


def counted(stream: str = "ada", *, by: int = 1, key: str | None = None) -> Entry:
    return Entry(stream, Counted(by=by), key)


async def append(store: Store, *entries: Entry) -> list[Recorded]:
    async with store.transaction() as transaction:
        return await transaction.append(entries)


def a_parked_message(*, key: str | None = "k1", payload: bytes = b"{") -> Parked:
    return Parked(
        reader="counter-activity",
        key=key,
        reason="unreadable",
        detail="not JSON: ends after 1 byte",
        subject="activity.v1.3.share.ada",
        payload=payload,
        headers={"Nats-Msg-Id": "k1"},
    )


def assert_gapless(log: Sequence[Recorded]) -> None:
    """Positions count from 1 without a gap, and so does every stream's version."""
    versions: dict[str, int] = {}
    for position, row in enumerate(log, start=1):
        versions[row.stream] = versions.get(row.stream, 0) + 1
        assert (row.position, row.version) == (position, versions[row.stream])


async def settled() -> None:
    """Let every other task run until it waits for something that is not about to come."""
    await asyncio.sleep(0.05)
