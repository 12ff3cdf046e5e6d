"""4.2: up, down, stay; days that are open and days that are closed.

The small policy: a sharer liked or posted 2 times in 5 days, keeps it with 1 in 5, and has 2 days
of grace. A creator published 2 pieces in 10 days, keeps it with 1 in 10, without grace, and has
to keep being a sharer to enter. The socially engaged commented 2 people in 10 days, keep it with
1 in 10, have 1 day of grace, and have to keep being creator and sharer to enter.
"""

from dataclasses import replace

from services.classifier.domain.activities import Activity
from services.classifier.domain.journey import Journey, advance, reaches, record, refold
from services.classifier.domain.regimes import always
from tests.classifier.examples import (
    CREATOR,
    ENGAGED,
    SHARER,
    a_criterion,
    a_policy,
    an_activity,
    at,
    day,
    the_journey,
    zones,
)

SMALL = a_policy()
LIKES = (an_activity("like", 0), an_activity("like", 1))
PIECES = (an_activity("publish", 0), an_activity("publish", 1))
COMMENTS = (an_activity("comment", 0, target="bob"), an_activity("comment", 1, target="cleo"))


def small(*activities: Activity, now: int) -> Journey:
    return the_journey(*activities, now=now, policy=SMALL)


def test_a_member_is_enrolled_by_their_earliest_event_of_any_kind() -> None:
    """In the first zone, and nowhere the day before."""
    for kind in ("view", "draft_submitted", "retract", "member_registered", "member_paused"):
        journey = small(an_activity(kind, 3), an_activity(kind, 5), now=at(6))
        assert zones(journey, 2, 3, 4) == [None, "consumer", "consumer"]


def test_an_earlier_event_enrols_earlier() -> None:
    journey = small(an_activity("view", 3), now=at(6))
    journey = record(journey, always(SMALL), an_activity("draft_submitted", 1), at(6))
    assert zones(journey, 0, 1, 2) == [None, "consumer", "consumer"]


def test_a_member_is_nowhere_before_the_clock_gets_to_their_first_event() -> None:
    """An event of tomorrow, by a clock that is behind, enrols tomorrow."""
    journey = small(an_activity("view", 3), now=at(2, "23:59"))
    assert zones(journey, 2) == [None]
    assert journey.due == at(3)
    assert zones(advance(journey, always(SMALL), at(3)), 3) == ["consumer"]


def test_what_is_known_of_tomorrow_may_lift_a_member_then() -> None:
    """By a clock that is behind: today's like and tomorrow's, heard in the other order."""
    journey = small(LIKES[1], an_activity("view", 0), now=at(0))
    journey = record(journey, always(SMALL), LIKES[0], at(0))
    assert journey.due == at(1)
    assert zones(advance(journey, always(SMALL), at(1)), 0, 1) == ["consumer", "sharer"]


def test_what_is_done_today_may_lift_a_member_who_resumes_tomorrow() -> None:
    away = (an_activity("member_paused", 0), an_activity("member_resumed", 3))
    journey = small(*away, an_activity("like", 1), now=at(2, "12:00"))
    journey = record(journey, always(SMALL), an_activity("like", 2), at(2, "12:00"))
    assert journey.due == at(3)
    assert zones(advance(journey, always(SMALL), at(3)), 2, 3) == ["consumer", "sharer"]


def test_the_enter_criteria_lift_a_member_on_the_day_they_hold() -> None:
    assert zones(small(*LIKES, now=at(4)), 0, 1, 2) == ["consumer", "sharer", "sharer"]


def test_a_member_can_be_lifted_on_the_day_of_enrolment() -> None:
    both = (an_activity("like", 0, "10:00"), an_activity("like", 0, "11:00"))
    assert zones(small(*both, now=at(1)), 0) == ["sharer"]


