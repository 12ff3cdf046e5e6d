"""What waits, what took of whose attention, and what members want: the rows of what was said, held
and dropped.
"""

import json
from collections.abc import Iterable
from typing import Final, assert_never

from services.notifier.domain import notices, respect
from services.notifier.domain.notices import NoticeSent
from services.notifier.domain.respect import NoticeDropped, NoticeHeld, PreferencesSet
from services.notifier.projections import doings
from services.notifier.projections.entries import milliseconds
from services.notifier.projections.statements import Statement
from shared.eventlog.entries import Recorded

TABLES: Final = ("unsent", "sent", "attention", "preferences")


def of_sent(event: NoticeSent) -> Iterable[Statement]:
    yield Statement("DELETE FROM unsent WHERE id = :id", {"id": event.id})
    yield Statement(
        "INSERT OR IGNORE INTO sent (id, at, digest) VALUES (:id, :at, :digest)",
        {"id": event.id, "at": milliseconds(event.sent_at), "digest": event.digest},
    )
    if event.counts:
        yield Statement(
            "INSERT OR IGNORE INTO attention (member, week, id) VALUES (:member, :week, :id)",
            {"member": event.notice.recipient, "week": event.week, "id": event.id},
        )


def statements(row: Recorded, event: respect.Event) -> Iterable[Statement]:
    match event:
        case NoticeHeld():
            yield _unsent(row, event, milliseconds(event.until))
            yield from doings.of_notice(event.id, event.notice)
        case NoticeDropped():
            yield _unsent(row, event, None)
        case PreferencesSet():
            yield _preferences(row.stream.removeprefix(notices.stream("")), event)
        case _:
            assert_never(event)


def _unsent(row: Recorded, event: NoticeHeld | NoticeDropped, until: int | None) -> Statement:
    return Statement(
        "INSERT INTO unsent (id, decided, position, recipient, until)"
        " VALUES (:id, :position, :position, :recipient, :until) ON CONFLICT (id)"
        " DO UPDATE SET position = excluded.position, until = excluded.until",
        {
            "id": event.id,
            "position": row.position,
            "recipient": event.notice.recipient,
            "until": until,
        },
    )


def _preferences(member: str, event: PreferencesSet) -> Statement:
    wanted = event.preferences
    quiet = wanted.quiet
    return Statement(
        "INSERT OR REPLACE INTO preferences (member, kinds, begins, ends, often)"
        " VALUES (:member, :kinds, :begins, :ends, :often)",
        {
            "member": member,
            "kinds": json.dumps(dict(wanted.kinds)),
            "begins": quiet and quiet.begins.isoformat(),
            "ends": quiet and quiet.ends.isoformat(),
            "often": wanted.often,
        },
    )
