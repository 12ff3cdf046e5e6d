"""How many members are in each zone, on a day and over time."""

from datetime import date
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, HTTPException, Query

from services.classifier.http.asking import AsOf, today_of
from services.classifier.http.shapes import Distribution, History
from services.classifier.http.unchanged import unchanged
from services.classifier.projections import distribution
from shared.eventlog.log import View

MOST: Final = 1000
"""Days in a history."""


def router(view: View) -> APIRouter:
    """Return `/v1/distribution` and its history."""
    router = APIRouter(prefix="/v1", tags=["members"], dependencies=[unchanged(view)])

    @router.get(
        "/distribution",
        summary="How many members are in each zone",
        response_model=Distribution,
        response_model_exclude_unset=True,
    )
    async def told(as_of: AsOf = None, by: Literal["group"] | None = None) -> dict[str, Any]:
        async with view.snapshot() as moment:
            today = await today_of(moment, as_of)
            return await distribution.on_a_day(
                moment, as_of=as_of, today=today, by_group=by == "group"
            )

    @router.get(
        "/distribution/history",
        summary="How many members were in each zone over time",
        response_model=History,
    )
    async def history(
        first: Annotated[date, Query(alias="from", description="The first day")],
        to: Annotated[date | None, Query(description="The last day; else today")] = None,
        step: Annotated[int, Query(ge=1, le=366, description="Days from one to the next")] = 7,
    ) -> dict[str, Any]:
        async with view.snapshot() as moment:
            last = to or await today_of(moment, to)
            await today_of(moment, last)
            if first > last:
                raise HTTPException(422, f"from: {first} is after the last day, {last}")
            if (last - first).days // step >= MOST:
                raise HTTPException(
                    422, f"step: that makes more than {MOST} days; take longer ones"
                )
            return {
                "days": await distribution.history(
                    moment, distribution.days_between(first, last, step)
                )
            }

    return router
