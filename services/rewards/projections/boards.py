"""Scores, and what they are made of: as they are now, and as they were when a period was closed."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from pydantic import TypeAdapter

from services.rewards.domain.halfyears import PeriodClosed
from services.rewards.domain.impact import Part
from services.rewards.domain.places import places
from shared.eventlog.log import Transaction, View

Read: TypeAlias = View | Transaction

PART: Final = TypeAdapter(Part)
ABSENT: Final = "SELECT member FROM profiles WHERE field = 'status' AND value = 'departed'"
HIDDEN: Final = "SELECT member FROM profiles WHERE field = 'public' AND value = 'no'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`score` is what the place follows from; `now` is what is known by now of a closed period.
    Of whom nothing was known when it was closed has no place, and who has left no score by `now`.
    `public`: the member may be named to others.
    """

    place: int | None
    member: str
    score: int
    now: int | None
    public: bool
    group: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Everybody who had any impact in a period, first place first; `closed` if it is."""

    lines: tuple[Line, ...]
    closed: PeriodClosed | None


async def ranking(view: View, period: str) -> Ranking:
    """Return who stands where: as frozen where the period is closed, else as of now."""
    closed = await _closed(view, period)
    now = await _scores(view, period)
    hiding = await hidden(view)
    absent = {member for (member,) in await view.fetchall(ABSENT)}
    groups = dict(await view.fetchall("SELECT member, value FROM profiles WHERE field = 'group'"))
    placed: Iterable[tuple[int | None, str, int]] = (
        places(now.items()) if closed is None else _frozen(closed, now)
    )
    opted_out = (
        hiding | {it.member for it in closed.standings if not it.public} if closed else hiding
    )
    return Ranking(
        lines=tuple(
            Line(
                place=place,
                member=member,
                score=score,
                now=None if member in absent else now.get(member, 0),
                public=member not in opted_out,
                group=groups.get(member),
            )
            for place, member, score in placed
        ),
        closed=closed,
    )


def _frozen(closed: PeriodClosed, now: Mapping[str, int]) -> Iterator[tuple[int | None, str, int]]:
    """Yield who stood where, and then of whom something has become known only since."""
    for it in closed.standings:
        yield it.place, it.member, it.score
    stood = {it.member for it in closed.standings}
    for _, member, _ in places(now.items()):
        if member not in stood:
            yield None, member, 0


async def counted(read: Read, period: str) -> list[Part]:
    """Return all that a period is made of, of members who are there."""
    rows = await read.fetchall(
        "SELECT body FROM parts WHERE period = :period AND member NOT IN ("
        "SELECT member FROM profiles WHERE field = 'status' AND value = 'departed')"
        " ORDER BY member, unit, role, what",
        {"period": period},
    )
    return [PART.validate_json(body) for (body,) in rows]


async def hidden(read: Read) -> set[str]:
    """Return who has opted out of being named to others."""
    return {member for (member,) in await read.fetchall(HIDDEN)}


async def _scores(view: View, period: str) -> dict[str, int]:
    """Return everybody's score as of now, of members who are there."""
    rows = await view.fetchall(
        "SELECT member, sum(score) FROM parts WHERE period = :period AND member NOT IN ("
        "SELECT member FROM profiles WHERE field = 'status' AND value = 'departed')"
        " GROUP BY member",
        {"period": period},
    )
    return dict(rows)


async def _closed(view: View, period: str) -> PeriodClosed | None:
    rows = await view.fetchall(
        "SELECT position FROM periods WHERE period = :period", {"period": period}
    )
    for (position,) in rows:
        [row] = await view.read(position - 1, 1)
        closed = view.codec.decode(row)
        return closed if isinstance(closed, PeriodClosed) else None
    return None


async def closings(view: View) -> list[PeriodClosed]:
    """Return the periods that are closed, from old to new."""
    rows = await view.fetchall("SELECT period FROM periods ORDER BY period")
    return [it for (period,) in rows if (it := await _closed(view, period)) is not None]


async def periods(read: Read) -> list[str]:
    """Return all half-years of which there is something to see, from old to new."""
    rows = await read.fetchall(
        "SELECT period FROM periods UNION SELECT DISTINCT period FROM parts ORDER BY 1"
    )
    return [period for (period,) in rows]


async def parts_of(read: Read, member: str) -> list[Part]:
    """Return the parts of a member's scores."""
    rows = await read.fetchall(
        "SELECT body FROM parts WHERE member = :member ORDER BY period, unit, role, what",
        {"member": member},
    )
    return [PART.validate_json(body) for (body,) in rows]


async def parts_on(read: Read, unit: str) -> list[Part]:
    """Return the parts of everybody's scores that a piece brought."""
    rows = await read.fetchall(
        "SELECT body FROM parts WHERE unit = :unit ORDER BY period, member, role, what",
        {"unit": unit},
    )
    return [PART.validate_json(body) for (body,) in rows]


async def counts(read: Read, period: str, members: Collection[str]) -> dict[str, dict[str, int]]:
    """Return how many of what these members' scores are made of, help with outcomes as `assist`."""
    told: dict[str, dict[str, int]] = {member: {} for member in members}
    for member, role, what, number in await read.fetchall(
        "SELECT member, role, what, sum(body ->> 'count') FROM parts WHERE period = :period"
        " AND member IN (SELECT value FROM json_each(:members)) GROUP BY member, role, what",
        {"period": period, "members": json.dumps(sorted(members))},
    ):
        named: dict[str, Any] = told[member]
        if number:
            what = role if role == "assist" else what  # noqa: PLW2901 - as halfyears tells it
            named[what] = named.get(what, 0) + number
    return {member: dict(sorted(each.items())) for member, each in told.items()}
