"""A first of its sort is recognised once, and follows what stands from then on."""

from dataclasses import replace

import pytest

from services.rewards.domain.acts import ActCapped, ActFreed, ActRecorded, ActWithdrawn
from services.rewards.domain.awards import Describe, TakeNote
from services.rewards.domain.recognitions import Deed, DeedAdjusted, DeedGranted, DeedRestored
from services.rewards.domain.rules import First, Words
from tests.rewards.examples import (
    RULES,
    SHIPPED,
    a_claim,
    a_piece,
    an_act,
    at,
    credit,
    earned,
    follow,
    on,
    publish,
    withdraw,
)

FOLLOWED = on("e-9", 9)


def a_first(which: str, *, of: int | None = None) -> Deed:
    piece = None if of is None else a_piece(of)
    return Deed(kind="first", which=which, piece=piece, rule_version=1)


def granted(which: str, *, of: int | None = None) -> DeedGranted:
    return DeedGranted(deed=a_first(which, of=of), occasion=FOLLOWED, public=True)


def did(kind: str, number: int = 1, *, void: bool = False) -> TakeNote:
    return TakeNote(events=(ActRecorded(act=an_act(kind, number), void=void),))


def took_back(kind: str, number: int = 1) -> TakeNote:
    return TakeNote(events=(ActWithdrawn(name=an_act(kind, number).name, kind=kind),))


@pytest.mark.parametrize(
    ("kind", "firsts"),
    [
        ("share", ["share"]),
        ("quote", ["share", "own_words"]),
        ("post", ["own_words"]),
        ("comment", ["own_words"]),
        ("converse", ["own_words"]),
        ("talk_given", []),
        ("outcome", []),
        ("performance", []),
    ],
)
def test_one_act_may_be_the_first_of_several_sorts_or_of_none(kind: str, firsts: list[str]) -> None:
    given = earned(rules=SHIPPED).after(did(kind))

    assert given.when(follow(9)) == tuple(map(granted, firsts))


def test_what_is_done_again_is_no_first() -> None:
    """Nor is another act of the same sort: that is the first only of what it is besides."""
    given = earned(rules=SHIPPED).after(did("share"), follow(1))

    assert given.after(did("share", 2)).when(follow(9)) == ()
    assert given.after(did("quote")).when(follow(9)) == (granted("own_words"),)


def test_what_was_taken_back_before_it_was_heard_of_is_no_first() -> None:
    assert earned(rules=SHIPPED).after(did("share", void=True)).when(follow(9)) == ()


def test_a_first_piece_is_named() -> None:
    """Of several, the oldest, whichever was heard of first."""
    given = earned(rules=SHIPPED).after(credit(2, minute=8), credit(3), credit(1, minute=7))

    assert given.when(follow(9)) == (granted("piece", of=3),)


def test_to_publish_what_somebody_else_published_first_is_no_first() -> None:
    """A piece counts for its author."""
    claim = TakeNote(events=(ActRecorded(act=a_claim(1), void=False),))

    assert earned(rules=SHIPPED).after(claim).when(follow(9)) == ()


def test_an_older_piece_that_comes_to_light_leaves_the_first_as_it_was_told() -> None:
    given = earned(rules=SHIPPED).after(*publish([2]))

    assert given.after(credit(1)).when(follow(9)) == ()


def test_a_first_is_adjusted_when_nothing_of_the_sort_stands() -> None:
    """While another act of the sort stands, it stays as it is."""
    given = earned(rules=SHIPPED).after(did("share"), did("share", 2), follow(1))

    one_left = given.after(took_back("share"))
    assert one_left.when(follow(9)) == ()
    assert one_left.after(took_back("share", 2)).when(follow(9)) == (
        DeedAdjusted(deed=a_first("share"), revision=1, occasion=FOLLOWED, public=True),
    )


def test_a_first_is_restored_by_the_next_that_stands() -> None:
    """It names that piece now, and nobody celebrates twice."""
    given = earned(rules=SHIPPED).after(*publish([1]), withdraw(1), follow(2), credit(3))

    assert given.when(follow(9)) == (
        DeedRestored(deed=a_first("piece", of=3), revision=2, occasion=FOLLOWED, public=True),
    )


def test_a_first_may_fall_and_stand_time_and_again() -> None:
    """Each change has a revision of its own, and what fell names what it was granted for."""
    given = earned(rules=SHIPPED).after(
        *publish([1]), withdraw(1), follow(2), *publish([3]), withdraw(3)
    )

    assert given.when(follow(9)) == (
        DeedAdjusted(deed=a_first("piece", of=3), revision=3, occasion=FOLLOWED, public=True),
    )


def test_what_is_capped_is_no_first_until_it_is_freed() -> None:
    """What does not count on its day is not recognised either."""
    name = an_act("share").name
    capped = TakeNote(events=(ActCapped(name=name, kind="share"),))
    freed = TakeNote(events=(ActFreed(name=name, kind="share"),))

    given = earned(rules=SHIPPED).after(did("share"), capped)

    assert given.when(follow(9)) == ()
    assert given.after(freed).when(follow(9)) == (granted("share"),)


def test_a_capped_piece_is_no_first_piece() -> None:
    """The next that counts is."""
    capped = TakeNote(events=(ActCapped(name=a_claim(1).name, kind="publish"),))
    given = earned(rules=SHIPPED).after(credit(1), credit(2), capped)

    assert given.when(follow(9)) == (granted("piece", of=2),)


def test_what_was_capped_and_then_taken_back_is_taken_off_once() -> None:
    """The other one of that day stays the first."""
    capped = TakeNote(events=(ActCapped(name=an_act("share", 2).name, kind="share"),))
    given = earned(rules=SHIPPED).after(did("share"), did("share", 2), capped, follow(3))

    assert given.after(took_back("share", 2)).when(follow(9)) == ()
    assert given.after(took_back("share", 2)).state.tallies == {"share": 1}


def test_a_first_of_long_ago_is_granted_silently() -> None:
    [first] = earned(rules=SHIPPED).after(did("share")).when(follow(9, historical=True))

    assert isinstance(first, DeedGranted)
    assert first.occasion.historical


def test_who_has_opted_out_has_firsts_in_private() -> None:
    wish = Describe(fields={"public": "no"}, at=at(0), key="k")
    [first] = earned(rules=SHIPPED).after(wish, did("share")).when(follow(9))

    assert first == replace(granted("share"), public=False)


def test_which_firsts_there_are_is_up_to_the_rules() -> None:
    """New ones are due at once; those of before stay what they were, whatever becomes of them."""
    talk = First(name="talk", words=Words(name="Spoke", why="Aloud."), of=("talk_given",))
    before = earned(rules=SHIPPED).after(did("share"), did("talk_given"), follow(1))

    after = earned(*before.history, rules=replace(RULES, version=2, firsts=(talk,)))

    assert after.after(took_back("share")).when(follow(9)) == (
        DeedGranted(deed=replace(a_first("talk"), rule_version=2), occasion=FOLLOWED, public=True),
    )
