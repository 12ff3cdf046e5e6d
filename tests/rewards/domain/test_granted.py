"""Effort is granted for every fifth piece that counts, whatever comes of the pieces."""

from dataclasses import replace

from services.rewards.domain.awards import CreditPiece, MemberDescribed
from services.rewards.domain.recognitions import EffortGranted
from services.rewards.domain.rules import Effort, Rules
from tests.rewards.examples import (
    RULES,
    a_block,
    a_claim,
    a_piece,
    at,
    credit,
    credited,
    earned,
    follow,
    on,
    publish,
)

[PUBLISHING] = RULES.efforts


def by(rule: Effort, *, version: int = 1) -> Rules:
    """The rules, with another one for effort."""
    return replace(RULES, version=version, efforts=(rule,))


def test_the_fifth_piece_completes_a_block_that_names_all_five() -> None:
    """The block is granted on the occasion of the piece that completes it."""
    five = earned(*map(credited, range(1, 6)))

    assert five.when(follow(5)) == (
        EffortGranted(block=a_block(1), occasion=on("e-5", 5), public=True),
    )


def test_four_pieces_are_no_block_yet() -> None:
    """What does not complete a block is credited, and nothing more is said."""
    three = earned(*map(credited, (1, 2, 3)))

    assert three.when(credit(4)) == (credited(4),)
    assert three.after(credit(4)).when(follow(4)) == ()


def test_each_next_five_are_the_next_block() -> None:
    """Block k is pieces 5k - 4 to 5k."""
    blocks = earned().after(*publish(range(1, 14))).state.blocks["effort"]

    assert [granted.block for granted in blocks] == [a_block(1), a_block(2)]


def test_every_fifth_block_is_the_larger_one() -> None:
    """The 25th and the 50th piece complete a larger block."""
    blocks = earned().after(*publish(range(1, 51))).state.blocks["effort"]

    assert [granted.block.number for granted in blocks if granted.block.larger] == [5, 10]


def test_the_pieces_are_named_by_their_times_and_not_as_they_came() -> None:
    """Pieces that were heard of in another order are named from the oldest to the newest."""
    given = earned().after(*publish((5, 3, 1, 4, 2)))

    [granted] = given.state.blocks["effort"]
    assert granted.block.pieces == tuple(map(a_piece, (1, 2, 3, 4, 5)))


def test_of_two_pieces_at_one_time_the_lesser_name_comes_first() -> None:
    """Whatever is in order is in order of (time, name of the act)."""
    given = earned().after(*(credit(number, minute=0) for number in (5, 3, 1, 4, 2)), follow(5))

    [granted] = given.state.blocks["effort"]
    assert granted.block.pieces == tuple(map(a_piece, (1, 2, 3, 4, 5)))


def test_a_piece_takes_its_place_by_the_earliest_claim_to_it() -> None:
    """When an earlier edition comes to light, the piece is that old, and still one piece."""
    earlier = CreditPiece(piece=a_piece(5), act=a_claim(5, minute=0))

    given = earned().after(*publish((1, 2, 3, 5)), earlier)

    assert given.history[-1] == credited(5, minute=0)
    [granted] = given.after(*publish([4])).state.blocks["effort"]
    assert granted.block.pieces == tuple(map(a_piece, (5, 1, 2, 3, 4)))


def test_older_pieces_that_come_to_light_do_not_change_what_was_granted() -> None:
    """Five more pieces make a block of their own, and no piece is recognised twice."""
    given = earned().after(*publish(range(11, 16)), *publish(range(1, 6)))

    assert [granted.block for granted in given.state.blocks["effort"]] == [
        a_block(1, pieces=range(11, 16)),
        a_block(2, pieces=range(1, 6)),
    ]


def test_history_counts_silently() -> None:
    """A block that an imported piece completes is granted, and nobody is told."""
    [granted] = earned(*map(credited, range(1, 6))).when(follow(5, historical=True))

    assert isinstance(granted, EffortGranted)
    assert granted.occasion.historical


def test_a_block_that_a_new_piece_completes_is_celebrated_whatever_came_before() -> None:
    """Historical pieces count toward what is earned today."""
    given = earned().after(*publish((1, 2, 3, 4), historical=True), credit(5))

    [granted] = given.when(follow(5))

    assert isinstance(granted, EffortGranted)
    assert not granted.occasion.historical


def test_who_has_opted_out_is_recognised_in_private() -> None:
    """A block is granted all the same, with the member's wish to go by."""
    wish = MemberDescribed(field="public", value="no", at=at(0), key="k")

    [granted] = earned(wish, *map(credited, range(1, 6))).when(follow(5))

    assert isinstance(granted, EffortGranted)
    assert not granted.public


def test_what_a_block_is_comes_from_the_rules() -> None:
    """Three make a block and six a larger one, where the rules say so."""
    rules = by(replace(PUBLISHING, every=3, larger_every=6), version=7)
    blocks = earned(rules=rules).after(*publish(range(1, 7))).state.blocks["effort"]

    assert [(it.block.pieces, it.block.larger) for it in blocks] == [
        (tuple(map(a_piece, (1, 2, 3))), False),
        (tuple(map(a_piece, (4, 5, 6))), True),
    ]
    assert {granted.block.rule_version for granted in blocks} == {7}


def test_new_rules_leave_what_was_granted_as_it_is() -> None:
    """With smaller blocks more are due at once; those from before stand as they were."""
    rules = by(replace(PUBLISHING, every=2, larger_every=10), version=2)
    before = earned().after(*publish(range(1, 8)))

    blocks = earned(*before.history, rules=rules).after(*publish([8])).state.blocks["effort"]

    assert [(it.block.number, it.block.rule_version) for it in blocks] == [
        (1, 1),
        (2, 2),
        (3, 2),
        (4, 2),
    ]
    assert blocks[0].block == a_block(1)


def test_each_rule_for_effort_has_blocks_of_its_own() -> None:
    """One that knows no larger blocks grants none, and none that is not."""
    own = replace(PUBLISHING, kind="steady", every=2, larger_every=None)
    rules = replace(RULES, efforts=(PUBLISHING, own))

    blocks = earned(rules=rules).after(*publish(range(1, 6))).state.blocks

    assert [it.block.number for it in blocks["effort"]] == [1]
    assert [(it.block.number, it.block.larger) for it in blocks["steady"]] == [(1, None), (2, None)]
