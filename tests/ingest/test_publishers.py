"""Publishers with names of their own: for whom they may speak, how fast, and how much at once."""

import asyncio
import json
import os
import resource
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from services.ingest.sources.canonical import MOST_EVENTS
from tests.ingest.examples import Event, activities, an_activity
from tests.ingest.running import Ingest, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

BODY = 1_000_000
CONNECTIONS = """
[publishers.crm]
token = "file:crm"
sources = ["crm", "github"]

[publishers.slow]
token = "file:slow"
sources = ["slow"]
rate = 300
burst = 1

[publishers.slower]
token = "file:slower"
rate = 2
burst = 5
"""


def token(name: str) -> str:
    return f"{name}-{'x' * 16}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ingest(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ingest]:
    folder = tmp_path_factory.mktemp("ingest")
    for name in ("crm", "slow", "slower"):
        (folder / name).write_text(token(name))
    (folder / "connections.toml").write_text(CONNECTIONS)
    settings = {"connections": folder / "connections.toml", "token": token("operator")}
    async with running(folder, body_bytes=BODY, **settings) as ingest:
        yield ingest


async def post(ingest: Ingest, name: str, said: object, path: str = "events") -> httpx2.Response:
    return await ingest.http.post(
        f"/v1/{path}", json=said, headers={"authorization": f"Bearer {token(name)}"}
    )


async def test_a_publisher_speaks_for_its_sources_and_no_other(ingest: Ingest) -> None:
    """What is refused says so, and the rest of the request goes on."""
    own = an_activity(id="own", source="urn:zones:platform:crm")
    others = an_activity(id="others", source="urn:zones:platform:bluesky")

    answer = await post(ingest, "crm", [own, others])

    [accepted, refused] = answer.json()["results"]
    assert accepted["status"] == "accepted"
    assert refused == {
        "index": 1,
        "id": "others",
        "status": "refused",
        "reason": "forbidden_source: source: crm may not speak for 'urn:zones:platform:bluesky',"
        " only for crm, github",
    }
    assert [event["id"] for event in await ingest.said()] == ["own"]


async def test_who_may_do_everything_may_speak_for_everybody(ingest: Ingest) -> None:
    assert (await post(ingest, "operator", an_activity(id="any"))).status_code == 202


async def test_a_publisher_may_do_no_more_than_its_scopes(ingest: Ingest) -> None:
    headers = {"authorization": f"Bearer {token('crm')}"}

    answer = await ingest.http.get("/v1/accounts", headers=headers)

    assert (answer.status_code, answer.json()["error"]) == (403, "this token lacks the scope read")


async def test_so_it_is_with_the_words_of_platforms(ingest: Ingest) -> None:
    allowed = await post(ingest, "crm", {}, "webhooks/github")
    refused = await post(ingest, "crm", {}, "webhooks/discourse")

    assert allowed.status_code == 202
    assert refused.status_code == 403
    assert refused.json() == {"error": "crm may not speak for discourse"}


async def test_who_sends_too_fast_is_told_when_to_come_again(ingest: Ingest) -> None:
    """Of the request that comes too early nothing is taken, and the others notice nothing."""
    events: list[Event] = activities(9, "fast", source="slower")
    await post(ingest, "slower", events[:8])

    answer = await post(ingest, "slower", events[8:])

    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 2
    assert answer.json()["error"].startswith("slower may send 2 events a second: send this again")
    assert len(await ingest.said("activity.v1.*.*.fast")) == 8
    assert (await post(ingest, "crm", an_activity(source="crm"))).status_code == 202


async def test_publishing_a_file_goes_as_fast_as_it_may(ingest: Ingest, tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join(map(json.dumps, activities(1200, "file", source="slow"))))

    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services", "publish", str(path)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={
            **os.environ,
            "ZONES_DATA": "/nonexistent",
            "ZONES_INGEST_URL": ingest.url,
            "ZONES_TOKEN": token("slow"),
        },
    )
    out, err = await process.communicate()

    assert out.decode() == "accepted 1200, duplicates 0, refused 0\n"
    assert "slow may send 300 events a second: send this again in " in err.decode()


@pytest.mark.parametrize("form", ["array", "lines"])
async def test_a_request_has_so_many_events_and_no_more(ingest: Ingest, form: str) -> None:
    many = [1] * (MOST_EVENTS + 1)
    body = json.dumps(many) if form == "array" else "\n".join(map(str, many))
    kind = "application/json" if form == "array" else "application/x-ndjson"
    headers = {"authorization": f"Bearer {token('operator')}", "content-type": kind}

    answer = await ingest.http.post("/v1/events", content=body, headers=headers)

    assert answer.status_code == 413
    assert answer.json() == {"error": f"send at most {MOST_EVENTS} events at once"}


async def test_what_says_that_it_is_too_large_is_refused_before_it_comes(ingest: Ingest) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", ingest.settings.port)
    head = (
        "POST /v1/events HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {token('operator')}",
        "Content-Length: 100000000000",
    )
    writer.write("\r\n".join((*head, "", "")).encode())

    async with asyncio.timeout(5):
        assert await reader.readline() == b"HTTP/1.1 413 Request Entity Too Large\r\n"
    writer.close()
    await writer.wait_closed()


async def test_memory_stays_bounded_whatever_comes(ingest: Ingest) -> None:
    """A body without end, of which nobody said how long it is."""
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        chunk = b" " * 65_536
        while sent < 300_000_000:
            sent += len(chunk)
            yield chunk

    async def answer(**options: Any) -> int:  # noqa: ANN401
        headers = {"authorization": f"Bearer {token('operator')}"}
        try:
            said = await ingest.http.post("/v1/events", headers=headers, **options)
        except httpx2.WriteError:
            return 413  # the connection was closed on us
        return said.status_code

    assert await answer(content=b"[]") == 202
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    assert await answer(content=endless()) == 413

    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 32 * 1024, f"{grown} KiB more, for {sent} bytes"
