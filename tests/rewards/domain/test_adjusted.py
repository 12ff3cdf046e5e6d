"""A block is adjusted while fewer pieces count than it needs, and no piece of it is lost for it."""

from services.rewards.domain.awards import CreditWithdrawn, MemberDescribed
from services.rewards.domain.recognitions import EffortAdjusted, EffortRestored
from tests.rewards.examples import (
    a_block,
    a_piece,
    at,
    credit,
    credited,
    earned,
    follow,
    on,
    publish,
    withdraw,
)


def test_a_block_is_adjusted_when_the_count_falls_below_what_it_needs() -> None:
    """Whichever piece goes, the last block that stands is the one that falls."""
    ten = earned().after(*publish(range(1, 11)))

    assert ten.when(withdraw(2)) == (CreditWithdrawn(piece=a_piece(2)),)
    assert ten.after(withdraw(2)).when(follow(20)) == (
        EffortAdjusted(block=a_block(2), revision=1, occasion=on("e-20", 20), public=True),
    )


def test_a_block_stays_as_it_is_while_enough_pieces_count() -> None:
    """Six pieces less one are still five."""
    six = earned().after(*publish(range(1, 7)))

    assert six.after(withdraw(3)).when(follow(7)) == ()


def test_a_block_that_fills_again_is_restored_by_the_pieces_that_count() -> None:
    """It is granted once and has a revision; what was withdrawn is not named any more."""
    given = earned().after(*publish(range(1, 6)), withdraw(3), follow(), credit(6))

    assert given.when(follow(6)) == (
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
        *publish(range(1, 6)),
        *(withdraw(1), follow()),
        *publish([6]),
        *(withdraw(2), follow()),
        *publish([7]),
    )

    [granted] = given.state.blocks["effort"]
    assert (granted.stands, granted.revision) == (True, 4)
    assert granted.block.pieces == tuple(map(a_piece, (3, 4, 5, 6, 7)))


def test_the_next_block_is_granted_only_on_top_of_the_ones_before() -> None:
    """A restored block comes before a new one."""
    given = earned().after(*publish(range(1, 11)), withdraw(1), follow(), *publish(range(11, 17)))

    blocks = given.state.blocks["effort"]
    assert [(it.block.number, it.stands, it.revision) for it in blocks] == [
        (1, True, 0),
        (2, True, 2),
        (3, True, 0),
    ]


def test_what_fell_and_filled_again_between_two_occasions_did_neither() -> None:
    """Nothing is said of a piece that makes room for another one at once."""
    five = earned().after(*publish(range(1, 6)))

    assert five.after(withdraw(3), credit(6)).when(follow(6)) == ()


def test_taking_back_what_does_not_count_decides_nothing() -> None:
    assert earned(credited(1)).when(withdraw(2)) == ()


def test_a_wish_of_today_goes_with_what_is_said_today() -> None:
    """Whoever opts out later is not named when a block changes later."""
    wish = MemberDescribed(field="public", value="no", at=at(60), key="k")
    five = earned().after(*publish(range(1, 6)))

    [adjusted] = earned(*five.history, wish).after(withdraw(1)).when(follow())

    assert isinstance(adjusted, EffortAdjusted)
    assert not adjusted.public
