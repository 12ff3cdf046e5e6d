"""A classifier without a bus: what it hears is handed to it, in whatever batches a test likes."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from services.classifier.adapters import policyfile
from services.classifier.adapters.rebuilder import Rebuilder
from services.classifier.http.exports import change_line
from services.classifier.projections import answers, changes
from services.classifier.projections.entries import CODEC
from services.classifier.publishing import message
from services.classifier.stream.beginning import begin
from services.classifier.stream.hearing import Hearing, Time
from services.classifier.stream.reading import heard
from services.classifier.stream.recent import Recent
from shared.eventlog.log import Store
from shared.messaging.tails import RELAY_SCHEMA
from shared.runtime.settings import Clock

POLICY: Final = policyfile.SHIPPED.read_text(encoding="utf-8").replace(
    "near_minutes = 150", "near_minutes = 0"
)
"""The shipped one, but that nobody is told how near the next zone is unless a test is about it."""
MONDAY: Final = datetime(2026, 1, 5, tzinfo=UTC)
NOON: Final = MONDAY + timedelta(hours=12)


@dataclass(frozen=True)
class Classifier:
    store: Store
    hearing: Hearing

    async def hear(self, bodies: Sequence[bytes], *, batch: int = 1000) -> None:
        """Take everything in, as the bus would hand it over."""
        for start in range(0, len(bodies), batch):
            items = [heard(body) for body in bodies[start : start + batch]]
            while items:
                await self.hearing.review()
                async with self.store.transaction() as transaction:
                    taken, _ = await self.hearing.take(transaction, items)
                items = items[taken:]
        await self.hearing.review()

    async def member(self, name: str) -> dict[str, Any]:
        told = await answers.member(self.store, name, policy_version=1)
        assert told is not None
        return told

    async def log(self) -> list[tuple[Any, ...]]:
        """Everything in the log but when it was written."""
        rows = await self.store.read(0, 1_000_000)
        return [(*row[:7],) for row in rows]

    async def types(self) -> list[str]:
        return [row.type for row in await self.store.read(0, 1_000_000)]

    async def said(self) -> list[str]:
        """The ids of all that the bus is told, in the order of the log."""
        rows = await self.store.read(0, 1_000_000)
        told = (message(row, CODEC.decode(row)) for row in rows)
        return [json.loads(each.body)["id"] for each in told if each is not None]

    async def exports(self) -> tuple[str, str]:
        """What `export members` and `export changes` print."""
        pages = answers.members(self.store, policy_version=1)
        members = "".join(f"{line}\n" for page in [page async for page in pages] for line in page)
        said = "".join([change_line(row) async for row in changes.all_of_them(self.store)])
        return members, said

    async def rows(self) -> list[list[tuple[Any, ...]]]:
        """Every exact table."""
        return [
            await self.store.fetchall(sql)
            for sql in (
                "SELECT * FROM clock",
                "SELECT * FROM members ORDER BY member",
                "SELECT * FROM zone_stretches ORDER BY member, from_day",
                "SELECT * FROM vitality_stretches ORDER BY member, from_day",
                "SELECT * FROM groups ORDER BY member, at, key",
                "SELECT * FROM changes ORDER BY member, number",
            )
        ]


@asynccontextmanager
async def a_classifier(
    folder: Path,
    *,
    clock: Clock = "events",
    wall: datetime = NOON,
    journeys: int = 1000,
    snapshot_every: int = 40,
    text: str = POLICY,
) -> AsyncIterator[Classifier]:
    """Open the classifier that a folder holds, without waiting for the disk."""
    async with Store.open(folder / "classifier.db", codec=CODEC, schema=[RELAY_SCHEMA]) as store:
        await store._writer.execute_fetchall("PRAGMA synchronous = OFF")
        started, adopted = await begin(store, clock, wall=wall, text=text)
        policies = policyfile.in_force(adopted)
        time, recent = Time(started.mode, None), Recent(journeys)
        hearing = Hearing(store, time, policies, recent=recent, snapshot_every=snapshot_every)
        rebuilder = Rebuilder(store, started.mode, hearing.begin)
        await rebuilder.look()
        await rebuilder.rebuild(workers=1)
        yield Classifier(store, hearing)


def an_event(
    kind: str,
    day: float,
    /,
    *,
    member: str = "ada",
    id: str | None = None,
    source: str = "urn:zones:platform:example",
    historical: bool = False,
    undated: bool = False,
    claimed: float | None = None,
    **data: Any,  # noqa: ANN401 -- whatever the kind tells
) -> bytes:
    """Return an activity as it is on the bus, so many days after a Monday's midnight."""
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": id or f"{member}-{kind}-{day:g}",
        "source": source,
        "type": f"zones.activity.{kind}.v1",
        "subject": member,
        "time": written(day),
        "data": data,
    }
    if historical:
        event["historical"] = True
    if undated:
        event["undated"] = True
    if claimed is not None:
        event["claimedtime"] = written(claimed)
    return json.dumps(event).encode()


def at(day: float) -> datetime:
    """Return an instant so many days after the Monday's midnight."""
    return MONDAY + timedelta(days=day)


def written(day: float) -> str:
    return at(day).isoformat().replace("+00:00", "Z")


def day(number: int) -> str:
    return (MONDAY.date() + timedelta(days=number)).isoformat()


def a_sharer(member: str = "ada", first: int = 0) -> list[bytes]:
    """Return what makes a content_sharer, within four days."""
    return [
        an_event("share", first + number + 0.5, member=member, target=f"x:{number}")
        for number in range(4)
    ]


def a_year(members: int | None = None) -> list[bytes]:
    """Return the generated organisation's year, of all or of some members, as it is on the bus."""
    from services import organisation  # noqa: PLC0415 - most tests do without

    everything = []
    for event in organisation.events(ends=date(2026, 3, 1)):
        if members is not None and int(event["subject"][2:]) > members:
            continue
        data = dict(event["data"])
        if handle := data.pop("handle", None):
            data["account"] = f"acct-{handle}"
        everything.append(json.dumps({**event, "data": data}).encode())
    return everything
