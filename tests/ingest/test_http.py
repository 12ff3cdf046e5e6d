"""`POST /v1/events`: every form that a script may send, and the answer that it gets."""

import gzip
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from tests.ingest.examples import activities, an_activity
from tests.ingest.running import Ingest, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

NDJSON = "application/x-ndjson"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ingest(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ingest]:
    async with running(tmp_path_factory.mktemp("ingest"), body_bytes=400_000) as ingest:
        yield ingest


async def test_an_accepted_event_is_on_the_stream_as_it_was_said(ingest: Ingest) -> None:
    event = an_activity(id="first", subject="first")

    answer = await ingest.post(event)

    assert answer.status_code == 202
    assert answer.json() == {
        "accepted": 1,
        "duplicates": 0,
        "refused": 0,
        "results": [{"index": 0, "id": "first", "status": "accepted"}],
    }
    assert await ingest.said("activity.v1.*.share.first") == [event]


@pytest.mark.parametrize(
    ("type", "body"),
    [
        ("application/json", json.dumps(activities(2, "json"))),
        ("application/json; charset=UTF-8", "\ufeff" + json.dumps(activities(2, "bom"))),
        ("application/cloudevents-batch+json", json.dumps(activities(2, "batch"))),
        (NDJSON, "".join(json.dumps(event) + "\n" for event in activities(2, "lines"))),
        ("application/ndjson", "\r\n\r\n".join(map(json.dumps, activities(2, "crlf")))),
        ("application/jsonl", "\n".join(map(json.dumps, activities(2, "jsonl")))),
    ],
)
async def test_many_events_come_in_any_of_these_forms(ingest: Ingest, type: str, body: str) -> None:
    answer = await ingest.send(body.encode(), type)

    assert answer.status_code == 202
    assert [result["status"] for result in answer.json()["results"]] == ["accepted"] * 2


@pytest.mark.parametrize("type", ["application/json", "application/cloudevents+json"])
async def test_one_event_comes_in_any_of_these_forms(ingest: Ingest, type: str) -> None:
    answer = await ingest.send(json.dumps(an_activity(id=type)).encode(), type)

    assert answer.json()["accepted"] == 1


async def test_attributes_may_travel_as_headers(ingest: Ingest) -> None:
    """CloudEvents' binary mode: what is not ASCII is percent-encoded there."""
    answer = await ingest.send(
        b'{"topics": ["hiring"]}',
        "application/json",
        ce_specversion="1.0",
        ce_id="caf%C3%A9",
        ce_source="urn:zones:platform:bluesky",
        ce_type="zones.activity.share.v1",
        ce_subject="binary",
        ce_time="2026-03-01T09:30:00Z",
        ce_historical="true",
    )

    assert answer.json()["results"] == [{"index": 0, "id": "café", "status": "accepted"}]
    assert await ingest.said("activity.v1.*.share.binary") == [
        an_activity(id="café", subject="binary", historical=True)
    ]


async def test_a_body_may_be_gzipped(ingest: Ingest) -> None:
    """Several gzip files one behind the other are one gzip file."""
    body = b"".join(
        gzip.compress(json.dumps(event).encode() + b"\n") for event in activities(3, "zip")
    )

    answer = await ingest.send(body, NDJSON, content_encoding="gzip")

    assert answer.json()["accepted"] == 3


@pytest.mark.parametrize("type", ["text/plain", "application/x-www-form-urlencoded", "garbage"])
async def test_another_content_type_is_told_which_ones_there_are(ingest: Ingest, type: str) -> None:
    answer = await ingest.send(b"{}", type)

    assert answer.status_code == 415
    assert "application/x-ndjson" in answer.json()["error"]
    assert "application/json" in answer.json()["error"]


async def test_json_comes_in_utf_8(ingest: Ingest) -> None:
    answer = await ingest.send(b"{}", "application/json; charset=utf-16")

    assert (answer.status_code, answer.json()) == (415, {"error": "send JSON in UTF-8"})


