"""Where members are, and why."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal, TypeAlias

from fastapi import APIRouter, HTTPException, Path, Query

from services.classifier.domain.policy import Policy
from services.classifier.http import explaining
from services.classifier.projections import answers
from shared.eventlog.log import View

Member = Annotated[str, Path(max_length=64)]
AsOf = Annotated[date | None, Query(description="A UTC day, as 2026-03-12")]
Governing: TypeAlias = Callable[[], Policy]
"""Answers which policy governs today."""


def router(view: View, policy: Governing) -> APIRouter:
    """Return `/v1/members` and `/v1/distribution`."""
    router = APIRouter(prefix="/v1", tags=["members"])

    @router.get("/members/{member}", summary="Where a member is, and has been")
    async def told(member: Member, as_of: AsOf = None) -> dict[str, Any]:
        await _checked(view, as_of)
        answer = await answers.member(view, member, policy_version=policy().version, as_of=as_of)
        return answer or _unknown(member)

    @router.get("/members/{member}/explain", summary="Why a member is where they are")
    async def explained(member: Member) -> dict[str, Any]:
        async with view.snapshot() as moment:
            answer = await explaining.explain(moment, member, policy())
        return answer or _unknown(member)

    @router.get("/distribution", summary="How many members are in each zone")
    async def distribution(
        as_of: AsOf = None, by: Literal["group"] | None = None
    ) -> dict[str, Any]:
        async with view.snapshot() as moment:
            today = await _checked(moment, as_of)
            return await answers.distribution(
                moment, as_of=as_of, today=today, by_group=by == "group"
            )

    return router


async def _checked(view: View, as_of: date | None) -> date:
    """Return the log's today. Nobody knows yet where anybody will be after it."""
    now = await answers.clock(view)
    if now is None:
        raise HTTPException(404, "nothing has been recorded yet, so nobody is known")
    today = answers.date_of(now)
    if as_of is not None and as_of > today:
        raise HTTPException(422, f"as_of: {as_of} is after the log's today, {today}")
    return today


def _unknown(member: str) -> dict[str, Any]:
    raise HTTPException(404, f"nobody is known as {member}")
