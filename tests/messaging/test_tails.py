"""What the relay makes of a conflict is decided by what the broker has, and by nothing else."""

import pytest

from shared.messaging.api import Stored
from shared.messaging.errors import Fenced, TailLost
from shared.messaging.tails import NOTHING, Tail, said

GUARD = "zone.*.v1.*.m-1"
OURS = Tail(10, "a")


def judged(ours: Tail, found: Stored | None, *, first: int = 1) -> int | None:
    """Our next messages are b, c and d."""
    return said(
        stream="ZONES", guard=GUARD, ours=ours, found=found, first=first, ids=["b", "c", "d"]
    )


def test_nothing_was_said_while_the_tail_is_ours() -> None:
    assert judged(OURS, Stored(10, "a")) == 0
    assert judged(NOTHING, None) == 0


@pytest.mark.parametrize(("found", "count"), [("b", 1), ("c", 2), ("d", 3)])
def test_our_own_message_on_top_was_said_before_a_crash(found: str, count: int) -> None:
    """And everything of that member before it."""
    assert judged(OURS, Stored(12, found)) == count
    assert judged(NOTHING, Stored(12, found)) == count


def test_a_tail_below_the_stream_has_expired() -> None:
    """The next message stands on nothing."""
    assert judged(OURS, None, first=11) is None


@pytest.mark.parametrize("ours", [OURS, NOTHING])
def test_a_message_that_we_do_not_know_is_somebody_elses(ours: Tail) -> None:
    with pytest.raises(Fenced, match=r"newest message on .* is z at 12, which is not ours"):
        judged(ours, Stored(12, "z"))
    with pytest.raises(Fenced, match="a message without id"):
        judged(ours, Stored(12, None))


@pytest.mark.parametrize("found", [None, Stored(9, "0"), Stored(10, "z"), Stored(9, "b")], ids=str)
def test_a_tail_that_is_gone_is_lost(found: Stored | None) -> None:
    """The stream ends before it, or has something else in its place."""
    with pytest.raises(TailLost, match=r"a was published on .* at 10"):
        judged(OURS, found)
