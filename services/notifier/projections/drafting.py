"""Drafts, as tables: which are open, what is owed, what waits, and the questions to authors."""

from collections.abc import Iterable
from typing import assert_never

from services.notifier.domain import drafts, waiting
from services.notifier.domain.alerts import (
    AlertAtRisk,
    AlertBreached,
    AlertEvent,
    AlertRaised,
    AlertResolved,
)
from services.notifier.domain.submissions import DraftClosed, DraftSubmitted
from services.notifier.domain.voice import VoiceAnswered, VoiceAsked
from services.notifier.domain.waiting import DraftReceived, DraftStillWaits, Waiting
from services.notifier.projections import engaged_tables
from services.notifier.projections.entries import milliseconds
from services.notifier.projections.statements import Statement
from shared.eventlog.entries import Recorded


def statements(row: Recorded, event: drafts.Event) -> Iterable[Statement]:
    match event:
        case DraftSubmitted():
            yield Statement(
                "INSERT OR IGNORE INTO drafts (stream, member) VALUES (:stream, :member)",
                {"stream": row.stream, "member": event.member},
            )
        case DraftClosed():
            yield Statement("DELETE FROM drafts WHERE stream = :stream", {"stream": row.stream})
            yield _left(row.stream)
            yield Statement(
                "UPDATE voices SET is_open = 0 WHERE stream = :stream", {"stream": row.stream}
            )
        case DraftReceived():
            yield _waits(row.stream, Waiting(received=event))
        case DraftStillWaits():
            yield _waits(row.stream, Waiting(received=event.received, stage=event.stage))
        case VoiceAsked():
            yield Statement(
                "INSERT OR IGNORE INTO voices (id, stream, member, asked, position, is_open)"
                " VALUES (:id, :stream, :member, :position, :position, 1)",
                {
                    "id": event.id,
                    "stream": row.stream,
                    "member": event.member,
                    "position": row.position,
                },
            )
        case VoiceAnswered():
            yield Statement(
                "UPDATE voices SET position = :position, is_open = 0 WHERE id = :id",
                {"id": event.asked.id, "position": row.position},
            )
        case AlertRaised():
            yield _left(row.stream)
            yield _alert(row, event)
        case AlertAtRisk() | AlertResolved():
            yield _alert(row, event)
        case AlertBreached():
            yield _alert(row, event)
            yield engaged_tables.of_breach(event)
        case _:
            assert_never(event)


def _left(stream: str) -> Statement:
    """A draft is not in the ordinary queue any more."""
    return Statement("DELETE FROM waiting WHERE stream = :stream", {"stream": stream})


def _waits(stream: str, waits: Waiting) -> Statement:
    remind_at = waiting.next_at(waits)
    if remind_at is None:
        return _left(stream)
    return Statement(
        "INSERT OR REPLACE INTO waiting (stream, remind_at) VALUES (:stream, :remind_at)",
        {"stream": stream, "remind_at": milliseconds(remind_at)},
    )


def _alert(row: Recorded, event: AlertEvent) -> Statement:
    due = drafts.next_at(drafts.evolve(drafts.draft.initial, event))
    return Statement(
        "INSERT OR REPLACE INTO alerts (id, stream, raised_at, due_at, is_open, position)"
        " VALUES (:id, :stream, :raised_at, :due_at, :is_open, :position)",
        {
            "id": event.alert.id,
            "stream": row.stream,
            "raised_at": milliseconds(event.alert.raised_at),
            "due_at": due and milliseconds(due),
            "is_open": not isinstance(event, AlertResolved),
            "position": row.position,
        },
    )
