"""A lost database is refilled: the same recognitions, nothing granted or said twice."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from shared.contracts.activity import Happened
from tests.rewards.messages import (
    a_change,
    a_comment,
    a_like,
    a_performance,
    a_publish,
    a_retraction,
    a_share,
    a_wish,
    an_outcome,
)
from tests.rewards.whole import Bus, Service, a_bus, a_service

CLOSED = datetime(2026, 7, 20, tzinfo=UTC)
LATER = CLOSED + timedelta(days=1)
BEFORE: Sequence[Happened] = (
    a_wish(public=False, member="cy"),
    *(a_publish(number) for number in range(1, 13)),
    *(a_publish(number, member="cy", minute=number + 20) for number in range(21, 26)),
    a_retraction("ada-3"),
    a_publish(50, minute=100),
    a_retraction("ada-12", minute=101),
    a_retraction("ada-11", minute=102),
    a_retraction("ada-10", minute=103),
    a_share(member="bob", of=1),
    a_comment(member="bob", of=2),
    an_outcome(of=1, via="bob"),
    an_outcome(2, member="cy", of=21, outcome="conversation"),
    a_performance(of=2, readers=900),
    a_like().model_copy(update={"time": CLOSED}),
)


async def told(service: Service) -> list[Any]:
    """Return what can be asked of it. Of who has opted out the evidence of a half-year was told to
    nobody, so that only the place is known again.
    """
    private = await service.get("/v1/impact", member="cy")
    for closed in private["closed"]:
        del closed["counts"]
    return [
        (await service.http.get("/v1/export/recognitions")).text,
        (await service.get("/v1/leaderboard", period="2026H1"))["rows"],
        await service.get("/v1/impact", member="ada"),
        private,
    ]


async def a_past(folder: Path, bus: Bus) -> list[Any]:
    """Let it hear everything, lose its database, and return what it could tell."""
    async with a_service(folder, bus.nats.url) as service:
        await bus.say(*BEFORE, a_change("content_consumer", "content_creator", version=2))
        await service.quiet()
        known = await told(service)
    for file in folder.glob("rewards.db*"):
        file.unlink()
    return known


@asynccontextmanager
async def an_empty_service(folder: Path, bus: Bus) -> AsyncIterator[Service]:
    """It has found the broker, and is not ready."""
    async with a_service(folder, bus.nats.url, path="/healthz") as service:
        await service.ready("/v1/rebuild")
        yield service


async def bring(service: Service, events: Sequence[Happened]) -> int:
    body = [json.loads(event.to_json()) for event in events]
    answer = await service.http.post("/v1/rebuild/activity", json=body)
    return answer.status_code


async def complete(service: Service) -> Any:  # noqa: ANN401 - JSON
    answer = await service.http.post("/v1/rebuild/complete")
    return answer.json()


async def test_an_empty_database_beside_recognitions_waits_for_a_rebuild(tmp_path: Path) -> None:
    """It says what to do, and meanwhile grants and says nothing."""
    async with a_bus(tmp_path) as bus:
        await a_past(tmp_path, bus)
        said = await bus.recognitions()
        async with an_empty_service(tmp_path, bus) as service:
            await bus.say(*(a_publish(number, member="dee") for number in range(1, 6)))
            status = await service.get("/v1/status")

            assert not status["ready"]
            assert (
                "this database is empty, and recognitions have been granted:"
                " run `zones rewards rebuild`"
            ) in status["reasons"]
            assert (await service.get("/v1/recognitions"))["recognitions"] == []
        assert await bus.recognitions() == said


async def test_what_was_lost_is_there_again_and_nothing_is_said_twice(tmp_path: Path) -> None:
    """Recognitions, standings of closed half-years and scores are as they were, from pages of the
    log and our own stream. Then it goes on where it was, after another start as well.
    """
    async with a_bus(tmp_path) as bus:
        before = await a_past(tmp_path, bus)
        said = await bus.recognitions()
        async with an_empty_service(tmp_path, bus) as service:
            assert await bring(service, BEFORE[:10]) == 200
            assert await bring(service, BEFORE[10:]) == 200
            assert await complete(service) == {"said": len(said)}
            await service.ready()
            await service.quiet()

            assert await told(service) == before
            assert await bus.recognitions() == said

        async with a_service(tmp_path, bus.nats.url) as service:
            await bus.say(
                a_publish(60, time=LATER),
                a_publish(61, time=LATER),
                a_change("content_creator", "socially_engaged", version=3),
            )
            await service.quiet()
            more = (await bus.recognitions())[len(said) :]
            assert [event["id"] for event in more] == [
                "recognition.adjusted/effort/ada/2/2",
                "recognition.granted/arrival/ada/socially_engaged",
            ]


async def test_a_rebuild_that_is_broken_off_is_done_once_more(tmp_path: Path) -> None:
    """Until it is complete it waits, whatever has been brought, and bringing it again is nothing
    new.
    """
    async with a_bus(tmp_path) as bus:
        before = await a_past(tmp_path, bus)
        said = await bus.recognitions()
        async with an_empty_service(tmp_path, bus) as service:
            assert await bring(service, BEFORE[:10]) == 200
        async with an_empty_service(tmp_path, bus) as service:
            assert await service.get("/v1/rebuild") == {
                "needed": True,
                "why": "the refill of this database has not been completed",
            }
            assert await bring(service, BEFORE) == 200
            await complete(service)
            await service.quiet()

            assert await told(service) == before
            assert await bus.recognitions() == said


async def test_what_was_due_and_not_yet_granted_is_granted_in_silence(tmp_path: Path) -> None:
    """What the log has beyond what was heard comes as history."""
    async with a_bus(tmp_path) as bus:
        await a_past(tmp_path, bus)
        said = await bus.recognitions()
        more = [a_publish(number, minute=200 + number) for number in range(70, 75)]
        async with an_empty_service(tmp_path, bus) as service:
            await bring(service, [*BEFORE, *more])
            await complete(service)
            await service.quiet()
            news = (await bus.recognitions())[len(said) :]

            assert [(event["id"], event["data"]["historical"]) for event in news] == [
                ("recognition.adjusted/effort/ada/2/2", True),
            ]


async def test_two_who_rebuild_at_once_do_it_once(tmp_path: Path) -> None:
    """The one who comes second hears that nothing is missing any more."""
    async with a_bus(tmp_path) as bus:
        before = await a_past(tmp_path, bus)
        async with an_empty_service(tmp_path, bus) as service:
            await bring(service, BEFORE)
            answers = await asyncio.gather(
                service.http.post("/v1/rebuild/complete"),
                service.http.post("/v1/rebuild/complete"),
                bring(service, BEFORE),
            )
            assert sorted(it.status_code for it in answers[:2]) == [200, 409]
            await service.quiet()
            assert await told(service) == before
        async with a_service(tmp_path, bus.nats.url) as service:
            assert await told(service) == before


async def test_arrivals_that_were_not_yet_granted_are_granted_in_silence(tmp_path: Path) -> None:
    """What was on ZONES before the refill is nobody's news; what comes after it is."""
    async with a_bus(tmp_path) as bus:
        await a_past(tmp_path, bus)
        said = await bus.recognitions()
        await bus.say(a_change("content_consumer", "content_sharer", member="dee", version=1))
        async with an_empty_service(tmp_path, bus) as service:
            await bring(service, BEFORE)
            await complete(service)
            await bus.say(a_change("content_consumer", "content_sharer", member="eve", version=1))
            await service.quiet()
            news = (await bus.recognitions())[len(said) :]

            assert [(event["id"], event["data"]["historical"]) for event in news] == [
                ("recognition.granted/arrival/dee/content_sharer", True),
                ("recognition.granted/arrival/eve/content_sharer", False),
            ]