def test_all_enter_criteria_have_to_hold() -> None:
    two = (a_criterion("acts", 2, ("like",), 5), a_criterion("active_days", 2, ("like",), 5))
    policy = a_policy(sharer=replace(SHARER, enter=two))
    once = (an_activity("like", 0, "10:00"), an_activity("like", 0, "11:00"))
    assert zones(the_journey(*once, now=at(1), policy=policy), 0) == ["consumer"]
    assert zones(the_journey(*LIKES, now=at(2), policy=policy), 0, 1) == ["consumer", "sharer"]


def test_the_highest_zone_that_can_be_entered_is_entered() -> None:
    """Past the zones between."""
    journey = small(*LIKES, *PIECES, *COMMENTS, now=at(2))
    assert zones(journey, 0, 1) == ["consumer", "socially_engaged"]


def test_a_zone_is_entered_only_while_the_keep_of_those_it_requires_holds() -> None:
    """Pieces alone make no creator; one like does, since it is enough to keep being a sharer."""
    assert zones(small(*PIECES, now=at(2)), 1) == ["consumer"]
    assert zones(small(*PIECES, LIKES[0], now=at(2)), 1) == ["creator"]
    old = an_activity("like", -4)
    assert zones(small(*PIECES, old, now=at(2)), 0, 1) == ["consumer", "consumer"]


def test_what_a_zone_requires_is_not_needed_to_keep_it() -> None:
    """Day 6 is the first without an act of sharing in the window. Creators keep by publishing."""
    journey = small(*LIKES, *PIECES, an_activity("publish", 6), now=at(12))
    assert zones(journey, 6, 11) == ["creator", "creator"]


def test_a_member_falls_when_keep_has_failed_for_more_days_than_the_grace() -> None:
    """The like of day 1 counts up to day 5; days 6 and 7 are grace, day 8 is one too many."""
    assert zones(small(*LIKES, now=at(12)), 5, 7, 8) == ["sharer", "sharer", "consumer"]


def test_without_grace_a_member_falls_on_the_first_failing_day() -> None:
    """The piece of day 1 counts up to day 10."""
    likes = [an_activity("like", each) for each in (5, 10, 12)]
    journey = small(*LIKES, *PIECES, *likes, now=at(14))
    assert zones(journey, 10, 11) == ["creator", "sharer"]


def test_activity_during_the_grace_starts_it_anew() -> None:
    """Failing on days 6 and 7, kept from day 8 to 12, failing again from 13."""
    journey = small(*LIKES, an_activity("like", 8), now=at(20))
    assert zones(journey, 8, 13, 14, 15) == ["sharer", "sharer", "sharer", "consumer"]


def test_grace_counts_days_in_a_row_only() -> None:
    """Three failing days with a day between that does not fail are not three in a row."""
    weekly = replace(SHARER, keep=(a_criterion("active_days", 1, ("like",), 1),))
    journey = the_journey(*LIKES, an_activity("like", 4), now=at(9), policy=a_policy(sharer=weekly))
    assert zones(journey, 3, 4, 6, 7) == ["sharer", "sharer", "sharer", "consumer"]


def test_a_member_falls_into_the_highest_zone_below_whose_keep_holds() -> None:
    """A creator whose last piece is too old, and who still likes, is a sharer."""
    one_left = (an_activity("like", 9), an_activity("like", 10))
    assert zones(small(*LIKES, *PIECES, *one_left, now=at(13)), 11) == ["sharer"]
    assert zones(small(*LIKES, *PIECES, now=at(13)), 10, 11) == ["creator", "consumer"]


def test_a_fall_brings_a_fresh_grace() -> None:
    """From creator to sharer on day 11; the like of day 8 keeps until 12, then 2 days of grace."""
    journey = small(*LIKES, *PIECES, an_activity("like", 8), now=at(20))
    assert zones(journey, 10, 11, 14, 15) == ["creator", "sharer", "sharer", "consumer"]


