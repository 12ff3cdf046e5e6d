"""What is counted of two lives, and how the counts of many members add up."""

import itertools
from collections import Counter
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.classifier.domain.activities import Activity
from services.classifier.domain.moving import Lived, foremost, mover
from services.classifier.domain.policy import Policy, Zone
from services.classifier.domain.regimes import Policies, always
from services.classifier.domain.rehearsal import Happened, Life, Tick, live
from services.classifier.domain.simulation import Counts, compared, distribution, sampled
from services.classifier.domain.zones import ZONES
from tests.classifier.examples import DEFAULT, a_criterion, a_policy, an_activity, at, day

KINDS = ("share", "comment", "publish", "view", "member_departed", "member_registered")


def a_life(
    *activities: Activity,
    policy: Policy = DEFAULT,
    policies: Policies | None = None,
    until: int = 100,
) -> Life:
    """Live what happened, as if each was heard of when it happened, or when all before it was."""
    happened = [Happened(2 * place, each) for place, each in enumerate(activities, start=1)]
    ticks = [Tick(at(number, "01:00"), _place(activities, number)) for number in range(until + 1)]
    return live("ada", happened, ticks, policies or always(policy))


def sharing(need: int, days: int) -> Policy:
    """Let as many shares in so many days make a sharer, and nothing else."""
    acts = (a_criterion("acts", need, ("share",), days),)
    return a_policy(sharer=Zone(name="content_sharer", enter=acts, keep=acts))


def _place(activities: tuple[Activity, ...], number: int) -> int:
    """Return where the clock gets to a day: at the first activity that is not before it."""
    later = (place for place, each in enumerate(activities) if each.at >= at(number, "01:00"))
    return 2 * next(later, len(activities)) + 1


def counted(life: Life, *name: str) -> int:
    return compared(life, life, [day(100)])["candidate", *name]


@given(first=st.integers(1, 900_000), span=st.integers(0, 40_000))
def test_the_days_are_few_and_evenly_before_the_last(first: int, span: int) -> None:
    days = sampled(first, first + span)
    assert days[-1] == first + span
    assert days[0] >= first
    assert len(days) <= 60
    assert len({after - before for before, after in itertools.pairwise(days)}) <= 1
    assert days[0] - first < (days[1] - days[0] if len(days) > 1 else 1)


@settings(deadline=None, max_examples=40)
@given(chance=st.randoms(use_true_random=False), members=st.integers(1, 4))
def test_the_distribution_is_where_everybody_was(chance: Random, members: int) -> None:
    days = sampled(day(-3), day(100))
    lives, counts = [], Counter[tuple[str, ...]]()
    for _ in range(members):
        when = sorted(chance.uniform(0, 100) for _ in range(chance.randint(1, 30)))
        acts = [
            an_activity(chance.choice(KINDS), on, "00:00", id=f"{place}", target=f"x:{place}")
            for place, on in enumerate(when)
        ]
        lives.append(a_life(*acts))
        counts.update(compared(lives[-1], lives[-1], days))
    for on, there in zip(days, distribution(counts, "baseline", days), strict=True):
        assert there == {
            zone: sum(life.journey.zone_on(on) == zone for life in lives) for zone in ZONES
        }


@settings(deadline=None, max_examples=40)
@given(chance=st.randoms(use_true_random=False))
def test_who_need_not_forget_anything_lives_the_same_life(chance: Random) -> None:
    """It saves folding again what comes late, and makes no other difference."""
    when = sorted(chance.uniform(0, 100) for _ in range(chance.randint(1, 20)))
    acts = [
        an_activity(chance.choice(KINDS), on, "00:00", id=f"{place}", target=f"x:{place}")
        for place, on in enumerate(when)
    ]
    chance.shuffle(acts)
    usual, unforgetting = (
        a_life(*acts, policies=policies)
        for policies in (always(DEFAULT), always(DEFAULT).unforgetting())
    )
    assert usual.changes == unforgetting.changes
    assert usual.announced == unforgetting.announced
    assert usual.journey.trajectory == unforgetting.journey.trajectory
    assert usual.journey.prospect == unforgetting.journey.prospect


def test_counts_of_some_and_of_others_add_up() -> None:
    one, other = a_life(an_activity("view", 1)), a_life(an_activity("view", 50))
    days = sampled(day(0), day(100))
    together: Counts = Counter()
    for life in (one, other):
        together.update(compared(life, life, days))
    assert together["transition", "content_consumer", "content_consumer"] == 2
    assert distribution(together, "candidate", days)[-1]["content_consumer"] == 2


@pytest.mark.parametrize(("again", "flaps"), [(34, 1), (35, 0)])
def test_back_and_forth_within_a_month_is_flapping(again: int, flaps: int) -> None:
    """A sharer until day 3, and again up to 30 days after day 4, on which they no longer were."""
    acts = an_activity("share", 0), an_activity("share", again)
    life = a_life(*acts, policy=sharing(1, 4), until=again + 1)
    assert (counted(life, "changes", "up"), counted(life, "changes", "down")) == (1, 1)
    assert counted(life, "flapping") == flaps


def test_who_moves_lacks_something_of_the_higher_zone() -> None:
    """Up: what they lack under the policy in force. Down: what they lack under the candidate."""
    easy, hard = sharing(2, 200), sharing(8, 200)
    acts = [an_activity("share", on) for on in (1, 2, 3)]
    low, high = (Lived(a_life(*acts, policy=each), always(each)) for each in (hard, easy))
    up, down = mover(low, high, acts, day(100)), mover(high, low, acts, day(100))
    assert up is not None
    assert down is not None
    assert (up.before, up.after) == ("content_consumer", "content_sharer")
    assert (down.before, down.after) == ("content_sharer", "content_consumer")
    assert (up.side, down.side) == ("baseline", "candidate")
    for each in (up, down):
        [lacking] = each.criteria
        assert (lacking.need, lacking.have, lacking.margin) == (8, 3, -5)
        assert each.size == 0.625
    assert mover(low, low, acts, day(100)) is None
    assert foremost([up._replace(size=0.1), up, down], 2) == [up, down]


def test_days_are_written_as_days() -> None:
    life = a_life(an_activity("view", 1))
    counts = compared(life, life, [day(0), day(1), day(2)])
    first = date.fromordinal(day(1)).isoformat()
    assert counts["baseline", "more", first, "content_consumer"] == 1