async def test_where_nothing_was_lost_there_is_nothing_to_rebuild(tmp_path: Path) -> None:
    async with a_bus(tmp_path) as bus, a_service(tmp_path, bus.nats.url) as service:
        assert await service.get("/v1/rebuild") == {"needed": False, "why": None}
        answer = await service.http.post("/v1/rebuild/complete")

        assert answer.status_code == 409
        assert "a rebuild is for a database that was lost" in answer.json()["error"]
        assert await bring(service, BEFORE) == 409


async def test_what_cannot_be_read_is_named_and_nothing_is_taken(tmp_path: Path) -> None:
    async with a_bus(tmp_path) as bus:
        await a_past(tmp_path, bus)
        async with an_empty_service(tmp_path, bus) as service:
            answer = await service.http.post("/v1/rebuild/activity", json=[{"id": "e-1"}])

            assert answer.status_code == 422
            assert "is missing" in answer.json()["error"]


async def test_without_activities_nothing_is_taken_up(tmp_path: Path) -> None:
    """Everything that was granted would have to be taken back."""
    async with a_bus(tmp_path) as bus:
        await a_past(tmp_path, bus)
        async with an_empty_service(tmp_path, bus) as service:
            assert await complete(service) == {
                "error": "no activity was brought: without it nothing counts"
            }
            assert not (await service.get("/v1/status"))["ready"]
