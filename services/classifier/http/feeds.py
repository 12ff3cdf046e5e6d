"""What was recorded and what was said, in the order of the log, for whoever follows it.

JSON Lines, each with its position. Positions have no gaps that are filled later, so whoever goes
on after the last one misses nothing; the headers say where to go on, and whether there is more.
"""

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from services.classifier.http.exports import LINES, PAGE
from services.classifier.http.paging import link_next
from services.classifier.http.shapes import change
from services.classifier.projections.entries import ACTIVITY, ZONE, recorded
from services.classifier.publishing import instant
from shared.contracts.activity import Activity
from shared.eventlog.entries import Recorded
from shared.eventlog.log import View

POSITION: Final = "Zones-Position"
FED: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {LINES: {}},
        "description": "One object a line, with its `position` in the log.",
        "headers": {
            POSITION: {
                "description": "The log has been told up to here: what to ask for `after` next.",
                "schema": {"type": "integer"},
            },
            "Link": {
                "description": 'The next page, as rel="next", where there is more by now.',
                "schema": {"type": "string"},
            },
        },
    }
}

After = Annotated[int, Query(ge=0, le=1 << 62, description="A position in the log; 0 before all")]
Limit = Annotated[int, Query(ge=1, le=10_000, description="Lines, at most")]


def router(view: View) -> APIRouter:
    """Return `/v1/log` and `/v1/changes`."""
    router = APIRouter(prefix="/v1", tags=["everything"])

    @router.get(
        "/log",
        summary="Activity as it was recorded, after a position",
        response_class=StreamingResponse,
        responses=FED,
    )
    async def log(request: Request, after: After = 0, limit: Limit = 1000) -> StreamingResponse:
        return await _fed(view, request, ACTIVITY, _activity, after, limit)

    @router.get(
        "/changes",
        summary="Zone changes as they were announced, after a position",
        response_class=StreamingResponse,
        responses=FED,
    )
    async def said(request: Request, after: After = 0, limit: Limit = 1000) -> StreamingResponse:
        return await _fed(view, request, ZONE, _change, after, limit)

    return router


async def _fed(
    view: View,
    request: Request,
    type: str,
    line: Callable[[Recorded], str],
    after: int,
    limit: int,
) -> StreamingResponse:
    last = max(after, await view.last_position())
    asked = {"type": type, "after": after, "last": last, "limit": limit}
    # The entry that ends this page, and the one that begins the next.
    ends = await view.fetchall(
        "SELECT position FROM log WHERE position > :after AND position <= :last AND type = :type"
        " ORDER BY position LIMIT 2 OFFSET :limit - 1",
        asked,
    )
    through = ends[0][0] if len(ends) > 1 else last

    async def lines() -> AsyncIterator[str]:
        position, left = after, limit
        while position < through and left:
            rows = await view.read(position, min(left, PAGE), types=[type])
            told = [line(row) for row in rows if row.position <= through]
            yield "".join(told)
            position, left = rows[-1].position if rows else through, left - len(rows)

    answer = StreamingResponse(lines(), media_type=LINES, headers={POSITION: str(through)})
    if len(ends) > 1:
        link_next(request, answer, after=through)
    return answer


def _activity(row: Recorded) -> str:
    """Return the activity as it was on the bus, and its position here."""
    event = recorded(row)
    said = Activity(
        id=event.id,
        source=event.source,
        type=f"zones.activity.{event.kind}.v1",
        subject=row.stream,
        time=instant(event.occurred_at),
        claimedtime=None if event.claimed_at is None else instant(event.claimed_at),
        historical=event.historical,
        undated=event.undated,
        data=event.data,
    )
    return f'{{"position":{row.position},"event":{said.to_json().decode()}}}\n'


def _change(row: Recorded) -> str:
    return f'{{"position":{row.position},"change":{change(row).model_dump_json(by_alias=True)}}}\n'
