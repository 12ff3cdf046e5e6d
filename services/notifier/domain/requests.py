"""A topic that somebody would like to see covered: who is asked, and who takes it.

One stream for each request. A few are asked at a time, each of them once, until one accepts, the
last day is over, or nobody is left. It is closed once. An answer may be heard before its request.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, assert_never

from services.notifier.domain.audience import ORGANISATION
from services.notifier.domain.engaged import Engaged, interested
from services.notifier.domain.engaged_rules import EngagedRules
from shared.decider import Decider, fold

Reply: TypeAlias = Literal["accepted", "declined"]


def stream(request_id: str) -> str:
    return f"requests/{request_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`by` is who would like it: a member, or a role such as sales. `until` is its last day."""

    id: str
    topic: str
    by: str
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestOpened:
    request: Request
    closes_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersAsked:
    """After `answer_by` the next are asked."""

    members: tuple[str, ...]
    answer_by: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EverybodyAsked:
    """Nobody is left to be asked. Those who were have until the request closes."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AskAnswered:
    """By somebody who was asked, or who was not: `member` may be the organisation."""

    member: str
    reply: Reply
    historical: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestClosed:
    """`by` has taken it, if anybody has. What came of history is `historical`: nobody is told."""

    taken: bool
    by: str | None
    historical: bool
    at: datetime


Event: TypeAlias = RequestOpened | MembersAsked | EverybodyAsked | AskAnswered | RequestClosed


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How far a request has come. `answer_by` is None when nobody is left to be asked."""

    opened: RequestOpened | None = None
    asked: tuple[str, ...] = ()
    answer_by: datetime | None = None
    answers: Mapping[str, AskAnswered] = field(default_factory=lambda: MappingProxyType({}))
    closed: RequestClosed | None = None

    @property
    def waiting(self) -> bool:
        """Whether somebody who was asked has not answered."""
        return any(member not in self.answers for member in self.asked)


def evolve(asking: Asking, event: Event) -> Asking:
    match event:
        case RequestOpened():
            return replace(asking, opened=event)
        case MembersAsked():
            asked = (*asking.asked, *event.members)
            return replace(asking, asked=asked, answer_by=event.answer_by)
        case EverybodyAsked():
            return replace(asking, answer_by=None)
        case AskAnswered():
            return replace(asking, answers={**asking.answers, event.member: event})
        case RequestClosed():
            return replace(asking, closed=event)
        case _:
            assert_never(event)


def next_at(asking: Asking) -> datetime | None:
    """Return when something has to be done if nobody answers: the request's timer."""
    if asking.opened is None or asking.closed:
        return None
    return min(asking.answer_by or asking.opened.closes_at, asking.opened.closes_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRequest:
    """What history asks for is asked of nobody."""

    request: Request
    historical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRequest:
    member: str
    reply: Reply
    historical: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LetTimePass:
    pass


Asked: TypeAlias = OpenRequest | AnswerRequest | LetTimePass


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What is asked, and whatever may come of it: the next may have to be asked. `now` is the
    log's clock.
    """

    asked: Asked
    engaged: Engaged
    rules: EngagedRules
    now: datetime


def decide(command: Command, asking: Asking) -> tuple[Event, ...]:
    events = tuple(_said(command, asking))
    asking = fold(evolve, asking, events)
    return (*events, *_follows(command, asking))


def _said(command: Command, asking: Asking) -> Iterator[Event]:
    match command.asked:
        case OpenRequest(request=request, historical=historical):
            if asking.opened is None and not historical:
                closes_at = command.rules.requests.closes_at(request.until, command.now)
                yield RequestOpened(request=request, closes_at=closes_at, at=command.now)
        case AnswerRequest(member=member, reply=reply, historical=historical, at=at):
            before = asking.answers.get(member)
            if asking.closed or (before and (before.reply == reply or at < before.at)):
                return
            yield AskAnswered(member=member, reply=reply, historical=historical, at=at)
        case LetTimePass():
            pass
        case _:
            assert_never(command.asked)


def _follows(command: Command, asking: Asking) -> Iterator[Event]:
    """Close the request, ask the next, or wait."""
    opened, now, rules = asking.opened, command.now, command.rules.requests
    if opened is None or asking.closed:
        return
    accepted = next((it for it in asking.answers.values() if it.reply == "accepted"), None)
    if accepted:
        by = None if accepted.member == ORGANISATION else accepted.member
        yield RequestClosed(taken=True, by=by, historical=accepted.historical, at=now)
        return
    unanswered = RequestClosed(taken=False, by=None, historical=False, at=now)
    if now >= opened.closes_at:
        yield unanswered
        return
    if asking.waiting and (asking.answer_by is None or now < asking.answer_by):
        return
    known = {*asking.asked, *asking.answers}
    caring = candidates(opened.request, command.engaged, command.rules.recent, now)
    fresh = [who for who in caring if who not in known][: rules.at_once]
    if fresh:
        yield MembersAsked(members=tuple(fresh), answer_by=now + rules.answer_within, at=now)
    else:
        yield EverybodyAsked(at=now) if asking.waiting else unanswered


def candidates(
    request: Request, engaged: Engaged, recent: timedelta, now: datetime
) -> tuple[str, ...]:
    """Return who may be asked: whoever cares about the topic, least asked first."""
    caring = (
        who
        for who, member in engaged.willing("topic_request").items()
        if who != request.by and interested(member, request.topic)
    )
    return tuple(engaged.least_asked(caring, now - recent))


request: Final = Decider[Command, Event, Asking](initial=Asking(), decide=decide, evolve=evolve)
