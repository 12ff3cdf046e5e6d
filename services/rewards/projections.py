"""The log as tables: what was granted, as it stands now, and who claims which piece.

They are written in the transaction of the entries that they follow from. Whoever drops one finds
it built again from the log at the next start.
"""

import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import Any, Final, TypeAlias, assert_never

import structlog
from pydantic import TypeAdapter

from services.rewards.domain import awards, works
from shared.contracts.recognitions import recognition_id
from shared.decider import fold
from shared.eventlog.checkpoints import Checkpoint
from shared.eventlog.codec import Codec, Kind
from shared.eventlog.log import Store, Transaction, View

CODEC: Final[Codec[works.Event | awards.Event]] = Codec(
    [
        Kind(event=works.PieceRecorded, name="piece-recorded"),
        Kind(event=works.ActRetracted, name="act-retracted"),
        Kind(event=works.ObjectRetracted, name="object-retracted"),
        Kind(event=awards.PieceCredited, name="piece-credited"),
        Kind(event=awards.CreditWithdrawn, name="credit-withdrawn"),
        Kind(event=awards.EffortGranted, name="effort-granted"),
        Kind(event=awards.EffortAdjusted, name="effort-adjusted"),
        Kind(event=awards.EffortRestored, name="effort-restored"),
        Kind(event=awards.ArrivalGranted, name="arrival-granted"),
        Kind(event=awards.PublicityRecorded, name="publicity-recorded"),
    ]
)

CHUNK: Final = 1000

log = structlog.get_logger()

READER: Final = "tables"
FORM: Final = "1"
"""Changes with what the tables hold: a database with another form has them built again."""

SCHEMA: Final = """
DELETE FROM checkpoints WHERE reader = 'tables' AND
  (SELECT count(*) FROM sqlite_schema WHERE name IN ('recognitions', 'claims')) < 2;

CREATE TABLE IF NOT EXISTS recognitions (
  id           TEXT PRIMARY KEY,
  member       TEXT NOT NULL,
  kind         TEXT NOT NULL,
  effective_on TEXT NOT NULL, -- the day it was granted for
  historical   INTEGER NOT NULL,
  body         TEXT NOT NULL  -- a JSON object: what others are shown
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS recognitions_of_a_member ON recognitions (member, id);

-- Everybody's first claim to a piece.
CREATE TABLE IF NOT EXISTS claims (
  piece  TEXT NOT NULL,
  member TEXT NOT NULL,
  claim  TEXT NOT NULL, -- a JSON object
  PRIMARY KEY (piece, member)
) STRICT, WITHOUT ROWID;
"""


Claims: TypeAlias = dict[str, works.Claim]

_CLAIM: Final = TypeAdapter(works.Claim)


async def claims_to(transaction: Transaction, pieces: Collection[str]) -> dict[str, Claims]:
    """Return of each piece everybody's first claim to it."""
    claims: dict[str, Claims] = {piece: {} for piece in pieces}
    for piece, member, claim in await transaction.fetchall(
        "SELECT piece, member, claim FROM claims"
        " WHERE piece IN (SELECT value FROM json_each(:pieces))",
        {"pieces": json.dumps(list(pieces))},
    ):
        claims[piece][member] = _CLAIM.validate_json(claim)
    return claims


async def project(
    transaction: Transaction,
    position: int,
    awarded: Sequence[tuple[str, awards.Event]],
    claims: Mapping[str, Claims],
) -> None:
    """Follow the log up to `position`: what was said of members, and the claims to these pieces."""
    await transaction.execute(
        "DELETE FROM claims WHERE piece IN (SELECT value FROM json_each(:pieces))",
        {"pieces": json.dumps(list(claims))},
    )
    await _write(transaction, awarded, claims)
    await transaction.save_checkpoint(Checkpoint(READER, position, FORM))


