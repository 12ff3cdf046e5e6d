"""Listening to a Jetstream that stumbles, repeats itself, breaks off and speaks in two versions."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from pydantic_core import from_json

from services.ingest.adapters.jetstream import READER, Jetstream
from services.ingest.projections import entries, tables
from shared.eventlog.log import Store
from shared.messaging.errors import BrokerUnavailable
from tests.ingest.jetstreams import Server, jetstream, until
from tests.ingest.sources.test_bluesky import DID, OTHER, TIME_US, a_commit, a_frame, a_line

V2 = "/xrpc/network.bsky.jetstream.subscribeEvents"


class Listener:
    """A Jetstream as ingest listens to it, and what came of it."""

    def __init__(self, store: Store, url: str, accounts: Collection[str]) -> None:
        self.store, self.accounts = store, set(accounts)
        self.taken: list[dict[str, Any]] = []
        self.refusals = 0
        self.registry = CollectorRegistry()
        self.jetstream = Jetstream(
            url,
            store,
            followed=self._followed,
            take=self._take,
            registry=self.registry,
            patience=(0.01, 0.05),
            look=0.1,
        )

    @property
    def rkeys(self) -> list[str]:
        return [(each.get("commit") or each.get("payload") or {})["rkey"] for each in self.taken]

    async def cursor(self) -> int | None:
        saved = await self.store.checkpoint(READER)
        return saved.position if saved else None

    def counted(self, status: str) -> float:
        name = "zones_ingest_jetstream_frames_total"
        return self.registry.get_sample_value(name, {"status": status}) or 0

    @property
    def failures(self) -> float:
        name = "zones_ingest_jetstream_failures_total"
        metrics = [sample for metric in self.registry.collect() for sample in metric.samples]
        return sum(sample.value for sample in metrics if sample.name == name)

    async def _followed(self) -> Collection[str]:
        return self.accounts

    async def _take(self, bodies: Sequence[bytes], _received_at: datetime) -> None:
        if self.refusals:
            self.refusals -= 1
            raise BrokerUnavailable("the broker has not answered")
        self.taken += [from_json(body) for body in bodies]


@asynccontextmanager
async def listening(
    folder: Path, server: Server, *accounts: str, path: str = "/subscribe", refusals: int = 0
) -> AsyncIterator[Listener]:
    async with Store.open(
        folder / "ingest.db", codec=entries.CODEC, schema=[tables.SCHEMA]
    ) as store:
        listener = Listener(store, server.url(path), accounts or (DID,))
        listener.refusals = refusals
        running = asyncio.create_task(listener.jetstream.run())
        try:
            yield listener
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running


def a_post(rkey: str, after: int = 0, did: str = DID) -> dict[str, Any]:
    return a_line(a_commit(rkey=rkey), did=did, time_us=TIME_US + after)


async def test_it_asks_for_the_linked_accounts_and_hands_on_what_they_did(tmp_path: Path) -> None:
    async with (
        jetstream([a_post("1"), a_post("2", 10)]) as server,
        listening(tmp_path, server) as listener,
    ):
        await until(lambda: listener.rkeys == ["1", "2"])

    [asked] = server.asked
    assert (asked.path, asked.cursor) == ("/subscribe", None)
    assert asked.followed == [[DID]]
    assert "app.bsky.graph.follow" in asked.said[0]["payload"]["wantedCollections"]


async def test_others_are_passed_over_whatever_the_server_sends(tmp_path: Path) -> None:
    """Those who are not linked have not asked to be counted."""
    async with (
        jetstream([a_post("1", did=OTHER), a_post("2"), "{broken", 17, []]) as server,
        listening(tmp_path, server) as listener,
    ):
        await until(lambda: listener.counted("unreadable") == 3)

        assert listener.rkeys == ["2"]
        assert listener.counted("passed_over") == 1


async def test_it_goes_on_a_little_before_where_it_broke_off(tmp_path: Path) -> None:
    async with (
        jetstream(
            [a_post("1"), a_post("2", 20), a_post("3", 10), None], [a_post("2", 20)]
        ) as server,
        listening(tmp_path, server) as listener,
    ):
        await until(lambda: len(server.asked) == 2)
        await until(lambda: len(listener.rkeys) > 2)

        assert server.asked[1].cursor == TIME_US + 20 - 5_000_000
        assert await listener.cursor() == TIME_US + 20


async def test_it_goes_on_after_a_restart(tmp_path: Path) -> None:
    async with jetstream([a_post("1")], []) as server:
        async with listening(tmp_path, server) as listener:
            await until(lambda: listener.rkeys)
            while await listener.cursor() is None:
                await asyncio.sleep(0.01)
        async with listening(tmp_path, server):
            await until(lambda: len(server.asked) == 2)

    assert server.asked[1].cursor == TIME_US - 5_000_000


async def test_what_was_not_accepted_comes_again(tmp_path: Path) -> None:
    async with (
        jetstream([a_post("1")], [a_post("1")], [a_post("1")]) as server,
        listening(tmp_path, server, refusals=2) as listener,
    ):
        await until(lambda: listener.rkeys == ["1"])

        assert [each.cursor for each in server.asked] == [None, None, None]


async def test_a_time_to_come_is_not_believed(tmp_path: Path) -> None:
    """Else a server whose clock is wrong once would have us miss all until then."""
    ahead = int(timedelta(days=400).total_seconds() * 1_000_000)
    async with (
        jetstream([a_post("1", ahead)]) as server,
        listening(tmp_path, server) as listener,
    ):
        await until(lambda: listener.rkeys)
        while await listener.cursor() is None:
            await asyncio.sleep(0.01)

        assert (await listener.cursor() or 0) <= datetime.now(UTC).timestamp() * 1_000_000


async def test_who_links_an_account_later_is_followed_from_then_on(tmp_path: Path) -> None:
    async with jetstream([]) as server, listening(tmp_path, server) as listener:
        await until(lambda: server.asked and server.asked[0].said)
        listener.accounts.add(OTHER)
        await until(lambda: len(server.asked[0].said) == 2)

    [asked] = server.asked
    assert asked.followed == [[DID], sorted([DID, OTHER])]


async def test_it_asks_for_nobody_while_nobody_is_linked(tmp_path: Path) -> None:
    """A Jetstream that is asked for nobody tells of everybody."""
    async with jetstream([]) as server, listening(tmp_path, server, "user-1.example") as listener:
        await asyncio.sleep(0.3)
        assert not server.asked
        assert "no" in (listener.jetstream.remark() or "")

        listener.accounts.add(DID)
        await until(lambda: server.asked)
        some = "1 linked accounts have no DID"
        await until(lambda: some in (listener.jetstream.remark() or ""))

        listener.accounts.clear()
        await until(lambda: "not heard" in (listener.jetstream.remark() or ""))


async def test_the_second_version_is_asked_in_its_own_way(tmp_path: Path) -> None:
    info = {"$type": "network.bsky.jetstream.subscribeEvents#info", "name": "OutdatedCursor"}
    frames = [
        {"$type": "message", "payload": info},
        a_frame(**a_commit(rkey="1"), seq=17),
        a_frame(**a_commit(rkey="2"), seq=18),
        {"$type": "error", "error": "ConsumerTooSlow", "message": "be quick"},
    ]
    async with (
        jetstream(frames, [a_frame(**a_commit(rkey="3"), seq=19)]) as server,
        listening(tmp_path, server, path=V2) as listener,
    ):
        await until(lambda: listener.rkeys == ["1", "2", "3"])

        first, second = server.asked
        assert first.path == V2
        assert first.query["dids"] == [DID]
        assert not first.said
        assert (first.cursor, second.cursor) == (None, 19)


async def test_the_second_version_is_asked_anew_when_links_change(tmp_path: Path) -> None:
    async with jetstream([]) as server, listening(tmp_path, server, path=V2) as listener:
        await until(lambda: server.asked)
        listener.accounts.add(OTHER)
        await until(lambda: len(server.asked) == 2)

    assert server.asked[1].query["dids"] == sorted([DID, OTHER])


async def test_a_count_of_another_server_is_no_place_to_go_on(tmp_path: Path) -> None:
    async with (
        jetstream([a_frame(**a_commit(rkey="1"), seq=17)]) as server,
        listening(tmp_path, server, path=V2) as listener,
    ):
        while await listener.cursor() is None:
            await asyncio.sleep(0.01)
    async with jetstream([]) as another, listening(tmp_path, another, path=V2):
        await until(lambda: another.asked)

    assert another.asked[0].cursor is None


async def test_where_the_server_has_forgotten_it_begins_with_what_is_left(tmp_path: Path) -> None:
    refusal = (HTTPStatus.BAD_REQUEST, '{"error":"CursorTooOld","message":"floor is 99"}')
    first = [a_frame(**a_commit(rkey="1"), seq=17), None]
    async with (
        jetstream(first, refusal, [a_frame(**a_commit(rkey="2"), seq=99)]) as server,
        listening(tmp_path, server, path=V2) as listener,
    ):
        await until(lambda: listener.rkeys == ["1", "2"])

    assert [each.cursor for each in server.asked] == [None, 18, 10**15]


@pytest.mark.parametrize(
    "trouble", [(HTTPStatus.SERVICE_UNAVAILABLE, "later"), [None], [b"\xff" * (5 * 1024 * 1024)]]
)
async def test_trouble_is_told_and_another_try_made(tmp_path: Path, trouble: Any) -> None:  # noqa: ANN401
    async with (
        jetstream(trouble, trouble, [a_post("1")]) as server,
        listening(tmp_path, server) as listener,
    ):
        await until(lambda: listener.rkeys == ["1"])

        assert listener.jetstream.remark() is None
        failures = "zones_ingest_jetstream_failures_total"
        [metric] = [
            each for each in listener.registry.collect() if each.name + "_total" == failures
        ]
        assert sum(sample.value for sample in metric.samples if sample.name == failures) == 2


async def test_nobody_there_is_told(tmp_path: Path) -> None:
    async with jetstream() as server:
        pass
    async with listening(tmp_path, server) as listener:
        await until(lambda: "Error" in (listener.jetstream.remark() or ""))
