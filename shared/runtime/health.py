"""Whether a service is well: named checks, how far it lags, and what it counts.

`/healthz` says that the process lives, `/readyz` that it does its job, with a sentence for each
reason why not; `/metrics` is for Prometheus, from a registry of the service's own.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CollectorRegistry, Gauge, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

Check: TypeAlias = Callable[[], Awaitable[str | None]]
"""Answers None when all is well, else the reason in a sentence."""

Lag: TypeAlias = Callable[[], Awaitable[int]]
"""Answers how many entries a reader has still to do. Raises OSError when it cannot know."""

Remark: TypeAlias = Callable[[], str | None]
"""Answers with a sentence, or None while there is nothing to remark."""

PATIENCE = 2.0
"""Seconds that a check or a lag may take to answer."""

SERVICE_UNAVAILABLE = 503


class Health:
    """The checks, readers and metrics of one service."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.registry = CollectorRegistry()
        self._checks: dict[str, Check] = {}
        self._lags: dict[str, Lag] = {}
        self._remarks: list[Remark] = []
        ProcessCollector(registry=self.registry)
        self._ready = Gauge("zones_ready", "1 when every check passes.", registry=self.registry)
        self._lag = Gauge(
            "zones_lag_entries", "Entries a reader has to do.", ["reader"], registry=self.registry
        )

    def check(self, name: str, probe: Check) -> None:
        """Ask `probe` whenever somebody wants to know whether the service is ready."""
        self._checks[name] = probe

    def follow(self, reader: str, lag: Lag) -> None:
        """Ask `lag` whenever somebody wants to know how far behind a reader is."""
        self._lags[reader] = lag

    def remark(self, remark: Remark) -> None:
        """Let the status say what keeps nobody from working, but somebody should know."""
        self._remarks.append(remark)

    @property
    def remarks(self) -> list[str]:
        answers = (remark() for remark in self._remarks)
        return [answer for answer in answers if answer is not None]

    async def reasons(self) -> list[str]:
        """Return why the service is not ready; nothing when it is."""
        answers = await asyncio.gather(
            *(_patiently(name, probe) for name, probe in self._checks.items())
        )
        return [answer for answer in answers if answer is not None]

    async def lags(self) -> dict[str, int | None]:
        """Return how far behind each reader is, None where that cannot be known at present."""
        answers = await asyncio.gather(*(_known(lag) for lag in self._lags.values()))
        return dict(zip(self._lags, answers, strict=True))

    def router(self) -> APIRouter:
        """Return `/healthz`, `/readyz` and `/metrics`."""
        router = APIRouter(tags=["operation"])

        @router.get("/healthz", summary="Whether the process lives")
        async def healthz() -> dict[str, str]:
            return {"status": "alive"}

        @router.get("/readyz", summary="Whether the service does its job, and why not")
        async def readyz() -> JSONResponse:
            reasons = await self.reasons()
            return JSONResponse(
                {"ready": not reasons, "reasons": reasons},
                status_code=SERVICE_UNAVAILABLE if reasons else 200,
            )

        @router.get("/metrics", summary="Counts, for Prometheus", response_class=Response)
        async def metrics() -> Response:
            self._ready.set(not await self.reasons())
            for reader, lag in (await self.lags()).items():
                self._lag.labels(reader).set(float("nan") if lag is None else lag)
            return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)

        return router


async def _patiently(name: str, probe: Check) -> str | None:
    try:
        async with asyncio.timeout(PATIENCE):
            return await probe()
    except TimeoutError:
        return f"{name}: no answer within {PATIENCE:.0f} seconds"
    except OSError as error:
        return f"{name}: {error}"


async def _known(lag: Lag) -> int | None:
    try:
        async with asyncio.timeout(PATIENCE):
            return await lag()
    except OSError:  # TimeoutError included
        return None
