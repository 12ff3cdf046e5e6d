"""From an event to those who hear of it."""

import asyncio
import gzip
import json
import subprocess
from pathlib import Path

from tests.nats import connected
from tests.system.examples import a_year, an_event
from tests.system.running import ZONES, System, differences, exported, lines, surroundings


async def test_the_first_event_by_http_is_a_zone_change_on_nats_and_in_the_bucket(
    busy: System,
) -> None:
    """A 202 for a member nobody knew, and a plain NATS subscriber hears that they entered."""
    async with connected(busy.running.broker()) as client:
        heard = await client.subscribe("zone.changed.v1.*.first-ever")
        await client.flush()
        answer = busy.post(an_event("first-ever"))
        assert answer.status_code == 202
        assert answer.json()["accepted"] == 1
        message = await heard.next_msg(timeout=10)
        assert message.subject == "zone.changed.v1.content_consumer.first-ever"
        assert message.headers
        assert message.headers["Content-Type"] == "application/cloudevents+json"
        told = json.loads(message.data)
        assert told["type"] == "zones.zone.changed.v1"
        assert told["subject"] == "first-ever"
        assert told["data"]["to"] == "content_consumer"
        assert told["data"]["direction"] == "entered"
        assert told["data"]["evidence"]
        bucket = await client.jetstream().key_value("zones")
        async with asyncio.timeout(5):
            while "first-ever" not in await bucket.keys():
                await asyncio.sleep(0.02)
        entry = await bucket.get("first-ever")
        assert entry.value
        assert json.loads(entry.value)["data"]["zone"] == "content_consumer"


def test_publishing_a_file_again_changes_nothing(busy: System, tmp_path: Path) -> None:
    """The second time everything is a duplicate, and the log recounts to the same digest."""
    file = tmp_path / "year.jsonl.gz"
    events = [event | {"subject": f"twice-{event['subject']}"} for event in a_year(2)]
    file.write_bytes(gzip.compress(lines(events).encode()))
    first = busy.zones("publish", file, "--json").json
    assert first == {"accepted": len(events), "duplicates": 0, "refused": 0}
    busy.quiet()
    before = exported(busy)
    again = busy.zones("publish", file, "--json")
    assert again.code == 0
    assert again.json == {"accepted": 0, "duplicates": len(events), "refused": 0}
    busy.quiet()
    assert differences(exported(busy), before) == []


def test_publishing_says_what_became_of_it(busy: System) -> None:
    said = busy.zones("publish", "-", stdin=lines([an_event("counted"), an_event("counted")]))
    assert said.code == 0
    assert said.out == "accepted 1, duplicates 1, refused 0\n"


def test_watching_tells_what_happens_now(busy: System) -> None:
    """`zones watch --count 1` waits for one and ends."""
    watching = subprocess.Popen(
        [*ZONES, "watch", "--count", "1", "--json"],
        stdout=subprocess.PIPE,
        env=surroundings(busy.data),
    )
    try:
        for number in range(100):
            assert busy.post(an_event(f"watched-{number}")).status_code == 202
            try:
                out, _ = watching.communicate(timeout=0.2)
            except subprocess.TimeoutExpired:
                continue
            assert json.loads(out)["subject"].startswith("watched-")
            assert watching.returncode == 0
            return
    finally:
        watching.kill()
        watching.wait()
    raise AssertionError("nothing was told")


async def test_what_comes_over_the_bus_and_is_refused_is_parked_with_its_reason(
    busy: System,
) -> None:
    """Nobody waits for an answer there, so it is kept: to be listed, shown and tried again."""
    async with connected(busy.running.broker()) as client:
        await client.jetstream().publish("inbound.v1.system-test", b"{ this is no JSON")
        async with asyncio.timeout(10):
            while not (rows := busy.zones("parked", "list", "--json").json):
                await asyncio.sleep(0.05)
    [row] = rows
    assert row["service"] == "ingest"
    assert row["subject"] == "inbound.v1.system-test"
    assert row["reason"]
    shown = busy.zones("parked", "show", f"ingest/{row['id']}", "--json").json
    assert shown["reason"] == row["reason"]
    retried = busy.zones("parked", "retry", f"ingest/{row['id']}", "--json")
    assert retried.code == 1
    assert retried.json[0]["resolved"] is False
