"""What comes of drafts: taken, promised a turnaround, reminded of, answered."""

from dataclasses import replace
from datetime import datetime

from services.notifier.domain import alerts, audience, drafts
from services.notifier.domain.drafting import of_draft, of_queue
from services.notifier.domain.known import Known
from services.notifier.domain.occasions import Occasion
from services.notifier.domain.rules import Rules
from services.notifier.domain.submissions import DraftClosed, DraftSubmitted
from services.notifier.domain.voice import AnswerForVoice, AskForVoice
from services.notifier.domain.waiting import DraftStillWaits, RemindOfDraft
from services.notifier.handlers.desk import Desk
from services.notifier.handlers.heard import Drafted, Edited, Happening
from shared import clock
from shared.decider import fold
from shared.eventlog.entries import Entry


def acknowledge(known: Known, stream: str, by: str | None, now: datetime) -> list[Entry]:
    """Return what is said when somebody takes up a draft."""
    draft = known.draft(stream)
    at = clock.not_before(known.clock, now)
    resolved = drafts.decide(alerts.Acknowledge(by=by, now=at), draft)
    return [Entry(stream, event) for event in resolved]


def answer_for_voice(
    known: Known, stream: str, id: str, *, accepted: bool, now: datetime, rules: Rules
) -> list[Entry]:
    """Return what is said when an author accepts what became of a draft, or sends it back."""
    desk = Desk(known, rules)
    decide(desk, stream, AnswerForVoice(id=id, accepted=accepted, now=desk.not_before(now)))
    return desk.entries


def take(desk: Desk, heard: Happening, drafted: Drafted) -> None:
    """Take what is heard of a draft."""
    now = desk.not_before(heard.at)
    command: drafts.Command
    match drafted.what:
        case DraftSubmitted() as submitted:
            command = drafts.SubmitDraft(
                submitted=submitted,
                promise=desk.rules.promise(desk.known.member(submitted.member).zone),
                answering=desk.rules.answering,
                to=desk.on_duty(submitted.member, now),
                now=now,
            )
        case DraftClosed(how=how, at=at, by=by):
            command = drafts.CloseDraft(how=how, by=by, at=at, now=now)
        case Edited(asked=asked, historical=historical):
            command = AskForVoice(asked=replace(asked, at=now), historical=historical)
    decide(desk, drafted.stream, command, heard.key)


def promise(desk: Desk, moved: audience.MemberMoved, now: datetime) -> None:
    """Promise somebody who comes onto the fast track a turnaround for what is open."""
    promise = desk.rules.promise(moved.zone)
    if promise is None or moved.historical:
        return
    to = desk.on_duty(moved.member, now)
    owed = alerts.PromiseTurnaround(promise=promise, to=to, at=moved.at, now=now)
    for stream, draft in sorted(desk.known.drafts.items()):
        if draft.submitted and draft.submitted.member == moved.member:
            decide(desk, stream, owed)


def remind(desk: Desk, occasion: Occasion) -> None:
    """Say in the morning which drafts wait for long in the ordinary queue."""
    now = desk.not_before(occasion.at)
    waits = [
        event
        for stream in sorted(desk.known.drafts)
        for event in decide(desk, stream, RemindOfDraft(now=now))
        if isinstance(event, DraftStillWaits)
    ]
    waits.sort(key=lambda each: each.received.due_at)
    desk.say(of_queue(waits, audience.editors(desk.known.members), occasion.on, now))


def decide(
    desk: Desk, stream: str, command: drafts.Command, key: str | None = None
) -> tuple[drafts.Event, ...]:
    draft = desk.known.draft(stream)
    events = drafts.decide(command, draft)
    desk.keep_draft(stream, fold(drafts.evolve, draft, events))
    for event in events:
        desk.append(stream, [event], key)
        key = None
        desk.say(of_draft(event, desk.known.members))
    return events
