"""What others made of a piece is its author's impact. Publishing by itself weighs nothing."""

import random
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.rewards.domain.acts import Act, Result, Snapshot
from services.rewards.domain.impact import NEWEST, Part, Why, by_member, parts
from services.rewards.domain.rules import OUTCOMES, Rules
from tests.rewards.examples import RULES, a_claim, a_piece, an_act

PIECE = a_piece(1)
BLOG, VIDEO = "urn:zones:platform:blog", "urn:zones:platform:video"
JULY = datetime(2026, 7, 1, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)


def an_outcome(
    number: int = 1,
    outcome: str = "lead",
    *,
    via: str | None = None,
    of: int | None = 1,
    at: datetime | None = None,
) -> Act:
    """What came of Ada's piece of that number, or of none, and was told of Bob."""
    act = an_act("outcome", number, of=of, tells=Result(outcome=outcome, via=via))
    return act if at is None else replace(act, at=at)


def a_snapshot(
    number: int = 1, *, source: str = BLOG, at: datetime | None = None, **counts: int
) -> Act:
    """How Ada's first piece is doing on the platform, in the minute of that number."""
    act = an_act("performance", number, source=source, tells=Snapshot(**counts))
    return act if at is None else replace(act, at=at)


def of(
    *acts: Act, capped: Collection[tuple[str, str]] = (), rules: Rules = RULES
) -> dict[tuple[str, str, str], Part]:
    """Return the parts of scores, Ada having published the piece, by member, period and what."""
    found = parts(PIECE, [a_claim(1), *acts], capped, rules)
    return {(part.member, part.period, f"{part.role}:{part.what}"): part for part in found}


def scores(*acts: Act, rules: Rules = RULES) -> dict[tuple[str, str, str], int]:
    return {key: part.score for key, part in of(*acts, rules=rules).items()}


def counts(*acts: Act, rules: Rules = RULES) -> dict[tuple[str, str, str], int]:
    return {key: part.count for key, part in of(*acts, rules=rules).items()}


def only(found: Iterable[Part]) -> Part:
    [part] = found
    return part


def left_out(
    *acts: Act, capped: Collection[tuple[str, str]] = (), rules: Rules = RULES
) -> tuple[int, dict[Why, int]]:
    """Return how many of these acts count, which are of one sort, and what is left out of them."""
    part = only(of(*acts, capped=capped, rules=rules).values())
    return part.count, dict(part.left_out)


def test_to_publish_weighs_nothing() -> None:
    """Nor does somebody else's publishing it again."""
    assert of() == {}
    assert of(a_claim(1, member="bob", minute=9)) == {}


@pytest.mark.parametrize(
    ("outcome", "points"),
    [("lead", 100), ("speaking", 30), ("conversation", 20), ("inbound", 20), ("download", 15)],
)
def test_what_came_of_a_piece_is_its_authors(outcome: str, points: int) -> None:
    """Of whomever it is told, at so many points each."""
    told = scores(an_outcome(1, outcome), an_outcome(2, outcome))

    assert told == {("ada", "2026H1", f"author:{outcome}"): 2 * points * 1000}


def test_without_an_author_an_outcome_is_theirs_of_whom_it_was_told() -> None:
    """Of a piece that nobody here has published, or of none."""
    [part] = parts(PIECE, [an_outcome()], (), RULES)
    assert (part.member, part.score) == ("bob", 100_000)

    nothing = an_outcome(of=None)
    assert nothing.unit == f"~{nothing.name}"
    [part] = parts(f"~{nothing.name}", [nothing], (), RULES)
    assert (part.member, part.score) == ("bob", 100_000)


@pytest.mark.parametrize(
    ("kind", "what", "points"),
    [
        ("comment", "comment", 3),
        ("converse", "comment", 3),
        ("share", "share", 2),
        ("quote", "share", 2),
    ],
)
def test_what_others_do_with_a_piece_is_its_authors(kind: str, what: str, points: int) -> None:
    told = scores(an_act(kind, member="bob"), an_act(kind, member="cy"))

    assert told == {("ada", "2026H1", f"author:{what}"): 2 * points * 1000}


@pytest.mark.parametrize("kind", ["like", "view", "post", "publish", "talk_given"])
def test_what_else_others_do_is_no_impact(kind: str) -> None:
    assert of(an_act(kind)) == {}


def test_of_a_piece_that_nobody_has_published_comments_are_nobodys() -> None:
    assert parts(PIECE, [an_act("comment"), an_act("share")], (), RULES) == ()


def test_what_authors_do_with_their_own_piece_is_left_out() -> None:
    assert left_out(an_act("comment", member="ada")) == (0, {"own": 1})
    assert left_out(an_act("share", member="ada"), an_act("share")) == (1, {"own": 1})


