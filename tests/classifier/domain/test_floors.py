"""4.2, floor: until `floor_until`, a zone below `zone_floor` becomes the floor.

By the small policy two likes in 5 days make a sharer, who keeps it with one in 5 and has 2 days of
grace; two pieces in 10 days make a creator of who keeps being a sharer, with no grace.
"""

from datetime import date

from services.classifier.domain.activities import Activity
from services.classifier.domain.announcements import ZoneChanged
from services.classifier.domain.journey import Journey
from tests.classifier.examples import a_policy, an_activity, at, day, the_journey, zones
from tests.classifier.teller import Teller

SMALL = a_policy()
LIKES = (an_activity("like", 0), an_activity("like", 1))
PIECES = (an_activity("publish", 0), an_activity("publish", 1))


def small(*activities: Activity, now: int) -> Journey:
    return the_journey(*activities, now=now, policy=SMALL)


def floored(
    zone: str | None, on: float, until: int | None = None, kind: str = "member_updated"
) -> Activity:
    said = None if zone is None else f"content_{zone}"
    if until is None:
        return an_activity(kind, on, zone_floor=said)
    return an_activity(kind, on, zone_floor=said, floor_until=written(until))


def written(number: int) -> str:
    return date.fromordinal(day(number)).isoformat()


def test_a_zone_below_the_floor_becomes_the_floor_at_once() -> None:
    """On the day on which it is set, though that day is open."""
    journey = small(an_activity("view", 0), floored("sharer", 3), now=at(3, "12:00"))
    assert zones(journey, 2, 3) == ["consumer", "sharer"]


def test_every_event_about_a_member_can_set_it() -> None:
    for happened in ("registered", "updated", "paused", "resumed"):
        journey = small(floored("creator", 3, kind=f"member_{happened}"), now=at(9))
        assert zones(journey, 3, 8) == ["creator", "creator"]
    away = floored("creator", 3, kind="member_departed")
    journey = small(away, an_activity("member_registered", 5), now=at(9))
    assert zones(journey, 3, 5) == [None, "creator"]


def test_the_floor_holds_through_its_last_day() -> None:
    """Nothing was counted on it: grace are the two days after, and the third is one too many."""
    journey = small(floored("sharer", 0, until=5), now=at(20))
    assert zones(journey, 5, 6, 7, 8) == ["sharer", "sharer", "sharer", "consumer"]


def test_without_a_last_day_it_holds_on() -> None:
    assert zones(small(floored("sharer", 0), now=at(400)), 399) == ["sharer"]


def test_a_floor_whose_last_day_is_over_raises_nobody() -> None:
    assert zones(small(floored("sharer", 3, until=2), now=at(9)), 3) == ["consumer"]
    assert zones(small(floored("sharer", 3, until=3), now=at(9)), 3) == ["sharer"]


def test_null_clears_the_floor_from_that_day_on() -> None:
    journey = small(floored("sharer", 0), floored(None, 10), now=at(20))
    assert zones(journey, 9, 11, 12) == ["sharer", "sharer", "consumer"]


def test_what_is_absent_is_left_as_it_was() -> None:
    group = an_activity("member_updated", 4, group="sales")
    assert zones(small(floored("sharer", 0), group, now=at(20)), 19) == ["sharer"]


def test_the_last_day_is_a_field_of_its_own() -> None:
    """Said later, earlier or cleared, without the floor being said again."""
    until = an_activity("member_updated", 4, floor_until=written(5))
    cleared = an_activity("member_updated", 5, floor_until=None)
    assert zones(small(floored("sharer", 0), until, now=at(20)), 7, 8) == ["sharer", "consumer"]
    assert zones(small(floored("sharer", 0), until, cleared, now=at(20)), 8) == ["sharer"]
    before = an_activity("member_updated", -1, floor_until=written(5))
    assert zones(small(before, floored("sharer", 0), now=at(20)), 7, 8) == ["sharer", "consumer"]


def test_the_later_floor_counts() -> None:
    journey = small(floored("creator", 0), floored("sharer", 3), now=at(20))
    assert zones(journey, 0, 2, 3, 4) == ["creator", "creator", "sharer", "sharer"]


