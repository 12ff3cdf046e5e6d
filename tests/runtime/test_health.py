"""Whether a service is well."""

import asyncio

import pytest

from shared.runtime import health as runtime
from shared.runtime.health import Health
from tests.runtime.serving import serving


async def well() -> None:
    return None


async def unwell() -> str:
    return "the disk is full"


async def silent() -> str | None:
    await asyncio.sleep(60)
    return None


async def lost() -> str | None:
    raise ConnectionError("the broker is gone")


async def behind() -> int:
    return 7


async def unknown() -> int:
    raise TimeoutError


async def test_it_is_ready_when_every_check_passes() -> None:
    health = Health("ingest")
    health.check("disk", well)
    async with serving(health) as service:
        answer = await service.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "reasons": []}


async def test_it_says_in_sentences_why_it_is_not_ready() -> None:
    health = Health("ingest")
    health.check("disk", unwell)
    health.check("nats", lost)
    async with serving(health) as service:
        answer = await service.get("/readyz")
        alive = await service.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["reasons"] == ["the disk is full", "nats: the broker is gone"]
    assert alive.status_code == 200


async def test_a_check_that_does_not_answer_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "PATIENCE", 0.05)
    health = Health("ingest")
    health.check("nats", silent)
    assert await health.reasons() == ["nats: no answer within 0 seconds"]


async def test_lag_that_cannot_be_known_is_not_guessed() -> None:
    health = Health("ingest")
    health.follow("relay", behind)
    health.follow("inbound", unknown)
    assert await health.lags() == {"relay": 7, "inbound": None}
    async with serving(health) as service:
        metrics = (await service.get("/metrics")).text
    assert 'zones_lag_entries{reader="relay"} 7.0' in metrics
    assert 'zones_lag_entries{reader="inbound"} NaN' in metrics
    assert "zones_ready 1.0" in metrics


async def test_two_services_in_one_process_count_apart() -> None:
    assert Health("ingest").registry is not Health("rewards").registry
