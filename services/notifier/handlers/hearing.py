"""What comes of activities: each tells something of a member, a draft, a piece or a request."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from services.notifier.domain import acts, audience, requests, talks
from services.notifier.domain.announcing import of_piece
from services.notifier.domain.known import Known
from services.notifier.domain.rules import Rules
from services.notifier.handlers import drafting, members, requesting, timing
from services.notifier.handlers.desk import Desk
from services.notifier.handlers.heard import (
    Answered,
    Drafted,
    Happening,
    Published,
    Requested,
    Retracted,
)
from shared.eventlog.entries import Entry


def hear(known: Known, heard: Iterable[Happening], rules: Rules) -> list[Entry]:
    """Return what is recorded and said of activities, and of the time they let pass."""
    desk = Desk(known, rules)
    for each in heard:
        timing.let_pass(desk, each.at)
        _hear(desk, each)
        timing.look_at_timers(desk)
    return desk.entries


def _hear(desk: Desk, heard: Happening) -> None:
    """What the log has already is not heard again."""
    if heard.key in desk.known.recorded:
        return
    match heard.tells:
        case audience.Describe() as command:
            members.decide(desk, heard.member, command, heard.key)
        case audience.AuthorFollowed() as followed:
            _follow(desk, heard, followed)
        case (
            acts.ActRecorded()
            | acts.ReceptionMeasured()
            | acts.OutcomeReported()
            | acts.ContentOffered()
            | acts.AccountLinked()
        ) as fact:
            _note(desk, heard, fact)
        case Drafted() as drafted:
            drafting.take(desk, heard, drafted)
            _remember(desk, heard)
        case Published() as published:
            _publish(desk, heard, published)
        case Retracted() as retracted:
            _retract(desk, heard, retracted)
        case Requested(asked=asked):
            requesting.take(desk, requests.stream(asked.request.id), asked, heard.at, heard.key)
            _remember(desk, heard)
        case Answered(stream=stream, asked=answered):
            requesting.take(desk, stream, answered, heard.at, heard.key)
            _remember(desk, heard)
        case talks.TalkGiven() as talk:
            desk.append(heard.member, [talk], heard.key)
        case None:
            pass


def _remember(desk: Desk, heard: Happening) -> None:
    """Record that it was heard, where nothing has come of it that says so."""
    if heard.key not in desk.known.recorded:
        desk.append(heard.member, [audience.HeardInVain(at=heard.at)], heard.key)


def _follow(desk: Desk, heard: Happening, followed: audience.AuthorFollowed) -> None:
    if followed.act not in desk.known.void:
        _see(desk, heard.member, followed.source, followed.at)
        _record(desk, heard, followed)


def _note(desk: Desk, heard: Happening, fact: acts.Event) -> None:
    """Record what was done, unless it was taken back or tells nothing new."""
    if isinstance(fact, acts.Recorded):
        act = fact.act
        seen = desk.known.seen.get((heard.member, act.source))
        if act.act in desk.known.void or not acts.tells(fact, seen):
            return
        if isinstance(fact, acts.ActRecorded):
            _see(desk, heard.member, act.source, act.at)
        fact = replace(fact, heard=desk.not_before(heard.at))
    _record(desk, heard, fact)


def _publish(desk: Desk, heard: Happening, published: Published) -> None:
    """Announce what was not published before."""
    known, piece = desk.known, published.piece
    if published.act in known.void:
        return
    if piece.piece not in known.pieces:
        known.pieces.add(piece.piece)
        _record(desk, heard, piece)
        at_once = desk.rules.promise(known.member(piece.member).zone) is not None
        desk.say(of_piece(piece, known.listeners, desk.not_before(heard.at), at_once=at_once))
    _note(desk, heard, published.done)


def _retract(desk: Desk, heard: Happening, retracted: Retracted) -> None:
    for fact in retracted.facts:
        _record(desk, heard, fact)
        if isinstance(fact, audience.ActRetracted):
            desk.known.void.add(fact.act)


def _see(desk: Desk, member: str, source: str, at: datetime) -> None:
    seen = desk.known.seen.get((member, source), at.date())
    desk.known.seen[member, source] = max(seen, at.date())


def _record(desk: Desk, heard: Happening, fact: audience.Heard) -> None:
    """One activity may be recorded as several facts: the first has its key."""
    key = None if heard.key in desk.known.recorded else heard.key
    desk.append(heard.member, [fact], key)