def test_at_the_same_instant_the_greater_key_counts() -> None:
    low = an_activity("member_updated", 0, id="b", zone_floor="content_sharer")
    for name, zone in (("a", "sharer"), ("c", "creator")):
        high = an_activity("member_updated", 0, id=name, zone_floor="content_creator")
        assert zones(small(low, high, now=at(2)), 0) == [zone]


def test_a_floor_is_no_lock() -> None:
    """It raises before step 1, and step 1 lifts from there on the same day."""
    journey = small(floored("sharer", 1), *LIKES, *PIECES, now=at(2))
    assert zones(journey, 1) == ["creator"]


def test_a_floor_meets_no_requires() -> None:
    """Held up as a sharer, one does not keep being one: pieces alone make no creator."""
    assert zones(small(floored("sharer", 0), *PIECES, now=at(4)), 1, 3) == ["sharer", "sharer"]


def test_a_fall_from_above_stops_at_the_floor() -> None:
    """The pieces of days 0 and 1 count up to day 10, the likes are long out of the window."""
    history = (*LIKES, *PIECES)
    assert zones(small(*history, now=at(20)), 10, 11) == ["creator", "consumer"]
    assert zones(small(*history, floored("sharer", 5), now=at(20)), 10, 11) == ["creator", "sharer"]


def test_who_is_above_the_floor_falls_by_the_rules() -> None:
    likes = [an_activity("like", each) for each in (5, 9, 13)]
    history = (*LIKES, *PIECES, *likes, floored("consumer", 0))
    assert zones(small(*history, now=at(20)), 10, 11) == ["creator", "sharer"]


def test_becoming_the_floor_brings_a_fresh_grace() -> None:
    """Failing as a sharer on days 6 and 7; creator by the floor on day 7 only; then failing anew
    on the first day after, which for a creator is one too many.
    """
    journey = small(*LIKES, floored("creator", 7, until=7), now=at(20))
    assert zones(journey, 6, 7, 8) == ["sharer", "creator", "consumer"]
    patient = floored("sharer", 9, until=9)
    journey = small(*LIKES, patient, now=at(20))
    assert zones(journey, 8, 9, 11, 12) == ["consumer", "sharer", "sharer", "consumer"]


def test_at_the_floor_the_count_is_cleared() -> None:
    """Failing on days 6 and 7, held on day 8: days 9 and 10 are grace again."""
    journey = small(*LIKES, floored("sharer", 8, until=8), now=at(20))
    assert zones(journey, 8, 10, 11) == ["sharer", "sharer", "consumer"]


def test_a_paused_member_becomes_the_floor_as_well() -> None:
    journey = small(an_activity("member_paused", 0), floored("sharer", 4), now=at(9))
    assert zones(journey, 3, 4, 8) == ["consumer", "sharer", "sharer"]


def test_who_is_departed_has_no_floor_and_returns_to_it() -> None:
    away = (an_activity("member_departed", 3), an_activity("member_registered", 6))
    journey = small(floored("sharer", 0), *away, now=at(9))
    assert zones(journey, 2, 3, 5, 6) == ["sharer", None, None, "sharer"]


def test_a_change_because_of_the_floor_says_so() -> None:
    """With the event that set it, though others have said something of the member since."""
    teller = Teller(SMALL)
    set_it = floored("sharer", 3)
    for each in (an_activity("view", 0), an_activity("member_updated", 2, group="sales")):
        teller.apply(each.at, each)
    (change,) = teller.apply(set_it.at, set_it)
    assert isinstance(change, ZoneChanged)
    assert (change.direction, change.to) == ("promoted", "content_sharer")
    (evidence,) = change.evidence
    assert (evidence.criterion, evidence.measure) == ("content_sharer.floor", "floor")
    assert (evidence.need, evidence.have, evidence.met) == (1, 1, True)
    assert evidence.event_ids == change.cause_ids == (set_it.id,)


def test_who_enters_at_the_floor_is_shown_both_reasons() -> None:
    set_it = floored("creator", 3, kind="member_registered")
    (change,) = Teller(SMALL).apply(set_it.at, set_it)
    assert isinstance(change, ZoneChanged)
    assert [each.measure for each in change.evidence] == ["enrolled", "floor"]
    assert change.cause_ids == (set_it.id,)
