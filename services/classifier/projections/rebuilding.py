"""The tables again from the log, some members at a time, in a file beside those that are read."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from services.classifier.domain.announcements import ZoneChanged
from services.classifier.domain.announcing import has_news
from services.classifier.domain.clock import Mode
from services.classifier.domain.journey import Journey
from services.classifier.domain.regimes import Policies
from services.classifier.projections import changes, groups, journeys, rows, tables
from services.classifier.projections.entries import ACTIVITY, CODEC, ZONE, whole_streams
from services.classifier.projections.journeys import Known
from shared.eventlog import beside
from shared.eventlog.entries import Recorded
from shared.eventlog.log import View

SNAPSHOT_EVERY: Final = 40

CLOCK: Final = """
    SELECT max(CASE type WHEN :activity THEN json_extract(body, '$.occurred_at')
                         ELSE json_extract(body, '$.at') END)
    FROM log WHERE type IN ('clock-started', 'clock-advanced') OR type = :activity AND :moves
"""


async def clock(view: View, mode: Mode) -> int | None:
    """Return where the log's clock stands, by the log alone."""
    [(now,)] = await view.fetchall(CLOCK, {"activity": ACTIVITY, "moves": mode == "events"})
    return None if now is None else int(now)


async def rebuild(
    view: View, file: Path, policies: Policies, now: int, after: str, through: str
) -> int:
    """Write the rows of the members whose ids are greater than `after` and not than `through`.
    What the log has not got round to saying of them will be said. Return how many they are.
    """
    some = [
        (member, log)
        async for member, log in whole_streams(view, after, through)
        if not member.startswith("_")
    ]
    folded = [
        Known(journeys.folded(member, log, policies, now), log[-1].version) for member, log in some
    ]
    unsaid = [known.journey.member for known in folded if has_news(known.journey, policies, now)]
    async with beside.writing(file, CODEC) as transaction:
        await rows.save(
            transaction,
            [(Known(Journey(known.journey.member)), known) for known in folded],
            policies=policies,
            snapshot_every=SNAPSHOT_EVERY,
        )
        await changes.put(transaction, [each for _, log in some for each in _said(log)])
        await groups.put(transaction, [each for _, log in some for each in groups.said_in(log)])
        await transaction.execute(
            "UPDATE members SET due_at = :now"
            " WHERE member IN (SELECT value FROM json_each(:unsaid))",
            {"now": now, "unsaid": json.dumps(unsaid)},
        )
    return len(folded)


async def complete(file: Path, now: int | None) -> None:
    """Write what does not concern a member, last of all."""
    async with beside.writing(file, CODEC) as transaction:
        await transaction.execute("INSERT INTO clock (id, now) VALUES (1, :now)", {"now": now})
        await tables.stamp(transaction)


def _said(log: Sequence[Recorded]) -> list[tuple[str, int, int]]:
    return [
        (row.stream, event.version, row.position)
        for row in log
        if row.type == ZONE and isinstance(event := CODEC.decode(row), ZoneChanged)
    ]
