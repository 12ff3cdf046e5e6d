"""A decider's state is a fold of what happened, whoever does the folding and however often."""

from hypothesis import given
from hypothesis import strategies as st

from shared.decider import Decider, fold

Turned = int
Turn = int


def decide(turn: Turn, facing: int) -> tuple[Turned, ...]:
    return () if turn == facing else (turn,)


def evolve(_facing: int, turned: Turned) -> int:
    return turned


compass = Decider[Turn, Turned, int](initial=0, decide=decide, evolve=evolve)


def facing_after(*turns: Turned) -> int:
    return fold(compass.evolve, compass.initial, turns)


def test_a_stream_without_events_is_in_its_initial_state() -> None:
    assert facing_after() == compass.initial


def test_what_is_already_so_needs_no_event() -> None:
    assert compass.decide(90, facing_after(45, 90)) == ()
    assert compass.decide(45, facing_after(45, 90)) == (45,)


@given(st.lists(st.integers()), st.lists(st.integers()))
def test_folding_can_stop_anywhere_and_go_on_later(earlier: list[int], later: list[int]) -> None:
    """A snapshot and the events after it give the same state as all the events."""
    snapshot = facing_after(*earlier)

    assert fold(compass.evolve, snapshot, later) == facing_after(*earlier, *later)