@pytest.mark.parametrize(
    ("body", "encoding", "status", "why"),
    [
        (b"not gzip", "gzip", 400, "the body is not gzip"),
        (gzip.compress(b"[]" * 100)[:-9], "gzip", 400, "the gzipped body ends early"),
        (gzip.compress(b" " * 50_000_000), "gzip", 413, "a request has at most 400000 bytes"),
        (b" " * 400_001, "identity", 413, "a request has at most 400000 bytes"),
        (b"[]", "br", 415, "send the body as it is or gzipped"),
        (b"", "identity", 400, "the body is empty"),
        (b" \n ", "identity", 400, "the body is empty"),
        (b'{"id": ', "identity", 400, "this is not JSON: EOF while parsing"),
        (b'{"id": NaN}', "identity", 400, "this is not JSON: "),
        (b"\xff\xfe{\x00}\x00", "identity", 400, "this is not JSON: "),
        (b"[" * 100_000, "identity", 400, "this is not JSON: recursion limit"),
        (b'{"a":' * 1000 + b"1" + b"}" * 1000, "identity", 400, "this is not JSON: recursion"),
        (b"1" * 5000, "identity", 400, "this is not JSON: number out of range"),
        (b'"\\ud800"', "identity", 400, "this is not JSON: "),
    ],
    ids=[
        *("no gzip", "truncated gzip", "gzip bomb", "large", "brotli", "empty", "blank"),
        *("truncated", "nan", "utf-16", "deep list", "deep object", "huge integer", "surrogate"),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused_as_a_whole(
    ingest: Ingest, body: bytes, encoding: str, status: int, why: str
) -> None:
    answer = await ingest.send(body, "application/json", content_encoding=encoding)

    assert answer.status_code == status
    assert answer.json()["error"].startswith(why)


async def test_an_empty_array_is_accepted_for_what_it_is(ingest: Ingest) -> None:
    answer = await ingest.post([])

    assert answer.status_code == 202
    assert answer.json() == {"accepted": 0, "duplicates": 0, "refused": 0, "results": []}


async def test_a_line_that_cannot_be_read_costs_its_neighbours_nothing(ingest: Ingest) -> None:
    good = activities(2, "neighbour")

    answer = await ingest.lines([good[0], b"", b'{"id": ', good[1]])

    assert answer.status_code == 202
    assert (answer.json()["accepted"], answer.json()["refused"]) == (2, 1)
    assert answer.json()["results"][1] == {
        "index": 1,
        "id": None,
        "status": "refused",
        "reason": "malformed: line 3 is not JSON: EOF while parsing a value at column 7",
    }


async def test_what_is_refused_says_why_and_the_rest_goes_on(ingest: Ingest) -> None:
    events = activities(3, "mixed")
    events[1] |= {"type": "zones.activity.shore.v1"}

    answer = await ingest.post(events)

    assert answer.status_code == 202
    [_, refused, _] = answer.json()["results"]
    assert refused["id"] == "mixed-0001"
    assert refused["reason"].startswith("unknown_kind: ")
    assert "zones.activity.share.v1" in refused["reason"]
    assert len(await ingest.said("activity.v1.*.*.mixed")) == 2


async def test_when_all_is_refused_the_answer_is_422_of_the_same_shape(ingest: Ingest) -> None:
    answer = await ingest.post([an_activity(time="yesterday"), 17])

    assert answer.status_code == 422
    assert answer.json()["refused"] == 2
    assert [result["id"] for result in answer.json()["results"]] == ["e1", None]


@pytest.mark.parametrize("form", ["object", "array", "lines"])
async def test_a_single_event_of_more_than_64_kib_is_too_large(ingest: Ingest, form: str) -> None:
    event = an_activity(text="x" * 65_536)

    answer = await (
        ingest.lines([event])
        if form == "lines"
        else ingest.post(event if form == "object" else [event])
    )

    assert answer.status_code == 413
    assert answer.json()["results"][0]["reason"].startswith("too_large: ")


@pytest.mark.parametrize("form", ["array", "lines"])
async def test_among_others_it_is_refused_alone(ingest: Ingest, form: str) -> None:
    events = activities(3, f"large-{form}")
    events[1] |= {"text": "x" * 65_536}

    answer = await (ingest.post(events) if form == "array" else ingest.lines(events))

    assert answer.status_code == 202
    statuses = [result["status"] for result in answer.json()["results"]]
    assert statuses == ["accepted", "refused", "accepted"]


async def test_an_event_of_exactly_64_kib_is_not_too_large(ingest: Ingest) -> None:
    event = an_activity(id="exact", text="")
    event["text"] = "x" * (65_536 - len(json.dumps(event)))

    assert (await ingest.post(event)).json()["accepted"] == 1


async def test_an_id_may_have_256_characters(ingest: Ingest) -> None:
    [longest, longer] = (await ingest.post([an_activity(id="i" * n) for n in (256, 257)])).json()[
        "results"
    ]

    assert longest["status"] == "accepted"
    assert longer["reason"] == "invalid: id: must have at most 256 characters"


async def test_only_what_the_contract_knows_goes_on_the_bus(ingest: Ingest) -> None:
    """No message text, no address, no e-mail: lengths, ids, topics and counts."""
    await ingest.post(
        an_activity(
            "comment",
            id="private",
            subject="private",
            ip="192.0.2.1",
            data={"text": "My secret", "email": "ann@example.org", "text_length": 9},
        )
    )

    [event] = await ingest.said("activity.v1.*.*.private")
    assert event["data"] == {"text_length": 9}
    assert event.keys() == an_activity().keys()


async def test_a_time_too_far_ahead_becomes_ours_and_the_claim_is_kept(ingest: Ingest) -> None:
    claimed = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    event = an_activity(id="early", subject="early", time=claimed.isoformat())

    assert (await ingest.post(event)).json()["accepted"] == 1

    [said] = await ingest.said("activity.v1.*.*.early")
    assert datetime.fromisoformat(said["claimedtime"]) == claimed
    assert abs(datetime.now(UTC) - datetime.fromisoformat(said["time"])) < timedelta(minutes=1)


async def test_order_within_a_request_is_kept_and_so_it_is_from_one_to_the_next(
    ingest: Ingest,
) -> None:
    """More than one batch of the broker's, and events that it knows already among them."""
    events = activities(2500, "order")
    await ingest.lines(events[:10])

    first, second = await ingest.lines(events[:1500]), await ingest.lines(events[1400:])

    assert (first.json()["accepted"], first.json()["duplicates"]) == (1490, 10)
    assert (second.json()["accepted"], second.json()["duplicates"]) == (1000, 100)
    said = await ingest.said("activity.v1.*.*.order")
    assert [event["id"] for event in said] == [event["id"] for event in events]


async def test_openapi_says_what_may_be_sent_and_what_comes_back(ingest: Ingest) -> None:
    described = (await ingest.get("/openapi.json"))["paths"]["/v1/events"]["post"]

    assert NDJSON in described["requestBody"]["content"]
    assert {"202", "400", "413", "415", "422", "503"} <= described["responses"].keys()


async def test_what_becomes_of_events_is_counted(ingest: Ingest) -> None:
    event = an_activity(id="counted")
    await ingest.post([event, event, {**event, "subject": "ben"}])

    metrics = (await ingest.http.get("/metrics")).text

    assert 'zones_ingest_events_total{reason="",status="accepted"}' in metrics
    assert 'zones_ingest_events_total{reason="",status="duplicate"}' in metrics
    assert 'zones_ingest_events_total{reason="id_conflict",status="refused"}' in metrics


async def test_status_says_that_all_is_well_and_done(ingest: Ingest) -> None:
    await ingest.quiet()

    status = await ingest.get("/v1/status")

    assert (status["name"], status["ready"], status["lag"]) == ("ingest", True, 0)
    assert status["readers"] == {"http": 0, "relay": 0, "inbound": 0}
