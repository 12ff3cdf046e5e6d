"""What authors were asked about their drafts, read where the log has it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from services.notifier.domain.voice import VoiceAnswered, VoiceAsked
from services.notifier.projections.entries import CODEC
from services.notifier.projections.shown import ROW
from shared.eventlog.entries import Recorded
from shared.eventlog.view import View

State: TypeAlias = Literal["open", "accepted", "sent_back", "closed"]

WANTED: Final = (
    f"SELECT asked, is_open, {ROW} FROM voices JOIN log USING (position)"  # noqa: S608 - ours
    " WHERE asked > :after AND (is_open OR NOT :only_open) AND (:id IS NULL OR id = :id)"
    " AND (:member IS NULL OR member = :member) ORDER BY asked LIMIT :limit"
)


class Voice(NamedTuple):
    """`place` orders what was asked. What was closed with its draft has no answer."""

    place: int
    asked: VoiceAsked
    state: State
    answered_at: datetime | None


async def voices(
    view: View, *, only_open: bool, member: str | None, after: int, limit: int
) -> list[Voice]:
    """Return what was asked after a place, from old to new."""
    return await _read(view, only_open=only_open, member=member, after=after, limit=limit, id=None)


async def voice(view: View, id: str) -> Voice | None:
    found = await _read(view, only_open=False, member=None, after=0, limit=1, id=id)
    return found[0] if found else None


async def _read(view: View, **wanted: object) -> list[Voice]:
    values: Mapping[str, Any] = wanted
    rows = await view.fetchall(WANTED, values)
    return [
        _voice(place, bool(is_open), CODEC.decode(Recorded._make(columns)))
        for place, is_open, *columns in rows
    ]


def _voice(place: int, is_open: bool, event: VoiceAsked | VoiceAnswered) -> Voice:
    if isinstance(event, VoiceAsked):
        return Voice(place, event, "open" if is_open else "closed", None)
    state: State = "accepted" if event.accepted else "sent_back"
    return Voice(place, event.asked, state, event.at)
