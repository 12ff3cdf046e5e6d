"""What was said, as tables: the inbox, and what is on its way over the other channels."""

from collections.abc import Iterable
from typing import Final, assert_never

from services.notifier.domain import notices
from services.notifier.projections import doings, held
from services.notifier.projections.entries import milliseconds
from services.notifier.projections.statements import Statement
from shared.eventlog.entries import Recorded

AT_ONCE: Final = 0


def statements(row: Recorded, event: notices.Event) -> Iterable[Statement]:
    match event:
        case notices.NoticeSent():
            yield from doings.of_notice(event.id, event.notice)
            yield Statement(
                "INSERT OR IGNORE INTO inbox (id, position, recipient, kind, is_read)"
                " VALUES (:id, :position, :recipient, :kind, 0)",
                {
                    "id": event.id,
                    "position": row.position,
                    "recipient": event.notice.recipient,
                    "kind": event.notice.kind,
                },
            )
            for channel in event.channels:
                if channel != "inbox":
                    yield Statement(
                        "INSERT OR IGNORE INTO deliveries (id, channel, state, attempts, next_at)"
                        " VALUES (:id, :channel, 'waiting', 0, :next_at)",
                        {"id": event.id, "channel": channel, "next_at": AT_ONCE},
                    )
            yield from held.of_sent(event)
        case notices.NoticeDelivered():
            yield _done(event, "delivered", None)
        case notices.NoticeFailed():
            yield _done(event, "failed", event.problem)
        case notices.DeliveryDropped():
            yield _done(event, "dropped", event.why)
        case notices.NoticeRead():
            yield Statement("UPDATE inbox SET is_read = 1 WHERE id = :id", {"id": event.id})
        case _:
            assert_never(event)


def _done(
    event: notices.NoticeDelivered | notices.NoticeFailed | notices.DeliveryDropped,
    state: str,
    problem: str | None,
) -> Statement:
    return Statement(
        "UPDATE deliveries SET state = :state, attempts = :attempts, problem = :problem, at = :at,"
        " next_at = NULL WHERE id = :id AND channel = :channel",
        {
            "state": state,
            "attempts": event.attempts,
            "problem": problem,
            "at": milliseconds(event.at),
            "id": event.id,
            "channel": event.channel,
        },
    )
