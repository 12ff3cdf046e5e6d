"""4.1: what each measure counts, and over which days."""

import pytest

from services.classifier.domain.activities import Activity
from services.classifier.domain.clock import FOREVER
from services.classifier.domain.evidence import count
from services.classifier.domain.facts import NOTHING, learn
from services.classifier.domain.measures import Criterion, lapse_of
from tests.classifier.examples import a_criterion, a_policy, an_activity, day

POLICY = a_policy(reports=frozenset({"network", "outcomes"}))


def lapse(criterion: Criterion, on: int, *activities: Activity) -> int | None:
    """Return the day of the example on which the criterion lapses: `on` if it does not hold."""
    facts = NOTHING
    for activity in activities:
        facts = learn(facts, activity)
    lapses_on = lapse_of(criterion, POLICY.minutes)(facts, day(on))
    return None if lapses_on == FOREVER else lapses_on - day(0)


def have(criterion: Criterion, on: int, *activities: Activity) -> float:
    by_time = sorted(activities, key=lambda each: each.at)
    return count(criterion, POLICY, by_time, day(on)).evidence.have


def holds(criterion: Criterion, on: int, *activities: Activity) -> bool:
    """Say whether the criterion holds; the tallies and the evidence have to agree."""
    held = lapse(criterion, on, *activities) != on
    assert held == (have(criterion, on, *activities) >= criterion.at_least)
    return held


def test_a_window_ends_on_the_day_in_question_and_includes_it() -> None:
    """`days=5` on day 4 are days 0 to 4."""
    act = a_criterion("acts", 1, ("like",), 5)
    assert holds(act, 0, an_activity("like", 0))
    assert holds(act, 4, an_activity("like", 0))
    assert not holds(act, 5, an_activity("like", 0))
    assert not holds(act, 4, an_activity("like", 5))


def test_whatever_is_counted_counts_for_so_many_days() -> None:
    """Days 0 to 4, whatever the measure."""
    comment = an_activity("comment", 0, target="bob", minutes=30)
    for measure in ("acts", "active_days", "active_weeks", "people", "minutes_per_week"):
        criterion = a_criterion(measure, 1, ("comment",), 5)
        assert holds(criterion, 4, comment), measure
        assert not holds(criterion, 5, comment), measure
        assert lapse(criterion, 1, comment) == 5, measure


@pytest.mark.parametrize("clock", ["00:00", "23:59"])
def test_a_day_is_the_utc_day_on_which_it_happened(clock: str) -> None:
    today = a_criterion("acts", 1, ("like",), 1)
    assert holds(today, 3, an_activity("like", 3, clock))
    assert not holds(today, 2, an_activity("like", 3, clock))
    assert not holds(today, 4, an_activity("like", 3, clock))


def test_acts_counts_activities_of_its_kinds() -> None:
    acts = a_criterion("acts", 3, ("like", "share"), 5)
    likes = [an_activity("like", 1, "10:00"), an_activity("like", 1, "11:00")]
    assert not holds(acts, 1, *likes, an_activity("post", 1))
    assert holds(acts, 1, *likes, an_activity("share", 1))


def test_any_means_the_members_own_acts() -> None:
    """The families consume, share, interact and create; nothing that is reported of a member."""
    own = ("follow", "view", "like", "share", "quote", "post", "comment", "converse", "publish")
    others = (
        an_activity("link_account", 1, platform="x", account="a"),
        an_activity("network", 1, platform="x", followers=10),
        an_activity("outcome", 1, outcome="lead"),
        an_activity("draft_submitted", 1),
        an_activity("retract", 1, retracts="nothing"),
    )
    assert holds(a_criterion("acts", 9, ("any",), 5), 1, *(an_activity(each, 1) for each in own))
    assert not holds(a_criterion("acts", 1, ("any",), 5), 1, *others)


def test_active_days_counts_distinct_days() -> None:
    days = a_criterion("active_days", 2, ("like", "share"), 5)
    assert not holds(days, 3, an_activity("like", 1), an_activity("share", 1))
    assert holds(days, 3, an_activity("like", 1), an_activity("share", 2))


