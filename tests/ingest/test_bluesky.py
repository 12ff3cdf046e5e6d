"""From a post on Bluesky to an activity on the bus, and what an operator sees meanwhile."""

import asyncio
from pathlib import Path
from typing import Any

from tests.ingest.examples import a_link
from tests.ingest.jetstreams import Server, jetstream, until
from tests.ingest.running import Ingest, running
from tests.ingest.sources.test_bluesky import DID, OTHER, THEIRS, a_commit, a_line, about, strong


def connections(folder: Path, server: Server) -> Path:
    file = folder / "connections.toml"
    file.write_text(f'[bluesky]\njetstream = "{server.url()}"\n')
    return file


def a_like(rkey: str, **instead: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return a_line(a_commit("app.bsky.feed.like", about(strong()), rkey=rkey), **instead)


async def likes_of(ingest: Ingest, count: int) -> list[dict[str, Any]]:
    """Return what has been said of likes, once there is so much of it."""
    async with asyncio.timeout(30):
        while True:
            likes = [one for one in await ingest.said() if one["type"] == "zones.activity.like.v1"]
            if len(likes) >= count:
                return likes
            await asyncio.sleep(0.05)


async def test_what_a_linked_account_does_is_its_members_and_said_once(tmp_path: Path) -> None:
    """However often the stream breaks off and begins a little earlier."""
    plays = ([a_like("1"), a_like("2"), None], [a_like("2"), a_like("9", did=OTHER), a_like("3")])
    async with jetstream(*plays) as server:
        folder = tmp_path / "ingest"
        folder.mkdir()
        async with running(folder, connections=connections(folder, server)) as ingest:
            assert not server.asked
            await ingest.post(a_link(handle=DID))
            likes = await likes_of(ingest, 3)
            metrics = (await ingest.http.get("/metrics")).text

    assert [like["id"].rpartition("/")[2] for like in likes] == ["1", "2", "3"]
    assert {like["subject"] for like in likes} == {"ann"}
    assert likes[0]["data"]["object"] == {"id": THEIRS}
    assert all(asked.followed == [[DID]] for asked in server.asked)
    assert 'zones_ingest_jetstream_frames_total{status="taken"}' in metrics
    assert "zones_ingest_jetstream_connected 1.0" in metrics


async def test_an_account_is_followed_by_its_did_once_its_handle_is_known(tmp_path: Path) -> None:
    async with jetstream([]) as server:
        folder = tmp_path / "ingest"
        folder.mkdir()
        async with running(folder, connections=connections(folder, server)) as ingest:
            await ingest.post(a_link(handle="user-1.example"))
            identity = {"did": DID, "handle": "user-1.example", "time": "2026-02-01T00:00:00Z"}
            told = await ingest.http.post(
                "/v1/webhooks/bluesky", json=a_line(kind="identity", identity=identity)
            )
            assert told.status_code == 202
            await until(lambda: server.asked and server.asked[0].said)

    assert server.asked[0].followed == [[DID]]


async def test_without_a_jetstream_ingest_works_and_says_so(tmp_path: Path) -> None:
    async with jetstream() as server:
        pass
    async with running(tmp_path, connections=connections(tmp_path, server)) as ingest:
        await ingest.post(a_link(handle=DID))
        async with asyncio.timeout(30):
            while "Error" not in str((await ingest.get("/v1/status")).get("remarks")):
                await asyncio.sleep(0.1)

        assert (await ingest.get("/readyz"))["ready"]
