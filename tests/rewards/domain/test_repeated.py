"""Deciding the same thing twice decides nothing the second time."""

import pytest

from services.rewards.domain import awards
from services.rewards.domain.awards import CreditAssist, Describe, HonourImpact
from tests.rewards.examples import a_piece, arrival, at, credit, earned, follow, on, withdraw


@pytest.mark.parametrize(
    "command",
    [
        credit(6),
        withdraw(1),
        follow(5),
        CreditAssist(name="lead-1", piece=a_piece(9), stands=True),
        CreditAssist(name="lead-0", piece=a_piece(9), stands=False),
        arrival("content_consumer", "socially_engaged"),
        arrival("content_consumer", "content_sharer", historical=True),
        HonourImpact(period="2026H1", place=1, impact=120_000, pieces=(), occasion=on()),
        Describe(fields={"public": "no", "group": "sales"}, at=at(0), key="k"),
    ],
)
def test_nothing_is_earned_or_said_twice(command: awards.Command) -> None:
    lead = CreditAssist(name="lead-0", piece=a_piece(9), stands=True)
    given = earned().after(*map(credit, range(1, 6)), lead, command)

    assert given.when(command) == ()


def test_an_older_word_does_not_replace_a_newer_one() -> None:
    """The latest by (time, key) holds, in whatever order they come."""
    older = Describe(fields={"public": "yes"}, at=at(1), key="a")
    newer = Describe(fields={"public": "no"}, at=at(1), key="b")

    assert earned().after(newer, older).state == earned().after(newer).state
    assert not earned().after(older, newer).state.public


def test_each_field_has_a_latest_word_of_its_own() -> None:
    """What says nothing of a field leaves it, however new it is."""
    wish = Describe(fields={"public": "no"}, at=at(2), key="a")
    newer = Describe(fields={"group": "sales"}, at=at(3), key="b")

    given = earned().after(newer, wish)

    assert not given.state.public
    assert given.state.said["group"].value == "sales"


def test_a_wish_can_be_taken_back() -> None:
    """Null clears: the member may be named, as before anything was said."""
    said = Describe(fields={"public": "no"}, at=at(1), key="a")
    cleared = Describe(fields={"public": None}, at=at(2), key="b")

    assert earned().after(said, cleared).state.public