def test_a_rise_brings_a_fresh_grace() -> None:
    """Failing as a sharer since day 6, a creator on day 7; as such failing since day 8."""
    pieces = (an_activity("publish", 6), an_activity("publish", 7))
    strange = replace(CREATOR, requires=(), keep=SHARER.keep, grace_days=2)
    journey = the_journey(*LIKES, *pieces, now=at(12), policy=a_policy(creator=strange))
    assert zones(journey, 6, 7, 8, 9) == ["sharer", "creator", "creator", "creator"]
    assert zones(journey, 10) == ["consumer"]


def test_up_comes_before_down() -> None:
    """On the day on which the grace is over, entering a higher zone saves from falling."""
    pieces = (an_activity("publish", 7), an_activity("publish", 8))
    policy = a_policy(creator=replace(CREATOR, requires=()))
    journey = the_journey(*LIKES, *pieces, now=at(9, "02:00"), policy=policy)
    assert zones(journey, 7, 8) == ["sharer", "creator"]


def test_a_zone_that_can_be_entered_while_it_is_not_kept_is_entered_again() -> None:
    """A policy that contradicts itself flaps from day to day; it is followed all the same."""
    strange = replace(SHARER, keep=(a_criterion("acts", 9, ("like",), 5),), grace_days=0)
    journey = the_journey(*LIKES, now=at(9), policy=a_policy(sharer=strange))
    assert zones(journey, 1, 2, 3, 4) == ["sharer", "consumer", "sharer", "consumer"]


def test_a_day_closes_at_the_next_midnight_and_settle_minutes_later() -> None:
    """Day 8 is the first on which the member falls, and it closes on day 9 at one o'clock."""
    journey = small(*LIKES, now=at(9, "00:59"))
    assert zones(journey, 8) == ["sharer"]
    assert zones(advance(journey, always(SMALL), at(9, "01:00") - 1), 8) == ["sharer"]
    assert zones(advance(journey, always(SMALL), at(9, "01:00")), 8) == ["consumer"]


def test_on_a_day_that_is_not_closed_a_member_rises_at_once() -> None:
    journey = record(small(LIKES[0], now=at(1)), always(SMALL), LIKES[1], at(1, "12:00"))
    assert zones(journey, 0, 1) == ["consumer", "sharer"]


def test_yesterday_is_open_until_it_has_settled() -> None:
    """What arrives between midnight and one for the day before still saves from falling."""
    journey = small(*LIKES, now=at(9, "00:30"))
    journey = record(journey, always(SMALL), an_activity("like", 8, "23:50"), at(9, "00:30"))
    assert zones(advance(journey, always(SMALL), at(9, "01:00")), 8, 9) == ["sharer", "sharer"]


def test_late_activity_decides_again_from_its_own_day_on() -> None:
    """Two likes of days 1 and 2 become known on day 8: the member was a sharer all along."""
    journey = small(an_activity("view", 0), now=at(8))
    for each in (an_activity("like", 1), an_activity("like", 2)):
        journey = record(journey, always(SMALL), each, at(8))
    assert zones(journey, 1, 2, 7, 8) == ["consumer", "sharer", "sharer", "sharer"]
    assert zones(advance(journey, always(SMALL), at(11)), 8, 9) == ["sharer", "consumer"]


def test_late_activity_on_the_last_day_closed_undoes_its_failing() -> None:
    """Although a like cannot lift a sharer any higher. Here every day without one fails."""
    policy = a_policy(
        sharer=replace(SHARER, keep=(a_criterion("acts", 1, ("like",), 1),)),
        creator=replace(CREATOR, requires=()),
        engaged=replace(ENGAGED, requires=()),
    )
    failing = the_journey(*LIKES, now=at(4, "02:00"), policy=policy)
    assert zones(advance(failing, always(policy), at(7)), 3, 4) == ["sharer", "consumer"]
    journey = record(failing, always(policy), an_activity("like", 3), at(4, "02:00"))
    assert zones(advance(journey, always(policy), at(7, "02:00")), 4, 5, 6) == [
        "sharer",
        "sharer",
        "consumer",
    ]


