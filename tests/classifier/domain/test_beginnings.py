"""Which changes are a policy's: those that it brings by being adopted, or by beginning.

By the small policy two likes in 5 days make a sharer, who keeps it with one in 5 and has 2 days of
grace. Liking on days 0 and 1 keeps it up to day 5; it is lost on day 8.
"""

from dataclasses import replace
from datetime import date
from itertools import product

from services.classifier.domain.activities import Activity
from services.classifier.domain.announcements import ZoneChanged
from services.classifier.domain.measures import Criterion
from services.classifier.domain.policy import Mode, Policy
from tests.classifier.examples import (
    CREATOR,
    SHARER,
    a_criterion,
    a_policy,
    adoption,
    an_activity,
    at,
    day,
)
from tests.classifier.teller import Teller

LIKES = (an_activity("like", 0), an_activity("like", 1))


def on(number: int) -> date:
    return date.fromordinal(day(number))


def entering(likes: int, keep: tuple[Criterion, ...] = SHARER.keep, grace_days: int = 2) -> Policy:
    """Return the second policy: so many likes in 5 days make a sharer."""
    enter = (a_criterion("acts", likes, ("like",), 5),)
    zone = replace(SHARER, enter=enter, keep=keep, grace_days=grace_days)
    return replace(a_policy(sharer=zone), version=2)


def keeping(likes: int, grace_days: int) -> Policy:
    """Return the second policy: so many likes in 5 days keep a sharer."""
    keep = (a_criterion("acts", likes, ("like",), 5),)
    return entering(2, keep, grace_days)


def creating(likes: int) -> Policy:
    """Return the second policy: so many likes in 10 days make a creator."""
    enter = (a_criterion("acts", likes, ("like",), 10),)
    zone = replace(CREATOR, enter=enter, keep=enter, requires=())
    return replace(a_policy(creator=zone), version=2)


def adopting(
    policy: Policy, mode: Mode, start: int, *activities: Activity, until: int | None = None
) -> Teller:
    """Return a teller who heard of each activity when it happened, and on the eve of its first day
    of the policy.
    """
    teller = Teller(a_policy())
    for each in activities:
        teller.apply(min(each.at, at(start - 1, "13:00")), each)
    last = None if until is None else on(until)
    adopted = adoption(policy, mode, on(start), last)
    assert teller.apply(at(start - 1, "14:00"), adopted) == ()
    return teller


def one(teller: Teller, now: int, act: Activity | None = None) -> tuple[str, date, bool]:
    """Return which way the member is said to have moved, from which day on, and whether a policy
    did it.
    """
    changes = [each for each in teller.apply(now, act) if isinstance(each, ZoneChanged)]
    [change] = changes
    return change.direction, change.effective_on, change.by_policy


def test_what_is_announced_as_a_policy_is_adopted_is_the_policys() -> None:
    """Up or down. Whether that is historical is another question, and is answered as ever."""
    for policy, acts, moved in (
        (entering(1), LIKES[:1], ("promoted", on(0))),
        (entering(9), LIKES, ("demoted", on(1))),
    ):
        teller = Teller(a_policy())
        for each in acts:
            teller.apply(each.at, each)
        [change] = teller.apply(at(4), adoption(policy, "recompute", on(4)))
        assert isinstance(change, ZoneChanged)
        assert (change.direction, change.effective_on) == moved
        assert (change.by_policy, change.historical) == (True, False)


def test_what_follows_when_every_day_was_decided_again_is_the_members() -> None:
    """By the new rules one like counts up to day 4; the grace is over on day 7."""
    teller = Teller(a_policy())
    teller.apply(LIKES[0].at, LIKES[0])
    teller.apply(at(4), adoption(entering(1), "recompute", on(4)))
    assert one(teller, at(8, "01:00")) == ("demoted", on(7), False)
    again = an_activity("like", 8)
    assert one(teller, again.at, again) == ("promoted", on(8), False)


