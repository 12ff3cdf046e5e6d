"""The recount: every member folded again from all that was recorded, at once and from nothing.

What the tables say has to be the same, whatever the order, the batches and the crashes in which
it came about.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest
from typing import Any, Final

from services.classifier.domain.announcing import has_news
from services.classifier.domain.journey import Journey
from services.classifier.domain.regimes import Policies
from services.classifier.projections import answers, groups, journeys, rows
from services.classifier.projections.entries import ACTIVITY, whole_streams
from services.classifier.projections.journeys import Known
from services.classifier.projections.rows import Stretches
from shared.eventlog.log import View

UNCOMPARED: Final = frozenset({"due_at", "look_at", "policy"})
"""What depends on when a row was written."""


@dataclass(slots=True)
class Recounted:
    """`lines` are those of `export members` as recounted; `difference` is the first, in words."""

    events: int = 0
    members: int = 0
    lines: list[str] = field(default_factory=list)
    difference: str | None = None


async def recount(view: View, policies: Policies, now: int, after: str, through: str) -> Recounted:
    """Recount the members whose ids are greater than `after` and not than `through`.

    They have to have been reviewed up to `now`. The view should be a snapshot.
    """
    found = Recounted()
    kept = await _kept(view, after, through)
    known = await journeys.load(view, kept, policies, now)
    async for member, log in whole_streams(view, after, through):
        found.events += sum(row.type == ACTIVITY for row in log)
        if member.startswith("_"):
            continue
        journey = journeys.folded(member, log, policies, now)
        found.members += 1
        version = policies.today(now).version
        found.lines.append(answers.export_line(answers.told_of(journey, policy_version=version)))
        found.difference = found.difference or difference(
            journey, kept.pop(member, None), known.get(member), policies, now
        )
    if kept and found.difference is None:
        found.difference = f"{min(kept)} has a row, and nothing of them is in the log"
    found.difference = found.difference or await groups.difference(view, after, through)
    return found


def difference(
    recounted: Journey,
    kept: Mapping[str, Any] | None,
    known: Known | None,
    policies: Policies,
    now: int,
) -> str | None:
    """Say in words what of a member is not kept as it is recounted, None if all is."""
    member = recounted.member
    if kept is None or known is None:
        return f"{member} is in the log, and has no row"
    zones, vitalities = rows.zone_stretches(recounted), rows.vitality_stretches(recounted)
    for what, should, has in (
        ("zone", zones, kept["zones"]),
        ("vitality", vitalities, kept["vitalities"]),
        ("zone in the snapshot", zones, rows.zone_stretches(known.journey)),
        ("vitality in the snapshot", vitalities, rows.vitality_stretches(known.journey)),
    ):
        for one, other in zip_longest(should, has):
            if one != other:
                return f"{member}: the {what} is {_stretch(other)}, recounted it is {_stretch(one)}"
    row = dict(zip(rows.COLUMNS, rows.row(recounted, policies), strict=True))
    for column in rows.COLUMNS:
        if column not in UNCOMPARED and row[column] != kept[column]:
            return f"{member}: {column} is {kept[column]}, recounted it is {row[column]}"
    due, due_at = recounted.trajectory.due, kept["due_at"]
    if due_at > due:
        return f"{member} is due at {due}, and would be reviewed at {due_at}"
    if has_news(recounted, policies, now):
        return f"{member}: what was announced last is not where they are"
    return None


def _stretch(stretch: tuple[int, str | None] | None) -> str:
    return "nothing more" if stretch is None else f"{stretch[1]} from {rows.written(stretch[0])}"


async def _kept(view: View, after: str, through: str) -> dict[str, dict[str, Any]]:
    """Return what the tables have of each member."""
    found = await view.fetchall(
        "SELECT member, due_at, look_at, zone, since, vitality, changes, policy,"
        " (SELECT json_group_array(json_array(from_day, zone)) FROM (SELECT from_day, zone"
        "   FROM zone_stretches AS z WHERE z.member = m.member ORDER BY from_day)),"
        " (SELECT json_group_array(json_array(from_day, vitality)) FROM (SELECT from_day, vitality"
        "   FROM vitality_stretches AS v WHERE v.member = m.member ORDER BY from_day))"
        " FROM members AS m WHERE member > :after AND member <= :through",
        {"after": after, "through": through},
    )
    return {
        row[0]: {
            **dict(zip(rows.COLUMNS, row, strict=False)),
            "zones": _parsed(row[-2]),
            "vitalities": _parsed(row[-1]),
        }
        for row in found
    }


def _parsed(stretches: str) -> Stretches:
    return [(date.fromisoformat(day).toordinal(), value) for day, value in json.loads(stretches)]
