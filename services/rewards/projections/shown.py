"""What was recognised, as others are shown it."""

import json
from collections.abc import AsyncIterator
from typing import Any, Final, assert_never

from services.rewards.domain.recognitions import (
    ArrivalGranted,
    DeedAdjusted,
    DeedGranted,
    DeedRestored,
    EffortAdjusted,
    EffortGranted,
    EffortRestored,
    ImpactGranted,
    Recognised,
)
from services.rewards.domain.rules import THOUSANDTHS
from shared.eventlog.log import View

CHUNK: Final = 1000
ADJUSTED: Final = (EffortAdjusted, DeedAdjusted)
OF_A_MEMBER: Final = (
    "SELECT body, effective_on, historical, EXISTS (SELECT 1 FROM profiles WHERE"
    " profiles.member = recognitions.member AND field = 'public' AND value = 'no')"
    " FROM recognitions WHERE member = :member AND id > :after"
    " AND (:kind IS NULL OR kind = :kind) ORDER BY id LIMIT :limit"
)
OF_EVERYBODY: Final = (
    "SELECT body, effective_on, historical, wish.value IS NOT NULL FROM recognitions"
    " LEFT JOIN profiles AS wish ON wish.member = recognitions.member"
    " AND field = 'public' AND value = 'no'"
    " WHERE id > :after AND (:kind IS NULL OR kind = :kind)"
    " AND (kind <> 'impact' OR wish.value IS NULL) ORDER BY id LIMIT :limit"
)


def points(score: int) -> int | float:
    """Return thousandths of a point as points."""
    return score // THOUSANDTHS if score % THOUSANDTHS == 0 else score / THOUSANDTHS


def shown(event: Recognised) -> dict[str, Any]:
    """Return what a recognition tells beside its id, member and kind."""
    match event:
        case ArrivalGranted():
            return {"zone": event.zone} | _state(event, (), event.rule_version)
        case EffortGranted() | EffortAdjusted() | EffortRestored():
            block = event.block
            larger = {} if block.larger is None else {"larger": block.larger}
            return (
                {"block": block.number} | larger | _state(event, block.pieces, block.rule_version)
            )
        case DeedGranted() | DeedAdjusted() | DeedRestored():
            deed = event.deed
            which = {"first": deed.which} if deed.kind == "first" else {}
            pieces = () if deed.piece is None else (deed.piece,)
            return which | _state(event, pieces, deed.rule_version)
        case ImpactGranted():
            won = {
                "period": event.period,
                "place": event.place,
                "impact": points(event.impact),
            }
            return won | _state(event, event.pieces, event.rule_version)
        case _:
            assert_never(event)


def _state(event: Recognised, pieces: tuple[str, ...], rule_version: int) -> dict[str, Any]:
    return {
        "pieces": [*pieces],
        "rule_version": rule_version,
        "state": "adjusted" if isinstance(event, ADJUSTED) else "granted",
    }


async def recognitions(
    view: View, *, member: str | None = None, kind: str | None = None, after: str = "", limit: int
) -> list[dict[str, Any]]:
    """Return what was granted, as it stands now, by id; when it was granted, and whether the member
    may be named. What would name who has opted out of it, as a place does, is theirs alone.
    """
    rows = await view.fetchall(
        OF_A_MEMBER if member is not None else OF_EVERYBODY,
        {"member": member, "kind": kind, "after": after, "limit": limit},
    )
    return [
        json.loads(body)
        | {"effective_on": day, "historical": bool(historical), "public": not hidden}
        for body, day, historical, hidden in rows
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
