"""Where members are, and why."""

from collections.abc import Callable
from datetime import date
from typing import Any, Literal, TypeAlias

from fastapi import APIRouter, HTTPException

from services.classifier.domain.regimes import Policies
from services.classifier.http import explaining
from services.classifier.http.asking import AsOf, KnownAt, Member, today_of, unknown
from services.classifier.projections import answers, hindsight
from shared.eventlog.log import View

Governing: TypeAlias = Callable[[], Policies]
"""Answers which policy governs which day."""


def router(view: View, policies: Governing) -> APIRouter:
    """Return `/v1/members` and `/v1/distribution`."""
    router = APIRouter(prefix="/v1", tags=["members"])

    @router.get("/members/{member}", summary="Where a member is, and has been")
    async def told(member: Member, as_of: AsOf = None, known_at: KnownAt = None) -> dict[str, Any]:
        if known_at is not None:
            async with view.snapshot() as moment:
                return await _believed(moment, member, policies(), known_at, as_of)
        today = await today_of(view, as_of)
        version = policies().on((as_of or today).toordinal()).policy.version
        answer = await answers.member(view, member, policy_version=version, as_of=as_of)
        return answer or unknown(member)

    @router.get("/members/{member}/explain", summary="Why a member is where they are")
    async def explained(member: Member) -> dict[str, Any]:
        async with view.snapshot() as moment:
            answer = await explaining.explain(moment, member, policies())
        return answer or unknown(member)

    @router.get("/distribution", summary="How many members are in each zone")
    async def distribution(
        as_of: AsOf = None, by: Literal["group"] | None = None
    ) -> dict[str, Any]:
        async with view.snapshot() as moment:
            today = await today_of(moment, as_of)
            return await answers.distribution(
                moment, as_of=as_of, today=today, by_group=by == "group"
            )

    return router


async def _believed(
    view: View, member: str, policies: Policies, known_at: int, as_of: date | None
) -> dict[str, Any]:
    then = await hindsight.moment(view, known_at)
    if then is None:
        raise HTTPException(404, "nothing had been recorded by then, so nobody was known")
    today = answers.date_of(then.now)
    if as_of is not None and as_of > today:
        raise HTTPException(422, f"as_of: {as_of} is after what was today then, {today}")
    answer = await hindsight.believed(view, member, then, policies, as_of=as_of)
    if answer is None:
        raise HTTPException(404, f"nobody was known as {member} then")
    return answer
