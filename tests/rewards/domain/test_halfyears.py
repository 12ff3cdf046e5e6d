"""A half-year is closed with what it amounts to: who stood where, by what, and who is honoured."""

import random
from collections.abc import Iterable
from dataclasses import replace

import pytest

from services.rewards.domain.halfyears import NAMED, PeriodClosed, close
from services.rewards.domain.impact import Part, Role
from services.rewards.domain.rules import Rules
from tests.rewards.examples import NOON, RULES, a_piece

MINIMUM = RULES.impact.minimum


def a_part(
    member: str,
    score: int = MINIMUM,
    *,
    unit: str | None = None,
    role: Role = "author",
    what: str = "lead",
    count: int = 1,
    historical: bool = False,
) -> Part:
    """What a piece of the member's own brought them."""
    return Part(
        member=member,
        period="2026H1",
        unit=unit or f"https://example.org/{member}",
        role=role,
        what=what,
        count=count,
        score=score,
        left_out={},
        events=(),
        historical=historical,
    )


def closed(*parts: Part, hidden: Iterable[str] = (), rules: Rules = RULES) -> PeriodClosed:
    return close("2026H1", parts, hidden, rules, NOON)


def scored(*scores: int) -> PeriodClosed:
    """A half-year in which m-1, m-2, ... have these scores."""
    return closed(*(a_part(f"m-{number}", score) for number, score in enumerate(scores, 1)))


def honoured(half_year: PeriodClosed) -> list[tuple[str, int]]:
    return [(it.member, it.place) for it in half_year.honoured]


def test_everyone_who_had_impact_has_a_standing_the_first_place_first() -> None:
    half_year = scored(30_000, 50_000, 0, 40_000, 1)

    assert [(it.place, it.member, it.score) for it in half_year.standings] == [
        (1, "m-2", 50_000),
        (2, "m-4", 40_000),
        (3, "m-1", 30_000),
        (4, "m-5", 1),
    ]


def test_a_score_is_the_sum_of_all_parts() -> None:
    """Of several pieces, of several sorts, and of help."""
    [standing] = closed(
        a_part("ada", 100_000, unit=a_piece(1)),
        a_part("ada", 3_000, unit=a_piece(2), what="comment"),
        a_part("ada", 25_000, unit=a_piece(3), role="assist"),
    ).standings

    assert standing.score == 128_000


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ((50_000, 40_000, 30_000, 25_000), [("m-1", 1), ("m-2", 2), ("m-3", 3)]),
        ((50_000, 50_000, 30_000, 25_000), [("m-1", 1), ("m-2", 1), ("m-3", 3)]),
        ((50_000, 40_000, 30_000, 30_000), [("m-1", 1), ("m-2", 2), ("m-3", 3), ("m-4", 3)]),
        ((50_000,) * 5, [(f"m-{number}", 1) for number in range(1, 6)]),
        ((50_000, 40_000, 40_000, 40_000), [("m-1", 1), ("m-2", 2), ("m-3", 2), ("m-4", 2)]),
    ],
)
def test_everyone_at_the_third_place_or_a_better_one_is_honoured(
    scores: tuple[int, ...], expected: list[tuple[str, int]]
) -> None:
    """Ties share a place: 1, 1, 3."""
    assert honoured(scored(*scores)) == expected


def test_whoever_has_too_little_is_not_honoured() -> None:
    """They keep their place, and nobody is honoured instead."""
    half_year = scored(MINIMUM, MINIMUM - 1, 5)

    assert honoured(half_year) == [("m-1", 1)]
    assert [it.place for it in half_year.standings] == [1, 2, 3]


def test_how_many_places_are_honoured_and_from_where_is_up_to_the_rules() -> None:
    """And it stays with the half-year, by which version and in whose time zone too."""
    rules = replace(
        RULES,
        version=7,
        timezone="Europe/Berlin",
        impact=replace(RULES.impact, places=1, minimum=5),
    )
    half_year = closed(a_part("ada", 7), a_part("bob", 6), rules=rules)

    assert honoured(half_year) == [("ada", 1)]
    assert (half_year.places, half_year.minimum) == (1, 5)
    assert (half_year.rule_version, half_year.timezone) == (7, "Europe/Berlin")
    assert half_year.at == NOON


def test_who_is_not_to_be_named_keeps_their_place() -> None:
    """They are honoured in private, and nobody moves up for it."""
    parts = [a_part("ada", 50_000), a_part("bob", 40_000), a_part("cy", 30_000)]
    half_year = closed(*parts, a_part("dee", 25_000), hidden=["bob", "eve"])

    assert [(it.member, it.public) for it in half_year.standings] == [
        ("ada", True),
        ("bob", False),
        ("cy", True),
        ("dee", True),
    ]
    assert honoured(half_year) == [("ada", 1), ("bob", 2), ("cy", 3)]


def test_a_standing_tells_how_many_of_what_it_is_made_of() -> None:
    """Help of every sort is one; of what there was none, nothing is told."""
    [standing] = closed(
        a_part("ada", unit=a_piece(1), count=2),
        a_part("ada", unit=a_piece(2), count=3),
        a_part("ada", what="comment", count=4),
        a_part("ada", what="reader", count=0),
        a_part("ada", what="lead", count=5, role="assist"),
        a_part("ada", what="download", count=6, role="assist"),
    ).standings

    assert standing.counts == {"assist": 11, "comment": 4, "lead": 5}
    assert [*standing.counts] == sorted(standing.counts)


def test_a_standing_names_the_weightiest_pieces() -> None:
    """The heaviest first, by all that they brought; of the same weight by their names."""
    [standing] = closed(
        a_part("ada", 1_000, unit=a_piece(1)),
        a_part("ada", 3_000, unit=a_piece(2)),
        a_part("ada", 3_000, unit=a_piece(1), what="comment"),
        a_part("ada", 3_000, unit=a_piece(3)),
    ).standings

    assert standing.pieces == (a_piece(1), a_piece(2), a_piece(3))


def test_an_outcome_of_no_piece_names_none() -> None:
    """Nor does a piece that brought nothing."""
    [standing] = closed(
        a_part("ada", unit="~lead-1"), a_part("ada", 0, unit=a_piece(1), what="like")
    ).standings

    assert standing.pieces == ()


def test_of_very_many_pieces_the_heaviest_are_named() -> None:
    parts = [a_part("ada", 1_000 * number, unit=a_piece(number)) for number in range(1, 31)]
    [standing] = closed(*parts).standings

    assert standing.pieces == tuple(a_piece(number) for number in range(30, 30 - NAMED, -1))


@pytest.mark.parametrize(
    ("history", "historical"), [((True, True), True), ((True, False), False), ((), True)]
)
def test_a_half_year_of_imports_alone_is_history(
    history: tuple[bool, ...], historical: bool
) -> None:
    """Nobody is told of it, nor of one in which nothing was."""
    parts = [a_part("ada", unit=f"~{n}", historical=it) for n, it in enumerate(history)]

    assert closed(*parts).historical is historical


def test_a_half_year_without_impact_is_closed_too() -> None:
    half_year = closed()

    assert (half_year.standings, half_year.honoured) == ((), ())


def test_the_order_in_which_things_were_counted_makes_no_difference() -> None:
    parts = [
        a_part(f"m-{number % 5}", 1_000 * (number % 3), unit=a_piece(number % 7), count=number)
        for number in range(40)
    ]
    expected = closed(*parts)

    random.Random(7).shuffle(parts)
    assert closed(*parts) == expected