async def catch_up(store: Store) -> None:
    """Build the tables again where they are not what the log says."""
    there = Checkpoint(READER, await store.last_position(), FORM)
    if await store.checkpoint(READER) == there:
        return
    async with store.transaction() as transaction:
        await transaction.execute("DELETE FROM recognitions")
        await transaction.execute("DELETE FROM claims")
        async for stream, events in _streams(store):
            recorded = [event for event in events if isinstance(event, works.Event)]
            member, state = works.member_of(stream), fold(works.evolve, works.Works(), recorded)
            await _write(
                transaction,
                [(stream, event) for event in events if isinstance(event, awards.Event)],
                {piece: {member: claims[0]} for piece, claims in state.claims.items()},
            )
        await transaction.save_checkpoint(there)
    if there.position:
        log.info("rewards.tables_built", position=there.position)


async def _streams(store: Store) -> AsyncIterator[tuple[str, list[works.Event | awards.Event]]]:
    stream: str = ""
    events: list[works.Event | awards.Event] = []
    async for row in store.by_stream():
        if row.stream != stream:
            yield stream, events
            stream, events = row.stream, []
        events.append(CODEC.decode(row))
    yield stream, events


async def _write(
    transaction: Transaction,
    awarded: Sequence[tuple[str, awards.Event]],
    claims: Mapping[str, Claims],
) -> None:
    await transaction.executemany(
        "INSERT INTO recognitions VALUES (:id, :member, :kind, :effective_on, :historical, :body)"
        " ON CONFLICT (id) DO UPDATE SET body = excluded.body",
        [_row(member, it) for member, it in awarded if isinstance(it, awards.Recognised)],
    )
    await transaction.executemany(
        "INSERT INTO claims VALUES (:piece, :member, :claim)",
        [
            {"piece": piece, "member": member, "claim": _CLAIM.dump_json(claim).decode()}
            for piece, members in claims.items()
            for member, claim in members.items()
        ],
    )


def _row(member: str, event: awards.Recognised) -> dict[str, Any]:
    kind, which = awards.named(event)
    name = {"id": recognition_id(kind, member, which), "member": member, "kind": kind}
    return {
        **name,
        "effective_on": event.occasion.on.isoformat(),
        "historical": event.occasion.historical,
        "body": json.dumps(name | _shown(event), ensure_ascii=False, separators=(",", ":")),
    }


def _shown(event: awards.Recognised) -> dict[str, Any]:
    match event:
        case awards.ArrivalGranted():
            return {
                "zone": event.zone,
                "pieces": (),
                "rule_version": event.rule_version,
                "state": "granted",
            }
        case awards.EffortGranted() | awards.EffortAdjusted() | awards.EffortRestored():
            return {
                "block": event.block.number,
                "larger": event.block.larger,
                "pieces": event.block.pieces,
                "rule_version": event.block.rule_version,
                "state": "adjusted" if isinstance(event, awards.EffortAdjusted) else "granted",
            }
        case _:
            assert_never(event)


async def recognitions(
    view: View, *, member: str | None = None, kind: str | None = None, after: str = "", limit: int
) -> list[dict[str, Any]]:
    """Return what was granted, as it stands now, by id, and when it was granted."""
    rows = await view.fetchall(
        "SELECT body, effective_on, historical FROM recognitions WHERE id > :after"
        " AND (:member IS NULL OR member = :member) AND (:kind IS NULL OR kind = :kind)"
        " ORDER BY id LIMIT :limit",
        {"member": member, "kind": kind, "after": after, "limit": limit},
    )
    return [
        json.loads(body) | {"effective_on": day, "historical": bool(historical)}
        for body, day, historical in rows
    ]


async def exported(view: View) -> AsyncIterator[str]:
    """Yield every recognition as a line of JSON, by id: the same bytes for the same log."""
    after = ""
    while rows := await view.fetchall(
        "SELECT id, body FROM recognitions WHERE id > :after ORDER BY id LIMIT :limit",
        {"after": after, "limit": CHUNK},
    ):
        for _, body in rows:
            yield f"{body}\n"
        after = rows[-1][0]
