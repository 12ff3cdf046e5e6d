"""Ada and Bob, what they publish, and the rules under which that counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Generic, TypeVar

from services.rewards.adapters import rulebook
from services.rewards.domain import awards
from services.rewards.domain.acts import Act
from services.rewards.domain.awards import Awards, CreditPiece, Follow, PieceCredited, RecordArrival
from services.rewards.domain.recognitions import Block, Occasion
from services.rewards.domain.rules import Rules
from services.rewards.settings import SHIPPED_RULES
from shared.decider import Decider, fold

C = TypeVar("C")
E = TypeVar("E")
S = TypeVar("S")

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SHIPPED: Rules = rulebook.load(SHIPPED_RULES)
RULES = replace(SHIPPED, firsts=())
"""As shipped, without the recognitions for firsts, which only tests about them count."""


@dataclass(frozen=True, slots=True)
class Given(Generic[C, E, S]):
    """What has happened in a stream, before somebody asks for something."""

    decider: Decider[C, E, S]
    history: Sequence[E]

    @property
    def state(self) -> S:
        return fold(self.decider.evolve, self.decider.initial, self.history)

    def when(self, command: C) -> tuple[E, ...]:
        return self.decider.decide(command, self.state)

    def after(self, *commands: C) -> "Given[C, E, S]":
        """The history with what came of these commands."""
        history = tuple(self.history)
        for command in commands:
            history += Given(self.decider, history).when(command)
        return Given(self.decider, history)


def earned(
    *history: awards.Event, rules: Rules = RULES
) -> Given[awards.Command, awards.Event, Awards]:
    return Given(awards.decider(rules), history)


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


def on(cause: str = "e-1", minute: int = 0, *, historical: bool = False) -> Occasion:
    return Occasion(cause=cause, at=at(minute), on=date(2026, 3, 1), historical=historical)


def a_piece(number: int) -> str:
    return f"https://example.org/{number:03}"


def a_claim(number: int = 1, *, member: str = "ada", minute: int | None = None) -> Act:
    """Ada publishes her piece of that number, in the minute of that number."""
    return Act(
        name=f"{member}-{number}",
        member=member,
        kind="publish",
        at=at(number if minute is None else minute),
        source="urn:zones:platform:blog",
        event=f"{member}-{number}",
        object=f"post-{number}",
        piece=a_piece(number),
    )


def an_act(
    kind: str,
    number: int = 1,
    *,
    member: str = "bob",
    of: int | None = 1,
    minute: int | None = None,
    **instead: Any,  # noqa: ANN401 - whatever the act is to have
) -> Act:
    """What Bob does in the minute of that number, with Ada's piece `of` that number."""
    name = f"{member}-{kind}-{number}"
    act: dict[str, Any] = {
        "name": name,
        "member": member,
        "kind": kind,
        "at": at(number if minute is None else minute),
        "source": "urn:zones:platform:blog",
        "event": name,
        "object": None if of is None else f"post-{of}",
        "piece": None if of is None else a_piece(of),
    }
    return Act(**act | instead)


def credit(number: int, *, minute: int | None = None) -> CreditPiece:
    return CreditPiece(piece=a_piece(number), act=a_claim(number, minute=minute))


def withdraw(number: int) -> CreditPiece:
    return CreditPiece(piece=a_piece(number), act=None)


def follow(number: int = 1, *, minute: int | None = None, historical: bool = False) -> Follow:
    occasion = on(f"e-{number}", number if minute is None else minute, historical=historical)
    return Follow(occasion=occasion)


def publish(numbers: Iterable[int], *, historical: bool = False) -> list[awards.Command]:
    """One piece after the other is credited, and what is granted follows each of them."""
    return [
        command
        for number in numbers
        for command in (credit(number), follow(number, historical=historical))
    ]


def credited(number: int, *, minute: int | None = None) -> PieceCredited:
    act = a_claim(number, minute=minute)
    return PieceCredited(piece=a_piece(number), act=act.name, at=act.at)


def a_block(number: int = 1, *, pieces: Sequence[int] | None = None) -> Block:
    """The block that pieces published one after the other fill."""
    numbers = range(5 * number - 4, 5 * number + 1) if pieces is None else pieces
    return Block(
        kind="effort",
        number=number,
        needs=5 * number,
        larger=number % 5 == 0,
        pieces=tuple(map(a_piece, numbers)),
        rule_version=1,
    )


def arrival(
    previous: str | None, zone: str | None, *, historical: bool = False, held: bool = False
) -> RecordArrival:
    occasion = on("zone.changed/ada/1", historical=historical)
    return RecordArrival(previous=previous, zone=zone, occasion=occasion, held=held)
