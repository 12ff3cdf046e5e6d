"""Deciding is a pure function of a command and a state, and the state is a fold of events.

A decider is three things and nothing more. `initial` is the state of a stream nobody has
written to. `decide` answers a command with the events it causes, `()` when there is nothing
to say; it is total and raises for no command. `evolve` applies an event that has happened,
and so cannot refuse it. Time and ids come in with the command, never from the machine.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Generic, TypeVar

Command = TypeVar("Command")
Event = TypeVar("Event")
State = TypeVar("State")


@dataclass(frozen=True, kw_only=True)  # slots would break Decider[...](...) on Python 3.11
class Decider(Generic[Command, Event, State]):
    """The thinking behind one kind of stream. `State` is frozen, and holds what `decide` reads."""

    initial: State
    decide: Callable[[Command, State], tuple[Event, ...]]
    evolve: Callable[[State, Event], State]


def fold(
    evolve: Callable[[State, Event], State], state: State, events: Iterable[Event], /
) -> State:
    """Return what `state` becomes when `events` happen to it, in order."""
    return reduce(evolve, events, state)
