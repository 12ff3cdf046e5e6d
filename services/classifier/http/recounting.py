"""What goes through the whole log: the recount, and the rehearsal of another policy.

Both are JSON Lines, written as they go: how far they are, and at last the result.
"""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from datetime import date
from typing import Any, Final, Protocol, TypeAlias

from fastapi import APIRouter, HTTPException
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from services.classifier.http.exports import LINES, SAID_IN_LINES
from services.classifier.http.policies import Text
from shared.runtime.errors import WrongUse

Told: TypeAlias = AsyncGenerator[dict[str, Any], None]
"""How far it is, again and again, and at the end the result."""

MOST_MOVERS: Final = 100_000
"""Members who are told of one by one, at most."""


class Simulate(Protocol):
    """Raises WrongUse, where what is asked for makes no sense."""

    def __call__(
        self, text: str, *, name: str, from_day: date | None, limit: int
    ) -> Awaitable[Told]: ...


class Candidate(BaseModel):
    """A policy that is not adopted. `name` is what its file is called where something is wrong
    with it, `from` the first day on which it would govern: every day, where none is given.
    """

    model_config = ConfigDict(extra="forbid")

    text: Text
    name: str = Field(default="policy.toml", max_length=200)
    from_day: date | None = Field(default=None, alias="from")
    limit: int = Field(default=20, ge=0, le=MOST_MOVERS, description="Of those who would move")


def router(
    verify: Callable[[], Told],
    verifying: Callable[[], str | None],
    simulate: Simulate,
    simulating: Callable[[], str | None],
) -> APIRouter:
    """Return `/v1/verify` and `/v1/simulate`. While one of them is under way, as the second and
    the fourth say, there is no other of its kind.
    """
    router = APIRouter(prefix="/v1", tags=["everything"])

    @router.post("/verify", summary="Recount everything from the log, and compare", **SAID_IN_LINES)
    async def verified() -> StreamingResponse:
        if (why := verifying()) is not None:
            raise HTTPException(409, why)
        return StreamingResponse(_written(verify()), media_type=LINES)

    @router.post("/simulate", summary="Rehearse a policy on the log", **SAID_IN_LINES)
    async def simulated(candidate: Candidate) -> StreamingResponse:
        if (why := simulating()) is not None:
            raise HTTPException(409, why)
        try:
            told = await simulate(
                candidate.text,
                name=candidate.name,
                from_day=candidate.from_day,
                limit=candidate.limit,
            )
        except WrongUse as error:
            raise HTTPException(422, str(error)) from None
        return StreamingResponse(_written(told), media_type=LINES)

    return router


async def _written(told: Told) -> AsyncIterator[str]:
    async with aclosing(told) as lines:
        async for line in lines:
            yield json.dumps(line) + "\n"
