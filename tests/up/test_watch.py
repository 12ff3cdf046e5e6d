"""`zones watch`: what happens, as it happens."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from nats.aio.client import Client
from rich.text import Text

from services import embedded, watch
from services.feed import Event
from shared.runtime.errors import CommandFailed
from tests.nats import NatsServer, connected, nats_server

GOLDEN = Path(__file__).parents[1] / "contracts" / "golden"
SUBJECTS = {
    "zones.zone.changed.v1": "zone.changed.v1.socially_engaged.ann",
    "zones.vitality.changed.v1": "zone.vitality.v1.active.ann",
    "zones.recognition.granted.v1": "recognition.granted.v1.effort.ann",
    "zones.alert.raised.v1": "alert.raised.v1.fast_track.ann",
    "zones.notice.sent.v1": "notice.sent.v1.nudge.ann",
}


def golden(kind: str, time: str = "2026-03-01T09:00:00Z") -> Event:
    event: Event = json.loads((GOLDEN / f"{kind}.json").read_text())
    return {**event, "time": time}


async def say(nats: NatsServer, *events: Event) -> None:
    async with connected(nats.url) as client:
        for event in events:
            await client.jetstream().publish(SUBJECTS[event["type"]], json.dumps(event).encode())


@asynccontextmanager
async def watching(nats: NatsServer, *, from_start: bool) -> AsyncIterator[list[Event]]:
    seen: list[Event] = []

    def show(event: Event) -> bool:
        seen.append(event)
        return True

    async with connected(nats.url) as client:
        before = await _consumers(client)
        watched = asyncio.create_task(watch.tell(nats.url, show, from_start=from_start))
        async with asyncio.timeout(15):
            while any(
                now <= then for now, then in zip(await _consumers(client), before, strict=True)
            ):
                await asyncio.sleep(0.01)
    try:
        yield seen
    finally:
        watched.cancel()
        await asyncio.wait([watched])


async def _consumers(client: Client) -> list[int]:
    return [(await client.jsm().stream_info(it)).state.consumer_count for it in watch.FEEDS]


async def until(seen: list[Event], count: int) -> list[str]:
    async with asyncio.timeout(15):
        while len(seen) < count:
            await asyncio.sleep(0.01)
    return [event["type"].removeprefix("zones.") for event in seen]


@pytest.fixture
async def nats(tmp_path: Path) -> AsyncIterator[NatsServer]:
    async with nats_server(tmp_path) as server:
        await embedded.prepare(server.url)
        yield server


async def test_it_shows_zone_changes_recognitions_and_alerts_and_nothing_else(
    nats: NatsServer,
) -> None:
    async with watching(nats, from_start=False) as seen:
        await say(nats, *(golden(kind) for kind in SUBJECTS))
        assert sorted(await until(seen, 3)) == [
            "alert.raised.v1",
            "recognition.granted.v1",
            "zone.changed.v1",
        ]


async def test_it_begins_with_what_happens_next(nats: NatsServer) -> None:
    await say(nats, golden("zones.zone.changed.v1"))
    async with watching(nats, from_start=False) as seen:
        await say(nats, golden("zones.alert.raised.v1"))
        assert await until(seen, 1) == ["alert.raised.v1"]


async def test_from_the_start_the_streams_are_told_in_the_order_of_their_times(
    nats: NatsServer,
) -> None:
    await say(
        nats,
        golden("zones.zone.changed.v1", "2026-03-01T09:00:00Z"),
        golden("zones.zone.changed.v1", "2026-03-03T09:00:00Z"),
        golden("zones.alert.raised.v1", "2026-03-02T09:00:00Z"),
        golden("zones.recognition.granted.v1", "2026-03-04T09:00:00Z"),
    )
    async with watching(nats, from_start=True) as seen:
        assert await until(seen, 4) == [
            "zone.changed.v1",
            "alert.raised.v1",
            "zone.changed.v1",
            "recognition.granted.v1",
        ]


async def test_nothing_is_missed_or_told_twice_when_the_broker_is_killed(nats: NatsServer) -> None:
    async with watching(nats, from_start=True) as seen:
        times = [f"2026-03-01T09:00:0{second}Z" for second in range(6)]
        await say(nats, *(golden("zones.zone.changed.v1", time) for time in times[:3]))
        await until(seen, 3)
        await nats.restart()
        await say(nats, *(golden("zones.zone.changed.v1", time) for time in times[3:]))
        await until(seen, 6)
    assert [event["time"] for event in seen] == times


async def test_it_stops_when_it_has_shown_enough(nats: NatsServer) -> None:
    await say(nats, *(golden("zones.zone.changed.v1") for _ in range(3)))
    seen: list[Event] = []

    def show(event: Event) -> bool:
        seen.append(event)
        return len(seen) < 2

    async with asyncio.timeout(15):
        await watch.tell(nats.url, show, from_start=True)
    assert len(seen) == 2


async def test_a_broker_without_our_streams_is_said_so(tmp_path: Path) -> None:
    async with nats_server(tmp_path / "empty") as bare:
        with pytest.raises(CommandFailed, match="no stream ZONES: run `zones provision`"):
            await watch.tell(bare.url, lambda _event: True, from_start=True)


@pytest.mark.parametrize(
    "kind",
    [
        path.stem
        for path in sorted(GOLDEN.iterdir())
        if path.stem.startswith(("zones.zone.changed", "zones.recognition", "zones.alert"))
    ],
)
def test_every_kind_has_its_line(kind: str) -> None:
    """When, who and what: one line, whose markup is only colour."""
    event = golden(kind)
    said = Text.from_markup(watch.line(event)).plain
    assert said.startswith(f"2026-03-01 09:00  {event['subject']}")
    assert "\n" not in said


def test_a_change_is_told_with_its_reasons() -> None:
    said = Text.from_markup(watch.line(golden("zones.zone.changed.v1"))).plain
    assert "promoted" in said
    assert "content_creator → socially_engaged" in said
    assert (
        "people(comment, converse, quote) 12 of 10 in 90 days; minutes_per_week 74.5 of 60" in said
    )
    assert "network_size" not in said


@pytest.mark.parametrize(
    ("instead", "why"),
    [
        ({}, ""),
        ({"historical": True}, "  (history)"),
        ({"by_policy": True}, "  (by policy)"),
        ({"historical": True, "by_policy": True}, "  (by policy)"),
    ],
)
def test_what_nobody_is_told_of_is_marked(instead: dict[str, bool], why: str) -> None:
    event = golden("zones.zone.changed.v1")
    usual = Text.from_markup(watch.line(event)).plain
    event["data"] |= instead
    assert Text.from_markup(watch.line(event)).plain == f"{usual}{why}"


@pytest.mark.parametrize(
    ("earned", "named"),
    [
        ({"public": False}, "ann"),
        ({"public": False, "place": 2, "period": "2026H1"}, "somebody"),
        ({"public": True, "place": 2, "period": "2026H1"}, "ann"),
    ],
)
def test_who_has_opted_out_is_named_in_no_ranking(earned: dict[str, object], named: str) -> None:
    """A place is one in a ranking; what somebody has done stands in none."""
    event = golden("zones.recognition.granted.v1")
    event["data"] |= earned
    said = Text.from_markup(watch.line(event)).plain
    assert said.startswith(f"2026-03-01 09:00  {named:<16}")
    assert ("ann" in said) is (named == "ann")
