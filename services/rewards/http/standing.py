"""Who has what impact, in which half-year, and what every score is made of.

A period that is closed shows what it was closed with, and beside it what is known by now.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Final, Literal, TypeAlias

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel

from services.rewards.domain.halfyears import closing_day
from services.rewards.domain.impact import Part
from services.rewards.domain.periods import (
    closes,
    ends,
    first_day,
    last_day,
    period_of,
)
from services.rewards.domain.places import places
from services.rewards.domain.rules import Rules
from services.rewards.projections import boards, knowledge
from services.rewards.projections.boards import Line, Ranking
from services.rewards.projections.shown import points
from shared.contracts.pieces import normalised
from shared.contracts.words import Day
from shared.eventlog.log import View

State: TypeAlias = Literal["open", "settling", "closed", "over"]

PERIODS: Final = "^(?:199[0-9]|[2-8][0-9]{3}|9[0-8][0-9]{2})H[12]$"
AROUND: Final = 3
"""Places shown on either side of somebody."""

Period = Annotated[str | None, Query(pattern=PERIODS, description="As 2026H1")]


class Row(BaseModel):
    """`impact` in points; `counts` is what it is made of. Of a closed period `now` is what the
    score would be by what has become known since, where that is another; who had none when it was
    closed has no place, and who has `left` the organisation has no score by now.
    """

    place: int | None
    member: str
    group: str | None
    impact: float
    counts: dict[str, int]
    honoured: bool
    now: float | None = None
    left: bool = False


class Board(BaseModel):
    """`state`: it is open, or has ended and settles, or is closed; or it was over before the log
    began. `members` had any impact, of whom those
    who opted out are counted and not listed.
    """

    period: str
    state: State
    first_day: Day
    last_day: Day
    closes_on: Day
    timezone: str
    members: int
    minimum_impact: float
    rule_version: int
    rows: list[Row]


class Counted(BaseModel):
    """`count` of `what`, at so many points, are so many points of impact; an assist has a part of
    them. `left_out` says what does not count, and why.
    """

    period: str
    member: str
    piece: str | None
    role: str
    what: str
    count: int
    weight: float
    impact: float
    left_out: dict[str, int]
    events: list[str]


class Frozen(BaseModel):
    """What a period that is closed came to for somebody."""

    period: str
    place: int
    impact: float
    counts: dict[str, int]
    rule_version: int


class Bounds(BaseModel):
    """The rules that limit what counts: how often one person's comments on a piece do, and their
    shares; how much of a kind on one day; how much of its weight an assist has.
    """

    repeats: int
    caps: dict[str, int]
    assist_percent: int
    minimum_impact: float


class Opened(BaseModel):
    """Scores, opened up: by period, as of now. `closed` is what closed ones were frozen with."""

    impact: dict[str, float]
    closed: list[Frozen]
    parts: list[Counted]
    bounds: Bounds
    rule_version: int


def router(view: View, rules: Rules) -> APIRouter:
    """Return `/v1/leaderboard`, `/v1/periods` and `/v1/impact`."""
    router = APIRouter(prefix="/v1", tags=["standings"])

    @router.get("/leaderboard", summary="Who had what impact in a half-year")
    async def leaderboard(
        period: Period = None,
        group: str | None = None,
        around: Annotated[str | None, Query(description="A member")] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 20,
    ) -> Board:
        async with view.snapshot() as moment:
            return await _board(moment, rules, period, group, around, limit)

    @router.get("/periods", summary="The half-years of which there is something to see")
    async def periods() -> dict[str, list[str]]:
        return {"periods": await boards.periods(view)}

    @router.get("/impact", summary="What scores are made of")
    async def impact(
        member: str | None = None,
        piece: Annotated[str | None, Query(description="A url, or <platform>:<id>")] = None,
        period: Period = None,
    ) -> Opened:
        if (member is None) == (piece is None):
            raise HTTPException(422, "name a member or a piece, one of the two")
        async with view.snapshot() as moment:
            return await _opened(moment, rules, member, piece, period)

    return router


async def _board(
    view: View,
    rules: Rules,
    period: str | None,
    group: str | None,
    around: str | None,
    limit: int,
) -> Board:
    now = (await knowledge.clock(view)).now
    period = period or (period_of(now, rules.timezone) if now else None)
    if period is None:
        raise HTTPException(404, "nothing has happened yet: name a period, as ?period=2026H1")
    ranking = await boards.ranking(view, period)
    closed = ranking.closed
    ranked = _within(ranking.lines, group)
    minimum = closed.minimum if closed else rules.impact.minimum
    honoured = _honoured(ranking, minimum, closed.places if closed else rules.impact.places)
    shown = _around([line for line in ranked if line.public], around, limit)
    counts = (
        {it.member: it.counts for it in closed.standings}
        if closed
        else await boards.counts(view, period, [line.member for line in shown])
    )
    timezone = closed.timezone if closed else rules.timezone
    return Board(
        period=period,
        state=_state(period, rules, now, closed=closed is not None),
        first_day=first_day(period),
        last_day=last_day(period),
        closes_on=closed.on if closed else closing_day(period, rules),
        timezone=timezone,
        members=len(ranked),
        minimum_impact=points(minimum),
        rule_version=closed.rule_version if closed else rules.version,
        rows=[
            Row(
                place=line.place,
                member=line.member,
                group=line.group,
                impact=points(line.score),
                counts=dict(counts.get(line.member, {})),
                honoured=line.member in honoured,
                now=None if line.now in {None, line.score} else points(line.now or 0),
                left=line.now is None,
            )
            for line in shown
        ],
    )


def _honoured(ranking: Ranking, minimum: int, places: int) -> set[str]:
    """Return who is, or would be, honoured."""
    return {
        line.member
        for line in ranking.lines
        if line.place is not None and line.place <= places and line.score >= minimum
    }


def _within(lines: Sequence[Line], group: str | None) -> list[Line]:
    """Return the lines of a group, with the places in it."""
    if group is None:
        return [*lines]
    of_group = {line.member: line for line in lines if line.group == group}
    placed = places((line.member, line.score) for line in of_group.values())
    return [
        *(replace(of_group[member], place=place) for place, member, _ in placed),
        *(line for line in of_group.values() if line.place is None),
    ]


def _around(lines: Sequence[Line], member: str | None, limit: int) -> Sequence[Line]:
    if member is None:
        return lines[:limit]
    at = next((n for n, line in enumerate(lines) if line.member == member), None)
    if at is None:
        raise HTTPException(404, f"{member} is on no board here")
    return lines[max(0, at - AROUND) : at + AROUND + 1]


def _state(period: str, rules: Rules, now: datetime | None, *, closed: bool) -> State:
    """Return how far a period is. One that was over before the log began is never closed."""
    if closed:
        return "closed"
    if now is None or now < ends(period, rules.timezone):
        return "open"
    if now < closes(period, rules.timezone, rules.impact.settle_days):
        return "settling"
    return "over"


async def _opened(
    view: View, rules: Rules, member: str | None, piece: str | None, period: str | None
) -> Opened:
    if member is not None:
        parts = await boards.parts_of(view, member)
    else:
        unit = normalised(piece or "") or piece or ""
        _, known_as = await knowledge.called(view, [unit])
        parts = await boards.parts_on(view, known_as.get(unit, unit))
        hiding = await boards.hidden(view)
        parts = [part for part in parts if part.member not in hiding]
    parts = [part for part in parts if period in {None, part.period}]
    totals: Counter[str] = Counter()
    for part in parts:
        totals[part.period] += part.score
    return Opened(
        impact={each: points(score) for each, score in totals.items()},
        closed=[
            Frozen(
                period=closed.period,
                place=it.place,
                impact=points(it.score),
                counts=dict(it.counts),
                rule_version=closed.rule_version,
            )
            for closed in (await boards.closings(view) if member is not None else ())
            for it in closed.standings
            if it.member == member and period in {None, closed.period}
        ],
        parts=[_counted(part, rules) for part in parts],
        bounds=Bounds(
            repeats=rules.impact.repeats,
            caps=dict(rules.caps),
            assist_percent=rules.assist.percent,
            minimum_impact=points(rules.impact.minimum),
        ),
        rule_version=rules.version,
    )


def _counted(part: Part, rules: Rules) -> Counted:
    return Counted(
        period=part.period,
        member=part.member,
        piece=None if part.unit.startswith("~") else part.unit,
        role=part.role,
        what=part.what,
        count=part.count,
        weight=points(rules.impact.weights.get(part.what, 0)),
        impact=points(part.score),
        left_out={str(why): number for why, number in part.left_out.items()},
        events=[*part.events],
    )