def test_of_one_persons_comments_and_of_their_shares_one_counts_in_a_period() -> None:
    """A quote is a share, and to converse is to comment."""
    acts = [an_act(kind, n) for kind in ("comment", "converse", "share", "quote") for n in (1, 2)]
    told = of(*acts)

    assert counts(*acts) == {
        ("ada", "2026H1", "author:comment"): 1,
        ("ada", "2026H1", "author:share"): 1,
    }
    assert [part.left_out for part in told.values()] == [{"repeated": 3}, {"repeated": 3}]


def test_in_the_next_period_they_count_again() -> None:
    again = an_act("share", 2, at=JULY)

    assert counts(an_act("share"), again) == {
        ("ada", "2026H1", "author:share"): 1,
        ("ada", "2026H2", "author:share"): 1,
    }


def test_how_many_of_one_person_count_is_up_to_the_rules() -> None:
    rules = replace(RULES, impact=replace(RULES.impact, repeats=2))
    shares = [an_act("share", number) for number in (1, 2, 3)]

    assert left_out(*shares, rules=rules) == (2, {"repeated": 1})


def test_what_is_capped_on_its_day_is_left_out() -> None:
    """It does not use up what counts of that person."""
    first, second, lead = an_act("share", 1), an_act("share", 2), an_outcome()

    assert left_out(first, second, capped={("bob", first.name)}) == (1, {"capped": 1})
    assert left_out(lead, capped={("bob", lead.name)}) == (0, {"capped": 1})
    assert left_out(first, capped={("cy", first.name)}) == (1, {})


def test_the_last_snapshot_of_a_period_counts() -> None:
    """Each has the whole count so far; by its time, not as it was heard."""
    told = scores(a_snapshot(3, reader=500), a_snapshot(1, reader=200), a_snapshot(2, reader=900))

    assert told == {("ada", "2026H1", "author:reader"): 50_000}


def test_a_periods_share_of_a_snapshot_is_what_has_come_since_the_one_before() -> None:
    """Also where a half-year in between had none."""
    later = a_snapshot(3, at=datetime(2027, 7, 1, tzinfo=UTC), reader=1000)

    assert counts(a_snapshot(1, reader=200), a_snapshot(2, at=JULY, reader=500), later) == {
        ("ada", "2026H1", "author:reader"): 200,
        ("ada", "2026H2", "author:reader"): 300,
        ("ada", "2027H2", "author:reader"): 500,
    }


def test_a_platform_that_counts_less_than_before_takes_it_off() -> None:
    """Over all periods a score is what the platform says last."""
    told = counts(a_snapshot(1, reader=200), a_snapshot(2, at=JULY, reader=150))

    assert [*told.values()] == [200, -50]


def test_several_platforms_add_up() -> None:
    """Each by its own snapshots."""
    told = counts(
        a_snapshot(1, reader=200),
        a_snapshot(2, source=VIDEO, reader=70),
        a_snapshot(3, source=VIDEO, at=JULY, reader=100),
    )

    assert told == {
        ("ada", "2026H1", "author:reader"): 270,
        ("ada", "2026H2", "author:reader"): 30,
    }


@pytest.mark.parametrize(
    ("what", "snapshot"), [("share", Snapshot(share=5)), ("comment", Snapshot(comment=5))]
)
def test_what_a_platform_counts_itself_is_not_counted_twice(what: str, snapshot: Snapshot) -> None:
    """Acts on that platform are in its count, in whichever period they were."""
    told = of(an_act("performance", 9, tells=snapshot), an_act(what, 1), an_act(what, 2, at=JULY))

    assert {key[1]: (part.count, part.left_out) for key, part in told.items()} == {
        "2026H1": (5, {"in_snapshot": 1}),
        "2026H2": (0, {"in_snapshot": 1}),
    }


def test_a_count_of_one_thing_leaves_the_acts_of_another() -> None:
    """Where the platform counts shares alone, each comment that we know of counts."""
    told = counts(a_snapshot(share=5, reader=10), an_act("comment"), an_act("share"))

    assert told == {
        ("ada", "2026H1", "author:comment"): 1,
        ("ada", "2026H1", "author:reader"): 10,
        ("ada", "2026H1", "author:share"): 5,
    }


def test_a_count_of_one_platform_leaves_the_acts_on_another() -> None:
    told = of(a_snapshot(share=5), an_act("share", source=VIDEO))

    assert left_out(a_snapshot(share=5), an_act("share", source=VIDEO)) == (6, {})
    assert only(told.values()).score == 12_000


def test_a_count_of_none_is_a_count() -> None:
    """What is not told of is none, and the acts count."""
    assert left_out(a_snapshot(share=0), an_act("share")) == (0, {"in_snapshot": 1})
    assert counts(a_snapshot(reader=1), an_act("share"))["ada", "2026H1", "author:share"] == 1


