"""What was recognised, for whoever asks."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from services.rewards.projections import shown
from shared.contracts.words import Day
from shared.eventlog.view import View


class Recognition(BaseModel):
    """As it stands now: `adjusted` while what it was granted for does not stand. `public`: the
    member may be named to others.
    """

    id: str
    member: str
    kind: str
    zone: str | None = None
    first: str | None = None
    block: int | None = None
    larger: bool | None = None
    period: str | None = None
    place: int | None = None
    impact: float | None = None
    pieces: list[str]
    rule_version: int
    state: str
    effective_on: Day
    historical: bool
    public: bool


class Page(BaseModel):
    """`next` is the `after` of the next page, null on the last one."""

    recognitions: list[Recognition]
    next: str | None


def router(view: View) -> APIRouter:
    """Return `/v1/recognitions` and its export."""
    router = APIRouter(prefix="/v1", tags=["recognitions"])

    @router.get(
        "/recognitions",
        response_model=Page,
        response_model_exclude_unset=True,
        summary="What was recognised, of everybody or of one member, by id",
    )
    async def recognitions(
        member: str | None = None,
        kind: str | None = None,
        after: str = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> dict[str, Any]:
        rows = await shown.recognitions(
            view, member=member, kind=kind, after=after, limit=limit + 1
        )
        more = len(rows) > limit
        return {"recognitions": rows[:limit], "next": rows[limit - 1]["id"] if more else None}

    @router.get(
        "/export/recognitions",
        response_class=StreamingResponse,
        responses={200: {"content": {"application/x-ndjson": {}}}},
        summary="Every recognition as a line of JSON, the same bytes for the same log",
    )
    async def export() -> StreamingResponse:
        return StreamingResponse(_export(view), media_type="application/x-ndjson")

    return router


async def _export(view: View) -> AsyncIterator[str]:
    async with view.snapshot() as moment:
        async for line in shown.exported(moment):
            yield line
