"""What comes of what was heard: facts recorded, alerts decided, notices said, in the log's order.

Pure: the stream brings what is known, and writes down what comes out. Whatever a message has left
is known to the one after it, wherever a batch ends. Notices come out as they are: whether they are
sent is decided on the way into the log, by what is known of those to whom they go.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple, TypeAlias

from services.notifier.domain import (
    acts,
    alerts,
    announcing,
    around,
    audience,
    care,
    drafting,
    drafts,
    duty,
    fast_track,
    looking_after,
    notices,
    occasions,
    recognitions,
    requesting,
    requests,
    standing,
    submissions,
    talks,
    voice,
    waiting,
)
from services.notifier.domain.known import Known
from services.notifier.domain.notices import Notice, NoticeSent
from services.notifier.domain.occasions import Occasion
from services.notifier.domain.reach import Reach
from services.notifier.domain.recognitions import Recognition
from services.notifier.domain.rules import Rules
from services.notifier.domain.voice import VoiceAsked
from services.notifier.domain.waiting import DraftStillWaits
from shared import clock
from shared.clock import Clock, ClockAdvanced
from shared.contracts.notices import notice_id
from shared.decider import fold
from shared.eventlog.entries import Entry


class Edited(NamedTuple):
    """An editor changed what a draft means."""

    asked: VoiceAsked
    historical: bool


class Drafted(NamedTuple):
    """A draft came in, was changed, or was answered. `stream` is the draft's."""

    stream: str
    what: submissions.DraftSubmitted | submissions.DraftClosed | Edited


class Published(NamedTuple):
    """`act` is what a retraction calls it by."""

    act: str
    piece: audience.PieceRecorded
    done: acts.ActRecorded


class Retracted(NamedTuple):
    facts: tuple[audience.ActRetracted | acts.ObjectRetracted, ...]


class Requested(NamedTuple):
    """Somebody would like a topic covered."""

    asked: requests.OpenRequest


class Answered(NamedTuple):
    stream: str
    asked: requests.AnswerRequest


Tells: TypeAlias = (
    audience.Describe
    | audience.AuthorFollowed
    | acts.Event
    | Drafted
    | Published
    | Retracted
    | Requested
    | Answered
    | talks.TalkGiven
)


class Happening(NamedTuple):
    """An activity: when it was, whose, the key by which the log takes it only once, and what it
    tells us. Most tells us no more than the time.
    """

    at: datetime
    member: str = ""
    key: str = ""
    tells: Tells | None = None


class TimePassed(NamedTuple):
    """Not for the log: here what was held until now is decided anew. `told`: the log tells of this
    time already.
    """

    now: datetime
    told: bool


class Recognised(NamedTuple):
    member: str
    cause: str
    at: datetime
    historical: bool
    recognition: Recognition


class Turned(NamedTuple):
    """How lively a member of whom we are to take care has become."""

    member: str
    key: str
    at: datetime
    quiet: bool


def announces(heard: Happening) -> bool:
    """Say whether it may have to be announced: a batch goes no further than to the next."""
    return isinstance(heard.tells, Published) and not heard.tells.piece.historical


def runs(heard: Sequence[Happening]) -> Iterable[Sequence[Happening]]:
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


def request_of(heard: Happening) -> str | None:
    """Return the stream of the request that it is about."""
    match heard.tells:
        case Requested(asked=asked):
            return requests.stream(asked.request.id)
        case Answered(stream=stream):
            return stream
        case _:
            return None


def before_occasion(
    heard: Sequence[Happening], now: Clock, rules: Rules, asks_at: datetime | None = None
) -> tuple[Sequence[Happening], datetime | None]:
    """Return what can be heard before the next occasion or `asks_at`, when the next are asked, and
    the time that brings one. Whom a request is put to depends on all that came before, so what is
    about one is heard by itself.
    """
    for number, each in enumerate(heard):
        if clock.moves(now, each.at):
            if occasions.due(now.now, each.at, rules.rhythm) or (asks_at and asks_at <= each.at):
                return heard[:number], each.at
            now = Clock(mode=now.mode, now=each.at)
        if request_of(each) is not None:
            return heard[: number or 1], None
    return heard, None


def observe(known: Known, occasion: Occasion, rules: Rules) -> list[Entry]:
    """Return what is said on an occasion, and what is due by then."""
    desk = _Desk(known, rules)
    desk.tell_time(clock.not_before(known.clock, occasion.at))
    desk.look_at_timers()
    desk.look_around(occasion)
    if occasion.every == "day":
        desk.remind_of_drafts(occasion)
    return desk.entries


