"""Warnings: who will fall if nothing happens is told so many days before, once, and told if not.

By the small policy two likes in 5 days make a sharer, who keeps it with one in 5 and has 2 days of
grace. Liking on days 0 and 1 keeps it up to day 5: the fall is due on day 8. Warned are those for
whom it is due in 3 days.
"""

from dataclasses import replace
from datetime import date
from typing import Any

from services.classifier.domain.activities import Activity
from services.classifier.domain.announcements import (
    Announcement,
    DemotionAverted,
    DemotionForeseen,
    VitalityChanged,
    ZoneChanged,
)
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

SMALL = a_policy(warn_days=3, near_minutes=0)
LIKES = (an_activity("like", 0), an_activity("like", 1))


def on(number: int) -> date:
    return date.fromordinal(day(number))


def a_teller(*activities: Activity, **settings: Any) -> Teller:  # noqa: ANN401 -- of the policy
    """Return a teller who heard of each activity when it happened."""
    teller = Teller(replace(SMALL, **settings))
    for each in (*LIKES, *activities):
        teller.apply(each.at, each)
    return teller


def a_warned_teller(*activities: Activity) -> Teller:
    teller = a_teller(*activities)
    assert teller.apply(at(5, "01:00"), None)
    return teller


def words(said: tuple[Announcement, ...]) -> list[tuple[str, int | None]]:
    """Return what is said, and of a warning for which day of the example."""
    told: list[tuple[str, int | None]] = []
    for each in said:
        match each:
            case DemotionForeseen():
                told.append(("warned", each.due_on.toordinal() - day(0)))
            case DemotionAverted():
                told.append(("averted", each.due_on.toordinal() - day(0)))
            case ZoneChanged():
                told.append((each.direction, None))
            case _:
                pass
    return told


def test_a_fall_is_said_so_many_days_before() -> None:
    """Counted from the first day that is not closed: when day 4 has closed."""
    teller = a_teller()
    assert teller.apply(at(5, "01:00") - 1, None) == ()
    (warning,) = teller.apply(at(5, "01:00"), None)
    assert isinstance(warning, DemotionForeseen)
    assert (warning.zone, warning.to) == ("content_sharer", "content_consumer")
    assert (warning.due_on, warning.effective_on) == (on(8), on(5))


def test_it_says_what_will_be_missing() -> None:
    (warning,) = a_teller().apply(at(5, "01:00"), None)
    assert isinstance(warning, DemotionForeseen)
    (evidence,) = warning.because
    assert (evidence.measure, evidence.need, evidence.have, evidence.met) == ("acts", 1, 0, False)


def test_it_is_said_once_and_the_fall_ends_it() -> None:
    teller = a_warned_teller()
    for number in (6, 7, 8):
        assert teller.apply(at(number, "01:00"), None) == ()
    assert words(teller.apply(at(9, "01:00"), None)) == [("demoted", None)]
    assert teller.apply(at(10, "01:00"), None) == ()


def test_it_is_not_said_again_when_something_else_is_said() -> None:
    """On day 7 the member is quiet for the first time."""
    teller = a_teller(active_days=5)
    assert words(teller.apply(at(5, "01:00"), None)) == [("warned", 8)]
    (quiet,) = teller.apply(at(8, "01:00"), None)
    assert isinstance(quiet, VitalityChanged)


def test_it_is_taken_back_when_the_fall_is_no_longer_near() -> None:
    """A like on day 6 keeps up to day 10; then grace, and a fall on day 13."""
    teller = a_warned_teller()
    like = an_activity("like", 6)
    (averted,) = teller.apply(like.at, like)
    assert isinstance(averted, DemotionAverted)
    assert (averted.zone, averted.to) == ("content_sharer", "content_consumer")
    assert averted.due_on == on(8)
    assert teller.apply(at(10, "01:00") - 1, None) == ()
    assert words(teller.apply(at(10, "01:00"), None)) == [("warned", 13)]


def test_it_is_said_again_when_the_fall_comes_earlier() -> None:
    """A like on day 4 puts it off to day 11. Retracted on day 8, the fall is due on that day."""
    teller = a_teller(an_activity("like", 4, id="four"))
    assert words(teller.apply(at(8, "01:00"), None)) == [("warned", 11)]
    taken_back = an_activity("retract", 8, retracts="four")
    assert words(teller.apply(taken_back.at, taken_back)) == [("warned", 8)]


def test_it_stands_when_the_fall_comes_a_little_later() -> None:
    """Warned 8 days ahead: on day 1 of day 8, which the next like makes day 9."""
    teller = Teller(replace(SMALL, warn_days=8))
    first, second = LIKES
    teller.apply(first.at, first)
    assert words(teller.apply(second.at, second)) == [("promoted", None), ("warned", 8)]
    third = an_activity("like", 2)
    assert teller.apply(third.at, third) == ()


