"""Who stands where: ties share a place, and the next place is as many further down."""

import random

import pytest

from services.rewards.domain.places import Placed, places


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([], []),
        ([5], [1]),
        ([9, 7, 5], [1, 2, 3]),
        ([9, 9, 5], [1, 1, 3]),
        ([9, 7, 7, 5], [1, 2, 2, 4]),
        ([5, 5, 5], [1, 1, 1]),
        ([9, 9, 7, 7, 5], [1, 1, 3, 3, 5]),
    ],
)
def test_ties_share_a_place(scores: list[int], expected: list[int]) -> None:
    told = places((f"m-{number:03}", score) for number, score in enumerate(scores))

    assert [placed.place for placed in told] == expected


def test_who_has_nothing_has_no_place() -> None:
    """A score can be below nothing, where a platform has counted less than before."""
    assert [*places([("m-001", 0), ("m-002", 5), ("m-003", -5)])] == [Placed(1, "m-002", 5)]


def test_the_highest_score_comes_first_and_ties_come_by_member() -> None:
    """Whatever the order in which the scores come."""
    scores = [("m-002", 7), ("m-001", 7), ("m-003", 9), ("m-004", 1)]
    random.Random(7).shuffle(scores)

    assert [*places(scores)] == [
        Placed(1, "m-003", 9),
        Placed(2, "m-001", 7),
        Placed(2, "m-002", 7),
        Placed(4, "m-004", 1),
    ]