def test_who_rises_as_a_policy_begins_rises_by_it() -> None:
    teller = adopting(entering(1), "forward", 3, LIKES[0])
    assert one(teller, at(3)) == ("promoted", on(3), True)


def test_grandfathered_too() -> None:
    teller = adopting(entering(1), "grandfather", 3, LIKES[0], until=20)
    assert one(teller, at(3)) == ("promoted", on(3), True)


def test_who_rises_by_what_they_do_on_its_first_day_rises_by_themselves() -> None:
    """Though by the rules of the eve it would have been too little."""
    teller = adopting(entering(1), "forward", 3, an_activity("view", 0))
    teller.apply(at(3), None)
    like = an_activity("like", 3)
    assert one(teller, like.at, like) == ("promoted", on(3), False)


def test_what_began_with_the_policy_is_its_own_when_it_is_seen_late() -> None:
    teller = adopting(entering(1), "forward", 3, LIKES[0])
    assert one(teller, at(5)) == ("promoted", on(3), True)


def test_who_falls_on_its_first_day_falls_by_it() -> None:
    """Of three days of `keep` failing one is over, and by the new rules none was to be."""
    teller = adopting(keeping(1, grace_days=0), "forward", 7, *LIKES)
    assert teller.apply(at(8, "01:00") - 1, None) == ()
    assert one(teller, at(8, "01:00")) == ("demoted", on(7), True)


def test_who_would_have_fallen_on_that_day_anyway_falls_by_themselves() -> None:
    teller = adopting(keeping(1, grace_days=1), "forward", 8, *LIKES)
    assert one(teller, at(9, "01:00")) == ("demoted", on(8), False)


def test_who_would_have_risen_on_that_day_anyway_rises_by_themselves() -> None:
    """Be it not as far. Two likes are known on the eve, one of them dated ahead; when it is seen
    late, they are long forgotten.
    """
    acts = (an_activity("like", 2), an_activity("like", 3))
    for policy, now in product((entering(1), creating(2)), (at(3), at(4), at(400))):
        for_ever = replace(policy, zones=tuple(replace(zone, keep=()) for zone in policy.zones))
        teller = adopting(for_ever, "forward", 3, *acts)
        assert one(teller, now) == ("promoted", on(3), False)


def test_who_would_have_fallen_and_rises_rises_by_it() -> None:
    """The grace of the sharer is over on day 8, on which two likes in 10 days make a creator."""
    teller = adopting(creating(2), "forward", 8, *LIKES)
    assert one(teller, at(9, "02:00")) == ("promoted", on(8), True)


def test_falls_that_come_of_the_new_rules_later_are_the_members() -> None:
    """Two likes are too few from day 3 on, and a day of grace is given."""
    teller = adopting(keeping(3, grace_days=1), "forward", 3, *LIKES)
    assert one(teller, at(9)) == ("demoted", on(4), False)


def test_so_are_those_on_the_day_on_which_nobody_is_spared_any_more() -> None:
    """It was known all along that the day would come, and they were warned of it."""
    teller = adopting(keeping(3, grace_days=0), "grandfather", 3, *LIKES, until=4)
    assert one(teller, at(9)) == ("demoted", on(5), False)


def test_what_is_heard_of_late_is_not_the_policys() -> None:
    """Whoever reports it late has moved the member: had nobody, nothing would have changed."""
    teller = adopting(entering(1), "forward", 3, an_activity("view", 0))
    teller.apply(at(4), None)
    late = an_activity("like", 2)
    assert one(teller, at(5), late) == ("promoted", on(3), False)


def test_who_leaves_or_comes_back_does_so_by_themselves() -> None:
    """No policy knows of it: a departure and a return that were said beforehand."""
    departing = LIKES[0], an_activity("member_departed", 3)
    teller = adopting(entering(1), "forward", 3, *departing)
    assert one(teller, at(3)) == ("left", on(3), False)
    back = an_activity("member_departed", 1), an_activity("member_registered", 3)
    teller = adopting(entering(1), "forward", 3, LIKES[0], *back)
    assert one(teller, at(3)) == ("entered", on(3), False)
