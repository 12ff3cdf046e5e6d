"""Rehearsing another policy on the log, for some members at a time. Nothing is written."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from pydantic import TypeAdapter

from services.classifier.domain.clock import MINUTE, Mode, day_of
from services.classifier.domain.moving import Lived, Mover, foremost, mover
from services.classifier.domain.regimes import Policies
from services.classifier.domain.rehearsal import Happened, Tick, live
from services.classifier.domain.simulation import Counts, compared
from services.classifier.projections.entries import ACTIVITY, happened, whole_streams
from shared.eventlog.log import View

# A running maximum never falls, so each group is a stretch of the log, and begins where the clock
# comes to another date or to the end of a day's settling.
TICKS: Final = """
    SELECT min(now), min(position) FROM (
      SELECT position, max(CASE type WHEN :activity THEN json_extract(body, '$.occurred_at')
                                     ELSE json_extract(body, '$.at') END)
                       OVER (ORDER BY position) AS now
      FROM log WHERE position <= :position AND (
        type IN ('clock-started', 'clock-advanced') OR type = :activity AND :moves)
    ) WHERE now IS NOT NULL
    GROUP BY now / 86400000, (now - :settle) / 86400000
"""
FIRST_DAY: Final = """
    SELECT min(json_extract(body, '$.occurred_at')) FROM log
    WHERE position <= :position AND type = :activity AND (stream < '_' OR stream >= '`')
"""


ANSWER: Final = TypeAdapter(tuple[list[tuple[tuple[str, ...], int]], list[Mover]])
"""The counts and who moves, as they go from one process to another."""


class Rehearsal(NamedTuple):
    """What is compared, on the log up to a position. `days` are those on which members are
    counted, and of those who move no more than `limit` are told of.
    """

    baseline: Policies
    candidate: Policies
    position: int
    ticks: Sequence[Tick]
    days: Sequence[int]
    limit: int


class Rehearsed(NamedTuple):
    events: int
    members: int
    counts: Counts
    movers: Sequence[Mover]


async def ticks(view: View, mode: Mode, position: int, policies: Iterable[Policies]) -> list[Tick]:
    """Return when dates and the days' being open end, whichever of the policies has its way."""
    settles = {regime.policy.settle_minutes for each in policies for regime in each.regimes}
    found: set[tuple[int, int]] = set()
    for settle in settles:
        told = {"activity": ACTIVITY, "moves": mode == "events", "position": position}
        found.update(await view.fetchall(TICKS, {**told, "settle": settle * MINUTE}))
    return [Tick(now, place) for now, place in sorted(found)]


async def first_day(view: View, position: int) -> int | None:
    """Return the day of the earliest activity of a member."""
    [(earliest,)] = await view.fetchall(FIRST_DAY, {"activity": ACTIVITY, "position": position})
    return None if earliest is None else day_of(earliest)


async def rehearse(view: View, plan: Rehearsal, after: str, through: str) -> Rehearsed:
    """Rehearse the members whose ids are greater than `after` and not than `through`."""
    events = members = 0
    counts: Counts = Counter()
    movers: list[Mover] = []
    sides = [policies.unforgetting() for policies in (plan.baseline, plan.candidate)]
    async for member, log in whole_streams(view, after, through):
        acts = [
            Happened(row.position, happened(row))
            for row in log
            if row.type == ACTIVITY and row.position <= plan.position
        ]
        events += len(acts)
        if not acts or member.startswith("_"):
            continue
        members += 1
        baseline, candidate = (
            Lived(live(member, acts, plan.ticks, policies), policies) for policies in sides
        )
        counts.update(compared(baseline.life, candidate.life, plan.days))
        activities = [activity for _, activity in acts]
        moved = mover(baseline, candidate, activities, plan.days[-1])
        if moved is not None:
            movers.append(moved)
    return Rehearsed(events, members, counts, foremost(movers, plan.limit))
