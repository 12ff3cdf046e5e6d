"""4.2: what is announced, when, with which reasons.

The small policy is that of the zones: a sharer liked 2 times in 5 days, keeps it with 1 in 5,
and has 2 days of grace; a creator published 2 pieces in 10 days and keeps it with 1 in 10.
"""

from dataclasses import replace
from datetime import date, timedelta

from services.classifier.domain.activities import Activity
from services.classifier.domain.announcements import Announcement, VitalityChanged, ZoneChanged
from services.classifier.domain.announcing import announce, has_news, needs_past
from services.classifier.domain.journey import advance, refold
from services.classifier.domain.policy import Policy
from services.classifier.domain.regimes import always
from tests.classifier.examples import (
    CREATOR,
    MONDAY,
    SHARER,
    a_criterion,
    a_policy,
    an_activity,
    at,
    the_journey,
)
from tests.classifier.teller import Teller

SMALL = a_policy()
LIKES = (an_activity("like", 0), an_activity("like", 1))


def on(day: int) -> date:
    return date.fromisoformat(MONDAY) + timedelta(days=day)


def happening(*activities: Activity, policy: Policy = SMALL) -> Teller:
    """Return a teller who heard of each activity when it happened."""
    teller = Teller(policy)
    for activity in activities:
        teller.apply(activity.at, activity)
    return teller


def one(said: tuple[Announcement, ...]) -> ZoneChanged:
    (change,) = said
    assert isinstance(change, ZoneChanged)
    return change


def test_the_first_announcement_says_that_a_member_entered() -> None:
    """With the event that enrolled them, and with their first vitality."""
    view = an_activity("view", 0)
    change = one(Teller(SMALL).apply(at(0, "12:00"), view))
    assert (change.direction, change.previous, change.to) == ("entered", None, "content_consumer")
    assert (change.version, change.effective_on, change.vitality) == (1, on(0), "active")
    assert (change.decided_at, change.policy_version) == (at(0, "12:00"), 1)
    assert [each.event_ids for each in change.evidence] == [(view.id,)]
    assert change.cause_ids == (view.id,)


def test_who_enters_a_higher_zone_at_once_shows_those_criteria_too() -> None:
    policy = a_policy(sharer=replace(SHARER, enter=(a_criterion("acts", 1, ("like",), 5),)))
    change = one(Teller(policy).apply(at(0), LIKES[0]))
    assert (change.direction, change.to) == ("entered", "content_sharer")
    assert [each.measure for each in change.evidence] == ["enrolled", "acts"]


def test_nothing_is_said_while_the_zone_is_the_one_announced() -> None:
    teller = happening(LIKES[0])
    assert teller.apply(at(0, "13:00"), an_activity("view", 0, "13:00")) == ()
    assert not has_news(teller.journey, always(SMALL), at(0, "13:00"))
    assert announce(teller.journey, always(SMALL), (), at(0, "13:00")) == ()


def test_a_promotion_is_announced_as_soon_as_todays_activity_brings_it() -> None:
    change = one(happening(LIKES[0]).apply(LIKES[1].at, LIKES[1]))
    assert (change.direction, change.to) == ("promoted", "content_sharer")
    assert (change.previous, change.version) == ("content_consumer", 2)
    assert change.effective_on == on(1)
    assert change.cause_ids == (LIKES[0].id, LIKES[1].id)


def test_a_demotion_is_announced_only_when_its_day_has_closed() -> None:
    """The like of day 1 counts up to day 5, the grace is days 6 and 7."""
    teller = happening(*LIKES)
    assert teller.apply(at(9, "01:00") - 1, None) == ()
    change = one(teller.apply(at(9, "01:00"), None))
    assert (change.direction, change.to) == ("demoted", "content_consumer")
    assert change.effective_on == on(8)
    assert change.cause_ids == ()


