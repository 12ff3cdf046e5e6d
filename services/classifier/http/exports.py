"""Everything, line by line: the exports and the log feed.

All are JSON Lines, written as they are read; whoever reads slowly costs no memory.
"""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from services.classifier.domain.journey import ZoneChanged
from services.classifier.http.members import Governing
from services.classifier.projections import answers, changes
from services.classifier.projections.entries import ACTIVITY, CODEC, recorded
from services.classifier.publishing import instant, zone_change
from shared.contracts.activity import Activity
from shared.eventlog.entries import Recorded
from shared.eventlog.log import View

LINES: Final = "application/x-ndjson"
PAGE: Final = 500
SAID_IN_LINES: Final[dict[str, Any]] = {
    "response_class": StreamingResponse,
    "responses": {200: {"content": {LINES: {}}}},
}


def router(view: View, policies: Governing) -> APIRouter:
    """Return `/v1/export` and `/v1/log`."""
    router = APIRouter(prefix="/v1", tags=["everything"])

    @router.get("/export/members", summary="Where every member is, by member", **SAID_IN_LINES)
    async def export_members() -> StreamingResponse:
        async def lines() -> AsyncIterator[str]:
            async with view.snapshot() as moment:
                version = policies().today(await answers.clock(moment) or 0).version
                async for page in answers.members(moment, policy_version=version):
                    yield "".join(f"{line}\n" for line in page)

        return StreamingResponse(lines(), media_type=LINES)

    @router.get(
        "/export/changes", summary="Every zone change, by member and version", **SAID_IN_LINES
    )
    async def export_changes() -> StreamingResponse:
        async def lines() -> AsyncIterator[str]:
            async with view.snapshot() as moment:
                page: list[str] = []
                async for row in changes.all_of_them(moment):
                    page.append(change_line(row))
                    if len(page) == PAGE:
                        yield "".join(page)
                        page.clear()
                yield "".join(page)

        return StreamingResponse(lines(), media_type=LINES)

    @router.get("/log", summary="Activity as it was recorded, after a position", **SAID_IN_LINES)
    async def log(
        after: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
    ) -> StreamingResponse:
        async def lines() -> AsyncIterator[str]:
            position, left = after, limit
            while left:
                rows = await view.read(position, min(left, PAGE), types=[ACTIVITY])
                if not rows:
                    return
                yield "".join(_fed(row) for row in rows)
                position, left = rows[-1].position, left - len(rows)

        return StreamingResponse(lines(), media_type=LINES)

    return router


def change_line(row: Recorded) -> str:
    """Return a line of `export changes`."""
    event = CODEC.decode(row)
    assert isinstance(event, ZoneChanged)  # noqa: S101 - it was noted as one
    return zone_change(row.stream, event).model_dump_json(by_alias=True) + "\n"


def _fed(row: Recorded) -> str:
    """Return a line of the log feed: the activity as it was on the bus, and its position here."""
    event = recorded(row)
    said = Activity(
        id=event.id,
        source=event.source,
        type=f"zones.activity.{event.kind}.v1",
        subject=row.stream,
        time=instant(event.occurred_at),
        claimedtime=None if event.claimed_at is None else instant(event.claimed_at),
        historical=event.historical,
        data=event.data,
    )
    return f'{{"position":{row.position},"event":{said.to_json().decode()}}}\n'
