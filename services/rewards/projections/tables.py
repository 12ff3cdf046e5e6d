"""The tables follow the log, entry by entry, and are built again where they do not say the same."""

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

import structlog
from pydantic import TypeAdapter

from services.rewards.domain import acts, awards, recognitions
from services.rewards.domain.acts import Act
from services.rewards.domain.halfyears import PeriodClosed
from services.rewards.domain.impact import Part, parts
from services.rewards.domain.recognitions import Recognised
from services.rewards.domain.rules import PUBLISH, Rules
from services.rewards.projections.entries import TABLES, milliseconds
from services.rewards.projections.knowledge import ACT, acts_on, called, weighty
from services.rewards.projections.shown import shown
from shared.clock import Clock, ClockAdvanced, ClockStarted
from shared.contracts.recognitions import recognition_id
from shared.eventlog.checkpoints import Checkpoint
from shared.eventlog.log import Entry, Recorded, Store, Transaction

READER: Final = "tables"
FORM: Final = "3"
"""Changes with what the tables hold: a database with another form has them built again."""
CHUNK: Final = 1000

PART: Final = TypeAdapter(Part)

log = structlog.get_logger()


def form(rules: Rules) -> str:
    """Return what the tables were made by: scores of today follow the rules."""
    impact, assist = rules.impact, rules.assist
    weights = sorted(impact.weights.items())
    made_by = repr((rules.timezone, weights, impact.repeats, assist.of, assist.percent))
    return f"{FORM}/{sha256(made_by.encode()).hexdigest()[:16]}"


async def append(
    transaction: Transaction,
    entries: Sequence[Entry],
    rules: Rules,
    units: Iterable[str] = (),
    *,
    expected: Mapping[str, int] | None = None,
) -> None:
    """Append, and let the tables follow. On these `units` something has changed."""
    if recorded := await transaction.append(entries, expected=expected):
        events = [entry.event for entry in entries]
        await _write(transaction, zip(recorded, events, strict=True))
        await weigh(transaction, units, rules)
        position = recorded[-1].position
        await transaction.save_checkpoint(Checkpoint(READER, position, form(rules)))


async def save_clock(transaction: Transaction, clock: Clock) -> None:
    now = None if clock.now is None else milliseconds(clock.now)
    await transaction.execute("UPDATE clock SET now = :now", {"now": now})


async def catch_up(store: Store, rules: Rules) -> bool:
    """Build the tables again where they are not what the log says. Return whether they were."""
    there = Checkpoint(READER, await store.last_position(), form(rules))
    found = await store.checkpoint(READER)
    differing = await TABLES.differing(store)
    if not differing and found == there:
        return False
    followed = found is not None and found.position == there.position
    same_form = found is not None and found.identity.startswith(f"{FORM}/")
    async with store.transaction() as transaction:
        if differing or not followed or not same_form:
            await _write_again(transaction, store)
        await _weigh_again(transaction, rules)
        await transaction.save_checkpoint(there)
    return bool(there.position)


async def _write_again(transaction: Transaction, store: Store) -> None:
    await TABLES.create(transaction)
    chunk: list[tuple[Recorded, Any]] = []
    async for row in store.by_position():
        chunk.append((row, store.codec.decode(row)))
        if len(chunk) == CHUNK:
            await _write(transaction, chunk)
            chunk = []
    await _write(transaction, chunk)


async def _weigh_again(transaction: Transaction, rules: Rules) -> None:
    """Scores alone follow the rules, and not only the log."""
    await transaction.execute("DELETE FROM parts")
    units = await transaction.fetchall(
        "SELECT DISTINCT unit FROM acts WHERE unit IS NOT NULL ORDER BY unit"
    )
    for start in range(0, len(units), CHUNK):
        await weigh(transaction, [unit for (unit,) in units[start : start + CHUNK]], rules)


async def weigh(transaction: Transaction, units: Iterable[str], rules: Rules) -> None:
    """Say anew what each of these pieces adds to everybody's scores."""
    changed = {*units}
    if not changed:
        return
    touched, aliases = await called(transaction, changed)
    touched = {*(await weighty(transaction, touched)), *aliases, *aliases.values()}
    await transaction.execute(
        "DELETE FROM parts WHERE unit IN (SELECT value FROM json_each(:units))",
        {"units": json.dumps(sorted(touched))},
    )
    standing, capped = await acts_on(transaction, touched)
    for alias, unit in sorted(aliases.items()):
        standing[unit] += standing.pop(alias, [])
    await transaction.executemany(
        "INSERT INTO parts (unit, period, member, role, what, score, body)"
        " VALUES (:unit, :period, :member, :role, :what, :score, :body)",
        [
            {
                "unit": part.unit,
                "period": part.period,
                "member": part.member,
                "role": part.role,
                "what": part.what,
                "score": part.score,
                "body": PART.dump_json(part).decode(),
            }
            for unit, acts in sorted(standing.items())
            for part in parts(unit, acts, capped, rules)
        ],
    )


