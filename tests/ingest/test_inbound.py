"""What comes over NATS is said in its order, or parked with its reason, and then leaves."""

import asyncio
import json
from pathlib import Path
from typing import Any

from shared.messaging import api
from tests.ingest.examples import a_link, activities, an_activity
from tests.ingest.running import Ingest, provisioned, running, serving
from tests.nats import NatsServer, connected, nats_server


async def send(nats: NatsServer, *bodies: object, source: str = "crm", **headers: str) -> None:
    """Publish as another system does, and wait for the broker's ack."""
    async with connected(nats.url) as client:
        for body in bodies:
            payload = body if isinstance(body, bytes) else json.dumps(body).encode()
            await client.jetstream().publish(f"inbound.v1.{source}", payload, headers=headers)


async def parked(ingest: Ingest) -> list[dict[str, Any]]:
    await ingest.quiet()
    rows: list[dict[str, Any]] = (await ingest.get("/v1/parked"))["parked"]
    return rows


async def test_events_and_batches_are_said_in_the_order_of_their_source(tmp_path: Path) -> None:
    async with running(tmp_path) as ingest:
        events = activities(300)
        await send(ingest.nats, *events[:100], events[100:250], *events[250:])
        await ingest.quiet()

        assert [event["id"] for event in await ingest.said()] == [event["id"] for event in events]
        async with connected(ingest.nats.url) as client:
            info = await api.stream_info(client, "INBOUND")
            assert info
            assert info.first == info.last + 1, "nothing is left in the queue"


async def test_what_was_sent_while_ingest_was_down_is_said_when_it_is_up(tmp_path: Path) -> None:
    async with nats_server(tmp_path / "nats") as nats:
        await provisioned(nats)
        await send(nats, *activities(3))
        async with serving(tmp_path, nats) as ingest:
            await ingest.quiet()
            assert len(await ingest.said()) == 3


async def test_what_is_refused_is_parked_with_its_reason_and_costs_nobody_anything(
    tmp_path: Path,
) -> None:
    async with running(tmp_path) as ingest:
        good = activities(2)
        bad = an_activity("shore", id="bad")
        await send(ingest.nats, [good[0], bad], b"{not JSON", 17, good[1])

        rows = await parked(ingest)

        assert [(row["subject"], row["reason"]) for row in rows] == [
            ("inbound.v1.crm", "unknown_kind"),
            ("inbound.v1.crm", "malformed"),
            ("inbound.v1.crm", "not_an_event"),
        ]
        shown = await ingest.get(f"/v1/parked/{rows[0]['id']}")
        assert json.loads(shown["payload"]) == bad, "the event alone, not its neighbours"
        assert [event["id"] for event in await ingest.said()] == [event["id"] for event in good]


async def test_what_is_parked_can_be_tried_again(tmp_path: Path) -> None:
    """It is said when the reason is gone, and counts its tries while it is not."""
    async with running(tmp_path, unlinked="refuse") as ingest:
        await send(ingest.nats, an_activity(subject="bluesky:ada"))
        [row] = await parked(ingest)
        path = f"/v1/parked/{row['id']}/retry"

        first = (await ingest.http.post(path)).json()
        await ingest.post(a_link())
        second = (await ingest.http.post(path)).json()

        assert (first["resolved"], second["resolved"]) == (False, True)
        assert first["reason"].startswith("unlinked_account: ")
        assert await parked(ingest) == []
        assert [event["subject"] for event in await ingest.said()] == ["ann", "ann"]


async def test_json_lines_are_read_where_the_message_says_that_it_has_them(tmp_path: Path) -> None:
    async with running(tmp_path) as ingest:
        lines = b"\n".join(json.dumps(event).encode() for event in activities(3))
        await send(ingest.nats, lines, **{"Content-Type": "application/x-ndjson"})
        await ingest.quiet()

        assert len(await ingest.said()) == 3


async def test_an_outage_on_the_way_loses_nothing_and_says_nothing_twice(tmp_path: Path) -> None:
    async with running(tmp_path) as ingest:
        events = activities(400)

        async def sending() -> None:
            async with connected(ingest.nats.url) as client:
                for event in events:
                    body = json.dumps(event).encode()
                    headers = {"Nats-Msg-Id": event["id"]}
                    while True:
                        try:
                            await client.jetstream().publish(
                                "inbound.v1.crm", body, timeout=1, headers=headers
                            )
                            break
                        except Exception:  # noqa: BLE001 - whatever it is, a publisher goes on
                            await asyncio.sleep(0.05)

        async def killing() -> None:
            await asyncio.sleep(0.1)
            await ingest.nats.restart()

        await asyncio.gather(sending(), killing())
        await ingest.quiet()

        assert [event["id"] for event in await ingest.said()] == [event["id"] for event in events]
