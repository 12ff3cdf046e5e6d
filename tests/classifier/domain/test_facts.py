"""What adds up, adds up in any order and can be forgotten from behind."""

from itertools import permutations

from services.classifier.domain.activities import Activity
from services.classifier.domain.facts import (
    NOTHING,
    Facts,
    fold,
    forget,
    learn,
    told_apart,
    unlearn,
)
from services.classifier.domain.measures import network_growth
from tests.classifier.examples import an_activity, day


def learned(*activities: Activity) -> Facts:
    facts = NOTHING
    for activity in activities:
        facts = learn(facts, activity)
    return facts


def test_a_tally_is_the_same_in_any_order() -> None:
    acts = (
        an_activity("comment", 1, "10:00", target="cleo", minutes=1),
        an_activity("comment", 1, "11:00", target="bob"),
        an_activity("comment", 1, "12:00", target="bob", minutes=0.5),
        an_activity("like", 1, "13:00", target="dan"),
    )
    (facts, *others) = [learned(*order) for order in permutations(acts)]
    assert all(other == facts for other in others)
    like, comment = 0, 1
    assert (facts.acts[comment], facts.unreported[comment], facts.seconds[comment]) == (3, 1, 90)
    assert facts.targets[comment] == ("bob", "bob", "cleo")
    assert facts.targets[like] == ("dan",)


def test_what_is_taken_out_again_leaves_nothing_behind() -> None:
    """Whatever else there was on that day, and for that person."""
    acts = (
        an_activity("comment", 1, "10:00", target="bob", minutes=1),
        an_activity("comment", 1, "11:00", target="bob"),
        an_activity("comment", 1, "12:00"),
        an_activity("like", 1, "13:00", target="dan"),
        an_activity("outcome", 2, outcome="lead"),
    )
    for gone in acts:
        rest = [each for each in acts if each is not gone]
        assert unlearn(fold(acts), gone)._replace(enrolled_on=day(1)) == fold(rest)._replace(
            enrolled_on=day(1)
        )


def test_a_reading_that_others_were_left_out_for_cannot_be_taken_out() -> None:
    """Of a day the last is kept, and the first of all."""
    sizes = [
        an_activity("network", on, clock, platform="x", followers=1)
        for on, clock in ((0, "10:00"), (1, "10:00"), (1, "11:00"))
    ]
    facts = fold(sizes)
    assert [told_apart(facts, each) for each in sizes] == [False, True, False]
    without = fold([sizes[0], sizes[2]])
    assert unlearn(facts, sizes[1]) == without


def test_what_lasts_is_not_forgotten_with_its_day() -> None:
    """Of the readings before, the last stays: growth may have to look back to it."""
    snapshots = [
        an_activity("network", on, platform="x", followers=size)
        for on, size in ((0, 10), (5, 20), (30, 50))
    ]
    facts = forget(learned(*snapshots), day(20))
    assert facts.days == (day(30),)
    assert [each.value for each in facts.networks["x"]] == [20, 50]
    assert network_growth(facts, 5, day(30)) == 30
    assert facts.seen == learned(*snapshots).seen
