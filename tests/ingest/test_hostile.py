"""Whatever is sent, the answer is about what was sent: never that something broke in here."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ingest.examples import Event, a_link, an_activity
from tests.ingest.running import Ingest, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
PARTS = [*an_activity(), "historical", "claimedtime", "data_base64"]
KINDS = ["share", "link_account", "retract", "member_updated", "topic_requested", "performance"]
CONTENT_TYPES = [
    *("application/json", "application/x-ndjson", "application/cloudevents+json", "text/plain"),
    *("", ";", "application/json; charset=\x7f", "multipart/form-data"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ingest(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ingest]:
    async with running(tmp_path_factory.mktemp("ingest"), body_bytes=100_000) as ingest:
        yield ingest


HOSTILE: dict[str, tuple[Any, str]] = {
    "a number": (17, "not_an_event: "),
    "an array in the array": ([[an_activity()]], "not_an_event: "),
    "nothing at all": ({}, "invalid_time: "),
    "no id": (an_activity(id=None), "invalid: id: is missing"),
    "an empty id": (an_activity(id=""), "invalid: id: "),
    "a number for an id": (an_activity(id=17), "invalid: id: must be text"),
    "a line break in the id": (an_activity(id="a\nNats-Msg-Id: b"), "invalid: id: "),
    "no source": (an_activity(source=None), "invalid: source: is missing"),
    "another version": (an_activity(specversion="0.3"), "invalid: specversion: "),
    "an unknown kind": (an_activity("shore"), "unknown_kind: "),
    "no type": (an_activity(type=None), "invalid: type: is missing"),
    "a type that is a list": (an_activity(type=["zones.activity.share.v1"]), "unknown_kind: "),
    "another version of a type": (
        an_activity(type="zones.activity.share.v2"),
        "unknown_kind: ",
    ),
    "our own output": (an_activity(type="zones.zone.changed.v1"), "unknown_kind: "),
    "a wildcard for a member": (an_activity(subject=">"), "invalid_subject: "),
    "a subject in parts": (an_activity(subject="ann.v1.share"), "invalid_subject: "),
    "a stream of our own": (an_activity(subject="_clock"), "invalid_subject: "),
    "everybody, who shares nothing": (an_activity(subject="_org"), "invalid: subject: "),
    "somebody's topic request": (
        an_activity("topic_requested", data={"request_id": "r", "topic": "hiring", "by": "sales"}),
        "invalid: subject: ",
    ),
    "no data": (an_activity(data=None), "invalid: data: "),
    "data that is text": (an_activity(data="{}"), "invalid: data: "),
    "data that is binary": (
        {**an_activity(data=None), "data_base64": "e30="},
        "invalid: data: ",
    ),
    "too many minutes": (an_activity(data={"minutes": 1441}), "invalid: data.minutes: "),
    "negative minutes": (an_activity(data={"minutes": -1}), "invalid: data.minutes: "),
    "infinite minutes": (
        b'{"minutes": 1e999}',
        "invalid: data.minutes: ",
    ),
    "minutes of many digits": (
        b'{"minutes": ' + b"9" * 4000 + b"}",
        "invalid: data.minutes: ",
    ),
    "21 topics": (an_activity(data={"topics": ["t"] * 21}), "invalid: data.topics: "),
    "a topic of 65 characters": (
        an_activity(data={"topics": ["t" * 65]}),
        "invalid: data.topics",
    ),
    "a time without an offset": (an_activity(time="2026-03-01T09:30:00"), "invalid_time: "),
    "a time before 1990": (an_activity(time="1989-12-31T23:59:59Z"), "invalid_time: "),
    "a historical that is neither": (an_activity(historical="maybe"), "invalid: historical: "),
    "a link to nothing": (a_link(data={"platform": "bluesky"}), "invalid: data"),
    "a link of an account to an account": (a_link(subject="bluesky:bob"), "invalid_subject: "),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_what_is_no_activity_is_refused_with_a_reason(ingest: Ingest, name: str) -> None:
    said, reason = HOSTILE[name]
    if isinstance(said, bytes):
        said = json.dumps(an_activity(data="DATA")).encode().replace(b'"DATA"', said)
        answer = await ingest.send(said, "application/json")
    else:
        answer = await ingest.post(said)

    assert answer.status_code == 422, answer.text
    assert answer.json()["results"][0]["reason"].startswith(reason), answer.text
    assert "\n" not in answer.json()["results"][0]["reason"]


async def test_nothing_hostile_reaches_the_stream(ingest: Ingest) -> None:
    for said, _ in HOSTILE.values():
        if not isinstance(said, bytes):
            await ingest.post([said])

    assert [event for event in await ingest.said() if event["subject"] == "ann"] == []


async def test_a_key_given_twice_has_its_last_value(ingest: Ingest) -> None:
    body = json.dumps(an_activity(id="twice", subject="last")).replace(
        '"subject"', '"subject": "_first", "subject"'
    )

    assert (await ingest.send(body.encode(), "application/json")).json()["accepted"] == 1


@given(JSON)
@settings(max_examples=40, deadline=None)
async def test_any_json_gets_an_answer(ingest: Ingest, said: object) -> None:
    assert (await ingest.post(said)).status_code in {202, 422}


@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(PARTS), JSON, max_size=3), JSON)
@settings(max_examples=60, deadline=None)
async def test_an_event_with_anything_in_it_gets_an_answer(
    ingest: Ingest, kind: str, parts: Event, data: object
) -> None:
    answer = await ingest.post([{**an_activity(kind, data=data), **parts}, an_activity(**parts)])

    assert answer.status_code in {202, 422}


@given(
    st.binary(max_size=300), st.sampled_from(CONTENT_TYPES), st.sampled_from(["gzip", "identity"])
)
@settings(max_examples=60, deadline=None)
async def test_any_bytes_get_an_answer(
    ingest: Ingest, body: bytes, type: str, encoding: str
) -> None:
    answer = await ingest.send(body, type, content_encoding=encoding)

    assert answer.status_code in {202, 400, 415, 422}
