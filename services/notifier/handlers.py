"""What comes of what was heard: facts recorded, alerts decided, notices said, in the log's order.

Pure: the stream brings what is known, and writes down what comes out. Whatever a message has left
is known to the one after it, wherever a batch ends.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import TypeAlias

from services.notifier.domain import alerts, audience, clock, notices
from services.notifier.domain.clock import Clock, ClockAdvanced
from services.notifier.domain.known import Known
from services.notifier.domain.notices import Notice, NoticeSent, Rules
from services.notifier.domain.wording import Recognition
from shared.contracts.activity import (
    Comment,
    DraftApproved,
    DraftSubmitted,
    DraftWithdrawn,
    Follow,
    Happened,
    Like,
    MemberDeparted,
    MemberPaused,
    MemberRegistered,
    MemberResumed,
    MemberUpdated,
    Post,
    Publish,
    Quote,
    Retract,
    Share,
)
from shared.contracts.envelope import event_key
from shared.contracts.notices import alert_id, notice_id
from shared.contracts.recognitions import RecognitionGranted
from shared.contracts.zones import ZoneChanged
from shared.decider import fold
from shared.eventlog.entries import Entry

MemberEvent: TypeAlias = (
    MemberRegistered | MemberUpdated | MemberPaused | MemberResumed | MemberDeparted
)
DraftEvent: TypeAlias = DraftSubmitted | DraftApproved | DraftWithdrawn
Topical: TypeAlias = Like | Share | Quote | Post | Comment | Publish
STATUS = {
    MemberRegistered: "registered",
    MemberResumed: "registered",
    MemberPaused: "paused",
    MemberDeparted: "departed",
}


def announces(event: object) -> bool:
    """Say whether an event may have to be announced: a batch goes no further than to the next."""
    return isinstance(event, Publish) and not event.historical


def runs(heard: Sequence[Happened]) -> Iterable[Sequence[Happened]]:
    """Cut a batch before everything that may have to be announced, since who listens depends on
    all that came before.
    """
    begin = 0
    for place in range(1, len(heard)):
        if announces(heard[place]):
            yield heard[begin:place]
            begin = place
    if heard:
        yield heard[begin:]


def piece_of(event: Publish) -> str:
    """Return the name of what was published: the same for one address, on whatever platform."""
    return f"piece/{sha256(event.piece.encode()).hexdigest()[:32]}"


def draft_of(event: DraftEvent) -> str:
    return alerts.stream(event.subject, event.data.draft_id)


def act_of(event: Publish | Follow) -> str:
    """Return the name by which a retraction knows an act. Published again under its member, as
    `<id>~<member>`, it is the same act.
    """
    return _act(event, event.id.removesuffix(f"~{event.subject}"))


def hear(known: Known, heard: Iterable[Happened], rules: Rules) -> list[Entry]:
    """Return what is recorded and said of activities, and of the time they let pass."""
    desk = _Desk(known, rules)
    for event in heard:
        desk.let_pass(event.time)
        if event.key not in known.recorded:
            desk.hear(event)
        desk.look_at_timers()
    return desk.entries


def move(known: Known, changes: Iterable[ZoneChanged], rules: Rules) -> list[Entry]:
    """Return what is recorded and said of zone changes."""
    desk = _Desk(known, rules)
    for change in changes:
        desk.move(change)
        desk.look_at_timers()
    return desk.entries


def recognise(known: Known, granted: Iterable[RecognitionGranted], rules: Rules) -> list[Entry]:
    """Return what is said of recognitions."""
    desk = _Desk(known, rules)
    for recognition in granted:
        desk.recognise(recognition)
    return desk.entries


def advance(known: Known, now: datetime, rules: Rules) -> list[Entry]:
    """Return what is said because it is `now`."""
    desk = _Desk(known, rules)
    desk.tell_time(clock.not_before(known.clock, now))
    desk.look_at_timers()
    return desk.entries


def acknowledge(known: Known, stream: str, by: str | None, now: datetime) -> list[Entry]:
    """Return what is said when somebody takes up a draft."""
    draft = known.draft(stream)
    at = clock.not_before(known.clock, now)
    resolved = alerts.decide(alerts.Acknowledge(by=by, now=at), draft)
    return [Entry(stream, event) for event in resolved]


class _Desk:
    """What is known as it becomes, and what is to be appended."""

    def __init__(self, known: Known, rules: Rules) -> None:
        self._known = known
        self._rules = rules
        self._timers = {
            stream: at
            for stream, draft in known.drafts.items()
            if (at := alerts.next_at(draft)) is not None
        }
        self.entries: list[Entry] = []

    def let_pass(self, at: datetime) -> None:
        """Move the clock as far as something that happened `at` implies."""
        if not clock.moves(self._known.clock, at):
            return
        if clock.is_told(self._known.clock.now, at) or self._due(at):
            self.tell_time(at)
            self.look_at_timers()
        self._known.clock = Clock(mode=self._known.clock.mode, now=at)

    def tell_time(self, now: datetime) -> None:
        self.entries.append(Entry(clock.STREAM, ClockAdvanced(at=now)))
        self._known.clock = Clock(mode=self._known.clock.mode, now=now)

    def look_at_timers(self) -> None:
        """Say of every draft whose timer has run out what is due, in the order of the timers."""
        now = self._known.clock.now
        if now is None:
            return
        for stream in self._due(now):
            to = audience.escalation(self._known.members)
            self._decide_draft(stream, alerts.LetTimePass(escalate_to=to, now=now))

    def hear(self, event: Happened) -> None:
        match event:
            case (
                MemberRegistered()
                | MemberUpdated()
                | MemberPaused()
                | MemberResumed()
                | MemberDeparted()
            ):
                self._decide_member(event.subject, _described(event), event.key)
            case DraftSubmitted():
                self._submit(event)
            case DraftApproved():
                self._close(event, "approved")
            case DraftWithdrawn():
                self._close(event, "withdrawn")
            case Follow() if act_of(event) not in self._known.void:
                self._record(event, _followed(event))
            case Retract():
                for fact in _retracted(event):
                    self._record(event, fact)
                self._known.void |= _names(event)
            case Publish() if act_of(event) not in self._known.void:
                self._publish(event)
                self._show_interest(event)
            case Like() | Share() | Quote() | Post() | Comment():
                self._show_interest(event)
            case _:
                pass

    def move(self, event: ZoneChanged) -> None:
        change, member = event.data, event.subject
        now = clock.not_before(self._known.clock, change.decided_at)
        move = audience.Move(
            member=member,
            zone=change.to,
            version=change.version,
            cause=event.id,
            at=change.decided_at,
            historical=change.historical,
        )
        for moved in self._decide_member(member, move):
            assert isinstance(moved, audience.MemberMoved)  # noqa: S101 - a move moves
            editors = audience.editors(self._known.members)
            self._say(notices.of_move(moved, self._rules, editors, now))
            promise = self._rules.promise(moved.zone)
            if promise and not moved.historical:
                owed = alerts.PromiseTurnaround(
                    promise=promise, to=editors, at=change.decided_at, now=now
                )
                for stream in self._open_drafts(member):
                    self._decide_draft(stream, owed)

    def recognise(self, event: RecognitionGranted) -> None:
        told = event.data
        if told.historical or self._known.member(told.member).departed:
            return
        words = Recognition(kind=told.kind, name=told.name, why=told.why, link=told.link)
        at = clock.not_before(self._known.clock, told.decided_at)
        self._say([notices.of_recognition(told.member, event.id, words, at)])

    def _submit(self, event: DraftSubmitted) -> None:
        submitted = alerts.DraftSubmitted(
            member=event.subject,
            draft_id=event.data.draft_id,
            cause=event.id,
            alert_id=alert_id(event.key, alerts.KIND, event.subject),
            at=event.time,
            historical=event.historical,
            work=_work(event),
        )
        command = alerts.SubmitDraft(
            submitted=submitted,
            promise=self._rules.promise(self._known.member(event.subject).zone),
            to=audience.editors(self._known.members),
            now=clock.not_before(self._known.clock, event.time),
        )
        self._decide_draft(draft_of(event), command, event.key)

    def _close(self, event: DraftApproved | DraftWithdrawn, how: str) -> None:
        command = alerts.CloseDraft(
            how="approved" if how == "approved" else "withdrawn",
            by=event.data.editor,
            at=event.time,
            now=clock.not_before(self._known.clock, event.time),
        )
        self._decide_draft(draft_of(event), command, event.key)

    def _publish(self, event: Publish) -> None:
        piece = piece_of(event)
        if piece in self._known.pieces:
            return
        self._known.pieces.add(piece)
        recorded = audience.PieceRecorded(
            piece=piece,
            member=event.subject,
            cause=event.id,
            at=event.time,
            historical=event.historical,
            title=event.data.object.title,
            url=event.data.object.url,
            topics=tuple(dict.fromkeys(map(audience.topic_of, event.data.topics))),
        )
        self._record(event, recorded)
        now = clock.not_before(self._known.clock, event.time)
        self._say(notices.of_piece(recorded, self._known.listeners, now))

    def _show_interest(self, event: Topical) -> None:
        if event.data.topics:
            shown = audience.ShowInterest(topics=event.data.topics, at=event.time)
            self._decide_member(event.subject, shown)

    def _record(self, event: Happened, fact: audience.Heard) -> None:
        key = None if event.key in self._known.recorded else event.key
        self._known.recorded.add(event.key)
        self.entries.append(Entry(event.subject, fact, key))

    def _decide_member(
        self, name: str, command: audience.Command, key: str | None = None
    ) -> tuple[audience.Event, ...]:
        member = self._known.member(name)
        events = audience.decide(command, member)
        self._known.members[name] = fold(audience.evolve, member, events)
        self._append(name, events, key)
        return events

    def _decide_draft(self, stream: str, command: alerts.Command, key: str | None = None) -> None:
        draft = self._known.draft(stream)
        events = alerts.decide(command, draft)
        draft = fold(alerts.evolve, draft, events)
        self._known.drafts[stream] = draft
        self._timers.pop(stream, None)
        if (at := alerts.next_at(draft)) is not None:
            self._timers[stream] = at
        for event in events:
            self._append(stream, [event], key)
            key = None
            if isinstance(event, alerts.AlertEvent):
                self._say(notices.of_alert(event))

    def _append(self, stream: str, events: Iterable[object], key: str | None) -> None:
        """The first of what comes of an event has its key: the log takes it only once."""
        for event in events:
            self.entries.append(Entry(stream, event, key))
            if key:
                self._known.recorded.add(key)
            key = None

    def _say(self, said: Iterable[Notice]) -> None:
        for notice in said:
            number = notice_id(notice.cause, notice.kind, notice.recipient)
            if number in self._known.recorded:
                continue
            self._known.recorded.add(number)
            sent = NoticeSent(id=number, notice=notice, channels=self._rules.channels[notice.kind])
            self.entries.append(Entry(notices.stream(notice.recipient), sent, number))

    def _due(self, now: datetime) -> list[str]:
        due = sorted((at, stream) for stream, at in self._timers.items() if at <= now)
        return [stream for _, stream in due]

    def _open_drafts(self, member: str) -> list[str]:
        return sorted(
            stream
            for stream, draft in self._known.drafts.items()
            if draft.submitted and draft.submitted.member == member
        )


def _described(event: MemberEvent) -> audience.Describe:
    """Absent leaves a field as it was, null clears it."""
    said = event.data.model_fields_set
    fields: dict[audience.Field, tuple[str, ...]] = {}
    if "roles" in said:
        fields["roles"] = event.data.roles or ()
    if "topics" in said:
        fields["topics"] = tuple(dict.fromkeys(map(audience.topic_of, event.data.topics or ())))
    if status := STATUS.get(type(event)):
        fields["status"] = (status,)
    return audience.Describe(fields=fields, at=event.time, key=event.key)


def _work(event: DraftSubmitted) -> alerts.Work | None:
    work = event.data.object
    if work is None:
        return None
    return alerts.Work(id=work.id, kind=work.kind, url=work.url, title=work.title)


def _followed(event: Follow) -> audience.AuthorFollowed:
    followed = event.data.object
    return audience.AuthorFollowed(
        target=event.data.target,
        act=act_of(event),
        source=event.source,
        object=followed.id if followed else None,
        at=event.time,
    )


def _retracted(event: Retract) -> Iterable[audience.Heard]:
    for act in _names(event):
        yield audience.ActRetracted(act=act)
    if event.data.object and event.data.kind == "follow":
        yield audience.FollowsRetracted(
            source=event.source, object=event.data.object.id, until=event.time
        )


def _names(event: Retract) -> set[str]:
    return {_act(event, event.data.retracts)} if event.data.retracts else set()


def _act(event: Happened, id: str) -> str:
    """Only the member takes an act back, and only where it was done."""
    return f"{event.subject}/{event_key(event.source, id)}"
