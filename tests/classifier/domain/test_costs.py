"""4.2: the cost of deciding goes with what changes, not with the days that pass."""

from dataclasses import replace

import pytest

from services.classifier.domain.activities import Activity
from services.classifier.domain.facts import Facts
from services.classifier.domain.journey import Journey, advance, record
from services.classifier.domain.measures import Lapse
from services.classifier.domain.policy import Policy
from services.classifier.domain.regimes import Policies, always
from tests.classifier.examples import DEFAULT, an_activity, at, the_journey


class Counting:
    """Policies that count how often they ask whether a criterion holds."""

    def __init__(self, policy: Policy) -> None:
        self.asked = 0
        self.policies = always(policy)
        [regime] = self.policies.regimes
        rules = tuple(
            replace(
                rule,
                enter=tuple(map(self._counted, rule.enter)),
                keep=tuple(map(self._counted, rule.keep)),
            )
            for rule in regime.rules
        )
        object.__setattr__(regime, "rules", rules)

    def _counted(self, lapse: Lapse) -> Lapse:
        def counted(facts: Facts, day: int) -> int:
            self.asked += 1
            return lapse(facts, day)

        return counted


@pytest.fixture
def asking() -> Counting:
    return Counting(DEFAULT)


def a_life(policies: Policies) -> Journey:
    """A creator, after 100 days."""
    acts = [an_activity("comment", on, target=f"person-{on}") for on in range(0, 100, 2)]
    pieces = [an_activity("publish", on) for on in range(0, 100, 20)]
    return the_journey(*acts, *pieces, now=at(100), policy=policies)


def test_a_member_silent_for_ten_years_costs_a_handful_of_decisions(asking: Counting) -> None:
    journey = a_life(asking.policies)
    asking.asked = 0
    advance(journey, asking.policies, at(3650))
    assert asking.asked < 60


def test_day_by_day_it_costs_no_more_since_most_days_nothing_is_due(asking: Counting) -> None:
    journey = a_life(asking.policies)
    asking.asked = 0
    for on in range(100, 1000):
        journey = advance(journey, asking.policies, at(on, "02:00"))
    assert asking.asked < 120


@pytest.mark.parametrize(
    "activity",
    [
        an_activity("draft_submitted", 99),
        an_activity("training_completed", 40),
        an_activity("network", 99, platform="x", followers=1000),
        an_activity("outcome", 99, outcome="lead"),
        an_activity("link_account", 40, platform="x", account="a"),
    ],
    ids=lambda activity: str(activity.kind),
)
def test_an_event_that_no_criterion_counts_costs_no_decision(
    asking: Counting, activity: Activity
) -> None:
    """Whenever it happened. The default policy reads neither accounts nor reports."""
    journey = a_life(asking.policies)
    asking.asked = 0
    after = record(journey, asking.policies, activity, at(100))
    assert asking.asked == 0
    assert after.trajectory is journey.trajectory


def test_an_act_that_can_lift_nobody_costs_no_decision(asking: Counting) -> None:
    """For the highest zone, an act on an open day only puts off what is due."""
    acts = [an_activity("comment", on, target=f"person-{on}") for on in range(0, 100, 2)]
    pieces = [an_activity("publish", on) for on in range(0, 100, 9)]
    journey = the_journey(*acts, *pieces, now=at(99), policy=asking.policies)
    assert journey.zone_on(journey.trajectory.settled_through) == "socially_engaged"
    asking.asked = 0
    after = record(
        journey, asking.policies, an_activity("comment", 99, target="bob"), at(99, "12:00")
    )
    assert asking.asked == 0
    assert after.trajectory is journey.trajectory
