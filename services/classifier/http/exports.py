"""Everything, line by line: the exports.

They are JSON Lines, written as they are read; whoever reads slowly costs no memory.
"""

from collections.abc import AsyncIterator
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from services.classifier.http.members import Governing
from services.classifier.http.shapes import change
from services.classifier.projections import answers, changes
from shared.eventlog.entries import Recorded
from shared.eventlog.log import View

LINES: Final = "application/x-ndjson"
PAGE: Final = 500
SAID_IN_LINES: Final[dict[str, Any]] = {
    "response_class": StreamingResponse,
    "responses": {200: {"content": {LINES: {}}}},
}


def router(view: View, policies: Governing) -> APIRouter:
    """Return `/v1/export`."""
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

    return router


def change_line(row: Recorded) -> str:
    """Return a line of `export changes`."""
    return change(row).model_dump_json(by_alias=True) + "\n"
