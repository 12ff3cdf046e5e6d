"""Circles are of four or five who share a topic, and meet the same people as little as can be."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifier.domain.audience import Member
from services.notifier.domain.circles import arranged, of_circle, proposed, seating
from services.notifier.domain.engaged import Engaged
from tests.notifier.examples import NINE

LAW = settings(max_examples=200, deadline=None)
MARCH = NINE.date().replace(day=1)
NAMES = [f"m-{number:03}" for number in range(30)]
Caring = dict[str, frozenset[str]]
Before = list[frozenset[str]]

CARES = st.dictionaries(
    st.sampled_from(NAMES), st.frozensets(st.sampled_from(["tea", "ink", "sea", "art"]), max_size=3)
)
BEFORE = st.lists(st.frozensets(st.sampled_from(NAMES), min_size=4, max_size=5), max_size=12)


def all_about_tea(number: int) -> Caring:
    return {name: frozenset({"tea"}) for name in NAMES[:number]}


def circles(
    caring: Mapping[str, AbstractSet[str]], before: Sequence[AbstractSet[str]] = ()
) -> list[tuple[str, tuple[str, ...]]]:
    return list(arranged(caring, before))


def met(before: Sequence[AbstractSet[str]]) -> Counter[frozenset[str]]:
    return Counter(frozenset(two) for circle in before for two in combinations(circle, 2))


@LAW
@given(CARES, BEFORE)
def test_a_circle_is_of_four_or_five_who_share_its_topic(caring: Caring, before: Before) -> None:
    for topic, members in circles(caring, before):
        assert len(members) in {4, 5}
        assert all(topic in caring[member] for member in members)


@LAW
@given(CARES, BEFORE)
def test_nobody_is_in_two_circles(caring: Caring, before: Before) -> None:
    seated = [member for _, members in circles(caring, before) for member in members]

    assert len(seated) == len({*seated})


@LAW
@given(CARES, BEFORE)
def test_nobody_is_left_out_while_four_without_a_circle_share_a_topic(
    caring: Caring, before: Before
) -> None:
    seated = {member for _, members in circles(caring, before) for member in members}
    left = Counter(topic for who, topics in caring.items() if who not in seated for topic in topics)

    assert all(number < 4 for number in left.values())


@LAW
@given(CARES, BEFORE, st.randoms(use_true_random=False))
def test_whoever_is_heard_of_first_makes_no_difference(
    caring: Caring, before: Before, chance: random.Random
) -> None:
    names = [*caring]
    chance.shuffle(names)

    assert circles({name: caring[name] for name in names}, before) == circles(caring, before)


@LAW
@given(st.integers(4, 23), BEFORE)
def test_two_meet_again_only_where_no_change_of_places_would_help(
    number: int, before: Before
) -> None:
    """Neither with somebody in another circle, nor with somebody left over."""
    together, members = met(before), NAMES[:number]
    seated = seating(members, together)
    over = [it for it in members if all(it not in circle for circle in seated)]

    def again(tables: list[list[str]]) -> int:
        return sum(together[frozenset(two)] for it in tables for two in combinations(it, 2))

    def changed(one: str, two: str) -> list[list[str]]:
        other = {one: two, two: one}
        return [[other.get(who, who) for who in circle] for circle in seated]

    for one, two in combinations(members, 2):
        if not (one in over and two in over):
            assert again(changed(one, two)) >= again(seated)


@LAW
@given(st.integers(4, 23))
def test_as_few_as_can_be_are_left_over(number: int) -> None:
    seated = sum(map(len, seating(NAMES[:number], Counter())))

    assert seated == {6: 5, 7: 5, 11: 10}.get(number, number)


def test_sixteen_meet_nobody_twice_in_five_months() -> None:
    """More is not possible: each has fifteen others to meet, three at a time."""
    before: Before = []
    for _ in range(5):
        before += [frozenset(members) for _, members in circles(all_about_tea(16), before)]

    assert len(before) == 20
    assert {*met(before).values()} == {1}


def test_whoever_was_left_over_comes_first_the_next_time() -> None:
    before: Before = []
    left: list[str] = []
    for _ in range(6):
        [(_, members)] = circles(all_about_tea(6), before)
        before.append(frozenset(members))
        left.append(*({*NAMES[:6]} - {*members}))

    assert all(earlier != later for earlier, later in pairwise(left))
    assert len({*left}) > 3


def test_whoever_cares_about_what_few_share_is_not_passed_over() -> None:
    caring = {
        **dict.fromkeys(NAMES[:4], frozenset({"tea", "ink"})),
        **dict.fromkeys(NAMES[4:10], frozenset({"ink"})),
    }

    assert circles(caring) == [("tea", tuple(NAMES[:4])), ("ink", tuple(NAMES[4:9]))]


def test_three_who_share_a_topic_are_no_circle() -> None:
    assert circles(all_about_tea(3)) == []
    assert circles({}) == []


def test_whoever_wants_none_is_not_proposed() -> None:
    tea = Member(cares=frozenset({"tea"}))
    engaged = Engaged(
        members=dict.fromkeys(NAMES[:6], tea),
        unwilling={(NAMES[0], "circle"), (NAMES[1], "talk")},
    )
    [circle] = proposed(engaged, [], MARCH, NINE)

    assert circle.members == tuple(NAMES[1:6])
    told = {it.recipient: it for it in of_circle(circle)}
    assert [*told] == NAMES[1:6]
    assert told[NAMES[1]].facts["others"] == "m-002, m-003, m-004, m-005"
    assert {it.cause for it in told.values()} == {"circles/2026-03"}
