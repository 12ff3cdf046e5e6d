"""What interests somebody: exact, whatever the order, and half as much after each half-life."""

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain.interest import Acted, Fading, Interest, Match, interests, match

FADING = Fading(half_life=60, declared=1000, least=250)
TODAY = date(2026, 3, 2).toordinal()


def acted(age: int, topic: str = "tea", *, member: str = "sue", acts: int = 1) -> Acted:
    return Acted(member, topic, TODAY - age, acts)


@pytest.mark.parametrize(("age", "worth"), [(0, 1000), (60, 500), (120, 250), (121, 247), (659, 0)])
def test_an_act_is_worth_half_as_much_after_each_half_life(age: int, worth: int) -> None:
    assert FADING.worth(age) == pytest.approx(worth, abs=1)


def test_an_act_of_a_day_to_come_is_worth_as_much_as_one_of_today() -> None:
    assert FADING.worth(-3) == FADING.worth(0) == 1000


def test_what_is_worth_nothing_need_not_be_looked_at() -> None:
    assert FADING.worth(FADING.days) == 0
    assert FADING.worth(FADING.days - 1) > 0
    assert interests([acted(FADING.days)], [], TODAY, FADING) == {}


def test_acts_add_up_and_those_of_a_half_life_are_lately() -> None:
    found = interests([acted(0, acts=2), acted(60), acted(120)], [], TODAY, FADING)

    assert found == {"sue": {"tea": Interest(2000 + 500 + 250, acts=3)}}


def test_what_is_declared_does_not_fade_and_acts_come_on_top() -> None:
    found = interests([acted(60)], [("sue", "tea"), ("tom", "ink")], TODAY, FADING)

    assert found == {"sue": {"tea": Interest(1500, 1)}, "tom": {"ink": Interest(1000)}}


@given(
    st.lists(st.tuples(st.integers(0, 700), st.sampled_from(["tea", "ink"]), st.integers(1, 3))),
    st.randoms(use_true_random=False),
)
def test_an_interest_does_not_depend_on_the_order_of_acts(
    told: list[tuple[int, str, int]], chance: random.Random
) -> None:
    heard = [acted(age, topic, acts=acts) for age, topic, acts in told]
    again = [*heard]
    chance.shuffle(again)
    one_by_one = [each._replace(acts=1) for each in again for _ in range(each.acts)]

    assert interests(heard, [], TODAY, FADING) == interests(one_by_one, [], TODAY, FADING)


def test_several_faint_interests_are_one_and_the_greatest_is_named() -> None:
    interested = {"ink": Interest(200), "tea": Interest(200), "oil": Interest(210, 1)}

    assert match(interested, ["tea", "ink", "oil"], 250) == Match(610, "oil", 1)
    assert match(interested, ["tea", "tea", "ink"], 250) == Match(400, "ink", 0)
    assert match(interested, ["tea"], 250) is None
    assert match(interested, ["sand"], 0) is None
