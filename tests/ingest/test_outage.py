"""Pressure goes back to the sender, and what it sends again heals whatever was half done."""

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from shared.eventlog import database
from shared.messaging.provision import provision
from shared.messaging.topology import deployment
from tests.ingest.examples import a_link, activities, an_activity
from tests.ingest.running import Ingest, provisioned, running, serving
from tests.nats import connected, nats_server


async def insist(ingest: Ingest, events: list[dict[str, Any]]) -> None:
    """Send until it is taken, as every publisher has to."""
    while (answer := await ingest.lines(events)).status_code == 503:
        await asyncio.sleep(float(answer.headers["retry-after"]) / 10)
    assert answer.json()["refused"] == 0, answer.json()


async def becomes(ingest: Ingest, *, ready: bool) -> None:
    async with asyncio.timeout(10):
        while (await ingest.get("/readyz"))["ready"] is not ready:
            await asyncio.sleep(0.02)


async def test_a_broker_killed_while_events_are_posted_costs_nothing(tmp_path: Path) -> None:
    """Every event is on the stream once, in its order, whatever the answer was meanwhile."""
    async with running(tmp_path) as ingest:
        people = [f"m{number}" for number in range(4)]
        events = {member: activities(600, member) for member in people}

        async def post(member: str) -> None:
            for start in range(0, 600, 50):
                await insist(ingest, events[member][start : start + 50])

        async def kill() -> None:
            for _ in range(2):
                await asyncio.sleep(0.15)
                await ingest.nats.kill()
                await asyncio.sleep(0.1)
                await ingest.nats.start()
                await asyncio.sleep(1.2)

        await asyncio.gather(kill(), *(post(member) for member in people))

        said = await ingest.said()
        for member in people:
            assert [event["id"] for event in said if event["subject"] == member] == [
                event["id"] for event in events[member]
            ]


async def test_without_a_broker_the_answer_is_503_and_when_to_come_again(tmp_path: Path) -> None:
    async with running(tmp_path) as ingest:
        await ingest.nats.kill()
        await becomes(ingest, ready=False)

        answer = await ingest.post(an_activity())

        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "1"
        assert "the broker is away" in answer.json()["error"]
        assert (await ingest.http.get("/healthz")).status_code == 200
        assert (await ingest.get("/v1/status"))["ready"] is False


async def test_what_is_remembered_needs_no_broker(tmp_path: Path) -> None:
    async with running(tmp_path) as ingest:
        event = an_activity()
        await ingest.post(event)
        await ingest.nats.kill()

        assert (await ingest.post(event)).json()["duplicates"] == 1
        conflict = await ingest.post({**event, "subject": "ben"})
        assert conflict.json()["results"][0]["reason"].startswith("id_conflict: ")


async def test_before_the_broker_is_provisioned_ingest_waits_and_says_so(tmp_path: Path) -> None:
    async with (
        nats_server(tmp_path / "nats") as nats,
        serving(tmp_path, nats, ready=False) as ingest,
    ):
        assert (await ingest.post(an_activity())).status_code == 503
        assert "zones provision" in str((await ingest.get("/readyz"))["reasons"])

        await provisioned(nats)
        await insist(ingest, [an_activity()])


async def test_a_broker_that_hangs_is_given_up_at_the_deadline(tmp_path: Path) -> None:
    async with running(tmp_path, deadline=0.5) as ingest:
        event = an_activity()
        with ingest.nats.paused():
            async with asyncio.timeout(5):
                answer = await ingest.post(event)

        assert answer.status_code == 503
        await insist(ingest, [event])
        assert len(await ingest.said()) == 1


async def test_a_full_stream_sends_the_pressure_back(tmp_path: Path) -> None:
    async with nats_server(tmp_path / "nats") as nats:
        async with connected(nats.url) as client:
            await provision(client, deployment(activity_bytes=20_000))
        async with serving(tmp_path, nats) as ingest:
            events = activities(200)
            answer = await ingest.post(events)
            assert answer.status_code == 503
            assert "full" in answer.json()["error"]

            async with connected(nats.url) as client:
                await provision(client, deployment())
            await insist(ingest, events)

            assert [event["id"] for event in await ingest.said()] == [
                event["id"] for event in events
            ]


async def test_a_database_that_cannot_be_written_is_no_wrong_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The directory commits first: when it cannot, nothing is said."""
    monkeypatch.setattr(database, "BUSY_TIMEOUT_SECONDS", 0.1)
    async with running(tmp_path) as ingest:
        with sqlite3.connect(ingest.settings.database, isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            answer = await ingest.post(a_link())
            other.execute("ROLLBACK")
        other.close()

        assert answer.status_code == 503
        await insist(ingest, [a_link()])
        assert len(await ingest.said()) == 1


async def test_bodies_wait_in_a_bounded_room(tmp_path: Path) -> None:
    """What waits for the broker is counted in bytes, and the rest is told to come again."""
    body = json.dumps(activities(100)).encode()
    async with running(tmp_path, waiting_bytes=int(len(body) * 1.5), deadline=1) as ingest:
        with ingest.nats.paused():
            answers = await asyncio.gather(
                *(ingest.send(body, "application/json") for _ in range(4))
            )

        errors = [answer.json()["error"] for answer in answers]
        assert {answer.status_code for answer in answers} == {503}
        assert sum("too many requests" in error for error in errors) == 3
        await insist(ingest, activities(100))


async def test_what_is_parked_waits_for_the_broker_too(tmp_path: Path) -> None:
    async with running(tmp_path, unlinked="refuse") as ingest:
        async with connected(ingest.nats.url) as client:
            body = json.dumps(an_activity(subject="bluesky:ada")).encode()
            await client.jetstream().publish("inbound.v1.crm", body)
        await ingest.quiet()
        await ingest.post(a_link())
        await ingest.nats.kill()

        answer = await ingest.http.post("/v1/parked/1/retry")

        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "1"
        assert (await ingest.get("/v1/parked"))["parked"][0]["resolved_at"] is None


async def test_a_consumer_that_somebody_deleted_is_missed(tmp_path: Path) -> None:
    """Ingest says so, goes on taking what comes over HTTP, and reads on when it is back."""
    async with running(tmp_path) as ingest:
        async with connected(ingest.nats.url) as client:
            await client.jetstream().delete_consumer("INBOUND", "ingest-inbound")
        await becomes(ingest, ready=False)

        status = await ingest.get("/v1/status")
        assert "ingest-inbound" in str(status["reasons"])
        assert status["lag"] is None
        assert (await ingest.post(an_activity())).status_code == 202

        await provisioned(ingest.nats)
        await becomes(ingest, ready=True)
