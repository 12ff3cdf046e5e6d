"""What is asked about members, answered from the rows, in the shapes that others rely on."""

import json
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, date, datetime
from typing import Any, Final, NamedTuple

from services.classifier.domain.clock import begins
from services.classifier.domain.journey import Journey
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
# Who is not there yet on that day is not listed; who has departed is, in no zone.
WANTED: Final = """
    WHERE member > :after
      AND EXISTS (SELECT 1 FROM zone_stretches AS z
                  WHERE z.member = m.member AND from_day <= :day)
      AND (:zone IS NULL OR :zone = coalesce(
        (SELECT zone FROM zone_stretches AS z WHERE z.member = m.member AND from_day <= :day
         ORDER BY from_day DESC LIMIT 1), 'none'))
      AND (:vitality IS NULL OR :vitality =
        (SELECT vitality FROM vitality_stretches AS v WHERE v.member = m.member
         AND from_day <= :day ORDER BY from_day DESC LIMIT 1))
      AND (:group IS NULL OR :group = coalesce(
        (SELECT grp FROM groups AS g WHERE g.member = m.member AND at < :ends
         ORDER BY at DESC, key DESC LIMIT 1), ''))
    ORDER BY member LIMIT :limit
"""
LISTED: Final = STRETCHES + WANTED


class Asked(NamedTuple):
    """Whom to list: those in a zone (`none` for who has departed), of a vitality, in a group (the
    empty one for who is in none), each where it is given.
    """

    zone: str | None = None
    vitality: str | None = None
    group: str | None = None


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


async def listed(
    view: View, asked: Asked, day: date, *, after: str, limit: int, policy_version: int
) -> list[dict[str, Any]]:
    """Return the first members after an id, by id, as they were on a day."""
    ends = begins(day.toordinal() + 1)
    found = await view.fetchall(
        LISTED,
        {**asked._asdict(), "day": day.isoformat(), "ends": ends, "after": after, "limit": limit},
    )
    return [_member(*row, policy_version=policy_version, as_of=day) for row in found]


async def members(view: View, *, policy_version: int) -> AsyncIterator[list[str]]:
    """Yield the lines of `export members`, a page at a time. The view should be a snapshot."""
    last = ""
    while page := await view.fetchall(NEXT, {"last": last, "page": PAGE}):
        yield [export_line(_member(*row, policy_version=policy_version)) for row in page]
        last = page[-1][0]


def export_line(whereabouts: dict[str, Any]) -> str:
    """Return the line without a number that depends on the order of arrival."""
    return json.dumps({key: value for key, value in whereabouts.items() if key != "version"})


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