def test_active_weeks_counts_distinct_iso_weeks() -> None:
    """Weeks begin on Mondays: day 6 is a Sunday, day 7 a Monday."""
    weeks = a_criterion("active_weeks", 2, ("like",), 30)
    assert not holds(weeks, 13, an_activity("like", 7), an_activity("like", 13))
    assert holds(weeks, 13, an_activity("like", 6), an_activity("like", 7))


def test_an_iso_week_goes_on_over_new_year() -> None:
    """Day -5 is Wednesday, 31 December 2025, in the same week as the Sunday after it."""
    weeks = a_criterion("active_weeks", 2, ("like",), 30)
    assert not holds(weeks, 0, an_activity("like", -5), an_activity("like", -1))
    assert holds(weeks, 0, an_activity("like", -1), an_activity("like", 0))


def test_people_counts_distinct_targets_without_the_member() -> None:
    people = a_criterion("people", 2, ("comment", "quote"), 5)
    bob, bob_again = an_activity("comment", 1, target="bob"), an_activity("quote", 2, target="bob")
    assert not holds(people, 2, bob, bob_again)
    assert not holds(people, 2, bob, an_activity("comment", 2, target="ada"))
    assert not holds(people, 2, bob, an_activity("comment", 2))
    assert not holds(people, 2, bob, an_activity("like", 2, target="cleo"))
    assert holds(people, 2, bob, an_activity("comment", 2, target="cleo"))


def test_minutes_are_the_reported_ones_else_an_estimate_for_the_kind() -> None:
    """A post is estimated at 10 minutes. Over 7 days, minutes a week are the minutes."""
    minutes = a_criterion("minutes_per_week", 30, days=7)
    assert have(minutes, 1, an_activity("post", 1)) == 10
    assert have(minutes, 1, an_activity("post", 1, minutes=29.5)) == 29.5
    assert have(minutes, 1, an_activity("post", 1, minutes=0)) == 0
    assert not holds(minutes, 1, an_activity("post", 1, minutes=29.5))
    assert holds(minutes, 1, an_activity("post", 1, minutes=20), an_activity("post", 1))


def test_minutes_per_week_are_the_minutes_of_the_window_by_its_weeks() -> None:
    """Over 14 days, 59 minutes are 29.5 a week; what is shown is cut off, never rounded up."""
    minutes = a_criterion("minutes_per_week", 30, days=14)
    assert have(minutes, 1, an_activity("post", 1, minutes=59)) == 29.5
    assert not holds(minutes, 1, an_activity("post", 1, minutes=59.98))
    assert have(minutes, 1, an_activity("post", 1, minutes=59.99)) == 29.99
    assert holds(minutes, 1, an_activity("post", 1, minutes=60))


def test_minutes_count_all_own_acts_and_nothing_else() -> None:
    minutes = a_criterion("minutes_per_week", 120, days=7)
    assert not holds(minutes, 1, an_activity("talk_given", 1, minutes=300))
    assert holds(minutes, 1, an_activity("view", 1, minutes=120))


def test_an_act_whose_kind_has_no_estimate_takes_no_time() -> None:
    assert have(a_criterion("minutes_per_week", 1, days=7), 1, an_activity("follow", 1)) == 0


def test_accounts_counts_those_linked_at_the_end_of_the_day() -> None:
    linked = an_activity("link_account", 1, "09:00", platform="x", account="a")
    unlinked = an_activity("unlink_account", 3, "09:00", platform="x", account="a")
    again = an_activity("link_account", 3, "10:00", platform="x", account="a")
    account = a_criterion("accounts", 1)
    assert not holds(account, 0, linked)
    assert holds(account, 2, unlinked, linked)
    assert not holds(account, 3, unlinked, linked)
    assert holds(account, 3, unlinked, again, linked)
    assert lapse(account, 2, linked) is None


def test_the_same_name_on_two_platforms_is_two_accounts() -> None:
    links = [an_activity("link_account", 1, platform=each, account="a") for each in ("x", "y")]
    assert holds(a_criterion("accounts", 2), 1, *links)
    assert not holds(a_criterion("accounts", 2), 1, links[0])


