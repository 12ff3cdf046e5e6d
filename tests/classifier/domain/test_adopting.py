"""What is adopted governs from its day on; what makes no sense is refused in words."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.classifier.domain.adopting import (
    FIRST_DAY,
    AdoptionRefused,
    Offer,
    decide,
)
from services.classifier.domain.clock import begins
from services.classifier.domain.policy import PolicyAdopted
from tests.classifier.examples import DEFAULT, at

NOW = at(10, "09:00")
FIRST = PolicyAdopted(
    version=1, text="old", mode="recompute", effective_on=FIRST_DAY, author="zones", decided_at=0
)
NEW = replace(DEFAULT, version=0, warn_days=3)


def adopted(now: int | None = NOW, **offered: Any) -> PolicyAdopted:  # noqa: ANN401 -- see Offer
    offer = Offer(text="new", author="eve", **offered)
    return decide(offer, NEW, (FIRST, DEFAULT), now)


def test_the_next_version_is_adopted_by_the_logs_clock() -> None:
    assert adopted(note="why") == PolicyAdopted(
        version=2,
        text="new",
        mode="forward",
        effective_on=date(2026, 1, 16),
        author="eve",
        note="why",
        decided_at=NOW,
    )


@pytest.mark.parametrize(
    ("offered", "words"),
    [
        ({"effective_on": date(2026, 1, 15)}, "2026-01-15 is not after the log's today"),
        ({"effective_on": date(1990, 1, 1)}, "is not after the log's today, 2026-01-15"),
        ({"effective_on": date(2040, 1, 1)}, "more than 3660 days ahead"),
        ({"effective_on": date.max}, "more than 3660 days ahead"),
        ({"until": date(2026, 3, 1)}, "forward knows no last day"),
        ({"mode": "recompute", "until": date(2026, 3, 1)}, "recompute knows no last day"),
        ({"mode": "recompute", "effective_on": date(2026, 3, 1)}, "governs every day"),
        ({"mode": "grandfather"}, "needs the last day"),
        ({"mode": "grandfather", "until": date(2026, 1, 15)}, "before 2026-01-16, when"),
        ({"now": None}, "let the mode be recompute"),
    ],
)
def test_what_makes_no_sense_is_refused(offered: dict[str, Any], words: str) -> None:
    with pytest.raises(AdoptionRefused, match=words):
        adopted(**offered)


def test_the_first_possible_days_are_taken() -> None:
    tomorrow = date(2026, 1, 16)
    assert adopted(effective_on=tomorrow).effective_on == tomorrow
    assert adopted(mode="grandfather", until=tomorrow).until == tomorrow


def test_before_there_is_a_clock_what_governs_every_day_can_be_adopted() -> None:
    recomputed = adopted(mode="recompute")
    assert (recomputed.effective_on, recomputed.decided_at) == (FIRST_DAY, NOW)
    assert adopted(now=None, mode="recompute").decided_at == begins(FIRST_DAY.toordinal())


def test_the_same_asked_for_again_is_what_was_adopted() -> None:
    """Unless anything differs but a day that was not named: then it is refused."""
    last = adopted(note="why")
    newest = last, replace(NEW, version=2)
    again = Offer(text="new", author="eve", note="why")
    assert decide(again, NEW, newest, at(20)) is last
    assert decide(replace(again, effective_on=last.effective_on), NEW, newest, NOW) is last
    for other in (
        replace(again, author="bob"),
        replace(again, note=None),
        replace(again, text="# new"),
        replace(again, mode="recompute"),
        replace(again, effective_on=date(2026, 2, 1)),
        replace(again, mode="grandfather", until=date(2026, 2, 1)),
    ):
        with pytest.raises(AdoptionRefused, match="this is policy 2 already, adopted last by eve"):
            decide(other, NEW, newest, NOW)
