"""4.2, retraction: what is removed never was, for every measure and for vitality.

By the small policy two likes in 5 days make a sharer, who keeps it with one in 5 and has 2 days of
grace.
"""

from typing import Any

from services.classifier.domain.activities import Activity
from services.classifier.domain.journey import Journey
from services.classifier.domain.policy import Zone
from tests.classifier.examples import (
    a_criterion,
    a_policy,
    an_activity,
    at,
    the_journey,
    vitalities,
    zones,
)
from tests.classifier.teller import Teller

SMALL = a_policy(active_days=2, quiet_days=4)
LIKES = (an_activity("like", 0, id="one"), an_activity("like", 1, id="two"))


def small(*activities: Activity, now: int) -> Journey:
    return the_journey(*activities, now=now, policy=SMALL)


def retracted(on: float, clock: str = "12:00", **data: Any) -> Activity:  # noqa: ANN401
    return an_activity("retract", on, clock, **data)


def test_what_is_retracted_by_its_id_never_was() -> None:
    """For the days before the retraction too."""
    assert zones(small(*LIKES, retracted(3, retracts="two"), now=at(4)), 1) == ["consumer"]
    assert zones(small(*LIKES, retracted(3, retracts="three"), now=at(4)), 1) == ["sharer"]


def test_by_its_id_it_is_removed_whenever_it_happened() -> None:
    """Also if it is dated after the retraction."""
    assert zones(small(*LIKES, retracted(0, retracts="two"), now=at(4)), 1) == ["consumer"]


def test_a_retraction_may_come_before_what_it_retracts() -> None:
    assert zones(small(retracted(3, retracts="two"), *LIKES, now=at(4)), 1) == ["consumer"]


def test_a_source_retracts_only_what_it_said() -> None:
    elsewhere = retracted(3, retracts="two")._replace(source="urn:zones:platform:x")
    assert zones(small(*LIKES, elsewhere, now=at(4)), 1) == ["sharer"]
    on_it = (LIKES[0], an_activity("like", 1, object={"id": "o"}))
    of_it = retracted(3, object={"id": "o"}, kind="like")
    assert zones(small(*on_it, of_it, now=at(4)), 1) == ["consumer"]
    elsewhere = of_it._replace(source="urn:zones:platform:x")
    assert zones(small(*on_it, elsewhere, now=at(4)), 1) == ["sharer"]


def test_events_of_a_linked_account_go_by_their_first_id() -> None:
    """They come again under the member, with the member's id appended."""
    adopted = (LIKES[0], an_activity("like", 1, id="two~ada"))
    assert zones(small(*adopted, retracted(3, retracts="two"), now=at(4)), 1) == ["consumer"]
    both = retracted(3, retracts="two~ada")
    assert zones(small(*adopted, both, now=at(4)), 1) == ["consumer"]
    assert zones(small(*LIKES, both, now=at(4)), 1) == ["consumer"]
    others = retracted(3, retracts="two~bob")
    assert zones(small(*LIKES, others, now=at(4)), 1) == ["sharer"]


def test_what_is_retracted_stays_so_when_it_comes_again() -> None:
    """The retraction has met its act; then the same act comes under the member's own id."""
    teller = Teller(SMALL)
    again = an_activity("like", 1, id="two~ada")
    for entry in (*LIKES, retracted(3, retracts="two"), again):
        teller.apply(at(4), entry)
    assert zones(teller.journey, 1, 3) == ["consumer", "consumer"]


def test_by_object_and_kind_all_such_acts_up_to_the_retraction_are_removed() -> None:
    """At its very instant too, and none after it."""
    first = an_activity("like", 0, object={"id": "o"})
    second = an_activity("like", 1, "12:00", object={"id": "o"})
    third = an_activity("like", 2, object={"id": "o"})
    of_it: dict[str, Any] = {"object": {"id": "o"}, "kind": "like"}
    assert zones(small(first, second, third, now=at(4)), 1) == ["sharer"]
    assert zones(small(first, second, third, retracted(0, **of_it), now=at(4)), 1, 2) == [
        "consumer",
        "sharer",
    ]
    history = (first, second, third, an_activity("like", 3))
    before = retracted(1, "11:59", **of_it)
    assert zones(small(*history, before, now=at(4)), 2) == ["sharer"]
    exactly = retracted(1, "12:00", **of_it)
    assert zones(small(*history, exactly, now=at(4)), 2, 3) == ["consumer", "sharer"]


def test_of_two_retractions_of_an_object_the_later_reaches_further() -> None:
    acts = [an_activity("like", each, object={"id": "o"}) for each in (0, 2)]
    of_it: dict[str, Any] = {"object": {"id": "o"}, "kind": "like"}
    for first, second in ((1, 3), (3, 1)):
        both = (retracted(first, **of_it), retracted(second, **of_it))
        assert zones(small(*acts, an_activity("like", 2), *both, now=at(4)), 2) == ["consumer"]


def test_other_kinds_and_other_objects_stay() -> None:
    one = an_activity("like", 0, object={"id": "o"})
    other = an_activity("post", 1, object={"id": "o"})
    assert zones(
        small(one, other, retracted(3, object={"id": "o"}, kind="share"), now=at(4)), 1
    ) == ["sharer"]
    assert zones(
        small(one, other, retracted(3, object={"id": "p"}, kind="like"), now=at(4)), 1
    ) == ["sharer"]
    assert zones(
        small(one, other, retracted(3, object={"id": "o"}, kind="post"), now=at(4)), 1
    ) == ["consumer"]