def test_a_rise_takes_it_back() -> None:
    pieces = (an_activity("publish", 5), an_activity("publish", 5, "13:00"))
    teller = a_warned_teller()
    teller.apply(pieces[0].at, pieces[0])
    said = words(teller.apply(pieces[1].at, pieces[1]))
    assert said == [("promoted", None), ("averted", 8)]


def test_a_rise_may_bring_a_warning_of_its_own() -> None:
    """A creator who has to publish every other day: pieces of day 5 are too old on day 7."""
    hasty = replace(CREATOR, keep=(a_criterion("acts", 1, ("publish",), 2),))
    teller = Teller(a_policy(creator=hasty, warn_days=3, near_minutes=0))
    for each in LIKES:
        teller.apply(each.at, each)
    teller.apply(at(5, "01:00"), None)
    pieces = (an_activity("publish", 5), an_activity("publish", 5, "13:00"))
    said = [words(teller.apply(each.at, each)) for each in pieces]
    assert said == [[], [("promoted", None), ("averted", 8), ("warned", 7)]]


def test_nobody_is_warned_of_losing_a_zone_they_are_no_longer_in() -> None:
    """Day 8, on which the sharer falls, is open for another hour when they are held higher."""
    floor = an_activity("member_updated", 9, "00:30", zone_floor="content_creator")
    said = words(a_warned_teller().apply(floor.at, floor))
    assert said == [("promoted", None), ("averted", 8)]


def test_a_departure_takes_it_back() -> None:
    departure = an_activity("member_departed", 6)
    said = words(a_warned_teller().apply(departure.at, departure))
    assert said == [("left", None), ("averted", 8)]


def test_nobody_falls_who_is_paused_or_held_by_a_floor() -> None:
    until = on(20).isoformat()
    for event in (
        an_activity("member_paused", 6),
        an_activity("member_updated", 6, zone_floor="content_sharer"),
        an_activity("member_updated", 6, zone_floor="content_sharer", floor_until=until),
    ):
        assert words(a_warned_teller().apply(event.at, event)) == [("averted", 8)]


def test_nobody_is_warned_who_rises_first() -> None:
    """By a clock that is behind: a like of tomorrow is known, and lifts a member then."""
    teller = Teller(SMALL)
    for each in LIKES:
        assert ("warned", 1) not in words(teller.apply(at(0, "12:00"), each))


def test_nobody_is_warned_who_departs_first() -> None:
    """A departure to come is known: the first change to come is no fall."""
    teller = a_teller()
    departure = an_activity("member_departed", 7)
    assert teller.apply(at(5), departure) == ()
    assert teller.apply(at(5, "01:00"), None) == ()


def test_a_member_is_told_how_near_they_are_when_the_next_day_closes() -> None:
    """Not of days that were over before they were enrolled, though policies close days later."""
    teller = Teller(replace(SMALL, near_minutes=150))
    view = an_activity("view", 0, "00:00")
    teller.apply(view.at, view)
    slow = replace(SMALL, version=2, near_minutes=150, settle_minutes=1440)
    teller.apply(view.at, adoption(slow, "recompute", on(0)))
    assert teller.apply(at(0, "01:00"), None) == ()
    assert teller.apply(at(1), None) != ()


def test_nobody_is_warned_where_nobody_is_to_be() -> None:
    assert a_teller(warn_days=0).apply(at(8, "23:59"), None) == ()


def test_a_policy_to_come_can_bring_a_fall() -> None:
    """Adopted on day 2 for day 4: three likes in 5 days are then to be had, at once."""
    keep = (a_criterion("acts", 3, ("like",), 5),)
    strict = a_policy(sharer=replace(SHARER, keep=keep, grace_days=0), warn_days=3)
    strict = replace(strict, version=2, near_minutes=0)
    teller = a_teller()
    said = teller.apply(at(2, "12:00"), adoption(strict, "forward", on(4)))
    assert words(said) == [("warned", 4)]
    spared = adoption(replace(strict, version=3), "grandfather", on(4), on(6))
    assert words(teller.apply(at(2, "13:00"), spared)) == [("averted", 4)]


def test_after_a_fall_the_next_one_is_warned_of() -> None:
    """A creator by the pieces of days 0 and 1 falls on day 11, to sharer by the like of day 9:
    and would fall again on day 16.
    """
    acts = [an_activity("publish", 0), an_activity("publish", 1), an_activity("like", 9)]
    teller = Teller(replace(SMALL, warn_days=4))
    for each in sorted((*LIKES, *acts), key=lambda act: act.at):
        teller.apply(each.at, each)
    assert words(teller.apply(at(12, "01:00"), None)) == [("demoted", None), ("warned", 16)]
