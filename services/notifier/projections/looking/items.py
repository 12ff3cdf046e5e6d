"""New pieces, and what the organisation offers."""

import json
from datetime import datetime
from typing import Any, Final

from services.notifier.domain.suggestions import Item
from services.notifier.projections.entries import instant, milliseconds
from services.notifier.projections.knowledge import Read

TRAINING: Final = "training"


async def pieces(read: Read, since: int) -> list[Item]:
    """Return the pieces that came out since, as far as they stand."""
    rows = await read.fetchall(
        "SELECT piece, author, at, title, url, topics FROM pieces WHERE at > :since"
        " AND NOT historical AND EXISTS (SELECT 1 FROM acts WHERE acts.piece = pieces.piece"
        "  AND kind = 'publish' AND acts.member = author) ORDER BY piece",
        {"since": since},
    )
    return [_item(*row) for row in rows]


async def offers(
    read: Read, since: int | None, now: datetime, kind: str | None = None
) -> list[Item]:
    """Return what is offered: trainings, or what is there to be shared."""
    rows = await read.fetchall(
        "SELECT piece, (SELECT author FROM pieces WHERE pieces.piece = offers.piece), at, title,"
        " url, topics FROM offers WHERE NOT historical"
        " AND (:since IS NULL OR at > :since) AND at <= :now AND (until IS NULL OR until >= :today)"
        " AND CASE WHEN :kind IS NULL THEN coalesce(kind, '') <> :training ELSE kind = :kind END"
        " ORDER BY piece",
        {
            "since": since,
            "now": milliseconds(now),
            "today": now.date().isoformat(),
            "kind": kind,
            "training": TRAINING,
        },
    )
    return [_item(*row) for row in rows]


def _item(piece: str, author: str | None, at: int, *rest: Any) -> Item:  # noqa: ANN401 - a row
    title, url, topics = rest
    return Item(piece, author, instant(at), title, url, tuple(json.loads(topics)))
