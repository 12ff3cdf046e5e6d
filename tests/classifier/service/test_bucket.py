"""Whoever watches the bucket `zones` sees what the log says, whatever was killed on the way."""

import asyncio
import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.classifier.service.examples import a_year, an_event
from tests.classifier.service.whole import Bus, Service, a_bus, a_process, a_service
from tests.nats import connected

# nats-py leaves the socket of an attempt to connect that failed to the garbage collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <(function|socket):pytest.PytestUnraisableExceptionWarning"
)

KILLS = 3
MEMBERS = 12
SETTINGS = {"ZONES_CLASSIFIER_BATCH": "41", "ZONES_CLASSIFIER_JOURNEYS": "5"}
PATIENCE = 20.0


def a_year_of_comings_and_goings() -> list[bytes]:
    """Some depart in the midst of it, and some of them come back."""
    bodies = a_year(members=MEMBERS)
    names = sorted({json.loads(body)["subject"] for body in bodies} - {"_org"})
    times = [json.loads(body)["time"] for body in bodies]
    for place, name in enumerate(names[:8]):
        when = times[len(times) * (place + 1) // 9]
        bodies.append(_dated(an_event("member_departed", 0, member=name), when))
        if place % 3 == 0:
            later = times[len(times) * (place + 2) // 10 + len(times) // 9]
            bodies.append(_dated(an_event("member_registered", 0, member=name), later))
    return sorted(bodies, key=lambda body: str(json.loads(body)["time"]))


def _dated(body: bytes, time: str) -> bytes:
    return json.dumps({**json.loads(body), "time": time}).encode()


async def held(bus: Bus) -> dict[str, dict[str, Any]]:
    """Return what the bucket has under each key."""
    async with connected(bus.nats.url) as client:
        bucket = await client.jetstream().key_value("zones")
        keys = await bucket.keys()
        return {key: json.loads((await bucket.get(key)).value or b"")["data"] for key in keys}


async def logged(service: Service) -> dict[str, dict[str, Any]]:
    """Return the same as the log has it: where everybody is, and since which announced day."""
    told = (await service.get("/v1/members", limit=1000))["members"]
    since = {}
    for line in (await service.text("/v1/export/changes")).splitlines():
        change = json.loads(line)
        since[change["member"]] = change["effective_on"]
    return {
        each["member"]: {
            "zone": each["zone"],
            "since": since[each["member"]],
            "vitality": each["vitality"],
            "version": each["version"],
        }
        for each in told
    }


@pytest.mark.parametrize(
    ("seed", "kills"),
    [(1, KILLS), pytest.param(2, 60, marks=(pytest.mark.long, pytest.mark.timeout(900)))],
)
async def test_the_bucket_agrees_with_the_log_after_kills(
    tmp_path: Path, seed: int, kills: int
) -> None:
    """SIGKILL of the classifier, the broker, or both, at any moment of a backlog: in the end the
    bucket has every member as the log has them, those too who have departed.
    """
    dice = random.Random(seed)
    bodies = a_year_of_comings_and_goings()
    async with a_bus(tmp_path) as bus:
        for kill in range(kills):
            share = len(bodies) // kills
            await bus.say(bodies[kill * share : None if kill == kills - 1 else (kill + 1) * share])
            async with a_process(tmp_path / "data", bus.nats.url, **SETTINGS) as (process, service):
                await service.ready()
                await asyncio.sleep(dice.uniform(0, 0.3))
                if kill % 2:
                    await bus.nats.restart()
                    await asyncio.sleep(dice.uniform(0, 0.5))
                process.kill()
                await process.wait()
            if kill % 3 == 2:
                await bus.nats.restart()
        async with a_service(tmp_path / "data", bus.nats.url) as service:
            await service.quiet()
            expected = await logged(service)
            departed = [member for member, each in expected.items() if each["zone"] is None]
            assert departed
            assert len(expected) == MEMBERS
            found: dict[str, dict[str, Any]] = {}
            async with asyncio.timeout(PATIENCE):
                while found != expected:
                    whole = await held(bus)
                    found = {
                        member: {name: each[name] for name in expected[member]}
                        for member, each in whole.items()
                    }
                    await asyncio.sleep(0.1)
            assert {each["member"] for each in whole.values()} == set(whole)
