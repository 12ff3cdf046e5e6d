"""What is said to whom between two days, over HTTP: what was, and what would be if nothing
happened.
"""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel

from services.notifier.adapters.history import Fate
from services.notifier.domain.kinds import CONFIDENTIAL
from services.notifier.domain.notices import NoticeSent

Foresee = Callable[[date, date], Awaitable[tuple[list[NoticeSent], list[NoticeSent]]]]
"""Takes the first and the last day; answers what was said, and what would be."""

MOST_DAYS = 366


class Foreseen(Fate):
    foreseen: bool
    """False where it has been said."""


class Preview(BaseModel):
    """From old to new."""

    notices: list[Foreseen]


def router(foresee: Foresee) -> APIRouter:
    """Return `/v1/preview`."""
    router = APIRouter(prefix="/v1", tags=["notices"])

    @router.get("/preview", summary="What was said on these days, or would be if nothing happened")
    async def preview(
        since: Annotated[date, Query(alias="from")], to: Annotated[date, Query()]
    ) -> Preview:
        if not 0 <= (to - since).days < MOST_DAYS:
            raise HTTPException(422, f"query.to: must be within {MOST_DAYS} days after from")
        said, coming = await foresee(since, to)
        return Preview(
            notices=[
                Foreseen(**Fate.of(it).model_dump(), foreseen=foreseen)
                for those, foreseen in ((said, False), (coming, True))
                for it in those
                if it.notice.kind not in CONFIDENTIAL
            ]
        )

    return router