def test_a_jump_over_several_days_announces_only_where_it_ends() -> None:
    """From creator to sharer on day 11 and to consumer on day 15, seen on day 20."""
    pieces = (an_activity("publish", 0), an_activity("publish", 1, "13:00"))
    teller = happening(*sorted((*LIKES, *pieces, an_activity("like", 8)), key=lambda a: a.at))
    change = one(teller.apply(at(20), None))
    assert (change.previous, change.to) == ("content_creator", "content_consumer")
    assert change.effective_on == on(15)


def test_the_clock_is_applied_before_the_entry_that_implies_it() -> None:
    """An act on day 9 comes too late to save from falling on day 8."""
    teller = happening(*LIKES)
    change = one(teller.apply(at(9, "12:00"), an_activity("like", 9)))
    assert (change.direction, change.effective_on) == ("demoted", on(8))


def test_an_activity_that_is_known_already_changes_nothing() -> None:
    teller = happening(LIKES[0])
    before = teller.journey
    assert teller.apply(at(0, "13:00"), LIKES[0]) == ()
    assert teller.journey == before


def test_a_promotion_shows_the_enter_criteria_and_the_keep_of_what_they_require() -> None:
    """As of the day on which they held, with what counted, from old to new."""
    pieces = (an_activity("publish", 1, "10:00"), an_activity("publish", 1, "11:00"))
    teller = happening(*LIKES, pieces[0])
    change = one(teller.apply(at(1, "13:00"), pieces[1]))
    enter, keep = change.evidence
    assert (enter.measure, enter.of, enter.days) == ("acts", ("publish",), 10)
    assert (enter.need, enter.have, enter.margin, enter.met) == (2, 2, 0, True)
    assert (enter.events, enter.event_ids) == (2, tuple(each.id for each in pieces))
    assert (keep.need, keep.have, keep.margin, keep.met) == (1, 2, 1, True)
    assert change.cause_ids == (LIKES[0].id, *(each.id for each in pieces), LIKES[1].id)


def test_a_demotion_shows_the_keep_criteria_of_the_zone_left() -> None:
    """As of the day on which the grace was over."""
    change = one(happening(*LIKES).apply(at(9, "01:00"), None))
    (keep,) = change.evidence
    assert (keep.measure, keep.need, keep.have, keep.margin, keep.met) == ("acts", 1, 0, -1, False)
    assert (keep.events, keep.event_ids) == (0, ())


def test_evidence_says_what_was_left_out() -> None:
    outcome = a_criterion("outcomes", 1, ("any",), 5)
    teller = happening(
        LIKES[0], policy=a_policy(sharer=replace(SHARER, enter=(*SHARER.enter, outcome)))
    )
    change = one(teller.apply(LIKES[1].at, LIKES[1]))
    assert [(each.measure, each.left_out) for each in change.evidence] == [
        ("acts", False),
        ("outcomes", True),
    ]


def test_evidence_and_causes_list_the_newest_20() -> None:
    policy = a_policy(sharer=replace(SHARER, enter=(a_criterion("acts", 25, ("like",), 5),)))
    likes = [an_activity("like", 0, f"{hour:02}:00", id=f"{hour:02}") for hour in range(24)]
    last = an_activity("like", 1, id="last")
    change = one(happening(*likes, policy=policy).apply(last.at, last))
    newest = (*(f"{hour:02}" for hour in range(5, 24)), "last")
    assert (change.evidence[0].events, change.evidence[0].event_ids) == (25, newest)
    assert change.cause_ids == newest


def test_a_change_takes_effect_with_the_first_day_of_todays_stretch() -> None:
    """Likes of days 1 and 2, heard of on day 4: a sharer since day 2."""
    teller = happening(an_activity("view", 0))
    teller.apply(at(4), an_activity("like", 1))
    assert one(teller.apply(at(4), an_activity("like", 2))).effective_on == on(2)


def test_but_not_before_the_last_announcement() -> None:
    """A consumer from day 8 on; then a late like of day 5 makes them a sharer all the time."""
    teller = happening(*LIKES)
    teller.apply(at(9, "01:00"), None)
    change = one(teller.apply(at(9, "02:00"), an_activity("like", 5)))
    assert (change.direction, change.effective_on) == ("promoted", on(8))


