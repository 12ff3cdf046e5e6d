"""The rows that others ask for, exact with every commit, and the snapshots, which lag behind."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any, Final, TypeAlias

from pydantic_core import to_json

from services.classifier.domain import snapshots
from services.classifier.domain.journey import Journey
from services.classifier.domain.regimes import Policies
from services.classifier.domain.zones import ZONES
from services.classifier.projections.journeys import Known
from shared.eventlog.log import Transaction

Stretches: TypeAlias = list[tuple[int, str | None]]
"""(first day, value) for each run of days with the same value."""

UNDECIDED: Final = -1
COLUMNS: Final = ("member", "due_at", "look_at", "zone", "since", "vitality", "changes", "policy")
"""What `row` returns."""
MEMBER: Final = """
    INSERT INTO members (member, due_at, look_at, zone, since, vitality, changes, policy)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (member) DO UPDATE SET
    due_at = excluded.due_at, look_at = excluded.look_at,
    zone = excluded.zone, since = excluded.since, vitality = excluded.vitality,
    changes = excluded.changes, policy = excluded.policy
"""
ZONES_DROPPED: Final = "DELETE FROM zone_stretches WHERE member = ? AND from_day >= ?"
ZONES_PUT: Final = "INSERT OR REPLACE INTO zone_stretches (member, from_day, zone) VALUES (?, ?, ?)"
VITALITIES_DROPPED: Final = "DELETE FROM vitality_stretches WHERE member = ? AND from_day >= ?"
VITALITIES_PUT: Final = (
    "INSERT OR REPLACE INTO vitality_stretches (member, from_day, vitality) VALUES (?, ?, ?)"
)
SNAPSHOT: Final = """
    INSERT INTO snapshots (member, version, policy, state) VALUES (?, ?, ?, ?)
    ON CONFLICT (member) DO UPDATE SET
    version = excluded.version, policy = excluded.policy, state = excluded.state
"""


async def save(
    transaction: Transaction,
    changed: Iterable[tuple[Known, Known]],
    *,
    policies: Policies,
    snapshot_every: int,
) -> list[Known]:
    """Write what differs, and the snapshots that are due. Return the journeys as they now are."""
    members, states, after = [], [], []
    zones, vitalities = _Suffixes(), _Suffixes()
    for before, new in changed:
        old, journey = before.journey, new.journey
        moved = journey.trajectory is not old.trajectory or before.stale
        rewritten = moved or journey.said is not old.said
        if rewritten or journey.prospect is not old.prospect:
            members.append(row(journey, policies))
        if moved:
            member, stale = journey.member, before.stale
            zones.add(member, zone_stretches(old), zone_stretches(journey), anew=stale)
            felt, feels = vitality_stretches(old), vitality_stretches(journey)
            vitalities.add(member, felt, feels, anew=stale)
        if new.version - new.saved >= snapshot_every:
            states.append((journey.member, new.version, policies.newest.version, _state(journey)))
            after.append(replace(new, saved=new.version, stale=False))
        else:
            after.append(replace(new, stale=False) if new.stale else new)
    for sql, values in (
        (MEMBER, members),
        (ZONES_DROPPED, zones.dropped),
        (ZONES_PUT, zones.put),
        (VITALITIES_DROPPED, vitalities.dropped),
        (VITALITIES_PUT, vitalities.put),
        (SNAPSHOT, states),
    ):
        if values:
            await transaction.executemany(sql, values)
    return after


def row(journey: Journey, policies: Policies) -> tuple[Any, ...]:
    """Return what `members` says of a member."""
    zones, spells = zone_stretches(journey), journey.trajectory.spells
    since, zone = zones[-1] if zones else (None, None)
    return (
        journey.member,
        journey.due,
        journey.prospect.due,
        zone,
        None if since is None else written(since),
        spells[-1].vitality if spells else None,
        journey.said.version,
        policies.newest.version,
    )


def zone_stretches(journey: Journey) -> Stretches:
    stretches: Stretches = []
    last: int | None = UNDECIDED
    for standing in journey.trajectory.standings:
        if standing.zone != last:
            last = standing.zone
            stretches.append((standing.from_day, None if last is None else ZONES[last]))
    return stretches


def vitality_stretches(journey: Journey) -> Stretches:
    return [(spell.from_day, spell.vitality) for spell in journey.trajectory.spells]


def written(day: int) -> str:
    return date.fromordinal(day).isoformat()


def _state(journey: Journey) -> bytes:
    return to_json(snapshots.to_state(journey))


class _Suffixes:
    """Whose stretches to drop from which day on, and what to put there instead."""

    def __init__(self) -> None:
        self.dropped: list[tuple[str, str]] = []
        self.put: list[tuple[str, str, str | None]] = []

    def add(self, member: str, old: Stretches, new: Stretches, *, anew: bool) -> None:
        """Where everything is to be written `anew`, nobody knows what is there."""
        same = 0
        if anew:
            self.dropped.append((member, ""))
            old = []
        while same < min(len(old), len(new)) and old[same] == new[same]:
            same += 1
        if same < len(old):
            self.dropped.append((member, written(old[same][0])))
        self.put.extend((member, written(day), value) for day, value in new[same:])
