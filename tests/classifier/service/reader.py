"""Whoever asks the running service for an explanation, over HTTP and to have it read aloud."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from services import __main__ as zones
from tests.classifier.service.whole import Service, a_service


class Reader:
    """Asks the service, and reads what `zones explain` prints."""

    def __init__(self, service: Service, capsys: pytest.CaptureFixture[str]) -> None:
        self._service = service
        self._capsys = capsys

    async def told(self, member: str, **parameters: Any) -> Any:  # noqa: ANN401 - JSON
        return await self._service.get(f"/v1/members/{member}/explain", **parameters)

    async def reads(self, *arguments: str) -> list[str]:
        self._capsys.readouterr()
        assert await asyncio.to_thread(zones.run, ["explain", *arguments]) == 0
        return [line.rstrip() for line in self._capsys.readouterr().out.splitlines()]


@asynccontextmanager
async def reading(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Reader]:
    with capture_logs():
        async with a_service(folder, "nats://127.0.0.1:1", path="/healthz") as service:
            monkeypatch.setenv("ZONES_DATA", str(folder / "nowhere"))
            monkeypatch.setenv("ZONES_CLASSIFIER_URL", service.url)
            yield Reader(service, capsys)
