"""The map of a member: the way on, and how long things last."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, HTTPException, Query

from services.classifier.domain.clock import day_of
from services.classifier.domain.evidence import Evidence
from services.classifier.domain.journey import redecide
from services.classifier.domain.map import Map, drawn
from services.classifier.domain.regimes import Policies
from services.classifier.domain.steps import Step
from services.classifier.domain.ways import Way
from services.classifier.domain.zones import ZONES
from services.classifier.http.asking import Member, today_of, unknown
from services.classifier.http.mapped import Mapped
from services.classifier.http.unchanged import unchanged
from services.classifier.projections import answers, journeys
from services.classifier.publishing import criteria
from shared.eventlog.log import View

MOST_ACTS: Final = 500
"""As many acts are listed: those that stop counting first."""

By = Annotated[date | None, Query(description="The next zone is to be reached up to this UTC day")]


def router(view: View, policies: Callable[[], Policies]) -> APIRouter:
    """Return `/v1/members/{member}/map`."""
    router = APIRouter(prefix="/v1", tags=["members"], dependencies=[unchanged(view)])

    @router.get(
        "/members/{member}/map",
        response_model=Mapped,
        summary="The cheapest way on, and how long things last",
    )
    async def mapped(member: Member, by: By = None) -> dict[str, Any]:
        async with view.snapshot() as moment:
            today = await today_of(moment, None)
            if by is not None and by < today:
                raise HTTPException(422, f"by: {by} is before the log's today, {today}")
            answer = await _map(moment, member, policies(), by)
        return answer or unknown(member)

    return router


async def _map(
    view: View, member: str, policies: Policies, by: date | None
) -> dict[str, Any] | None:
    now = await answers.clock(view) or 0
    version = policies.today(now).version
    known = await journeys.load(view, [member], policies, now)
    whereabouts = await answers.member(view, member, policy_version=version)
    if whereabouts is None or member not in known:
        return None
    pasts = await journeys.pasts(view, [member])
    journey = known[member].journey
    # What lies ahead is not decided anew with every act. What is due is decided by others.
    journey = redecide(journey, policies, min(now, journey.due - 1))
    last = None if by is None else by.toordinal()
    # Long searches are made on a thread: who is heard of meanwhile does not wait for them.
    drawing = await asyncio.to_thread(drawn, journey, policies, pasts[member], day_of(now), last)
    del whereabouts["trajectory"]
    return {**whereabouts, **_told(drawing)}


def _told(drawing: Map) -> dict[str, Any]:
    fall = drawing.fall
    return {
        "day": _day(drawing.day),
        "next": None if drawing.next is None else ZONES[drawing.next],
        "asked": _evidence(drawing.asked),
        "way": None if drawing.way is None else _way(drawing.way, drawing),
        "wayless": drawing.wayless,
        "demotion": None if fall is None else {"day": _day(fall.day), "to": ZONES[fall.to]},
        "counted": len(drawing.lasting),
        "counting": [
            {
                "id": each.act.id,
                "kind": each.act.kind,
                "day": _day(each.act.day),
                "ends": [{"criterion": name, "day": _day(day)} for name, day in each.ends],
            }
            for each in drawing.lasting[:MOST_ACTS]
        ],
    }


def _way(way: Way, drawing: Map) -> dict[str, Any]:
    return {
        "on": _day(way.on),
        "in_time": drawing.in_time,
        "minutes": way.minutes,
        "cheapest": way.cheapest,
        "steps": [_step(step) for step in way.steps],
        "plan": [
            {"day": _day(doing.day), "kind": doing.kind, "acts": doing.acts} for doing in way.plan
        ],
        "beyond": _evidence(drawing.beyond),
    }


def _step(step: Step) -> dict[str, Any]:
    told = {"kind": step.kind, "acts": step.acts, "minutes": step.minutes}
    for what in ("people", "days", "weeks"):
        if (number := getattr(step, what)) is not None:
            told[what] = number
    return told


def _evidence(counted: tuple[Evidence, ...]) -> list[dict[str, Any]]:
    return [each.model_dump(mode="json") for each in criteria(counted)]


def _day(number: int) -> str:
    return date.fromordinal(number).isoformat()
