"""What adds up, adds up in any order and can be forgotten from behind."""

from itertools import permutations

from services.classifier.domain.activities import Activity
from services.classifier.domain.facts import NOTHING, Facts, forget, learn
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
    assert facts.targets[comment] == ("bob", "cleo")
    assert facts.targets[like] == ("dan",)


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