async def _write(transaction: Transaction, recorded: Iterable[tuple[Recorded, Any]]) -> None:
    writing = _Writing()
    for row, event in recorded:
        writing.take(row, event)
    for sql, rows in writing.rows.items():
        if rows:
            await transaction.executemany(sql, rows)


ACTS: Final = (
    "INSERT INTO acts (member, name, kind, word, day, source, object, alias, piece, unit, stands,"
    " capped, body) VALUES (:member, :name, :kind, :word, :day, :source, :object, :alias, :piece,"
    " :unit, :stands, 0, :body)"
)
STATES: Final = (
    "UPDATE acts SET stands = :stands, capped = :capped WHERE member = :member AND name = :name"
)
VOID_ACTS: Final = "INSERT OR IGNORE INTO void_acts (member, name) VALUES (:member, :name)"
VOID_OBJECTS: Final = (
    "INSERT INTO void_objects (member, source, object, kind, until)"
    " VALUES (:member, :source, :object, :kind, :until)"
    " ON CONFLICT (member, source, object, kind) DO UPDATE SET until = excluded.until"
)
PROFILES: Final = (
    "INSERT INTO profiles (member, field, value) VALUES (:member, :field, :value)"
    " ON CONFLICT (member, field) DO UPDATE SET value = excluded.value"
)
RECOGNITIONS: Final = (
    "INSERT INTO recognitions (id, member, kind, effective_on, historical, body)"
    " VALUES (:id, :member, :kind, :effective_on, :historical, :body)"
    " ON CONFLICT (id) DO UPDATE SET body = excluded.body"
)
PERIODS: Final = "INSERT INTO periods (period, position) VALUES (:period, :position)"
CLOCK: Final = (
    "INSERT INTO clock (id, mode, now, began) VALUES (1, :mode, :now, :now)"
    " ON CONFLICT (id) DO UPDATE SET now = excluded.now, began = coalesce(began, excluded.now)"
)


class _Writing:
    """The rows of a few entries, by the statement that writes them, in the order of statements."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {
            sql: []
            for sql in (
                *(ACTS, STATES, VOID_ACTS, VOID_OBJECTS, PROFILES),
                *(RECOGNITIONS, PERIODS, CLOCK),
            )
        }

    def take(self, row: Recorded, event: Any) -> None:  # noqa: ANN401 - whatever the log holds
        member = row.stream
        match event:
            case acts.ActRecorded(act=act, void=void):
                self.rows[ACTS].append(_act(member, act, stands=not void))
            case acts.ActWithdrawn():
                self._state(member, event.name, stands=False, capped=False)
            case acts.ActCapped() | acts.ActFreed():
                capped = isinstance(event, acts.ActCapped)
                self._state(member, event.name, stands=True, capped=capped)
            case acts.ActRetracted():
                self.rows[VOID_ACTS].append({"member": member, "name": event.name})
            case acts.ObjectRetracted():
                self.rows[VOID_OBJECTS].append(
                    {
                        "member": member,
                        "source": event.source,
                        "object": event.object,
                        "kind": event.kind,
                        "until": milliseconds(event.until),
                    }
                )
            case awards.MemberDescribed():
                said = {"member": member, "field": event.field, "value": event.value}
                self.rows[PROFILES].append(said)
            case PeriodClosed():
                closed = {"period": event.period, "position": row.position}
                self.rows[PERIODS].append(closed)
            case ClockStarted() | ClockAdvanced():
                mode = event.mode if isinstance(event, ClockStarted) else "wall"
                now = None if event.at is None else milliseconds(event.at)
                self.rows[CLOCK].append({"mode": mode, "now": now})
            case _ if isinstance(event, Recognised):
                self._recognition(member, event)
            case _:
                pass

    def _state(self, member: str, name: str, *, stands: bool, capped: bool) -> None:
        self.rows[STATES].append(
            {"member": member, "name": name, "stands": stands, "capped": capped}
        )

    def _recognition(self, member: str, event: Recognised) -> None:
        kind, which = recognitions.named(event)
        named = {"id": recognition_id(kind, member, which), "member": member, "kind": kind}
        self.rows[RECOGNITIONS].append(
            {
                **named,
                "effective_on": event.occasion.on.isoformat(),
                "historical": event.occasion.historical,
                "body": json.dumps(named | shown(event), ensure_ascii=False, separators=(",", ":")),
            }
        )


def _act(member: str, act: Act, *, stands: bool) -> dict[str, Any]:
    return {
        "member": member,
        "name": act.name,
        "kind": act.kind,
        "word": act.word,
        "day": act.day.isoformat(),
        "source": act.source,
        "object": act.object,
        "alias": act.alias if act.kind == PUBLISH and act.alias != act.piece else None,
        "piece": act.piece,
        "unit": act.unit,
        "stands": stands,
        "body": ACT.dump_json(act).decode(),
    }
