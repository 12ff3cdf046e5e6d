"""Who wants no more of what, and which channels have nobody at the other end, as tables."""

from collections.abc import Iterable
from typing import assert_never

from services.notifier.domain import notices
from services.notifier.domain.reach import (
    Event,
    KindResumed,
    KindStopped,
    ReceiverBack,
    ReceiverGone,
)
from services.notifier.projections.entries import milliseconds
from services.notifier.projections.statements import Row, Statement
from shared.eventlog.entries import Recorded


def statements(row: Recorded, event: Event) -> Iterable[Statement]:
    match event:
        case KindStopped():
            yield Statement(
                "INSERT OR IGNORE INTO stops (member, kind, channel)"
                " VALUES (:member, :kind, :channel)",
                _wish(row, event),
            )
        case KindResumed():
            yield Statement(
                "DELETE FROM stops WHERE member = :member AND kind = :kind AND channel = :channel",
                _wish(row, event),
            )
        case ReceiverGone():
            yield Statement(
                "INSERT OR REPLACE INTO gone (channel, receiver, at)"
                " VALUES (:channel, :receiver, :at)",
                {
                    "channel": event.channel,
                    "receiver": event.receiver,
                    "at": milliseconds(event.at),
                },
            )
        case ReceiverBack():
            yield Statement("DELETE FROM gone WHERE channel = :channel", {"channel": event.channel})
        case _:
            assert_never(event)


def _wish(row: Recorded, event: KindStopped | KindResumed) -> Row:
    member = row.stream.removeprefix(notices.stream(""))
    return {"member": member, "kind": event.kind, "channel": event.channel}
