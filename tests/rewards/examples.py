"""Ada and Bob, what they publish, and the rules under which that counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Generic, TypeVar

from services.rewards.domain import awards, works
from services.rewards.domain.awards import (
    Awards,
    Block,
    CreditPiece,
    Occasion,
    PieceCredited,
    RecordArrival,
)
from services.rewards.domain.rules import ZONES, Arrival, Effort, Rules, Words
from services.rewards.domain.works import Claim, Works
from shared.decider import Decider, fold

C = TypeVar("C")
E = TypeVar("E")
S = TypeVar("S")

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RULES = Rules(
    version=1,
    effort=Effort(words=Words(name="Kept on", why="It is work."), every=5, larger_every=25),
    arrival=Arrival(words=Words(name="Arrived", why="It is a step."), zones=ZONES[1:]),
)


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


def published(*history: works.Event) -> Given[works.Command, works.Event, Works]:
    return Given(works.decider, history)


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


def on(cause: str = "e-1", minute: int = 0, *, historical: bool = False) -> Occasion:
    return Occasion(cause=cause, at=at(minute), on=date(2026, 3, 1), historical=historical)


def a_piece(number: int) -> str:
    return f"https://example.org/{number:03}"


def a_claim(number: int = 1, *, member: str = "ada", minute: int | None = None) -> Claim:
    """Ada's claim to her piece of that number, made in the minute of that number."""
    return Claim(
        at=at(number if minute is None else minute),
        act=f"{member}-{number}",
        derived=member.startswith("acct-"),
        member=member,
        source="urn:zones:platform:blog",
        object=f"post-{number}",
    )


def credit(number: int, *, minute: int | None = None, historical: bool = False) -> CreditPiece:
    return CreditPiece(
        piece=a_piece(number),
        claim=a_claim(number, minute=minute),
        occasion=on(f"e-{number}", number if minute is None else minute, historical=historical),
    )


def credited(number: int, *, minute: int | None = None) -> PieceCredited:
    return PieceCredited(piece=a_piece(number), claim=a_claim(number, minute=minute))


def a_block(number: int = 1, *, pieces: Sequence[int] | None = None) -> Block:
    """The block that pieces published one after the other fill."""
    numbers = range(5 * number - 4, 5 * number + 1) if pieces is None else pieces
    return Block(
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
