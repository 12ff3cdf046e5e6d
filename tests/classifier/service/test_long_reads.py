"""Whoever asks for what takes long keeps nobody else waiting."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from threading import Event
from types import ModuleType
from typing import Any

import pytest
from structlog.testing import capture_logs

from services.classifier.domain.activities import Activity
from services.classifier.http import explaining, mapping
from services.classifier.projections import entries, journeys
from services.classifier.stream import hearing
from tests.classifier.service.examples import a_classifier, a_sharer, an_event
from tests.classifier.service.whole import a_service

PATIENCE = 5.0


class Held:
    """Lets the work begin, and not go on before somebody else has been answered."""

    def __init__(self, work: Callable[..., Any]) -> None:
        self._work = work
        self.begun = Event()
        self.others_answered = Event()
        self.waited_in_vain = False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever the work takes
        self.begun.set()
        self.waited_in_vain = not self.others_answered.wait(PATIENCE)
        return self._work(*args, **kwargs)


@pytest.mark.parametrize(
    ("path", "module", "work"),
    [("explain", explaining, "explained"), ("map", mapping, "drawn")],
)
async def test_others_are_answered_while_a_member_is_worked_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, module: ModuleType, work: str
) -> None:
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear(a_sharer())
    held = Held(getattr(module, work))
    monkeypatch.setattr(module, work, held)
    with capture_logs():
        async with a_service(tmp_path, "nats://127.0.0.1:1", path="/healthz") as service:
            asking = asyncio.create_task(service.get(f"/v1/members/ada/{path}"))
            while not held.begun.is_set():
                await asyncio.sleep(0.01)
            assert (await service.get("/v1/members/ada"))["zone"] == "content_sharer"
            held.others_answered.set()
            assert (await asking)["zone"] == "content_sharer"
    assert not held.waited_in_vain


async def test_a_long_past_is_decoded_while_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear([an_event("view", on / 100) for on in range(journeys.MANY + 1)])
        held = Held(entries.happened)
        monkeypatch.setattr(journeys, "happened", held)
        reading = asyncio.create_task(journeys.pasts(classifier.store, ["ada"]))
        while not held.begun.is_set():
            await asyncio.sleep(0.01)
        held.others_answered.set()
        past: list[Activity] = (await reading)["ada"]
    assert len(past) > journeys.MANY
    assert not held.waited_in_vain


@pytest.mark.parametrize(("module", "work"), [(hearing, "follow"), (journeys, "_caught_up")])
async def test_others_go_on_while_many_are_reviewed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: ModuleType, work: str
) -> None:
    """Between a few of them, and not after all whom a transaction holds."""
    followed, most = 0, 0
    follow = getattr(module, work)

    def following(*args: Any) -> Any:  # noqa: ANN401 - as the work
        nonlocal followed
        followed += 1
        return follow(*args)

    async def going_on() -> None:
        nonlocal followed, most
        while True:
            most, followed = max(most, followed), 0
            await asyncio.sleep(0)

    monkeypatch.setattr(module, work, following)
    async with a_classifier(tmp_path, journeys=0) as classifier:
        await classifier.hear([an_event("view", 0, member=f"m{number}") for number in range(300)])
        followed, other = 0, asyncio.create_task(going_on())
        await classifier.hear([an_event("view", 40)])
        other.cancel()
    assert 0 < most <= journeys.AT_ONCE
