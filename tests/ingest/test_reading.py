"""Whether two events say the same, whatever depends on when we heard them."""

from datetime import timedelta
from typing import Any

import pytest

from services.ingest.domain.recent import alike
from services.ingest.handlers.reading import Heard, Said, read, says_the_same
from tests.ingest.examples import NOW, an_activity


def said(**instead: Any) -> Said:  # noqa: ANN401 - JSON
    event = read(Heard(an_activity(**instead), NOW))
    assert isinstance(event, Said)
    return event


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ({"undated": True}, {"undated": True, "time": "2026-03-01T09:31:00Z"}, True),
        ({}, {"time": "2026-03-01T09:31:00Z"}, False),
        ({"undated": True}, {"undated": True, "data": {}}, False),
        ({"undated": True}, {}, False),
        ({"undated": None}, {"undated": False}, True),
        ({"historical": True}, {}, True),
    ],
)
def test_the_time_of_an_undated_event_says_nothing(
    first: dict[str, Any], second: dict[str, Any], same: bool
) -> None:
    one, other = said(**first), said(**second)

    assert says_the_same(one, other.act.body) is same
    assert (one.digest == other.digest) is same


def test_so_it_is_where_the_time_was_not_believed() -> None:
    late = (NOW + timedelta(days=1)).isoformat()
    one, other = said(undated=True, time=late), said(undated=True)

    assert says_the_same(one, other.act.body)
    assert one.digest == other.digest


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("m-017", "m-017", True),
        ("m-017", "m-018", False),
        ("bluesky:did:plc:a", "m-017", True),
        ("m-017", "bluesky:did:plc:a", True),
        ("acct-0123456789abcdef", "m-017", False),
    ],
)
def test_what_an_account_did_may_be_imported_for_its_member(
    first: str, second: str, same: bool
) -> None:
    """Live it is said of the account, and in an export of the member."""
    one, other = said(subject=first), said(subject=second, historical=True)

    assert alike(one.digest, other.digest) is same
    assert alike(other.digest, one.digest) is same
