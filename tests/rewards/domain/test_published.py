"""Who published what, as far as it has not been taken back."""

from services.rewards.domain.works import (
    ActRetracted,
    ObjectRetracted,
    PieceRecorded,
    RecordPiece,
    RetractAct,
    RetractObject,
)
from tests.rewards.examples import a_claim, a_piece, at, published

BLOG = "urn:zones:platform:blog"


def record(number: int, *, of: int = 1) -> RecordPiece:
    """Publish piece `of` for the time of that number."""
    return RecordPiece(piece=a_piece(of), claim=a_claim(number))


def test_a_piece_published_again_is_claimed_from_its_first_time_on() -> None:
    """A second platform's link to it, or a second edition, is no second piece."""
    given = published().after(record(2), record(1), record(3))

    assert given.state.first_claim(a_piece(1)) == a_claim(1)
    assert len(given.state.claims) == 1


def test_what_is_retracted_was_never_published() -> None:
    given = published(PieceRecorded(piece=a_piece(1), claim=a_claim(1)))

    assert given.when(RetractAct(act="ada-1")) == (ActRetracted(act="ada-1", pieces=(a_piece(1),)),)
    assert given.after(RetractAct(act="ada-1")).state.claims == {}


def test_a_retraction_may_come_before_what_it_retracts() -> None:
    given = published().after(RetractAct(act="ada-1"))

    assert given.history == (ActRetracted(act="ada-1", pieces=()),)
    assert given.after(record(1)).state.claims == {}


def test_a_retraction_leaves_the_other_claims_to_the_piece() -> None:
    given = published().after(record(1), record(2), RetractAct(act="ada-1"))

    assert given.state.first_claim(a_piece(1)) == a_claim(2)


def test_by_object_everything_is_retracted_up_to_the_time_of_the_retraction() -> None:
    """What is published under the same id later is published."""
    given = published().after(record(1))
    retract = RetractObject(source=BLOG, object="post-1", until=at(1))

    assert given.when(retract) == (
        ObjectRetracted(source=BLOG, object="post-1", until=at(1), pieces=(a_piece(1),)),
    )
    assert given.after(retract).state.claims == {}

    too_early = RetractObject(source=BLOG, object="post-1", until=at(0))
    assert given.after(too_early).state.claims == given.state.claims


def test_by_object_only_the_same_source_is_meant() -> None:
    """Two platforms number their posts alike."""
    given = published().after(record(1))
    retract = RetractObject(source="urn:zones:platform:other", object="post-1", until=at(9))

    assert given.after(retract).state.claims == given.state.claims


def test_a_later_retraction_reaches_further_and_an_earlier_one_no_less() -> None:
    """In either order, what counts is the latest."""
    early = RetractObject(source=BLOG, object="post-1", until=at(0))
    late = RetractObject(source=BLOG, object="post-1", until=at(1))

    assert published().after(early, late, record(1)).state.claims == {}
    assert published().after(late, early, record(1)).state.claims == {}
