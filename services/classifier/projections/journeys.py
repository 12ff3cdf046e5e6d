"""A journey is read from its last snapshot and the rest of the member's stream."""

import asyncio
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, ParamSpec, TypeVar

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
    undo,
    undone,
)
from services.classifier.domain.prospects import Prospect
from services.classifier.domain.regimes import Policies
from services.classifier.domain.retractions import RETRACT, Retractable
from services.classifier.projections import retractable
from services.classifier.projections.entries import ACTIVITY, Read, happened, told
from services.classifier.projections.retractable import Speaking
from shared.eventlog.entries import Recorded
from shared.eventlog.log import Transaction

P = ParamSpec("P")
T = TypeVar("T")

AT_ONCE: Final = 25
"""Members who are caught up, or followed, before others may go on."""
MANY: Final = 1000
"""Entries of the log that take so long to decode that nobody else should wait for it."""


@dataclass(frozen=True, slots=True)
class Known:
    """A journey, the version of the member's stream it is folded up to, and the one of the last
    snapshot, 0 where it does not follow from any. Where it is `stale`, the member's rows were
    written before the policy that was adopted last.
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
    spoken_of = await retractable.acts(read, _speaking(starts, tails))
    loaded = {}
    for number, (member, due_at, look_at, policy, *_) in enumerate(rows, 1):
        if not number % AT_ONCE:
            await asyncio.sleep(0)
        start, tail = starts[member], tails[member]
        # Before a journey is due nothing changes by itself: this is how its rows have it.
        as_of = min(now, due_at - 1)
        minding = Retractable(spoken_of.get(member, ()))
        journey, saved = _caught_up(start.journey, tail, policies, as_of, minding), start.saved
        if journey is None:
            whole = await read.stream(member)
            journey, saved = await aside(whole, folded, member, whole, policies, as_of), 0
        # A journey may be reviewed before it has to: then its row says anew when it is due.
        journey = replace(
            journey,
            trajectory=replace(journey.trajectory, due=due_at),
            prospect=Prospect(policies.span_at(as_of).closed, look_at),
        )
        loaded[member] = Known(
            journey,
            tail[-1].version if tail else start.version,
            saved,
            stale=policy != policies.newest.version,
        )
    return loaded


async def pasts(read: Read, members: Collection[str]) -> dict[str, list[Activity]]:
    """Return all that is recorded of what each of the members did."""
    streams = await read.tails(dict.fromkeys(members, 0))
    some = [row for rows in streams.values() for row in rows[: MANY + 1]]
    return await aside(some, _all_that_happened, streams)


async def aside(
    rows: Sequence[Recorded], work: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Do what takes long with many rows on a thread, so that others go on meanwhile."""
    if len(rows) > MANY:
        return await asyncio.to_thread(work, *args, **kwargs)
    return work(*args, **kwargs)


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


def _all_that_happened(streams: Mapping[str, Sequence[Recorded]]) -> dict[str, list[Activity]]:
    return {
        member: [happened(row) for row in rows if row.type == ACTIVITY]
        for member, rows in streams.items()
    }


def _restored(member: str, version: int | None, state: bytes | None) -> Known:
    if version is None or state is None:
        return Known(Journey(member))
    try:
        return Known(snapshots.from_state(from_json(state)), version, version)
    except snapshots.OtherForm:
        return Known(Journey(member))


def _speaking(
    starts: Mapping[str, Known], tails: Mapping[str, Sequence[Recorded]]
) -> dict[str, Speaking]:
    """Return who has retractions after their snapshot."""
    found = {}
    for member, tail in tails.items():
        acts = (happened(row) for row in tail if row.type == ACTIVITY and b'"retract"' in row.body)
        if retractions := [each for each in acts if each.kind == RETRACT]:
            found[member] = Speaking(starts[member].saved, retractions)
    return found


def _caught_up(
    journey: Journey,
    tail: Sequence[Recorded],
    policies: Policies,
    as_of: int,
    minding: Retractable,
) -> Journey | None:
    """Fold the tail in; None where something in it is too old for what the snapshot knows."""
    days = []
    for row in tail:
        if row.type != ACTIVITY:
            journey = evolve(journey, told(row))
            continue
        activity = happened(row)
        undoing = undone(journey, minding, activity)
        minding.add(activity)
        if not reaches(journey, policies, activity, undoing):
            return None
        days += [each.day for each in (activity, *undoing) if decides(journey, each)]
        journey = undo(evolve(journey, activity), undoing)
    if not days:
        return advance(journey, policies, as_of)
    return redecide(journey, policies, as_of, min(days))
