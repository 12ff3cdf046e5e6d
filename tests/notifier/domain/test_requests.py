"""A topic is asked of a few at a time, of each once, until it is closed, and that is once."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifier.domain.audience import Member, MemberDescribed, evolve
from services.notifier.domain.engaged import Engaged
from services.notifier.domain.engaged_rules import RequestRules
from services.notifier.domain.requesting import requesters
from services.notifier.domain.requests import (
    AnswerRequest,
    AskAnswered,
    Asked,
    Asking,
    Command,
    Event,
    EverybodyAsked,
    LetTimePass,
    MembersAsked,
    OpenRequest,
    Reply,
    Request,
    RequestClosed,
    RequestOpened,
    candidates,
    next_at,
    request,
)
from shared.decider import fold
from tests.notifier.examples import HOURS, NINE
from tests.notifier.examples import RULES as SHIPPED

DAY = timedelta(days=1)
REQUESTS = RequestRules(at_once=2, answer_within=3 * DAY, lasts=30 * DAY)
RULES = replace(SHIPPED.engaged, requests=REQUESTS)
TEA = Request(id="r-1", topic="tea", by="sales")
EVERYBODY = ("ann", "bob", "cyd", "dee", "eve")
OPENED = RequestOpened(request=TEA, closes_at=NINE + 30 * DAY, at=NINE)
ASKED = MembersAsked(members=("ann", "bob"), answer_by=NINE + 3 * DAY, at=NINE)
UNANSWERED = RequestClosed(taken=False, by=None, historical=False, at=NINE)


@dataclass(frozen=True, slots=True)
class Given:
    history: tuple[Event, ...]

    def when(self, command: Command) -> tuple[Event, ...]:
        return request.decide(command, self.asking)

    @property
    def asking(self) -> Asking:
        return fold(request.evolve, request.initial, self.history)


def given_(*history: Event) -> Given:
    return Given(history)


def asks(asked: Asked, now: datetime, who: Iterable[str] = EVERYBODY) -> Command:
    """Return a command at a time when these care about tea."""
    engaged = Engaged(members=caring(**dict.fromkeys(who, "tea")))
    return Command(asked=asked, engaged=engaged, rules=RULES, now=now)


def opened(*who: str, asks_for: Request = TEA, now: datetime = NINE) -> Command:
    return asks(OpenRequest(request=asks_for, historical=False), now, who)


def answered(
    member: str,
    reply: Reply = "accepted",
    *,
    now: datetime = NINE,
    who: Iterable[str] = EVERYBODY,
    historical: bool = False,
) -> Command:
    answer = AnswerRequest(member=member, reply=reply, historical=historical, at=now)
    return asks(answer, now, who)


def time(now: datetime, *who: str) -> Command:
    return asks(LetTimePass(), now, who or EVERYBODY)


def caring(**topics: str) -> dict[str, Member]:
    return {who: Member(cares=frozenset({topic})) for who, topic in topics.items()}


def said(member: str, reply: Reply, at: datetime = NINE) -> AskAnswered:
    return AskAnswered(member=member, reply=reply, historical=False, at=at)


def test_a_few_are_asked_first() -> None:
    assert given_().when(opened(*EVERYBODY)) == (OPENED, ASKED)
    assert given_(OPENED, ASKED).when(opened(*EVERYBODY)) == ()


def test_the_next_are_asked_when_nobody_has_accepted_in_time() -> None:
    waiting = given_(OPENED, ASKED)
    now = NINE + 3 * DAY

    assert next_at(waiting.asking) == now
    assert waiting.when(time(now - HOURS)) == ()
    assert waiting.when(time(now)) == (
        MembersAsked(members=("cyd", "dee"), answer_by=now + 3 * DAY, at=now),
    )


def test_the_next_are_asked_at_once_when_all_have_declined() -> None:
    declined = said("ann", "declined")

    assert given_(OPENED, ASKED).when(answered("ann", "declined")) == (declined,)
    assert given_(OPENED, ASKED, declined).when(answered("bob", "declined")) == (
        said("bob", "declined"),
        MembersAsked(members=("cyd", "dee"), answer_by=NINE + 3 * DAY, at=NINE),
    )


def test_whoever_accepts_closes_it() -> None:
    taken = RequestClosed(taken=True, by="bob", historical=False, at=NINE)

    assert given_(OPENED, ASKED).when(answered("bob")) == (said("bob", "accepted"), taken)
    closed = given_(OPENED, ASKED, said("bob", "accepted"), taken)
    assert closed.when(answered("ann")) == ()
    assert closed.when(time(NINE + 90 * DAY)) == ()
    assert next_at(closed.asking) is None


def test_whoever_was_not_asked_may_take_it_too() -> None:
    [_, closed] = given_(OPENED, ASKED).when(answered("zoe"))
    assert closed == RequestClosed(taken=True, by="zoe", historical=False, at=NINE)

    [_, closed] = given_(OPENED, ASKED).when(answered("_org"))
    assert closed == RequestClosed(taken=True, by=None, historical=False, at=NINE)


def test_whoever_has_declined_unasked_is_not_asked() -> None:
    unasked = given_(said("ann", "declined"))

    assert unasked.when(opened("ann", "bob")) == (OPENED, replace(ASKED, members=("bob",)))


def test_an_answer_that_is_heard_before_its_request_counts() -> None:
    assert given_().when(answered("ann")) == (said("ann", "accepted"),)
    assert given_(said("ann", "accepted")).when(opened(*EVERYBODY)) == (
        OPENED,
        RequestClosed(taken=True, by="ann", historical=False, at=NINE),
    )


def test_somebody_may_think_better_of_it_and_what_is_heard_late_changes_nothing() -> None:
    declined = said("ann", "declined", NINE + HOURS)
    history = given_(OPENED, ASKED, declined)

    assert history.when(answered("ann", "declined", now=NINE + 2 * HOURS)) == ()
    assert history.when(answered("ann", now=NINE)) == ()
    assert len(history.when(answered("ann", now=NINE + 2 * HOURS))) == 2


def test_when_nobody_is_left_those_who_were_asked_have_until_its_end() -> None:
    now = NINE + 3 * DAY
    left = given_(OPENED, ASKED, EverybodyAsked(at=now))

    assert given_(OPENED, ASKED).when(time(now, "ann", "bob")) == (EverybodyAsked(at=now),)
    assert next_at(left.asking) == NINE + 30 * DAY
    assert left.when(time(NINE + 29 * DAY, "ann", "bob")) == ()
    end = NINE + 30 * DAY
    assert left.when(time(end, "ann", "bob")) == (replace(UNANSWERED, at=end),)


def test_when_there_is_nobody_to_ask_it_is_said_at_once() -> None:
    assert given_().when(opened()) == (OPENED, UNANSWERED)
    all_declined = given_(OPENED, ASKED, said("ann", "declined"))
    assert all_declined.when(answered("bob", "declined", who=("ann", "bob"))) == (
        said("bob", "declined"),
        UNANSWERED,
    )


def test_nobody_is_asked_after_the_last_day() -> None:
    """The last day is over at its end, in UTC."""
    until = replace(TEA, until=NINE.date())
    [begun, _] = given_().when(opened(*EVERYBODY, asks_for=until))
    assert isinstance(begun, RequestOpened)
    assert begun.closes_at.date() == NINE.date()

    [_, closed] = given_().when(opened(*EVERYBODY, asks_for=until, now=NINE + DAY))
    assert isinstance(closed, RequestClosed)
    assert not closed.taken


def test_what_history_tells_closes_it_and_nobody_hears() -> None:
    [_, closed] = given_(OPENED, ASKED).when(answered("ann", historical=True))
    assert closed == RequestClosed(taken=True, by="ann", historical=True, at=NINE)


def test_those_who_care_are_asked_and_whoever_was_asked_least_comes_first() -> None:
    engaged = Engaged(
        members={
            **caring(ann="tea", bob="tea", cyd="ink", dee="tea", sales="tea", eve="tea"),
            "flo": Member(cares=frozenset({"tea", "ink"})),
        },
        asked={
            "ann": (NINE - DAY, NINE - 2 * DAY),
            "bob": (NINE - 91 * DAY, NINE - 92 * DAY, NINE - 93 * DAY),
            "dee": (NINE - 9 * DAY,),
            "flo": (NINE - 8 * DAY,),
        },
        unwilling={("eve", "topic_request"), ("bob", "circle")},
    )
    asked = candidates(replace(TEA, topic="Tea "), engaged, 90 * DAY, NINE)

    assert asked == ("bob", "dee", "flo", "ann")


def test_the_requester_is_the_member_else_the_role_else_the_coordinators() -> None:
    def having(role: str, status: str = "registered") -> Member:
        described = (
            MemberDescribed(field="roles", value=(role,), at=NINE, key="k"),
            MemberDescribed(field="status", value=(status,), at=NINE, key="k"),
        )
        return fold(evolve, Member(), described)

    members = {"ann": having("sales"), "cora": having("coordinator"), "gus": having("x", "paused")}
    assert requesters("ann", members) == ("ann",)
    assert requesters("sales", members) == ("ann",)
    assert requesters("gus", members) == ("cora",)
    assert requesters("marketing", members) == ("cora",)
    assert requesters("marketing", {}) == ("_org",)


@st.composite
def commands(draw: st.DrawFn) -> list[Command]:
    """Return whatever may happen to a request in two months, in the order of the clock."""
    hours = sorted(draw(st.lists(st.integers(0, 24 * 60), min_size=1, max_size=25)))
    said_: list[Command] = []
    for hour in hours:
        now = NINE + hour * HOURS
        who = draw(st.permutations(EVERYBODY))[: draw(st.integers(0, 5))]
        match draw(st.sampled_from("oaddt")):
            case "o":
                said_.append(opened(*who, now=now))
            case "a":
                said_.append(answered(draw(st.sampled_from(EVERYBODY)), now=now))
            case "d":
                member = draw(st.sampled_from(EVERYBODY))
                said_.append(answered(member, "declined", now=now, who=who))
            case _:
                said_.append(asks(LetTimePass(), now, who))
    return said_


def told(said_: Iterable[Command]) -> list[Event]:
    asking, events = request.initial, list[Event]()
    for command in said_:
        more = request.decide(command, asking)
        asking = fold(request.evolve, asking, more)
        events += more
        assert request.decide(command, asking) == ()
    return events


@settings(max_examples=300, deadline=None)
@given(commands())
def test_everybody_is_asked_once_a_few_at_a_time_and_it_is_closed_once(
    said_: list[Command],
) -> None:
    """And deciding the same again decides nothing."""
    events = told(said_)
    asked = [it.members for it in events if isinstance(it, MembersAsked)]
    closed = [place for place, it in enumerate(events) if isinstance(it, RequestClosed)]
    everybody = [who for members in asked for who in members]

    assert len(everybody) == len({*everybody})
    assert all(1 <= len(members) <= REQUESTS.at_once for members in asked)
    assert len(closed) <= 1
    assert not closed or closed == [len(events) - 1]
    assert len([it for it in events if isinstance(it, RequestOpened)]) <= 1
