"""The recount as a check: by itself now and then, one at a time, and heard of where it differs."""

import asyncio
import json
import math
from collections.abc import AsyncGenerator
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from services.classifier.adapters import checking
from services.classifier.adapters.checking import Checking
from services.classifier.adapters.simulation import Simulating
from services.classifier.adapters.verification import verify
from services.classifier.http import recounting
from shared.runtime.health import Health
from tests.classifier.service.examples import Classifier, a_classifier, a_sharer

EQUAL = {"events": 4, "members": 1, "digest": "", "equal": True}
UNEQUAL = {**EQUAL, "equal": False, "difference": "ada: zone is None"}


class Recounts:
    """Recounts that say what they are told to, and what they were asked for."""

    def __init__(self, *results: dict[str, Any]) -> None:
        self.asked: list[dict[str, int | None]] = []
        self.released = asyncio.Event()
        self.broken_off = False
        self._results = list(results)

    async def __call__(self, **options: int | None) -> AsyncGenerator[dict[str, Any], None]:
        self.asked.append(options)
        try:
            yield {"done": 1, "of": 2}
            await self.released.wait()
            yield self._results.pop(0)
        except (asyncio.CancelledError, GeneratorExit):
            self.broken_off = True
            raise


def measured(health: Health, name: str) -> float:
    value = health.registry.get_sample_value(f"zones_classifier_verified_{name}")
    assert value is not None
    return value


async def drained(lines: AsyncGenerator[dict[str, Any], None]) -> dict[str, Any]:
    return [line async for line in lines][-1]


async def test_what_a_recount_finds_is_measured_and_a_difference_is_remarked_on() -> None:
    """Until a later one finds none. Before the first, nobody can say that anything is wrong."""
    health, recounts = Health("classifier"), Recounts(UNEQUAL, UNEQUAL, EQUAL)
    recounts.released.set()
    one = Checking(recounts, health, hours=1)
    assert math.isnan(measured(health, "equal"))
    for _ in range(2):
        assert await drained(one.verify()) == UNEQUAL
        assert (measured(health, "equal"), measured(health, "events")) == (0, 4)
        [remark] = health.remarks
        assert "differs from the log: ada: zone is None" in remark
    assert await drained(one.verify()) == EQUAL
    assert health.remarks == []
    assert (measured(health, "equal"), measured(health, "members")) == (1, 1)
    assert measured(health, "timestamp_seconds") > 1.7e9
    assert measured(health, "duration_seconds") < 60


async def test_one_recount_at_a_time() -> None:
    recounts = Recounts(EQUAL, EQUAL)
    one = Checking(recounts, Health("classifier"), hours=1)
    first = one.verify()
    await anext(first)
    assert await drained(one.verify()) == {
        "error": "a recount is under way, 1 of 2 members: ask again when it is done"
    }
    assert one.under_way() is not None
    await first.aclose()
    assert recounts.broken_off
    assert one.under_way() is None
    recounts.released.set()
    assert await drained(one.verify()) == EQUAL


async def test_whoever_asks_for_a_second_one_is_told_how_far_the_first_is() -> None:
    recounts = Recounts(EQUAL)
    one = Checking(recounts, Health("classifier"), hours=1)
    app = FastAPI()
    none = Simulating(None)  # type: ignore[arg-type]
    routes = recounting.router(one.verify, one.under_way, none.simulate, none.under_way)
    app.include_router(routes)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://here") as service:
        first = one.verify()
        await anext(first)
        refused = await service.post("/v1/verify")
        assert refused.status_code == 409
        assert "1 of 2 members" in refused.json()["detail"]
        await first.aclose()
        recounts.released.set()
        told = (await service.post("/v1/verify")).text.splitlines()
        assert [json.loads(line) for line in told] == [{"done": 1, "of": 2}, EQUAL]


async def test_by_itself_it_is_one_worker_who_lets_all_others_go_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checking, "HOUR", 0.01)
    recounts = Recounts(*[EQUAL] * 100)
    recounts.released.set()
    going_on = asyncio.create_task(Checking(recounts, Health("classifier"), hours=2).go_on())
    async with asyncio.timeout(10):
        while len(recounts.asked) < 3:
            await asyncio.sleep(0.005)
    going_on.cancel()
    assert recounts.asked[0] == {"workers": 1, "polite": 19}


async def test_never_is_never() -> None:
    recounts = Recounts()
    await Checking(recounts, Health("classifier"), hours=0).go_on()
    assert recounts.asked == []


async def test_while_a_backlog_is_read_nothing_is_recounted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checking, "HOUR", 1e-6)
    monkeypatch.setattr(checking, "ANOTHER_LOOK", 0.0)
    health, recounts = Health("classifier"), Recounts(EQUAL)
    looks, lag = 0, checking.BACKLOG + 1

    async def behind() -> int:
        nonlocal looks
        looks += 1
        return lag

    health.follow("classifier-activity", behind)
    going_on = asyncio.create_task(Checking(recounts, health, hours=1).go_on())
    async with asyncio.timeout(10):
        while looks < 5:
            await asyncio.sleep(0)
        assert recounts.asked == []
        lag = checking.BACKLOG
        while not recounts.asked:
            await asyncio.sleep(0)
    going_on.cancel()


async def test_what_is_cancelled_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the service stops, so does the recount that nobody has asked for."""
    processes: list[Any] = []
    start = asyncio.create_subprocess_exec

    async def started(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 -- passed on
        processes.append(await start(*arguments, **options))
        return processes[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", started)
    monkeypatch.setattr(checking, "HOUR", 1e-6)
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear(a_sharer())
        one = Checking(_really(classifier), Health("classifier"), hours=1)
        going_on = asyncio.create_task(one.go_on())
        async with asyncio.timeout(10):
            while not processes:
                await asyncio.sleep(0.001)
        going_on.cancel()
        await asyncio.wait([going_on])
    assert [process.returncode is None for process in processes] == [False]


def _really(classifier: Classifier) -> checking.Verify:
    return partial(verify, classifier.store, classifier.hearing.still)