def test_a_change_supersedes_one_that_a_late_activity_proved_wrong() -> None:
    """On day 8, which is closed, the member was higher than announced."""
    teller = happening(*LIKES)
    demoted = one(teller.apply(at(9, "01:00"), None))
    change = one(teller.apply(at(9, "02:00"), an_activity("like", 5)))
    assert change.supersedes == demoted.version == 3
    assert change.version == 4


def test_a_change_supersedes_one_to_a_zone_the_member_never_was_in() -> None:
    """An account linked, and unlinked at once, as it turns out later."""
    policy = a_policy(sharer=replace(SHARER, enter=(a_criterion("accounts", 1),)))
    link = an_activity("link_account", 1, "12:00", platform="x", account="a")
    unlink = an_activity("unlink_account", 1, "13:00", platform="x", account="a")
    teller = happening(an_activity("view", 0), link, policy=policy)
    change = one(teller.apply(at(4), unlink))
    assert (change.direction, change.supersedes, change.effective_on) == ("demoted", 2, on(1))
    (enter,) = change.evidence
    assert (enter.measure, enter.have, enter.met) == ("accounts", 0, False)


def test_an_ordinary_change_supersedes_nothing() -> None:
    """Not on the announced day, on which the member was what had been said."""
    teller = happening(*LIKES)
    assert one(teller.apply(at(9, "01:00"), None)).supersedes is None


def test_a_rise_on_an_open_day_is_no_correction() -> None:
    """From consumer to sharer on the day of enrolment: both were right in their time."""
    policy = a_policy()
    first, second = an_activity("like", 0, "10:00"), an_activity("like", 0, "11:00")
    change = one(happening(first, policy=policy).apply(second.at, second))
    assert (change.effective_on, change.supersedes) == (on(0), None)


def test_an_event_that_brings_a_demotion_is_its_cause() -> None:
    policy = a_policy(sharer=replace(SHARER, enter=(a_criterion("accounts", 1),)))
    link = an_activity("link_account", 1, "12:00", platform="x", account="a")
    unlink = an_activity("unlink_account", 1, "13:00", platform="x", account="a")
    change = one(happening(an_activity("view", 0), link, policy=policy).apply(unlink.at, unlink))
    assert change.cause_ids == (unlink.id,)


def test_what_took_effect_more_than_7_days_ago_is_historical() -> None:
    """Seven days are not more than seven."""
    for late, historical in ((9, False), (10, True)):
        assert one(Teller(SMALL).apply(at(late), an_activity("view", 2))).historical is historical


def test_a_change_is_historical_when_all_its_causes_are() -> None:
    likes = [an_activity("like", each, historical=True) for each in (0, 1)]
    assert one(happening(likes[0]).apply(likes[1].at, likes[1])).historical
    assert not one(happening(likes[0]).apply(LIKES[1].at, LIKES[1])).historical


def test_all_causes_count_for_that_and_not_the_newest_20_only() -> None:
    """The oldest of 25 was not imported."""
    policy = a_policy(sharer=replace(SHARER, enter=(a_criterion("acts", 25, ("like",), 5),)))
    likes = [an_activity("like", 0, f"{hour:02}:00", historical=hour > 0) for hour in range(24)]
    last = an_activity("like", 1, historical=True)
    assert not one(happening(*likes, policy=policy).apply(last.at, last)).historical


def test_a_demotion_by_the_clock_has_no_causes_and_is_told() -> None:
    likes = [an_activity("like", each, historical=True) for each in (0, 1)]
    assert not one(happening(*likes).apply(at(9, "01:00"), None)).historical


def test_what_corrects_something_that_was_told_is_told() -> None:
    """Though it took effect long ago: on day 8, and this is day 20."""
    late = [an_activity("like", each) for each in (5, 9, 13, 17)]
    teller = happening(*LIKES)
    teller.apply(at(9, "01:00"), None)
    heard = [said for each in late for said in teller.apply(at(20), each)]
    change = next(each for each in heard if isinstance(each, ZoneChanged))
    assert (change.supersedes, change.historical) == (3, False)
    assert (change.effective_on, change.to) == (on(8), "content_sharer")


