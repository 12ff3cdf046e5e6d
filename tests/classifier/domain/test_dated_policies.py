"""4.2 and 4.4: a policy governs the days it was adopted for.

By the small policy two likes in 5 days make a sharer, who keeps it with one in 5 and has 2 days of
grace. Liking on days 0 and 1 keeps it up to day 5; it is lost on day 8.
"""

from dataclasses import replace
from datetime import date, timedelta

from services.classifier.domain.activities import Activity
from services.classifier.domain.eras import dated
from services.classifier.domain.journey import Journey
from services.classifier.domain.policy import Policy, PolicyAdopted
from tests.classifier.examples import (
    CREATOR,
    MONDAY,
    SHARER,
    a_criterion,
    a_policy,
    adoption,
    an_activity,
    at,
    the_first,
    the_journey,
    vitalities,
    zones,
)

SMALL = a_policy()
LIKES = (an_activity("like", 0), an_activity("like", 1))


def on(number: int) -> date:
    return date.fromisoformat(MONDAY) + timedelta(days=number)


def forward(policy: Policy, start: int) -> tuple[PolicyAdopted, Policy]:
    return adoption(policy, "forward", on(start))


def grandfather(policy: Policy, start: int, until: int) -> tuple[PolicyAdopted, Policy]:
    return adoption(policy, "grandfather", on(start), on(until))


def recompute(policy: Policy) -> tuple[PolicyAdopted, Policy]:
    return adoption(policy, "recompute", on(9))


def keeping(acts: int, *, version: int = 2, grace_days: int = 2, days: int = 5) -> Policy:
    """Return the small policy with another `keep` of the sharer."""
    keep = (a_criterion("acts", acts, ("like", "post"), days),)
    return replace(
        a_policy(sharer=replace(SHARER, keep=keep, grace_days=grace_days)), version=version
    )


def entering(acts: int) -> Policy:
    """Return the small policy with another `enter` of the sharer."""
    enter = (a_criterion("acts", acts, ("like",), 5),)
    return replace(a_policy(sharer=replace(SHARER, enter=enter)), version=2)


def decided(
    *adopted: tuple[PolicyAdopted, Policy], acts: tuple[Activity, ...] = LIKES, now: int
) -> Journey:
    return the_journey(*acts, now=now, policy=dated([the_first(SMALL), *adopted]))


def test_forward_governs_from_its_day_on() -> None:
    """Three likes in 5 days: too few before day 3, enough on day 3 by the policy before."""
    strict = entering(9)
    lenient = entering(1)
    assert zones(decided(forward(strict, 1), now=at(4)), 0, 1, 3) == ["consumer"] * 3
    assert zones(decided(forward(strict, 2), now=at(4)), 0, 1, 3) == [
        "consumer",
        "sharer",
        "sharer",
    ]
    late = (an_activity("like", 0),)
    assert zones(decided(forward(lenient, 3), acts=late, now=at(5)), 2, 3) == ["consumer", "sharer"]


def test_recompute_governs_every_day() -> None:
    lenient = entering(1)
    assert zones(decided(recompute(lenient), now=at(4)), 0) == ["sharer"]


def test_recompute_drops_what_was_adopted_before() -> None:
    journey = decided(forward(keeping(9), 2), recompute(keeping(1, version=3)), now=at(10))
    assert zones(journey, 7, 8) == ["sharer", "consumer"]


def test_a_later_adoption_drops_what_earlier_ones_said_of_its_days() -> None:
    """Of the days before, they still govern."""
    never, again = keeping(9, grace_days=0), keeping(1, version=3)
    journey = decided(forward(never, 4), forward(again, 3), now=at(9))
    assert zones(journey, 3, 4, 7) == ["sharer", "sharer", "sharer"]
    journey = decided(forward(never, 3), forward(again, 6), now=at(9))
    assert zones(journey, 2, 3, 6) == ["sharer", "consumer", "consumer"]


def test_failing_days_carry_over_and_the_days_policy_sets_the_grace() -> None:
    """Failing on days 6 and 7: a grace of 1 is over on the first day of the new policy."""
    journey = decided(forward(keeping(1, grace_days=0), 7), now=at(20))
    assert zones(journey, 6, 7) == ["sharer", "consumer"]
    journey = decided(forward(keeping(1, grace_days=5), 8), now=at(20))
    assert zones(journey, 8, 10, 11) == ["sharer", "sharer", "consumer"]
    journey = decided(forward(keeping(1, grace_days=5), 9), now=at(20))
    assert zones(journey, 8) == ["consumer"]


def test_nobody_is_demoted_by_new_thresholds_while_they_are_grandfathered() -> None:
    """Up to the last day inclusive; then one like a day in 5 is too few, and grace begins."""
    weekly = tuple(an_activity("like", each) for each in (0, 1, 5, 9, 13, 17, 21))
    journey = decided(grandfather(keeping(3), 3, until=10), acts=weekly, now=at(30))
    assert zones(journey, 10, 11, 12, 13) == ["sharer", "sharer", "sharer", "consumer"]
    journey = decided(forward(keeping(3), 3), acts=weekly, now=at(30))
    assert zones(journey, 4, 5) == ["sharer", "consumer"]


