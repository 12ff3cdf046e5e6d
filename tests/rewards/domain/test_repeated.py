"""Deciding the same thing twice decides nothing the second time."""

import pytest

from services.rewards.domain import awards, works
from services.rewards.domain.awards import RecordPublicity, WithdrawCredit
from services.rewards.domain.works import RecordPiece, RetractAct, RetractObject
from tests.rewards.examples import a_claim, a_piece, arrival, at, credit, earned, on, published


@pytest.mark.parametrize(
    "command",
    [
        credit(5),
        WithdrawCredit(piece=a_piece(1), occasion=on()),
        arrival("content_consumer", "socially_engaged"),
        arrival("content_consumer", "content_sharer", historical=True),
        RecordPublicity(public=False, at=at(0), key="k"),
    ],
)
def test_nothing_is_earned_twice(command: awards.Command) -> None:
    given = earned().after(*map(credit, (1, 2, 3, 4)), command)

    assert given.when(command) == ()


@pytest.mark.parametrize(
    "command",
    [
        RecordPiece(piece=a_piece(1), claim=a_claim(1)),
        RetractAct(act="ada-1"),
        RetractObject(source="urn:zones:platform:blog", object="post-1", until=at(9)),
    ],
)
def test_nothing_is_recorded_twice(command: works.Command) -> None:
    given = published().after(command)

    assert len(given.history) == 1
    assert given.when(command) == ()


def test_an_older_wish_does_not_replace_a_newer_one() -> None:
    """The latest by (time, key) holds, in whatever order they come."""
    older = RecordPublicity(public=True, at=at(1), key="a")
    newer = RecordPublicity(public=False, at=at(1), key="b")

    assert earned().after(newer, older).state == earned().after(newer).state
    assert not earned().after(older, newer).state.public


def test_a_wish_can_be_taken_back() -> None:
    """Null clears: the member may be named, as before anything was said."""
    said = RecordPublicity(public=False, at=at(1), key="a")
    cleared = RecordPublicity(public=None, at=at(2), key="b")

    assert earned().after(said, cleared).state.public
