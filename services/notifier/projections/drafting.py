"""The ordinary queue and the questions to authors, as tables."""

from collections.abc import Iterable
from typing import assert_never

from services.notifier.domain import waiting
from services.notifier.domain.voice import VoiceAnswered, VoiceAsked
from services.notifier.domain.waiting import DraftReceived, DraftStillWaits, Waiting
from services.notifier.projections.entries import milliseconds
from services.notifier.projections.statements import Statement
from shared.eventlog.entries import Recorded


def statements(
    row: Recorded, event: DraftReceived | DraftStillWaits | VoiceAsked | VoiceAnswered
) -> Iterable[Statement]:
    match event:
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
        case _:
            assert_never(event)


def left(stream: str) -> Statement:
    """A draft is not in the ordinary queue any more."""
    return Statement("DELETE FROM waiting WHERE stream = :stream", {"stream": stream})


def closed(stream: str) -> Iterable[Statement]:
    yield left(stream)
    yield Statement("UPDATE voices SET is_open = 0 WHERE stream = :stream", {"stream": stream})


def _waits(stream: str, waits: Waiting) -> Statement:
    remind_at = waiting.next_at(waits)
    if remind_at is None:
        return left(stream)
    return Statement(
        "INSERT OR REPLACE INTO waiting (stream, remind_at) VALUES (:stream, :remind_at)",
        {"stream": stream, "remind_at": milliseconds(remind_at)},
    )