def test_an_id_says_more_than_an_object() -> None:
    """Where both are told, the act on the object stays."""
    on_it = (an_activity("like", 0, object={"id": "o"}), an_activity("like", 1, id="two"))
    both = retracted(3, retracts="no such", object={"id": "o"}, kind="like")
    assert zones(small(*on_it, both, now=at(4)), 1) == ["sharer"]


def test_a_retraction_cannot_be_retracted() -> None:
    first = an_activity("retract", 3, id="undo", retracts="two")
    second = an_activity("retract", 4, id="redo", retracts="undo")
    assert zones(small(*LIKES, first, second, now=at(5)), 1) == ["consumer"]


def test_a_programme_event_cannot_be_retracted() -> None:
    """It is undone by its opposite."""
    departure = an_activity("member_departed", 3, id="bye")
    journey = small(*LIKES, departure, retracted(4, retracts="bye"), now=at(5))
    assert zones(journey, 3) == [None]
    linked = an_activity("link_account", 0, id="link", platform="x", account="a")
    assert small(linked, retracted(1, retracts="link"), now=at(2)).facts.accounts


def test_enrolment_stays() -> None:
    """Enrolled by an act that never was, they are in the first zone from that day on."""
    journey = small(LIKES[0], retracted(3, retracts="one"), now=at(4))
    assert zones(journey, -1, 0, 3) == [None, "consumer", "consumer"]


def test_what_is_retracted_made_nobody_active() -> None:
    """Silence counts from the act before it, or from enrolment where there was none."""
    acts = (an_activity("view", 0), an_activity("view", 6, id="six"))
    assert vitalities(small(*acts, now=at(8)), 6) == ["active"]
    journey = small(*acts, retracted(7, retracts="six"), now=at(8))
    assert vitalities(journey, 2, 4, 6) == ["active", "quiet", "dormant"]
    only = (an_activity("draft_submitted", 0), an_activity("view", 6, id="six"))
    journey = small(*only, retracted(7, retracts="six"), now=at(8))
    assert vitalities(journey, 4, 6) == ["quiet", "dormant"]


def test_retracting_twice_is_retracting_once() -> None:
    one, two = retracted(3, retracts="two"), retracted(4, retracts="two")
    journey = small(*LIKES, an_activity("like", 2), one, two, now=at(5))
    assert zones(journey, 1, 2) == ["consumer", "sharer"]


def told(*activities: Activity, now: int) -> Journey:
    """Return what becomes of ada, who is told of one after the other."""
    teller = Teller(SMALL)
    for each in activities:
        teller.apply(now, each)
    return teller.journey


def test_told_one_by_one_what_is_retracted_never_was() -> None:
    """Its day is decided again, and those before and after it stay."""
    acts = (an_activity("like", 2, id="three"), an_activity("like", 3, id="four"))
    journey = told(*LIKES, *acts, retracted(3, retracts="two"), now=at(4))
    assert zones(journey, 0, 1, 2) == ["consumer", "consumer", "sharer"]
    journey = told(*LIKES, *acts, retracted(3, retracts="three"), now=at(4))
    assert zones(journey, 1, 2) == ["sharer", "sharer"]


def test_told_one_by_one_an_object_is_retracted_up_to_that_instant() -> None:
    acts = [an_activity("like", on, object={"id": "o"}) for on in (0, 1, 3)]
    of_it: dict[str, Any] = {"object": {"id": "o"}, "kind": "like"}
    for clock, zone in (("11:59", "sharer"), ("12:00", "consumer")):
        journey = told(*acts, retracted(1, clock, **of_it), now=at(4))
        assert zones(journey, 3) == [zone]


def test_told_one_by_one_retracting_twice_is_retracting_once() -> None:
    """Of two likes on a day one is left, however often the other is taken back."""
    acts = (LIKES[0], an_activity("like", 1, "10:00", id="two"), an_activity("like", 1, id="left"))
    twice = (retracted(3, retracts="two"), retracted(3, "13:00", retracts="two"))
    assert zones(told(*acts, *twice, now=at(4)), 1) == ["sharer"]


def test_told_one_by_one_a_second_act_for_the_same_person_still_counts() -> None:
    """Who was commented twice on a day is not forgotten with one of the comments."""
    two_people = (a_criterion("people", 2, ("comment",), 5),)
    creator = Zone(name="content_creator", enter=two_people, keep=two_people)
    teller = Teller(a_policy(creator=creator))
    for name, whom in (("a", "bob"), ("b", "bob"), ("c", "cleo")):
        teller.apply(at(4), an_activity("comment", 1, id=name, target=whom))
    teller.apply(at(4), retracted(3, retracts="a"))
    assert zones(teller.journey, 1) == ["creator"]
    teller.apply(at(4), retracted(3, retracts="b"))
    assert zones(teller.journey, 1) == ["consumer"]


def test_told_one_by_one_what_comes_after_its_retraction_only_enrols() -> None:
    """However early it was."""
    journey = told(LIKES[1], retracted(3, retracts="one"), LIKES[0], now=at(4))
    assert zones(journey, -1, 0, 1) == [None, "consumer", "consumer"]
