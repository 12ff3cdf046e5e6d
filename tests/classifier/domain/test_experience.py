"""What a log says of a policy: which criteria decide nothing, and what arrives no more."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.classifier.domain.activities import Activity
from services.classifier.domain.experience import Arrivals, Sightings, of_arrivals
from services.classifier.domain.facts import NOTHING, Facts, learn
from services.classifier.domain.findings import Finding
from services.classifier.domain.measures import Criterion, lapse_of
from services.classifier.domain.policy import Policy
from tests.classifier.examples import ENGAGED, SHARER, a_criterion, a_policy, an_activity, day

TODAY = 60

happenings = st.one_of(
    st.builds(
        lambda kind, on: an_activity(kind, on, id=f"{kind}{on}"),
        st.sampled_from(("like", "post")),
        st.integers(0, TODAY + 5),
    ),
    st.builds(
        lambda on, size: an_activity(
            "network", on, id=f"n{on}", platform="x", followers=size, connections=0
        ),
        st.integers(0, TODAY + 5),
        st.integers(0, 9),
    ),
)

CRITERIA = [
    a_criterion("acts", 2, ("like", "post"), 7),
    a_criterion("active_weeks", 2, ("like",), 20),
    a_criterion("network_size", 4),
    a_criterion("network_growth", 1, (), 9),
]


def facts_of(history: list[Activity]) -> Facts:
    facts = NOTHING
    for each in history:
        facts = learn(facts, each)
    return facts


def asking(criterion: Criterion) -> Policy:
    """Return a policy with one criterion in doubt, and no other."""
    one = replace(criterion, name="socially_engaged.enter.1")
    nothing = replace(SHARER, enter=(), keep=())
    return a_policy(
        sharer=nothing,
        creator=replace(nothing, name="content_creator"),
        engaged=replace(ENGAGED, enter=(one,), keep=()),
        reports=frozenset({"network"}),
    )


def decided(policy: Policy, histories: list[list[Activity]], total: int = 0) -> list[Finding]:
    sightings = Sightings(policy)
    for history in histories:
        sightings.see(facts_of(history), day(TODAY))
    return list(sightings.findings(total or len(histories)))


@settings(max_examples=150)
@given(st.lists(happenings, min_size=1, max_size=8), st.sampled_from(CRITERIA))
def test_a_criterion_is_seen_as_if_every_day_were_looked_at(
    history: list[Activity], criterion: Criterion
) -> None:
    facts = facts_of(history)
    lapse = lapse_of(criterion, {})
    days = range(facts.enrolled_on, day(TODAY) + 1)
    held = {lapse(facts, each) > each for each in days}
    found = decided(asking(criterion), [history])
    assert bool(found) == (len(held) == 1)
    if found:
        words = "every one" if held == {True} else "none"
        assert f"holds on {words} of {len(days)} days" in found[0].words


def test_one_member_who_differs_is_enough() -> None:
    policy = asking(a_criterion("acts", 1, ("like",), 1000))
    liking, posting = [an_activity("like", 0)], [an_activity("post", 0)]
    [always] = decided(policy, [liking, liking])
    assert always.severity == "warning"
    assert "holds on every one of 122 days: on this log it decides nothing" in always.words
    [never] = decided(policy, [posting])
    assert "holds on none of 61 days: on this log nobody ever meets it" in never.words
    assert decided(policy, [liking, posting]) == []


def test_of_some_members_it_is_said_how_many_they_were() -> None:
    """What was not seen among some may yet be, so it is a note."""
    [finding] = decided(asking(a_criterion("acts", 1, ("like",), 9)), [[an_activity("post", 0)]], 7)
    assert finding.severity == "note"
    assert "of 61 days of 1 members out of 7, the busiest among them" in finding.words


def arrived(kind: str, days: list[int]) -> Arrivals:
    arrivals = Arrivals()
    for number in days:
        arrivals.hear(kind, day(number), 1)
    return arrivals


def heard(arrivals: Arrivals, today: int, policy: Policy | None = None) -> list[tuple[str, str]]:
    found = of_arrivals(policy or a_policy(), arrivals, day(today))
    return [(each.place, each.words) for each in found]


@pytest.mark.parametrize(
    ("days", "today", "stopped"),
    [
        ([0, 1, 2, 3, 4], 18, False),
        ([0, 1, 2, 3, 4], 19, True),
        ([0, 10, 20, 30, 40], 70, False),
        ([0, 10, 20, 30, 40], 71, True),
        ([0, 1, 2, 3], 90, False),
    ],
)
def test_a_kind_has_stopped_when_it_is_missed_for_long(
    days: list[int], today: int, stopped: bool
) -> None:
    """For three usual gaps and two weeks, if it had become a habit at all."""
    said = heard(arrived("like", days), today)
    assert any(words.startswith("like has stopped arriving") for _, words in said) == stopped


def test_one_long_pause_is_not_the_usual_gap() -> None:
    days = [0, *range(400, 430)]
    assert any("stopped" in words for _, words in heard(arrived("like", days), 460))


def test_a_kind_that_never_arrives_is_named_where_it_is_first_asked_for() -> None:
    said = heard(arrived("like", [0]), 1)
    assert ("acts 2", "post has never arrived") in said
    assert "like" not in " ".join(words for _, words in said)
    assert heard(Arrivals(), 1) == []


def test_measurements_that_nobody_asks_for_are_ignored_aloud() -> None:
    arrivals = arrived("network", [0, 1])
    arrivals.hear("outcome", day(1), 3, "lead")
    said = heard(arrivals, 2)
    assert ("reports.network", "2 measurements of network have arrived, and are ignored") in said
    assert ("reports.outcomes", "3 measurements of outcomes have arrived, and are ignored") in said
    grown = replace(
        ENGAGED, enter=(a_criterion("network_size", 9), a_criterion("outcomes", 1, ("lead",), 9))
    )
    asking = a_policy(engaged=grown, reports=frozenset({"network", "outcomes"}))
    assert not [words for place, words in heard(arrivals, 2, asking) if place.startswith("reports")]
    assert arrivals.events == 5
