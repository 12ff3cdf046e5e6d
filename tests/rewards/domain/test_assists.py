"""Whoever an outcome came through has helped it along: each outcome is recognised by itself."""

from dataclasses import replace

import pytest

from services.rewards.domain.acts import Result, helper_of
from services.rewards.domain.awards import AssistCredited, AssistWithdrawn, CreditAssist, Describe
from services.rewards.domain.recognitions import Deed, DeedAdjusted, DeedGranted, DeedRestored
from tests.rewards.examples import a_piece, an_act, at, earned, follow, on

FOLLOWED = on("e-9", 9)


def help(number: int = 1, *, of: int | None = 1) -> CreditAssist:  # noqa: A001 - the word for it
    """An outcome of that number came through the member."""
    piece = None if of is None else a_piece(of)
    return CreditAssist(name=f"lead-{number}", piece=piece, stands=True)


def undo(number: int = 1) -> CreditAssist:
    return CreditAssist(name=f"lead-{number}", piece=a_piece(1), stands=False)


def an_assist(number: int = 1, *, of: int | None = 1) -> Deed:
    piece = None if of is None else a_piece(of)
    return Deed(kind="assist", which=f"lead-{number}", piece=piece, rule_version=1)


def granted(number: int = 1, *, of: int | None = 1) -> DeedGranted:
    return DeedGranted(deed=an_assist(number, of=of), occasion=FOLLOWED, public=True)


def test_help_with_an_outcome_is_recognised_with_the_piece_that_was_shared() -> None:
    """It is credited first, and what is granted follows."""
    given = earned()

    assert given.when(help()) == (AssistCredited(name="lead-1", piece=a_piece(1)),)
    assert given.after(help()).when(follow(9)) == (granted(),)


def test_an_outcome_of_no_piece_is_helped_along_too() -> None:
    assert earned().after(help(of=None)).when(follow(9)) == (granted(of=None),)


def test_each_outcome_is_recognised_by_itself() -> None:
    """Of one piece as well as of several."""
    given = earned().after(help(1), follow(1), help(2), help(3, of=2))

    assert given.when(follow(9)) == (granted(2), granted(3, of=2))


def test_an_assist_is_adjusted_when_its_outcome_was_none() -> None:
    """The others stay as they are."""
    given = earned().after(help(1), help(2), follow(2))

    assert given.when(undo(1)) == (AssistWithdrawn(name="lead-1"),)
    assert given.after(undo(1)).when(follow(9)) == (
        DeedAdjusted(deed=an_assist(1), revision=1, occasion=FOLLOWED, public=True),
    )


def test_an_assist_that_counts_again_is_restored() -> None:
    """It was granted once, and nobody celebrates twice."""
    given = earned().after(help(), follow(1), undo(), follow(2), help())

    assert given.when(follow(9)) == (
        DeedRestored(deed=an_assist(), revision=2, occasion=FOLLOWED, public=True),
    )


def test_what_was_taken_back_before_anything_followed_was_never_granted() -> None:
    assert earned().after(help(), undo()).when(follow(9)) == ()


def test_who_has_opted_out_has_helped_in_private() -> None:
    wish = Describe(fields={"public": "no"}, at=at(0), key="k")

    assert earned().after(wish, help()).when(follow(9)) == (replace(granted(), public=False),)


@pytest.mark.parametrize(
    ("via", "author", "helper"),
    [
        ("cy", None, "cy"),
        ("cy", "bob", "cy"),
        ("ada", "bob", "ada"),
        ("ada", None, None),
        ("bob", "bob", None),
        (None, "bob", None),
    ],
)
def test_nobody_helps_with_what_is_credited_to_them(
    via: str | None, author: str | None, helper: str | None
) -> None:
    """It is credited to the piece's author, else to whom it was told of, which is Ada here."""
    act = an_act("outcome", member="ada", tells=Result(outcome="lead", via=via))

    assert helper_of(act, author) == helper