def test_grandfathered_a_zone_is_kept_by_the_new_thresholds_too() -> None:
    """Where those are the milder ones."""
    journey = decided(grandfather(keeping(1, days=9), 3, until=30), now=at(20))
    assert zones(journey, 8, 11, 12) == ["sharer", "sharer", "consumer"]


def test_who_was_grandfathered_before_stays_so_to_their_own_day() -> None:
    """Each policy spares up to its own last day."""
    weekly = tuple(an_activity("like", each) for each in (0, 1, 5, 9, 13, 17, 21))
    first = grandfather(keeping(3, grace_days=0), 3, until=8)
    second = grandfather(keeping(4, version=3, grace_days=0), 4, until=12)
    journey = decided(first, second, acts=weekly, now=at(30))
    assert zones(journey, 8, 9) == ["sharer", "consumer"]
    longer = grandfather(keeping(3, grace_days=0), 3, until=20)
    journey = decided(longer, second, acts=weekly, now=at(30))
    assert zones(journey, 12, 13) == ["sharer", "consumer"]


def test_what_is_replaced_is_what_governed_the_day_before() -> None:
    """Not what was to come and never did: nobody has been anywhere by it."""
    weekly = tuple(an_activity("like", each) for each in (0, 1, 5, 9, 13, 17, 21))
    never = forward(keeping(9, grace_days=0), 4)
    spared = grandfather(keeping(3, version=3, grace_days=0), 4, until=12)
    journey = decided(never, spared, acts=weekly, now=at(30))
    assert zones(journey, 4, 12, 13) == ["sharer", "sharer", "consumer"]
    earlier = grandfather(keeping(3, version=3, grace_days=0), 3, until=12)
    journey = decided(never, earlier, acts=weekly, now=at(30))
    assert zones(journey, 4, 12, 13) == ["sharer", "sharer", "consumer"]


def test_grandfathering_spares_the_zone_one_falls_into() -> None:
    """A creator whose pieces are too old falls to sharer by the `keep` of before, not further."""
    acts = (*LIKES, an_activity("publish", 0), an_activity("publish", 1), an_activity("like", 8))
    assert zones(decided(forward(keeping(3), 9), acts=acts, now=at(20)), 10, 11) == [
        "creator",
        "consumer",
    ]
    journey = decided(grandfather(keeping(3), 9, until=11), acts=acts, now=at(20))
    assert zones(journey, 10, 11) == ["creator", "sharer"]


def test_grandfathering_holds_for_what_a_zone_requires() -> None:
    """To enter as a creator one has to keep being a sharer: by the old policy will do."""
    acts = (*LIKES, an_activity("publish", 4), an_activity("publish", 5))
    assert zones(decided(forward(keeping(3), 3), acts=acts, now=at(7)), 5) == ["consumer"]
    spared = grandfather(keeping(3), 3, until=5)
    assert zones(decided(spared, acts=acts, now=at(7)), 5) == ["creator"]
    too_short = grandfather(keeping(3), 3, until=4)
    assert zones(decided(too_short, acts=acts, now=at(7)), 5) == ["sharer"]


def test_grandfathering_makes_entering_no_easier() -> None:
    strict = entering(9)
    assert zones(decided(grandfather(strict, 1, until=20), now=at(4)), 1) == ["consumer"]


def test_a_day_closes_by_its_own_policy() -> None:
    """Day 8 is lost an hour after midnight, or at noon where its policy says so."""
    slow = replace(SMALL, version=2, settle_minutes=720)
    assert zones(decided(forward(slow, 9), now=at(9, "01:00")), 8) == ["consumer"]
    assert zones(decided(forward(slow, 8), now=at(9, "11:59")), 8) == ["sharer"]
    assert zones(decided(forward(slow, 8), now=at(9, "12:00")), 8) == ["consumer"]


def test_vitality_goes_by_the_policy_of_the_day() -> None:
    brief = replace(SMALL, version=2, active_days=1, quiet_days=2)
    journey = decided(forward(brief, 3), now=at(9))
    assert vitalities(journey, 2, 3, 4) == ["active", "quiet", "dormant"]


def test_a_criterion_of_a_past_policy_counts_on_its_days_only() -> None:
    """What one policy asks for is seen on its days, though the newest asks for something else."""
    pieces = replace(a_policy(creator=replace(CREATOR, requires=())), version=2)
    comments = replace(
        a_policy(sharer=replace(SHARER, enter=(a_criterion("acts", 1, ("comment",), 2),))),
        version=3,
    )
    acts = (*LIKES, an_activity("publish", 3), an_activity("publish", 4), an_activity("comment", 6))
    journey = decided(forward(pieces, 4), forward(comments, 6), acts=acts, now=at(8))
    assert zones(journey, 3, 4, 7) == ["sharer", "creator", "creator"]
