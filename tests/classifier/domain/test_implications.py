"""What is said to follow from a criterion does, whatever anybody does."""

from bisect import bisect_left
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.classifier.domain.activities import OWN_ACTS, Activity
from services.classifier.domain.facts import NOTHING, Facts, learn
from services.classifier.domain.implications import (
    WEEK,
    effort,
    follows,
    impossible,
    most,
    weeks_always_touched,
    weeks_touched,
)
from services.classifier.domain.measures import MEASURES, Criterion, lapse_of
from tests.classifier.examples import a_criterion, an_activity, day

ESTIMATES: Final = {"like": 60, "share": 120, "publish": 90_000}
ACTING: Final = ("acts", "active_days", "active_weeks", "people", "minutes_per_week")
TODAY: Final = 30

acts = st.builds(
    lambda kind, on, target, minutes: an_activity(
        kind, on, id=f"{kind}{on}{target}{minutes}", target=target, minutes=minutes
    ),
    st.sampled_from(("like", "share", "publish")),
    st.integers(0, TODAY),
    st.sampled_from(("x:1", "x:2", "x:3", None)),
    st.sampled_from((None, 0, 30, 1440)),
)


@st.composite
def questions(draw: st.DrawFn) -> Criterion:
    """A criterion whose threshold is left open."""
    measure = draw(st.sampled_from(ACTING))
    kinds = st.sets(st.sampled_from(("like", "share", "publish", "any")), min_size=1, max_size=2)
    of = tuple(sorted(draw(kinds))) if MEASURES[measure].of else ()
    return a_criterion(measure, 1, of, draw(st.integers(1, 31)))


def holds(criterion: Criterion, facts: Facts) -> bool:
    return lapse_of(criterion, ESTIMATES)(facts, day(TODAY)) > day(TODAY)


def facts_of(history: list[Activity]) -> Facts:
    facts = NOTHING
    for each in history:
        facts = learn(facts, each)
    return facts


def some(measure: str, need: int, days: int, *of: str) -> Criterion:
    return a_criterion(measure, need, of, days)


def value(question: Criterion, facts: Facts) -> int:
    """Return the highest threshold that is met: one more would not be."""
    needs = range(1, 1 + 25 * WEEK)
    return bisect_left(
        needs, True, key=lambda need: not holds(replace(question, at_least=need), facts)
    )


@settings(max_examples=250)
@given(st.lists(acts, max_size=25), st.lists(questions(), min_size=1, max_size=3), questions())
def test_nothing_follows_from_what_holds_that_does_not_hold(
    history: list[Activity], known: list[Criterion], other: Criterion
) -> None:
    """The thresholds are those that are just met, and one that is just not."""
    facts = facts_of(history)
    met = [replace(each, at_least=value(each, facts)) for each in known]
    missed = replace(other, at_least=value(other, facts) + 1)
    assume(not holds(missed, facts))
    assert follows(missed, [each for each in met if each.at_least], ESTIMATES) == ()


FOLLOWING = [
    (some("acts", 4, 30, "like"), some("acts", 2, 60, "like", "share")),
    (some("acts", 1, 30, "like"), some("active_days", 1, 30, "any")),
    (some("active_days", 3, 30, "like"), some("acts", 3, 30, "like")),
    (some("active_days", 8, 30, "like"), some("active_weeks", 2, 30, "like")),
    (some("active_days", 30, 31, "like"), some("active_days", 6, 7, "like")),
    (some("active_weeks", 3, 30, "like"), some("active_days", 3, 30, "like")),
    (some("active_weeks", 5, 30, "like"), some("active_weeks", 2, 22, "like")),
    (some("people", 3, 30, "like"), some("acts", 3, 30, "like")),
    (some("people", 10, 90, "like"), some("people", 7, 90, "like")),
    (some("minutes_per_week", 60, 56), some("minutes_per_week", 30, 112)),
    (some("minutes_per_week", 1, 7), some("acts", 1, 7, "any")),
    (some("network_growth", 5, 30), some("network_size", 5, 0)),
    (some("outcomes", 2, 30, "lead"), some("outcomes", 1, 60, "any")),
]


@pytest.mark.parametrize(("one", "other"), FOLLOWING)
def test_the_tighter_criterion_implies_the_looser(one: Criterion, other: Criterion) -> None:
    """And never the other way round."""
    assert follows(other, [one], ESTIMATES) == (one,)
    assert follows(one, [other], ESTIMATES) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (some("acts", 4, 30, "like"), some("active_days", 2, 30, "like")),
        (some("acts", 4, 30, "like"), some("people", 1, 30, "like")),
        (some("acts", 4, 30, "like"), some("acts", 1, 29, "like")),
        (some("acts", 4, 30, "like", "share"), some("acts", 1, 30, "like")),
        (some("active_days", 7, 30, "like"), some("active_weeks", 2, 30, "like")),
        (some("minutes_per_week", 60, 56), some("minutes_per_week", 31, 112)),
        (some("network_growth", 5, 30), some("network_growth", 5, 31)),
        (some("outcomes", 5, 30, "lead"), some("acts", 1, 30, "any")),
    ],
)
def test_what_may_fail_does_not_follow(one: Criterion, other: Criterion) -> None:
    assert follows(other, [one], ESTIMATES) == ()


def test_different_kinds_add_up_and_the_same_do_not() -> None:
    likes, shares = some("acts", 2, 30, "like"), some("people", 3, 30, "share")
    both = some("acts", 5, 30, "like", "share")
    assert set(follows(both, [likes, shares], ESTIMATES)) == {likes, shares}
    assert follows(both, [likes, some("acts", 3, 30, "like", "share")], ESTIMATES) == ()


@pytest.mark.parametrize("days", range(1, 40))
def test_days_touch_as_many_weeks_as_the_calendar_has(days: int) -> None:
    touched = [len({(start + number) // 7 for number in range(days)}) for start in range(7)]
    assert (weeks_always_touched(days), weeks_touched(days)) == (min(touched), max(touched))


def test_a_measure_has_a_limit_where_the_calendar_gives_it_one() -> None:
    assert most(some("active_days", 1, 30, "like")) == 30
    assert most(some("active_weeks", 1, 30, "like")) == 6
    assert most(some("minutes_per_week", 1, 30)) == 10_080
    assert most(some("acts", 1, 30, "like")) is None
    assert not impossible(some("active_days", 30, 30, "like"))
    assert impossible(some("active_days", 31, 30, "like"))


def test_the_effort_is_that_of_the_cheapest_acts_that_have_to_be_there() -> None:
    """What counts for two criteria is done once, and what may be done later is not counted."""
    asked = [
        some("acts", 10, 7, "like", "share"),
        some("acts", 4, 7, "like"),
        some("acts", 1, 7, "publish"),
        some("acts", 100, 30, "publish"),
    ]
    assert effort(asked, ESTIMATES, 7) == 10 + 1500
    assert set(OWN_ACTS) >= ESTIMATES.keys()