def test_likes_are_counted_and_weigh_what_the_rules_say() -> None:
    """By default nothing."""
    weights = {**RULES.impact.weights, "like": 500}
    rules = replace(RULES, impact=replace(RULES.impact, weights=weights))

    assert counts(a_snapshot(like=8)) == {("ada", "2026H1", "author:like"): 8}
    assert scores(a_snapshot(like=8)) == {("ada", "2026H1", "author:like"): 0}
    assert scores(a_snapshot(like=8), rules=rules) == {("ada", "2026H1", "author:like"): 4000}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_who_helped_an_outcome_along_has_a_part_of_its_weight(outcome: str) -> None:
    """A quarter, besides what the author has."""
    weight = RULES.impact.weights[outcome]

    assert scores(an_outcome(1, outcome, via="cy")) == {
        ("ada", "2026H1", f"author:{outcome}"): weight,
        ("cy", "2026H1", f"assist:{outcome}"): weight // 4,
    }


def test_which_outcomes_are_helped_along_and_how_much_it_weighs_is_up_to_the_rules() -> None:
    rules = replace(RULES, assist=replace(RULES.assist, of=("lead",), percent=33))

    told = scores(an_outcome(1, via="cy"), an_outcome(2, "download", via="cy"), rules=rules)

    assert told["cy", "2026H1", "assist:lead"] == 33_000
    assert ("cy", "2026H1", "assist:download") not in told


def test_nobody_has_a_part_of_what_is_theirs_already() -> None:
    """The author has none; they of whom it was told have, when the piece is another's."""
    assert [*scores(an_outcome(1, via="ada"))] == [("ada", "2026H1", "author:lead")]
    assert [*scores(an_outcome(1, via="bob"))] == [
        ("ada", "2026H1", "author:lead"),
        ("bob", "2026H1", "assist:lead"),
    ]


def test_an_outcome_that_is_capped_is_nobodys_help() -> None:
    lead = an_outcome(1, via="cy")

    assert left_out(lead, capped={("bob", lead.name)}) == (0, {"capped": 1})


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_what_an_account_did_before_it_was_linked_counts_once(number: int) -> None:
    """It is told of the account and of the member: the same act, which is the member's."""
    name = f"share-{number}"
    account = an_act("share", 1, member="acct-0123", name=name, derived=True)
    member = an_act("share", 1, member="zoe", name=name, event=f"{name}~zoe", historical=True)

    part = only(of(account, member).values())
    assert (part.count, part.left_out, part.events) == (1, {}, (f"{name}~zoe",))


def test_a_piece_of_an_account_is_its_members() -> None:
    """So is everything that came of it."""
    account = replace(a_claim(1), member="acct-0123", derived=True)
    member = replace(a_claim(1), member="zoe")

    [part] = parts(PIECE, [account, member, an_act("share")], (), RULES)
    assert (part.member, part.count) == ("zoe", 1)


def test_the_author_is_whoever_published_it_first() -> None:
    """What came before, and what the others do, is no less the author's."""
    earlier = a_claim(1, member="dee", minute=0)
    told = of(earlier, an_act("share", member="ada", minute=0), an_act("share", member="dee"))

    assert {key[0]: part.left_out for key, part in told.items()} == {"dee": {"own": 1}}
    assert only(told.values()).count == 1


def test_the_newest_events_are_named() -> None:
    """Twenty of those that count, from old to new."""
    shares = [an_act("share", number, member=f"m-{number:03}") for number in range(30)]

    part = only(of(*reversed(shares), an_act("share", 40, member="ada")).values())
    assert part.count == 30
    assert part.events == tuple(share.event for share in shares[-NEWEST:])


def test_what_was_imported_alone_is_history() -> None:
    """One that was not makes all of it news."""
    old, new = an_act("share", historical=True), an_act("share", member="cy")

    assert only(of(old).values()).historical
    assert not only(of(old, new).values()).historical


def test_half_years_begin_in_the_time_zone_of_the_rules() -> None:
    late = an_act("share", at=datetime(2026, 6, 30, 23, tzinfo=UTC))

    assert [*counts(late)] == [("ada", "2026H1", "author:share")]
    assert [*counts(late, rules=replace(RULES, timezone="Europe/Berlin"))] == [
        ("ada", "2026H2", "author:share")
    ]


def test_the_order_in_which_acts_were_heard_makes_no_difference() -> None:
    acts = [
        a_claim(1),
        a_claim(1, member="bob", minute=0),
        *(an_act("share", number, member=f"m-{number % 3}") for number in range(9)),
        *(a_snapshot(number, at=JULY, reader=number, share=number) for number in (1, 2)),
        *(an_outcome(number, via="m-1", at=DECEMBER) for number in (1, 2)),
        an_act("comment", 7, member="bob"),
    ]
    told = parts(PIECE, acts, {("m-1", "m-1-share-1")}, RULES)

    rng = random.Random(7)
    for _ in range(20):
        rng.shuffle(acts)
        assert parts(PIECE, acts, {("m-1", "m-1-share-1")}, RULES) == told


def test_a_score_is_the_sum_of_its_parts() -> None:
    everything = [
        *parts(PIECE, [a_claim(1), an_outcome(1, via="cy"), an_act("comment")], (), RULES),
        *parts(a_piece(2), [a_claim(2), an_act("share", of=2)], (), RULES),
    ]

    assert dict(by_member(everything)) == {"ada": 105_000, "cy": 25_000}
