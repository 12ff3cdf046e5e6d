"""4.2, departure: no zone from the day of `member_departed` to the day before a later
`member_registered`.

By the small policy two likes in 5 days make a sharer, who keeps it with one in 5 and has 2 days of
grace.
"""

from datetime import date
from typing import Any

from services.classifier.domain.activities import Activity
from services.classifier.domain.announcements import ZoneChanged
from services.classifier.domain.journey import Journey
from tests.classifier.examples import (
    a_policy,
    an_activity,
    at,
    day,
    the_journey,
    vitalities,
    zones,
)
from tests.classifier.teller import Teller

SMALL = a_policy(active_days=2, quiet_days=4)
LIKES = (an_activity("like", 0), an_activity("like", 1))


def small(*activities: Activity, now: int) -> Journey:
    return the_journey(*activities, now=now, policy=SMALL)


def departed(on: float, clock: str = "12:00") -> Activity:
    return an_activity("member_departed", on, clock)


def registered(on: float, clock: str = "12:00") -> Activity:
    return an_activity("member_registered", on, clock)


def test_from_the_day_of_the_departure_there_is_no_zone_and_no_vitality() -> None:
    """At once, on a day that is open; whatever the time of the day."""
    for clock in ("00:00", "11:59"):
        journey = small(*LIKES, departed(3, clock), now=at(3, "12:00"))
        assert zones(journey, 2, 3) == ["sharer", None]
        assert vitalities(journey, 2, 3) == ["active", None]
    journey = small(*LIKES, departed(3, "23:59"), now=at(40))
    assert zones(journey, 2, 3, 39) == ["sharer", None, None]


def test_who_returns_starts_in_the_first_zone_on_that_day() -> None:
    journey = small(*LIKES, departed(3), registered(7), now=at(8))
    assert zones(journey, 6, 7) == [None, "consumer"]
    assert zones(small(*LIKES, departed(3), registered(7), now=at(7, "12:00")), 7) == ["consumer"]


def test_acts_inside_the_windows_count_on_return() -> None:
    """One like before and one while away lift on the first day."""
    journey = small(*LIKES, departed(3), an_activity("like", 5), registered(5), now=at(6))
    assert zones(journey, 4, 5) == [None, "sharer"]


def test_only_a_registration_brings_back() -> None:
    others = ("like", "member_updated", "member_resumed", "link_account")
    acts = [an_activity(kind, 5, platform="x", account="a") for kind in others]
    assert zones(small(*LIKES, departed(3), *acts, now=at(9)), 5, 8) == [None, None]


def test_the_last_word_of_a_day_counts() -> None:
    journey = small(*LIKES, departed(3, "09:00"), registered(3, "10:00"), now=at(5))
    assert zones(journey, 3, 4) == ["sharer", "sharer"]
    journey = small(*LIKES, registered(3, "09:00"), departed(3, "10:00"), now=at(5))
    assert zones(journey, 3, 4) == [None, None]


def test_at_the_same_instant_the_greater_key_has_the_last_word() -> None:
    departure = an_activity("member_departed", 3, id="b")
    for name, zone in (("a", None), ("c", "sharer")):
        registration = an_activity("member_registered", 3, id=name)
        assert zones(small(*LIKES, departure, registration, now=at(5)), 3) == [zone]


def test_failing_days_do_not_outlast_a_departure() -> None:
    """As a sharer it failed on days 6 and 7; back on 9, sharer on 10, and failing from 15 on."""
    back = (registered(9), an_activity("like", 9), an_activity("like", 10))
    journey = small(*LIKES, departed(8), *back, now=at(20))
    assert zones(journey, 7, 8, 9, 10) == ["sharer", None, "consumer", "sharer"]
    assert zones(journey, 15, 16, 17) == ["sharer", "sharer", "consumer"]


def test_on_return_vitality_goes_by_the_rule_at_once() -> None:
    """On a day that is open too: there is none that it could stay."""
    journey = small(*LIKES, departed(3), registered(9), now=at(9, "13:00"))
    assert vitalities(journey, 8, 9) == [None, "dormant"]


def test_a_pause_outlasts_a_departure() -> None:
    """Registering resumes nobody: no step applies, and the vitality is `paused` at once."""
    acts = (an_activity("like", 9, "09:00"), an_activity("like", 9, "10:00"))
    history = (an_activity("member_paused", 2), departed(3), registered(9), *acts)
    journey = small(*history, now=at(9, "13:00"))
    assert (zones(journey, 9), vitalities(journey, 9)) == (["consumer"], ["paused"])


def test_whose_first_event_is_a_departure_is_nowhere() -> None:
    journey = small(departed(3), registered(5), now=at(7))
    assert zones(journey, 2, 3, 4, 5) == [None, None, None, "consumer"]


def test_a_departure_to_come_is_not_one_yet() -> None:
    journey = small(*LIKES, departed(3), now=at(2, "23:59"))
    assert zones(journey, 2) == ["sharer"]


def said_of(*activities: Activity) -> list[Any]:
    """Return what is said of each activity when it happens."""
    teller = Teller(SMALL)
    return [change for each in activities for change in teller.apply(each.at, each)]


def test_who_departs_is_announced_to_have_left() -> None:
    """To no zone, with no vitality, because of the departure."""
    left = said_of(*LIKES, departed(2))[-1]
    assert (left.direction, left.previous, left.to) == ("left", "content_sharer", None)
    assert (left.vitality, left.version) == (None, 3)
    assert left.effective_on == date.fromordinal(day(2))
    assert left.cause_ids == (departed(2).id,)
    (evidence,) = left.evidence
    assert (evidence.criterion, evidence.measure) == ("departed", "departed")
    assert evidence.event_ids == (departed(2).id,)


def test_who_returns_is_announced_to_have_entered() -> None:
    """With the registration as the reason, and the vitality of that day."""
    back = registered(9)
    entered = said_of(*LIKES, departed(2), back)[-1]
    assert (entered.direction, entered.previous) == ("entered", None)
    assert (entered.to, entered.vitality) == ("content_consumer", "dormant")
    assert [(each.measure, each.event_ids) for each in entered.evidence] == [
        ("enrolled", (back.id,))
    ]
    assert entered.cause_ids == (back.id,)


def test_nothing_is_said_of_who_is_departed() -> None:
    """Neither of their vitality nor of what they do; and nothing of who was never announced."""
    later = [an_activity("view", 20), an_activity("like", 40)]
    assert [each.direction for each in said_of(*LIKES, departed(2), *later)[2:]] == ["left"]
    assert said_of(departed(2), *later) == []
    assert [each.version for each in said_of(departed(2), registered(5))] == [1]


def test_a_return_before_anybody_knew_of_the_departure_takes_it_back() -> None:
    """The registration was heard late: it supersedes what was announced."""
    *_, left, entered = said_of(*LIKES, departed(2, "09:00"), registered(2, "10:00"))
    assert (left.direction, entered.direction) == ("left", "entered")
    assert (entered.to, entered.supersedes) == ("content_sharer", None)
    teller = Teller(SMALL)
    for each in (*LIKES, departed(2, "09:00")):
        teller.apply(each.at, each)
    (entered,) = teller.apply(at(4), registered(2, "10:00"))
    assert isinstance(entered, ZoneChanged)
    assert (entered.direction, entered.supersedes) == ("entered", 3)
