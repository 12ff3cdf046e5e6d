"""Where members are, were, and were thought to be, and why."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Annotated, Any, Literal, TypeAlias

from fastapi import APIRouter, HTTPException, Query, Request, Response

from services.classifier.domain.policy import PolicyAdopted
from services.classifier.domain.regimes import Policies
from services.classifier.http import explaining, shapes
from services.classifier.http.asking import AsOf, KnownAt, Member, today_of, unknown
from services.classifier.http.explained import Explanation
from services.classifier.http.paging import Limit, link_next
from services.classifier.http.unchanged import unchanged
from services.classifier.projections import answers, changes, hindsight
from services.classifier.projections.answers import Asked
from shared.contracts.words import Vitality, Zone
from shared.eventlog.log import View

Governing: TypeAlias = Callable[[], Policies]
"""Answers which policy governs which day."""
InForce: TypeAlias = Callable[[Iterable[PolicyAdopted]], Policies]
"""Answers the same for some adoptions."""

Zoned = Annotated[
    Zone | Literal["none"] | None, Query(description="Only who is in it; `none`: departed")
]
Grouped = Annotated[
    str | None, Query(max_length=64, description="Only who is in it; empty: in no group")
]


def router(view: View, policies: Governing, in_force: InForce) -> APIRouter:
    """Return `/v1/members`."""
    router = APIRouter(prefix="/v1/members", tags=["members"], dependencies=[unchanged(view)])

    @router.get("", summary="Where members are, by id", response_model=shapes.Members)
    async def listed(
        request: Request,
        response: Response,
        zone: Zoned = None,
        vitality: Vitality | None = None,
        group: Grouped = None,
        as_of: AsOf = None,
        after: Annotated[str, Query(max_length=64, description="A member's id")] = "",
        limit: Limit = 100,
    ) -> dict[str, Any]:
        async with view.snapshot() as moment:
            day = as_of or await today_of(moment, as_of)
            await today_of(moment, day)
            found = await answers.listed(
                moment,
                Asked(zone, vitality, group),
                day,
                after=after,
                limit=limit + 1,
                policy_version=_on(policies(), day),
            )
        page, more = found[:limit], found[limit:]
        last = page[-1]["member"] if more else None
        if last is not None:
            # The pages are of one day, though the log's today may move between them.
            link_next(request, response, after=last, as_of=day)
        return {"as_of": day, "members": page, "next": last}

    @router.get(
        "/{member}", summary="Where a member is, and has been", response_model=shapes.Member
    )
    async def told(member: Member, as_of: AsOf = None, known_at: KnownAt = None) -> dict[str, Any]:
        if known_at is not None:
            async with view.snapshot() as moment:
                return await _believed(moment, member, in_force, known_at, as_of)
        today = await today_of(view, as_of)
        version = _on(policies(), as_of or today)
        answer = await answers.member(view, member, policy_version=version, as_of=as_of)
        return answer or unknown(member)

    @router.get(
        "/{member}/changes",
        summary="Every change announced, and why",
        response_model=shapes.Changes,
    )
    async def announced(
        request: Request,
        response: Response,
        member: Member,
        after: Annotated[int, Query(ge=0, le=1 << 62, description="A change's version")] = 0,
        limit: Limit = 100,
    ) -> dict[str, Any]:
        await _known(view, member)
        found = await changes.of_member(view, member, after, limit + 1)
        page = [shapes.change(row) for row in found[:limit]]
        last = page[-1].version if len(found) > limit else None
        if last is not None:
            link_next(request, response, after=last)
        return {"changes": page, "next": last}

    @router.get(
        "/{member}/explain",
        summary="Why a member is where they are, and what would change it",
        response_model=Explanation,
    )
    async def explained(member: Member, as_of: AsOf = None) -> dict[str, Any]:
        governing = policies()  # of what the snapshot knows, even if one is adopted meanwhile
        async with view.snapshot() as moment:
            day = as_of or await today_of(moment, as_of)
            await today_of(moment, day)
            answer = await explaining.explain(moment, member, governing, day)
        return answer or unknown(member)

    return router


def _on(policies: Policies, day: date) -> int:
    return policies.on(day.toordinal()).policy.version


async def _known(view: View, member: str) -> None:
    if not await view.fetchall("SELECT 1 FROM members WHERE member = :member", {"member": member}):
        unknown(member)


async def _believed(
    view: View, member: str, in_force: InForce, known_at: int, as_of: date | None
) -> dict[str, Any]:
    then = await hindsight.moment(view, known_at)
    if then is None:
        raise HTTPException(404, "nothing had been recorded by then, so nobody was known")
    today = answers.date_of(then.now)
    if as_of is not None and as_of > today:
        raise HTTPException(422, f"as_of: {as_of} is after what was today then, {today}")
    policies = in_force(await hindsight.adopted(view, then))
    answer = await hindsight.believed(view, member, then, policies, as_of=as_of)
    if answer is None:
        raise HTTPException(404, f"nobody was known as {member} then")
    return answer
