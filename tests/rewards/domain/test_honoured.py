"""Impact is honoured when a half-year is closed: once, by what it was closed with, for ever."""

from dataclasses import replace

from services.rewards.domain.awards import Describe, HonourImpact
from services.rewards.domain.recognitions import ImpactGranted
from tests.rewards.examples import RULES, a_piece, at, earned, on

CLOSED = on("recognition.period_closed/2026H1")


def honour(period: str = "2026H1", *, place: int = 1, impact: int = 120_000) -> HonourImpact:
    return HonourImpact(
        period=period, place=place, impact=impact, pieces=(a_piece(1),), occasion=CLOSED
    )


HONOURED = ImpactGranted(
    period="2026H1",
    place=1,
    impact=120_000,
    pieces=(a_piece(1),),
    rule_version=1,
    occasion=CLOSED,
    public=True,
)


def test_who_is_honoured_is_granted_their_place_with_what_it_was_for() -> None:
    assert earned().when(honour()) == (HONOURED,)


def test_nobody_is_honoured_twice_for_one_period() -> None:
    """Not at another place either: what a period was closed with is frozen."""
    assert earned(HONOURED).when(honour(place=2, impact=99_000)) == ()


def test_each_period_is_honoured_by_itself() -> None:
    assert earned(HONOURED).when(honour("2026H2")) == (replace(HONOURED, period="2026H2"),)


def test_who_has_opted_out_is_honoured_in_private() -> None:
    wish = Describe(fields={"public": "no"}, at=at(0), key="k")

    assert earned().after(wish).when(honour()) == (replace(HONOURED, public=False),)


def test_an_honour_keeps_the_version_of_the_rules_that_it_was_granted_by() -> None:
    given = earned(rules=replace(RULES, version=7))

    assert given.when(honour()) == (replace(HONOURED, rule_version=7),)
