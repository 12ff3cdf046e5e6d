"""All the tables again from the log, for when they were dropped or get another form.

The clock's row is written last. Where it is missing beside a log, the tables are incomplete.
"""

import json
from collections.abc import Sequence
from typing import Final

from services.classifier.domain.announcing import has_news
from services.classifier.domain.clock import Mode
from services.classifier.domain.journey import Journey, ZoneChanged
from services.classifier.domain.policy import Policy
from services.classifier.projections import changes, groups, journeys, rows
from services.classifier.projections.entries import ACTIVITY, CODEC, ZONE, whole_streams
from services.classifier.projections.journeys import Known
from shared.eventlog.entries import Recorded
from shared.eventlog.log import Store

TOGETHER: Final = 200
"""Members who are written in one transaction."""
SNAPSHOT_EVERY: Final = 40

EMPTY: Final = (
    "DELETE FROM clock",
    "DELETE FROM members",
    "DELETE FROM zone_stretches",
    "DELETE FROM vitality_stretches",
    "DELETE FROM changes",
    "DELETE FROM snapshots",
)
CLOCK: Final = """
    SELECT max(CASE type WHEN :activity THEN json_extract(body, '$.occurred_at')
                         ELSE json_extract(body, '$.at') END)
    FROM log WHERE type IN ('clock-started', 'clock-advanced') OR type = :activity AND :moves
"""


async def rebuild(store: Store, mode: Mode, policy: Policy) -> None:
    """Write every table anew. What the log has not got round to saying will be said."""
    [(now,)] = await store.fetchall(CLOCK, {"activity": ACTIVITY, "moves": mode == "events"})
    async with store.transaction() as transaction:
        for sql in EMPTY:
            await transaction.execute(sql)
        await groups.rebuild(transaction)
    some: list[tuple[str, Sequence[Recorded]]] = []
    async for stream, log in whole_streams(store):
        if not stream.startswith("_"):
            some.append((stream, log))
        if len(some) == TOGETHER:
            await _write(store, some, policy, now)
            some = []
    await _write(store, some, policy, now)
    async with store.transaction() as transaction:
        await transaction.execute("INSERT INTO clock (id, now) VALUES (1, :now)", {"now": now})


async def _write(
    store: Store, some: Sequence[tuple[str, Sequence[Recorded]]], policy: Policy, now: int
) -> None:
    folded = [
        Known(journeys.folded(member, log, policy, now), log[-1].version) for member, log in some
    ]
    said = [
        (row.stream, event.version, row.position)
        for _, log in some
        for row in log
        if row.type == ZONE and isinstance(event := CODEC.decode(row), ZoneChanged)
    ]
    unsaid = [known.journey.member for known in folded if has_news(known.journey)]
    async with store.transaction() as transaction:
        await rows.save(
            transaction,
            [(Known(Journey(known.journey.member)), known) for known in folded],
            policy=policy,
            snapshot_every=SNAPSHOT_EVERY,
        )
        await changes.put(transaction, said)
        await transaction.execute(
            "UPDATE members SET due_at = :now"
            " WHERE member IN (SELECT value FROM json_each(:unsaid))",
            {"now": now, "unsaid": json.dumps(unsaid)},
        )