def test_an_account_unlinked_today_ends_what_it_kept_when_the_day_closes() -> None:
    policy = a_policy(
        sharer=replace(SHARER, keep=(a_criterion("accounts", 1),), grace_days=0),
        creator=replace(CREATOR, requires=()),
        engaged=replace(ENGAGED, requires=()),
    )
    link = an_activity("link_account", 0, platform="x", account="a")
    unlink = an_activity("unlink_account", 2, "13:00", platform="x", account="a")
    journey = the_journey(link, *LIKES, now=at(2, "13:00"), policy=policy)
    journey = record(journey, always(policy), unlink, at(2, "13:00"))
    assert zones(journey, 2) == ["sharer"]
    assert journey.due == at(3, "01:00")
    assert zones(advance(journey, always(policy), journey.due), 1, 2) == ["sharer", "consumer"]


def test_late_activity_of_whatever_age_counts() -> None:
    """What is too old for the kept tallies is decided from all that the log has."""
    known = [an_activity("like", each) for each in range(200, 320)]
    late = [an_activity("like", 100), an_activity("like", 101)]
    journey = small(*known, now=at(320))
    assert reaches(journey, always(SMALL), an_activity("like", 319 - 35))
    assert not reaches(journey, always(SMALL), an_activity("like", 318 - 35))
    journey = refold(journey, always(SMALL), [*known, *late], at(320))
    assert zones(journey, 100, 101, 108, 201) == ["consumer", "sharer", "consumer", "sharer"]


def test_an_account_unlinked_takes_a_zone_away_on_the_day_it_is() -> None:
    """On an open day a zone is held only as long as what lifted into it is so."""
    policy = a_policy(sharer=replace(SHARER, enter=(a_criterion("accounts", 1),)))
    link = an_activity("link_account", 0, "09:00", platform="x", account="a")
    unlink = an_activity("unlink_account", 0, "10:00", platform="x", account="a")
    journey = the_journey(link, now=at(0, "09:00"), policy=policy)
    assert zones(journey, 0) == ["sharer"]
    assert zones(record(journey, always(policy), unlink, at(0, "10:00")), 0) == ["consumer"]


def test_a_measure_that_the_organisation_does_not_feed_is_left_out() -> None:
    """Of two criteria only the fed one decides; none is as good as met."""
    outcome = a_criterion("outcomes", 1, ("any",), 5)
    sharer = replace(SHARER, enter=(*SHARER.enter, outcome), keep=(*SHARER.keep, outcome))
    fed = a_policy(sharer=sharer, reports=frozenset({"outcomes"}))
    assert zones(the_journey(*LIKES, now=at(2), policy=a_policy(sharer=sharer)), 1) == ["sharer"]
    assert zones(the_journey(*LIKES, now=at(2), policy=fed), 1) == ["consumer"]
    lead = an_activity("outcome", 1, outcome="lead")
    assert zones(the_journey(*LIKES, lead, now=at(2), policy=fed), 1) == ["sharer"]


def test_a_network_that_has_grown_can_lift_without_any_activity() -> None:
    """Growth over 3 days: on day 4 it no longer looks back to the loss of day 1."""
    grown = replace(SHARER, enter=(a_criterion("network_growth", 1, days=3),))
    policy = a_policy(sharer=grown, reports=frozenset({"network"}))
    sizes = {0: 10, 1: 4, 2: 6}
    snapshots = (
        an_activity("network", on, platform="x", followers=size) for on, size in sizes.items()
    )
    journey = the_journey(*snapshots, now=at(2, "13:00"), policy=policy)
    assert zones(journey, 2) == ["consumer"]
    assert journey.trajectory.due == at(4)
    assert zones(advance(journey, always(policy), at(4)), 3, 4) == ["consumer", "sharer"]


def test_the_trajectory_goes_no_further_than_today() -> None:
    assert small(*LIKES, now=at(3)).trajectory.standings[-1].from_day == day(1)
