"""What editors and authors are told about drafts, whichever queue these are in.

On the fast track the editors hear what they owe, and those to whom it is escalated that it is late.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final, assert_never

from services.notifier.domain import drafts
from services.notifier.domain.alerts import (
    AlertAtRisk,
    AlertBreached,
    AlertEvent,
    AlertRaised,
    AlertResolved,
)
from services.notifier.domain.audience import Member, besides, editors
from services.notifier.domain.kinds import Kind
from services.notifier.domain.notices import Facts, Notice
from services.notifier.domain.submissions import DraftClosed, DraftSubmitted
from services.notifier.domain.voice import VoiceAnswered, VoiceAsked
from services.notifier.domain.waiting import DraftReceived, DraftStillWaits

MOST_LISTED: Final = 5
"""So many drafts a reminder names, at most."""


def of_draft(event: drafts.Event, members: Mapping[str, Member]) -> Iterator[Notice]:
    """Say what follows from what has been recorded of one draft."""
    match event:
        case DraftReceived():
            yield from _received(event, editors(besides(event.member, members)))
        case VoiceAsked():
            yield from _asked(event, members)
        case VoiceAnswered():
            yield from _answered(event, _whoever_edited(event.asked, members))
        case AlertRaised():
            yield from _owed("fast_track_alert", event, event.alert.to)
        case AlertAtRisk():
            yield from _owed("fast_track_at_risk", event, event.alert.to)
        case AlertBreached():
            yield from _owed("fast_track_breached", event, event.alert.escalated_to)
        case DraftSubmitted() | DraftClosed() | DraftStillWaits() | AlertResolved():
            pass  # reminders come together
        case _:
            assert_never(event)


def of_queue(
    waits: Sequence[DraftStillWaits], to: Iterable[str], on: date, now: datetime
) -> Iterator[Notice]:
    """Remind the editors of the drafts that wait for long, in the morning of a day."""
    if not waits:
        return
    late = [each for each in waits if each.stage == "overdue"]
    ordered = [*late, *(each for each in waits if each.stage == "at_risk")]
    facts: Facts = {
        "count": len(waits),
        "overdue": len(late),
        "drafts": "\n\n".join(_named(each.received) for each in ordered[:MOST_LISTED]),
        "more": max(0, len(waits) - MOST_LISTED),
    }
    for recipient in to:
        yield Notice(
            kind="draft_queue", recipient=recipient, cause=f"draft_queue/{on}", at=now, facts=facts
        )


def _received(received: DraftReceived, to: Iterable[str]) -> Iterator[Notice]:
    for recipient in to:
        yield Notice(
            kind="draft_received",
            recipient=recipient,
            cause=received.id,
            at=received.at,
            facts=_facts(received),
            about=received.member,
            due_at=received.due_at,
        )


def _owed(kind: Kind, event: AlertEvent, to: Iterable[str]) -> Iterator[Notice]:
    """The cause is the alert."""
    alert = event.alert
    work = alert.work
    for recipient in to:
        yield Notice(
            kind=kind,
            recipient=recipient,
            cause=alert.id,
            at=event.at,
            facts={
                "draft": alert.draft_id,
                "title": work.title if work else None,
                "url": work.url if work else None,
                "minutes": alert.promised_minutes,
            },
            about=alert.member,
            due_at=alert.due_at,
        )


def _asked(asked: VoiceAsked, members: Mapping[str, Member]) -> Iterator[Notice]:
    author = members.get(asked.member)
    if author and author.departed:
        return
    yield Notice(
        kind="voice_check",
        recipient=asked.member,
        cause=asked.id,
        at=asked.at,
        facts=_facts(asked),
        about=asked.editor,
    )


def _answered(answered: VoiceAnswered, to: Iterable[str]) -> Iterator[Notice]:
    asked = answered.asked
    for recipient in to:
        yield Notice(
            kind="voice_answer",
            recipient=recipient,
            cause=asked.id,
            at=answered.at,
            facts={**_facts(asked), "accepted": answered.accepted},
            about=asked.member,
        )


def _whoever_edited(asked: VoiceAsked, members: Mapping[str, Member]) -> tuple[str, ...]:
    """Return who hears the answer: the editor, else all of them."""
    editor = members.get(asked.editor) if asked.editor else None
    gone = editor is not None and not editor.there
    if asked.editor and not gone:
        return (asked.editor,)
    return editors(besides(asked.member, members))


def _facts(draft: DraftReceived | VoiceAsked) -> Facts:
    return {"draft": draft.draft_id, "title": draft.title, "url": draft.url}


def _named(draft: DraftReceived) -> str:
    title = f"{draft.title} ({draft.draft_id})" if draft.title else draft.draft_id
    return f"{title}, {draft.member}"
