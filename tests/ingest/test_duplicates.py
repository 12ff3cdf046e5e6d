"""What is sent again changes nothing, and what only looks like it is refused."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.ingest.examples import a_link, activities, an_activity
from tests.ingest.running import Ingest, provisioned, running, serving
from tests.nats import nats_server

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ingest(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ingest]:
    async with running(tmp_path_factory.mktemp("ingest")) as ingest:
        yield ingest


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def forgetful(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ingest]:
    """An ingest that remembers nothing itself, so that only the broker knows."""
    async with running(tmp_path_factory.mktemp("forgetful"), recent_keys=0) as ingest:
        yield ingest


@pytest.fixture(params=["ingest", "forgetful"])
def either(request: pytest.FixtureRequest) -> Ingest:
    chosen: Ingest = request.getfixturevalue(request.param)
    return chosen


async def statuses(ingest: Ingest, *events: dict[str, Any]) -> list[str]:
    return [result["status"] for result in (await ingest.post([*events])).json()["results"]]


async def test_the_second_sending_is_a_duplicate(either: Ingest) -> None:
    events = activities(3, "twice")

    assert await statuses(either, *events) == ["accepted"] * 3
    assert await statuses(either, *events) == ["duplicate"] * 3
    assert len(await either.said("activity.v1.*.*.twice")) == 3


async def test_so_it_is_within_one_request(either: Ingest) -> None:
    event = an_activity(id="within", subject="within")

    assert await statuses(either, event, event, event) == ["accepted", "duplicate", "duplicate"]
    assert len(await either.said("activity.v1.*.*.within")) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "ben"},
        {"time": "2026-03-01T09:30:01Z"},
        {"type": "zones.activity.like.v1"},
        {"data": {"topics": ["sales"]}},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_the_same_id_with_another_content_is_a_conflict(
    either: Ingest, change: dict[str, Any]
) -> None:
    event = an_activity(id=f"conflict-{next(iter(change))}")
    assert await statuses(either, event) == ["accepted"]

    [refused] = (await either.post([{**event, **change}])).json()["results"]

    assert refused["status"] == "refused"
    assert refused["reason"].startswith("id_conflict: ")
    assert await statuses(either, event) == ["duplicate"]


async def test_a_conflict_within_one_request_is_found_too(either: Ingest) -> None:
    event = an_activity(id="conflict-within")

    assert await statuses(either, event, {**event, "subject": "ben"}, event) == [
        "accepted",
        "refused",
        "duplicate",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"time": "2026-03-01T10:30:00+01:00"},
        {"time": "2026-03-01T09:30:00.000Z"},
        {"datacontenttype": "application/json; charset=utf-8"},
        {"data": {"topics": ["hiring"], "text": "what we never keep"}},
        {"historical": False},
        {"traceparent": "00-1-1-01"},
    ],
    ids=["offset", "precision", "media type", "text", "not historical", "extension"],
)
async def test_saying_the_same_in_other_words_is_a_duplicate(
    either: Ingest, change: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    event = an_activity(id=request.node.name)
    await either.post(event)

    assert await statuses(either, {**event, **change}) == ["duplicate"]


async def test_the_same_id_from_another_source_is_another_event(either: Ingest) -> None:
    event = an_activity(id="sources")

    assert await statuses(either, event, {**event, "source": "urn:zones:platform:mastodon"}) == [
        "accepted",
        "accepted",
    ]


async def test_a_time_that_we_replaced_makes_no_conflict(either: Ingest) -> None:
    """Sent again, it would be replaced by a later one, or, later still, be believed."""
    claimed = datetime.now(UTC) + timedelta(hours=1)
    event = an_activity(id="early", subject="early", time=claimed.isoformat())

    assert await statuses(either, event) == ["accepted"]
    assert await statuses(either, event) == ["duplicate"]


async def test_whose_it_was_is_our_finding_and_makes_no_conflict(either: Ingest) -> None:
    """Between the two sendings the account has changed hands."""
    event = an_activity(id="by-zoe", subject="bluesky:zoe")
    await either.post([a_link("zoe", "ann"), event])
    await either.post(a_link("zoe", "ben", time="2026-03-01T11:00:00Z"))

    assert await statuses(either, event) == ["duplicate"]


async def test_whom_it_was_for_is_our_finding_and_makes_no_conflict(either: Ingest) -> None:
    event = an_activity(id="for-max", data={"target": "bluesky:max", "topics": ["hiring"]})
    await either.post([a_link("max", "max"), event])

    assert await statuses(either, event) == ["duplicate"]
    assert await statuses(either, {**event, "data": {"target": "bluesky:max"}}) == ["refused"]


async def test_what_was_said_before_a_restart_is_known_from_the_broker(tmp_path: Path) -> None:
    async with nats_server(tmp_path / "nats") as nats:
        await provisioned(nats)
        event = an_activity()
        async with serving(tmp_path, nats) as ingest:
            await statuses(ingest, event)
        async with serving(tmp_path, nats) as ingest:
            assert await statuses(ingest, event) == ["duplicate"]
            assert await statuses(ingest, {**event, "subject": "ben"}) == ["refused"]
            assert await statuses(ingest, event) == ["duplicate"]