def look_after_engaged(known: Known, occasion: Occasion, rules: Rules) -> list[Entry]:
    """Return what is proposed on an occasion, once all is known that was due by then."""
    desk = _Desk(known, rules)
    desk.look_after_engaged(occasion)
    return desk.entries


def hear(known: Known, heard: Iterable[Happening], rules: Rules) -> list[Entry]:
    """Return what is recorded and said of activities, and of the time they let pass."""
    desk = _Desk(known, rules)
    for each in heard:
        desk.let_pass(each.at)
        desk.hear(each)
        desk.look_at_timers()
    return desk.entries


def move(
    known: Known, moves: Iterable[audience.Move | standing.Foretold], rules: Rules
) -> list[Entry]:
    """Return what is recorded and said of zone changes, and of those to come."""
    desk = _Desk(known, rules)
    for each in moves:
        match each:
            case audience.Move():
                desk.move(each)
                desk.look_at_timers()
            case standing.Foretold():
                desk.foretell(each)
    return desk.entries


def turn(known: Known, turned: Iterable[Turned], rules: Rules) -> list[Entry]:
    """Return what is recorded of who turns quiet and who is active again."""
    desk = _Desk(known, rules)
    for each in turned:
        desk.turn(each)
    return desk.entries


def recognise(known: Known, recognised: Iterable[Recognised], rules: Rules) -> list[Entry]:
    """Return what is said of recognitions."""
    desk = _Desk(known, rules)
    for each in recognised:
        desk.recognise(each)
    return desk.entries


def advance(known: Known, now: datetime, rules: Rules) -> list[Entry]:
    """Return what is said because it is `now`."""
    desk = _Desk(known, rules)
    now = clock.not_before(known.clock, now)
    desk.tell_time(now)
    desk.look_at_timers()
    desk.release(now, told=True)
    return desk.entries


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
    desk = _Desk(known, rules)
    at = clock.not_before(known.clock, now)
    desk.decide_draft(stream, voice.AnswerForVoice(id=id, accepted=accepted, now=at))
    return desk.entries


def answer(
    known: Known, stream: str, member: str, reply: requests.Reply, now: datetime, rules: Rules
) -> list[Entry]:
    """Return what is said when a member answers a request."""
    desk = _Desk(known, rules)
    at = clock.not_before(known.clock, now)
    said = requests.AnswerRequest(member=member, reply=reply, historical=False, at=at)
    desk.request(stream, said, at)
    return desk.entries


def reaching(entries: Iterable[Entry], reach: Reach) -> list[Entry]:
    """Return entries with every notice on those of its channels that lead to its recipient."""
    return [
        entry._replace(event=reach.of(entry.event))
        if isinstance(entry.event, NoticeSent)
        else entry
        for entry in entries
    ]


