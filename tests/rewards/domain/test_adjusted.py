"""A block is adjusted while fewer pieces count than it needs, and no piece of it is lost for it."""

from services.rewards.domain.awards import (
    CreditWithdrawn,
    EffortAdjusted,
    EffortRestored,
    PublicityRecorded,
    WithdrawCredit,
)
from tests.rewards.examples import a_block, a_piece, at, credit, credited, earned, on


def withdraw(number: int) -> WithdrawCredit:
    return WithdrawCredit(piece=a_piece(number), occasion=on(f"r-{number}"))


def test_a_block_is_adjusted_when_the_count_falls_below_what_it_needs() -> None:
    """Whichever piece goes, the last block that stands is the one that falls."""
    ten = earned().after(*map(credit, range(1, 11)))

    assert ten.when(withdraw(2)) == (
        CreditWithdrawn(piece=a_piece(2)),
        EffortAdjusted(block=a_block(2), revision=1, occasion=on("r-2"), public=True),
    )


def test_a_block_stays_as_it_is_while_enough_pieces_count() -> None:
    """Six pieces less one are still five."""
    six = earned().after(*map(credit, range(1, 7)))

    assert six.when(withdraw(3)) == (CreditWithdrawn(piece=a_piece(3)),)


def test_a_block_that_fills_again_is_restored_by_the_pieces_that_count() -> None:
    """It is granted once and has a revision; what was withdrawn is not named any more."""
    given = earned().after(*map(credit, range(1, 6)), withdraw(3))

    assert given.when(credit(6)) == (
        credited(6),
        EffortRestored(
            block=a_block(1, pieces=[1, 2, 4, 5, 6]),
            revision=2,
            occasion=on("e-6", 6),
            public=True,
        ),
    )


def test_a_block_may_fall_and_fill_time_and_again() -> None:
    """Each change has a revision of its own."""
    given = earned().after(
        *map(credit, range(1, 6)), withdraw(1), credit(6), withdraw(2), credit(7)
    )

    [granted] = given.state.blocks
    assert (granted.stands, granted.revision) == (True, 4)
    assert granted.block.pieces == tuple(map(a_piece, (3, 4, 5, 6, 7)))


def test_the_next_block_is_granted_only_on_top_of_the_ones_before() -> None:
    """A restored block comes before a new one."""
    given = earned().after(*map(credit, range(1, 11)), withdraw(1), *map(credit, range(11, 17)))

    assert [(it.block.number, it.stands, it.revision) for it in given.state.blocks] == [
        (1, True, 0),
        (2, True, 2),
        (3, True, 0),
    ]


def test_taking_back_what_does_not_count_decides_nothing() -> None:
    assert earned(credited(1)).when(withdraw(2)) == ()


def test_a_wish_of_today_goes_with_what_is_said_today() -> None:
    """Whoever opts out later is not named when a block changes later."""
    wish = PublicityRecorded(public=False, at=at(60), key="k")
    five = earned().after(*map(credit, range(1, 6)))

    [_, adjusted] = earned(*five.history, wish).when(withdraw(1))

    assert isinstance(adjusted, EffortAdjusted)
    assert not adjusted.public