def test_network_size_sums_the_latest_snapshots() -> None:
    snapshots = (
        an_activity("network", 1, "10:00", platform="x", followers=100, connections=20),
        an_activity("network", 3, "10:00", platform="x", followers=90),
        an_activity("network", 3, "11:00", platform="x", followers=95),
        an_activity("network", 2, "10:00", platform="linkedin", connections=300),
    )
    network = a_criterion("network_size", 1)
    assert have(network, 0, *snapshots) == 0
    assert have(network, 1, *snapshots) == 120
    assert have(network, 2, *snapshots) == 420
    assert have(network, 3, *snapshots) == 395
    assert holds(a_criterion("network_size", 395), 3, *snapshots)
    assert not holds(a_criterion("network_size", 396), 3, *snapshots)


def test_network_growth_compares_with_so_many_days_earlier() -> None:
    """On day 12, growth over 10 days compares the newest up to day 12 with that of day 2."""
    snapshots = (
        an_activity("network", 0, platform="x", followers=100),
        an_activity("network", 2, platform="x", followers=110),
        an_activity("network", 12, platform="x", followers=115),
    )
    growth = a_criterion("network_growth", 5, days=10)
    assert have(growth, 11, *snapshots) == 10
    assert have(growth, 12, *snapshots) == 5
    assert holds(growth, 12, *snapshots)
    assert not holds(a_criterion("network_growth", 6, days=10), 12, *snapshots)


def test_network_growth_compares_with_the_earliest_where_none_is_older() -> None:
    first = an_activity("network", 1, "08:00", platform="x", followers=100)
    later = an_activity("network", 1, "09:00", platform="x", followers=104)
    growth = a_criterion("network_growth", 4, days=10)
    assert have(growth, 0, first, later) == 0
    assert holds(growth, 1, first, later)
    assert not holds(growth, 1, later)


def test_outcomes_counts_those_reported_of_the_member() -> None:
    lead = an_activity("outcome", 1, outcome="lead")
    assert holds(a_criterion("outcomes", 1, ("any",), 5), 5, lead)
    assert holds(a_criterion("outcomes", 1, ("lead", "download"), 5), 5, lead)
    assert not holds(a_criterion("outcomes", 1, ("download",), 5), 5, lead)
    assert not holds(a_criterion("outcomes", 1, ("any",), 5), 6, lead)


@pytest.mark.parametrize(
    ("criterion", "lapses_on"),
    [
        (a_criterion("acts", 1, ("comment",), 10), 19),
        (a_criterion("acts", 2, ("comment",), 10), 18),
        (a_criterion("acts", 4, ("comment",), 10), 11),
        (a_criterion("active_days", 2, ("comment",), 10), 18),
        (a_criterion("active_days", 3, ("comment",), 10), 11),
        (a_criterion("active_weeks", 1, ("comment",), 10), 19),
        (a_criterion("active_weeks", 2, ("comment",), 10), 11),
        (a_criterion("people", 1, ("comment",), 10), 19),
        (a_criterion("people", 2, ("comment",), 10), 18),
        (a_criterion("people", 3, ("comment",), 10), 11),
        (a_criterion("minutes_per_week", 14, days=7), 15),
        (a_criterion("minutes_per_week", 10, days=7), 16),
        (a_criterion("acts", 5, ("comment",), 10), 9),
    ],
)
def test_a_criterion_says_when_it_lapses_if_nothing_happens(
    criterion: Criterion, lapses_on: int
) -> None:
    """It is held up by the newest acts that suffice, and lapses as the oldest of those leaves."""
    acts = (
        an_activity("comment", 1, "10:00", target="bob", minutes=10),
        an_activity("comment", 1, "11:00", target="cleo", minutes=10),
        an_activity("comment", 8, target="dan", minutes=4),
        an_activity("comment", 9, target="eve", minutes=10),
    )
    assert lapse(criterion, 9, *acts) == lapses_on
    if lapses_on > 9:
        assert holds(criterion, lapses_on - 1, *acts)
    assert not holds(criterion, lapses_on, *acts)
