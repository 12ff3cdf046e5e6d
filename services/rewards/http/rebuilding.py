"""How a database that was lost is refilled: whoever can reach the classifier's log brings it."""

import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Body, HTTPException

from shared.messaging.errors import BrokerUnavailable, NotProvisioned, UnreadableMessage

Bring: TypeAlias = Callable[[Sequence[bytes]], Awaitable[int | None]]
Complete: TypeAlias = Callable[[], Awaitable[int | None]]
Why: TypeAlias = Callable[[], Awaitable[str | None]]

Events = Annotated[list[dict[str, Any]], Body(max_length=10_000)]


def router(why: Why, bring: Bring, complete: Complete) -> APIRouter:
    """Return `/v1/rebuild`. `why` says what is missing; the others answer None where nothing is."""
    router = APIRouter(prefix="/v1/rebuild", tags=["operation"])

    @router.get("", summary="Whether the database was lost, and what is missing")
    async def needed() -> dict[str, Any]:
        with _refused():
            missing = await why()
        return {"needed": missing is not None, "why": missing}

    @router.post("/activity", summary="Bring activities, as the classifier's log has them")
    async def activity(events: Events) -> dict[str, int]:
        with _refused():
            return {"taken": _missing(await bring([json.dumps(it).encode() for it in events]))}

    @router.post("/complete", summary="Say that this was all: what was said before is taken up")
    async def completed() -> dict[str, int]:
        with _refused():
            return {"said": _missing(await complete())}

    return router


def _missing(count: int | None) -> int:
    if count is None:
        raise HTTPException(
            409, "nothing is missing here: a rebuild is for a database that was lost"
        )
    return count


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except UnreadableMessage as error:
        raise HTTPException(422, error.detail) from error
    except (BrokerUnavailable, NotProvisioned) as error:
        raise HTTPException(503, str(error)) from error