def test_what_corrects_something_that_nobody_was_told_is_historical() -> None:
    """The demotion of day 8 was itself said on day 20 only, and so to nobody."""
    late = [an_activity("like", each) for each in (5, 9, 13, 17)]
    teller = happening(*LIKES)
    teller.apply(at(20), None)
    heard = [said for each in late for said in teller.apply(at(20), each)]
    change = next(each for each in heard if isinstance(each, ZoneChanged))
    assert (change.supersedes, change.historical) == (3, True)


def test_a_change_of_vitality_is_announced_apart() -> None:
    """With the zone and its version as they stand; it does not count as a version."""
    teller = happening(an_activity("view", 0))
    (faded,) = teller.apply(at(16, "01:00"), None)
    assert isinstance(faded, VitalityChanged)
    assert (faded.previous, faded.vitality, faded.effective_on) == ("active", "quiet", on(15))
    assert (faded.zone, faded.since, faded.version) == ("content_consumer", on(0), 1)
    assert not faded.historical


def test_a_vitality_seen_late_is_historical() -> None:
    (faded,) = happening(an_activity("view", 0)).apply(at(23), None)
    assert faded.historical


def test_zone_and_vitality_that_change_together_are_both_announced() -> None:
    """A week-old member comes back as a sharer: the change of zone first, then the vitality."""
    policy = replace(SMALL, active_days=1, quiet_days=2)
    teller = happening(an_activity("like", 0), policy=policy)
    teller.apply(at(3, "01:00"), None)
    change, woken = teller.apply(at(3, "12:00"), an_activity("like", 3))
    assert isinstance(change, ZoneChanged)
    assert isinstance(woken, VitalityChanged)
    assert (change.to, change.vitality) == ("content_sharer", "active")
    assert (woken.zone, woken.since, woken.version) == ("content_sharer", on(3), 2)


def test_a_fall_that_is_a_rise_since_the_last_announcement_shows_what_keeps_the_zone() -> None:
    """Announced as consumer; by late news a creator on day 2, who fell to sharer on day 12."""
    late = [an_activity("like", 8), an_activity("publish", 1), an_activity("publish", 2)]
    policy = a_policy(creator=replace(CREATOR, requires=()))
    teller = happening(an_activity("view", 0), policy=policy)
    *_, said = (teller.apply(at(13, "02:00"), each) for each in late)
    change = one(said)
    assert (change.direction, change.to) == ("promoted", "content_sharer")
    (keep,) = change.evidence
    assert (keep.of, keep.have, keep.met) == (("like", "post"), 1, True)


def test_a_rise_that_is_a_fall_since_the_last_announcement_shows_what_was_lost() -> None:
    """A creator; 20 days later a consumer who, it turns out, became a sharer on day 18."""
    pieces = [an_activity("publish", each) for each in (0, 1)]
    policy = a_policy(creator=replace(CREATOR, requires=()))
    teller = happening(*pieces, policy=policy)
    for each in (17, 18):
        teller.activities[str(each)] = an_activity("like", each)
    teller.journey = refold(teller.journey, always(policy), teller.activities.values(), at(20))
    change = one(teller.say(at(20), None))
    assert (change.direction, change.to, change.effective_on) == (
        "demoted",
        "content_sharer",
        on(18),
    )
    (keep,) = change.evidence
    assert (keep.of, keep.have, keep.met) == (("publish",), 0, False)


def test_only_a_change_of_zone_needs_the_activities() -> None:
    """They are not read from the log for vitality."""
    teller = happening(an_activity("view", 0))
    now = at(16, "01:00")
    faded = advance(teller.journey, always(SMALL), now)
    assert has_news(faded, always(SMALL), now)
    assert not needs_past(faded, always(SMALL), now)
    assert len(announce(faded, always(SMALL), (), now)) == 1
    entered = the_journey(an_activity("view", 0), now=at(1), policy=SMALL)
    assert needs_past(entered, always(SMALL), at(1))
