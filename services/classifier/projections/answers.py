"""What is asked about members, answered from the rows, in the shapes that others rely on."""

import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, date, datetime
from typing import Any, Final, get_args

from services.classifier.domain.clock import begins
from services.classifier.domain.journey import Journey
from services.classifier.domain.policy import ZONES, Vitality
from services.classifier.projections import rows
from shared.eventlog.log import View

PAGE: Final = 500
"""Members who are in memory at a time."""

STRETCHES: Final = """
    SELECT member, changes,
      (SELECT json_group_array(json_array(from_day, zone)) FROM
        (SELECT from_day, zone FROM zone_stretches AS z WHERE z.member = m.member
         ORDER BY from_day)),
      (SELECT json_group_array(json_array(from_day, vitality)) FROM
        (SELECT from_day, vitality FROM vitality_stretches AS v WHERE v.member = m.member
         ORDER BY from_day))
    FROM members AS m
"""
ONE: Final = STRETCHES + " WHERE member = :member"
NEXT: Final = STRETCHES + " WHERE member > :last ORDER BY member LIMIT :page"
TODAY: Final = """
    SELECT zone, vitality,
      (SELECT grp FROM groups AS g WHERE g.member = m.member AND at < :ends
       ORDER BY at DESC, key DESC LIMIT 1) AS latest,
      count(*)
    FROM members AS m WHERE zone IS NOT NULL GROUP BY zone, vitality, latest
"""
ON_A_DAY: Final = """
    SELECT zone, vitality, latest, count(*) FROM (
      SELECT
        (SELECT zone FROM zone_stretches AS z WHERE z.member = m.member AND from_day <= :day
         ORDER BY from_day DESC LIMIT 1) AS zone,
        (SELECT vitality FROM vitality_stretches AS v WHERE v.member = m.member
         AND from_day <= :day ORDER BY from_day DESC LIMIT 1) AS vitality,
        (SELECT grp FROM groups AS g WHERE g.member = m.member AND at < :ends
         ORDER BY at DESC, key DESC LIMIT 1) AS latest
      FROM members AS m)
    WHERE zone IS NOT NULL GROUP BY zone, vitality, latest
"""


async def clock(view: View) -> int | None:
    """Return the instant that the log's time has come to, in milliseconds since 1970."""
    found = await view.fetchall("SELECT now FROM clock")
    return found[0][0] if found else None


def date_of(now: int) -> date:
    return datetime.fromtimestamp(now / 1000, UTC).date()


async def member(
    view: View, name: str, *, policy_version: int, as_of: date | None = None
) -> dict[str, Any] | None:
    """Return where a member is, or was on a day as known now; None if nobody knows them."""
    found = await view.fetchall(ONE, {"member": name})
    return _member(*found[0], policy_version=policy_version, as_of=as_of) if found else None


async def members(view: View, *, policy_version: int) -> AsyncIterator[list[str]]:
    """Yield the lines of `export members`, a page at a time. The view should be a snapshot."""
    last = ""
    while page := await view.fetchall(NEXT, {"last": last, "page": PAGE}):
        yield [export_line(_member(*row, policy_version=policy_version)) for row in page]
        last = page[-1][0]


def export_line(whereabouts: dict[str, Any]) -> str:
    """Return the line without a number that depends on the order of arrival."""
    return json.dumps({key: value for key, value in whereabouts.items() if key != "version"})


async def distribution(
    view: View, *, as_of: date | None, today: date, by_group: bool
) -> dict[str, Any]:
    """Count who has a zone, by zone and vitality, on a day or as they are now. Groups are those
    of that day.
    """
    day = as_of or today
    asked = {"day": day.isoformat(), "ends": begins(day.toordinal() + 1)}
    counts = await view.fetchall(TODAY if as_of is None else ON_A_DAY, asked)
    answer = {"as_of": day.isoformat(), **_counted(counts)}
    if by_group:
        groups: dict[str | None, list[tuple[Any, ...]]] = defaultdict(list)
        for row in counts:
            groups[row[2]].append(row)
        answer["groups"] = [
            {"group": group, **_counted(groups[group])}
            for group in sorted(groups, key=lambda group: (group is None, group))
        ]
    return answer


def told(
    name: str,
    zones: Iterable[tuple[str, str | None]],
    vitalities: Iterable[tuple[str, str | None]],
    *,
    version: int,
    policy_version: int,
    as_of: date | None = None,
) -> dict[str, Any]:
    """Return the shape in which a member is told, from (first day, value) of every stretch, those
    left out that begin after `as_of`.
    """
    until = (as_of or date.max).isoformat()
    trajectory = [{"from": day, "zone": zone} for day, zone in zones if day <= until]
    last = trajectory[-1] if trajectory else {"zone": None, "from": None}
    felt = [vitality for day, vitality in vitalities if day <= until]
    return {
        "member": name,
        "zone": last["zone"],
        "since": last["from"],
        "vitality": felt[-1] if felt else None,
        "version": version,
        "policy_version": policy_version,
        "trajectory": trajectory,
    }


def told_of(journey: Journey, *, policy_version: int, as_of: date | None = None) -> dict[str, Any]:
    """Return the same shape from a journey itself."""
    return told(
        journey.member,
        [(rows.written(day), zone) for day, zone in rows.zone_stretches(journey)],
        [(rows.written(day), felt) for day, felt in rows.vitality_stretches(journey)],
        version=journey.said.version,
        policy_version=policy_version,
        as_of=as_of,
    )


def _member(
    name: str,
    changes: int,
    zones: str,
    vitalities: str,
    *,
    policy_version: int,
    as_of: date | None = None,
) -> dict[str, Any]:
    return told(
        name,
        json.loads(zones),
        json.loads(vitalities),
        version=changes,
        policy_version=policy_version,
        as_of=as_of,
    )


def _counted(counts: Iterable[tuple[Any, ...]]) -> dict[str, Any]:
    zones, vitalities = Counter[str](), Counter[str]()
    for zone, vitality, _, count in counts:
        zones[zone] += count
        vitalities[vitality] += count
    return {
        "members": zones.total(),
        "zones": {zone: zones[zone] for zone in ZONES},
        "vitality": {vitality: vitalities[vitality] for vitality in get_args(Vitality)},
    }