class _Desk:
    """What is known as it becomes, and what is to be appended."""

    def __init__(self, known: Known, rules: Rules) -> None:
        self._known = known
        self._rules = rules
        self._timers = {
            stream: at
            for stream, draft in known.drafts.items()
            if (at := drafts.next_at(draft)) is not None
        }
        self._timers |= {
            stream: at
            for stream, asking in known.requests.items()
            if (at := requests.next_at(asking)) is not None
        }
        self.entries: list[Entry] = []

    def let_pass(self, at: datetime) -> None:
        """Move the clock as far as something that happened `at` implies."""
        if at == self._known.clock.now:  # as far as an occasion has brought it
            self.release(at, told=True)
        if not clock.moves(self._known.clock, at):
            return
        told = clock.is_told(self._known.clock.now, at) or bool(self._due(at))
        if told:
            self.tell_time(at)
            self.look_at_timers()
        self._known.clock = Clock(mode=self._known.clock.mode, now=at)
        self.release(at, told=told)

    def release(self, now: datetime, *, told: bool) -> None:
        """Have what was held until now decided anew. Promises go first."""
        self.entries.append(Entry(clock.STREAM, TimePassed(now=now, told=told)))

    def tell_time(self, now: datetime) -> None:
        self.entries.append(Entry(clock.STREAM, ClockAdvanced(at=now)))
        self._known.clock = Clock(mode=self._known.clock.mode, now=now)

    def look_at_timers(self) -> None:
        """Say of every draft and request whose timer has run out what is due, in the order of the
        timers.
        """
        now = self._known.clock.now
        if now is None:
            return
        for stream in self._due(now):
            if stream in self._known.requests:
                self.request(stream, requests.LetTimePass(), now)
                continue
            to = audience.escalation(self._known.members)
            passed = alerts.LetTimePass(to=self._on_duty(now), escalate_to=to, now=now)
            self.decide_draft(stream, passed)

    def remind_of_drafts(self, occasion: Occasion) -> None:
        """Say in the morning which drafts wait for long in the ordinary queue."""
        now = clock.not_before(self._known.clock, occasion.at)
        remind = waiting.RemindOfDraft(now=now)
        waits = [
            event
            for stream in sorted(self._known.drafts)
            for event in self.decide_draft(stream, remind)
            if isinstance(event, DraftStillWaits)
        ]
        waits.sort(key=lambda each: each.received.due_at)
        editors = audience.editors(self._known.members)
        self._say(drafting.of_queue(waits, editors, occasion.on, now))

    def look_after_engaged(self, occasion: Occasion) -> None:
        for it in looking_after.proposals(self._known, occasion, self._rules.engaged):
            self._append(it.stream, [it.event], None)
            self._say(it.said)

    def look_around(self, occasion: Occasion) -> None:
        self._say(around.said(self._known.around, occasion, self._rules))

    def hear(self, heard: Happening) -> None:
        """What the log has already is not heard again."""
        if heard.key in self._known.recorded:
            return
        match heard.tells:
            case audience.Describe() as command:
                self._decide_member(heard.member, command, heard.key)
            case audience.AuthorFollowed() as followed:
                self._follow(heard, followed)
            case (
                acts.ActRecorded()
                | acts.ReceptionMeasured()
                | acts.OutcomeReported()
                | acts.ContentOffered()
                | acts.AccountLinked()
            ) as fact:
                self._note(heard, fact)
            case Drafted():
                self._draft(heard, heard.tells)
            case Published():
                self._publish(heard, heard.tells)
            case Retracted():
                self._retract(heard, heard.tells)
            case Requested(asked=asked):
                self.request(requests.stream(asked.request.id), asked, heard.at, heard.key)
            case Answered(stream=stream, asked=answered):
                self.request(stream, answered, heard.at, heard.key)
            case talks.TalkGiven() as talk:
                self._append(heard.member, [talk], heard.key)
            case None:
                pass

    def move(self, move: audience.Move) -> None:
        now = clock.not_before(self._known.clock, move.at)
        for moved in self._decide_member(move.member, move):
            assert isinstance(moved, audience.MemberMoved)  # noqa: S101 - a move moves
            editors = audience.editors(self._known.members)
            self._known.warned.pop(move.member, None)
            self._say(fast_track.of_move(moved, self._rules, editors, now))
            promise = self._rules.promise(moved.zone)
            if promise and not moved.historical:
                to = self._on_duty(now)
                owed = alerts.PromiseTurnaround(promise=promise, to=to, at=move.at, now=now)
                for stream in self._open_drafts(move.member):
                    self.decide_draft(stream, owed)

    def turn(self, turned: Turned) -> None:
        quiet = self._known.quiet
        if turned.key in self._known.recorded or turned.quiet == (turned.member in quiet):
            return
        if turned.quiet:
            quiet.add(turned.member)
            self._append(turned.member, [care.TurnedQuiet(at=turned.at)], turned.key)
        else:
            quiet.remove(turned.member)
            self._append(turned.member, [care.BecameActive(at=turned.at)], turned.key)

    def recognise(self, told: Recognised) -> None:
        if told.historical or self._known.member(told.member).departed:
            return
        at = clock.not_before(self._known.clock, told.at)
        self._say(recognitions.of_recognition(told.member, told.cause, told.recognition, at))

    def foretell(self, foretold: standing.Foretold) -> None:
        """Record what is near and what is due, and warn of it."""
        name, what = foretold.member, foretold.what
        if foretold.key in self._known.recorded:
            return
        self._append(name, [what], foretold.key)
        if not isinstance(what, standing.DemotionForetold) or what.historical:
            return
        now = clock.not_before(self._known.clock, what.at)
        member, warned = self._known.member(name), self._known.warned.pop(name, None)
        if not what.cancelled:
            self._known.warned[name] = what.cause
        self._say(standing.of_demotion(name, what, member, warned, now))

    def _follow(self, heard: Happening, followed: audience.AuthorFollowed) -> None:
        if followed.act not in self._known.void:
            self._see(heard.member, followed.source, followed.at)
            self._record(heard, followed)

    def _note(self, heard: Happening, fact: acts.Event) -> None:
        """Record what was done, unless it was taken back or tells nothing new."""
        if isinstance(fact, acts.Recorded):
            act = fact.act
            seen = self._known.seen.get((heard.member, act.source))
            if act.act in self._known.void or not acts.tells(fact, seen):
                return
            if isinstance(fact, acts.ActRecorded):
                self._see(heard.member, act.source, act.at)
            fact = replace(fact, heard=clock.not_before(self._known.clock, heard.at))
        self._record(heard, fact)

    def _see(self, member: str, source: str, at: datetime) -> None:
        seen = self._known.seen.get((member, source), at.date())
        self._known.seen[member, source] = max(seen, at.date())

    def _draft(self, heard: Happening, drafted: Drafted) -> None:
        now = clock.not_before(self._known.clock, heard.at)
        command: drafts.Command
        match drafted.what:
            case submissions.DraftSubmitted() as submitted:
                promise = self._rules.promise(self._known.member(submitted.member).zone)
                command = drafts.SubmitDraft(
                    submitted=submitted,
                    promise=promise,
                    answering=self._rules.answering,
                    to=self._on_duty(now),
                    now=now,
                )
            case submissions.DraftClosed(how=how, at=at, by=by):
                command = drafts.CloseDraft(how=how, by=by, at=at, now=now)
            case Edited(asked=asked, historical=historical):
                asked = replace(asked, at=now)
                command = voice.AskForVoice(asked=asked, historical=historical)
        self.decide_draft(drafted.stream, command, heard.key)

    def request(
        self, stream: str, asked: requests.Asked, at: datetime, key: str | None = None
    ) -> None:
        """Answer what is asked of a request with who might be asked, as things stand."""
        command = requests.Command(
            asked=asked,
            engaged=self._known.engaged,
            rules=self._rules.engaged,
            now=clock.not_before(self._known.clock, at),
        )
        asking = self._known.request(stream)
        for event in requests.decide(command, asking):
            asking = requests.evolve(asking, event)
            self._append(stream, [event], key)
            key = None
            if isinstance(event, requests.MembersAsked):
                self._known.engaged = self._known.engaged.ask(event.members, event.at)
            rules = self._rules.engaged.requests
            self._say(requesting.of_request(asking, event, self._known.members, rules))
        self._known.requests[stream] = asking
        self._timers.pop(stream, None)
        if (at_next := requests.next_at(asking)) is not None:
            self._timers[stream] = at_next

    def _publish(self, heard: Happening, published: Published) -> None:
        if published.act in self._known.void:
            return
        piece = published.piece
        if piece.piece not in self._known.pieces:
            self._known.pieces.add(piece.piece)
            self._record(heard, piece)
            now = clock.not_before(self._known.clock, heard.at)
            zone = self._known.member(piece.member).zone
            at_once = self._rules.promise(zone) is not None
            self._say(announcing.of_piece(piece, self._known.listeners, now, at_once=at_once))
        self._note(heard, published.done)

    def _retract(self, heard: Happening, retracted: Retracted) -> None:
        for fact in retracted.facts:
            self._record(heard, fact)
            if isinstance(fact, audience.ActRetracted):
                self._known.void.add(fact.act)

    def _record(self, heard: Happening, fact: audience.Heard) -> None:
        key = None if heard.key in self._known.recorded else heard.key
        self._known.recorded.add(heard.key)
        self.entries.append(Entry(heard.member, fact, key))

    def _decide_member(
        self, name: str, command: audience.Command, key: str | None = None
    ) -> tuple[audience.Event, ...]:
        member = self._known.member(name)
        events = audience.decide(command, member)
        self._known.members[name] = fold(audience.evolve, member, events)
        self._append(name, events, key)
        return events

    def decide_draft(
        self, stream: str, command: drafts.Command, key: str | None = None
    ) -> tuple[drafts.Event, ...]:
        draft = self._known.draft(stream)
        events = drafts.decide(command, draft)
        draft = fold(drafts.evolve, draft, events)
        self._known.drafts[stream] = draft
        self._timers.pop(stream, None)
        if (at := drafts.next_at(draft)) is not None:
            self._timers[stream] = at
        for event in events:
            self._append(stream, [event], key)
            key = None
            self._say(drafting.of_draft(event, self._known.members))
        return events

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
            self.entries.append(Entry(notices.stream(notice.recipient), notice, number))

    def _on_duty(self, now: datetime) -> tuple[str, ...]:
        return duty.on_duty(self._known.members, self._rules.hours, now)

    def _due(self, now: datetime) -> list[str]:
        due = sorted((at, stream) for stream, at in self._timers.items() if at <= now)
        return [stream for _, stream in due]

    def _open_drafts(self, member: str) -> list[str]:
        return sorted(
            stream
            for stream, draft in self._known.drafts.items()
            if draft.submitted and draft.submitted.member == member
        )
