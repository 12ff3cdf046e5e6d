"""The recount that verifies everything, as JSON Lines written as it goes."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import Any, TypeAlias

from fastapi import APIRouter, HTTPException
from fastapi.responses import StreamingResponse

from services.classifier.http.exports import LINES, SAID_IN_LINES

Verify: TypeAlias = Callable[[], AsyncGenerator[dict[str, Any], None]]
"""Recounts everything: yields how far it is, and at the end the result."""


def router(verify: Verify, under_way: Callable[[], str | None]) -> APIRouter:
    """Return `/v1/verify`. While a recount is `under_way`, there is no other."""
    router = APIRouter(prefix="/v1", tags=["everything"])

    @router.post("/verify", summary="Recount everything from the log, and compare", **SAID_IN_LINES)
    async def verified() -> StreamingResponse:
        if (why := under_way()) is not None:
            raise HTTPException(409, why)
        return StreamingResponse(_written(verify()), media_type=LINES)

    return router


async def _written(told: AsyncGenerator[dict[str, Any], None]) -> AsyncIterator[str]:
    async with aclosing(told) as lines:
        async for line in lines:
            yield json.dumps(line) + "\n"
