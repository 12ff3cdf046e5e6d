"""A journey is read from its last snapshot and the rest of the member's stream."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from pydantic_core import from_json

from services.classifier.domain import snapshots
from services.classifier.domain.activities import Activity
from services.classifier.domain.journey import (
    Journey,
    advance,
    decides,
    evolve,
    reaches,
    redecide,
    refold,
    remembered,
)
from services.classifier.domain.prospects import Prospect
from services.classifier.domain.regimes import Policies
from services.classifier.projections.entries import ACTIVITY, Read, happened, told
from shared.eventlog.entries import Recorded
from shared.eventlog.log import Transaction


@dataclass(frozen=True, slots=True)
class Known:
    """A journey, the version of the member's stream it is folded up to, and the one of the last
    snapshot, 0 where there is none. Where it is `stale`, the member's rows were written before the
    policy that was adopted last.
    """

    journey: Journey
    version: int = 0
    saved: int = 0
    stale: bool = False


async def load(
    read: Read, members: Collection[str], policies: Policies, now: int
) -> dict[str, Known]:
    """Return those of the members whom the log knows, as their rows have them at `now`."""
    rows = await read.fetchall(
        "SELECT m.member, m.due_at, m.look_at, m.policy, s.version, s.state"
        " FROM json_each(:members) AS asked"
        " JOIN members AS m ON m.member = asked.value"
        " LEFT JOIN snapshots AS s ON s.member = m.member AND s.policy = :policy",
        {"members": json.dumps(list(members)), "policy": policies.newest.version},
    )
    if not rows:
        return {}
    starts = {member: _restored(member, version, state) for member, *_, version, state in rows}
    tails = await read.tails({member: start.saved for member, start in starts.items()})
    loaded = {}
    for member, due_at, look_at, policy, *_ in rows:
        start, tail = starts[member], tails[member]
        # Before a journey is due nothing changes by itself: this is how its rows have it.
        as_of = min(now, due_at - 1)
        journey = _caught_up(start.journey, tail, policies, as_of)
        if journey is None:
            journey = folded(member, await read.stream(member), policies, as_of)
        # A journey may be reviewed before it has to: then its row says anew when it is due.
        journey = replace(
            journey,
            trajectory=replace(journey.trajectory, due=due_at),
            prospect=Prospect(policies.span_at(as_of).closed, look_at),
        )
        loaded[member] = Known(
            journey,
            tail[-1].version if tail else start.version,
            start.saved,
            stale=policy != policies.newest.version,
        )
    return loaded


async def pasts(read: Read, members: Collection[str]) -> dict[str, list[Activity]]:
    """Return all that is recorded of what each of the members did."""
    streams = await read.tails(dict.fromkeys(members, 0))
    return {
        member: [happened(row) for row in rows if row.type == ACTIVITY]
        for member, rows in streams.items()
    }


async def due(read: Read, until: int, limit: int) -> list[tuple[int, str]]:
    """Return (instant, member) for those whom the clock changes when it gets to `until`."""
    rows = await read.fetchall(
        "SELECT due_at, member FROM members WHERE due_at <= :until"
        " ORDER BY due_at, member LIMIT :limit",
        {"until": until, "limit": limit},
    )
    return [(at, member) for at, member in rows]


async def due_now(read: Read, now: int, limit: int) -> list[str]:
    """Return the first of those who are due, by member."""
    rows = await read.fetchall(
        "SELECT member FROM members INDEXED BY members_due WHERE due_at <= :now"
        " ORDER BY member LIMIT :limit",
        {"now": now, "limit": limit},
    )
    return [member for (member,) in rows]


async def fall_due(transaction: Transaction, at: int) -> None:
    """Let everybody be due at an instant, who would not be before."""
    await transaction.execute("UPDATE members SET due_at = :at WHERE due_at > :at", {"at": at})


async def count_due(read: Read, until: int) -> int:
    [(count,)] = await read.fetchall(
        "SELECT count(*) FROM members WHERE due_at <= :until", {"until": until}
    )
    return int(count)


def folded(member: str, whole: Sequence[Recorded], policies: Policies, as_of: int) -> Journey:
    """Fold a member from their whole stream, and decide at once how they stand at an instant."""
    journey = Journey(member)
    for row in whole:
        if row.type != ACTIVITY:
            journey = evolve(journey, told(row))
    acts = [happened(row) for row in whole if row.type == ACTIVITY]
    return remembered(refold(journey, policies, acts, as_of), policies, as_of)


def _restored(member: str, version: int | None, state: bytes | None) -> Known:
    if version is None or state is None:
        return Known(Journey(member))
    try:
        return Known(snapshots.from_state(from_json(state)), version, version)
    except snapshots.OtherForm:
        return Known(Journey(member))


def _caught_up(
    journey: Journey, tail: Sequence[Recorded], policies: Policies, as_of: int
) -> Journey | None:
    """Fold the tail in; None where something in it is too old for what the snapshot knows."""
    earliest = None
    for row in tail:
        if row.type != ACTIVITY:
            journey = evolve(journey, told(row))
            continue
        activity = happened(row)
        if not reaches(journey, policies, activity):
            return None
        if decides(journey, activity):
            earliest = activity.day if earliest is None else min(earliest, activity.day)
        journey = evolve(journey, activity)
    if earliest is None:
        return advance(journey, policies, as_of)
    return redecide(journey, policies, as_of, earliest)
