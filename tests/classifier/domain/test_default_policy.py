"""4.3: the policy that ships, number by number. Days of the examples begin on a Monday."""

from collections.abc import Iterable

import pytest

from services.classifier.domain.activities import Activity
from services.classifier.domain.measures import Criterion
from services.classifier.domain.zones import ZONES
from tests.classifier.examples import DEFAULT, an_activity, at, day, the_journey

SHARING = ("like", "share", "quote", "post", "comment")
OWN_WORDS = ("share", "quote", "post", "comment")
TALKING = ("comment", "converse", "quote")


def told(criteria: Iterable[Criterion]) -> list[tuple[str, tuple[str, ...], int, int]]:
    return [(each.measure, each.of, each.at_least, each.days) for each in criteria]


def test_the_table_of_the_default_policy() -> None:
    consumer, sharer, creator, engaged = DEFAULT.zones
    assert tuple(zone.name for zone in DEFAULT.zones) == ZONES
    assert (consumer.enter, consumer.keep, consumer.requires) == ((), (), ())

    assert told(sharer.enter) == [
        ("acts", SHARING, 4, 30),
        ("active_days", SHARING, 3, 30),
        ("acts", OWN_WORDS, 2, 30),
    ]
    assert told(sharer.keep) == [("acts", SHARING, 2, 60)]
    assert (sharer.requires, sharer.grace_days) == ((), 14)

    assert told(creator.enter) == [
        ("acts", ("publish",), 3, 90),
        ("active_weeks", ("publish",), 3, 90),
    ]
    assert told(creator.keep) == [("acts", ("publish",), 1, 120)]
    assert (creator.requires, creator.grace_days) == (("content_sharer",), 30)

    assert told(engaged.enter) == [
        ("people", TALKING, 10, 90),
        ("active_weeks", ("any",), 10, 90),
        ("minutes_per_week", (), 60, 56),
        ("network_size", (), 500, 0),
        ("network_growth", (), 1, 90),
        ("outcomes", ("any",), 1, 180),
    ]
    assert told(engaged.keep) == [
        ("people", TALKING, 7, 90),
        ("active_weeks", ("any",), 7, 90),
        ("minutes_per_week", (), 42, 56),
        *told(creator.keep),
    ]
    assert engaged.requires == ("content_creator", "content_sharer")
    assert engaged.grace_days == 60


def test_the_numbers_of_the_default_policy() -> None:
    assert DEFAULT.minutes == {
        kind: minutes * 60
        for kind, minutes in {
            "view": 2,
            "like": 1,
            "share": 2,
            "quote": 5,
            "post": 12,
            "comment": 5,
            "converse": 10,
            "publish": 120,
        }.items()
    }
    assert DEFAULT.reports == frozenset()
    assert (DEFAULT.active_days, DEFAULT.quiet_days) == (14, 30)
    assert (DEFAULT.warn_days, DEFAULT.historical_after_days, DEFAULT.settle_minutes) == (14, 7, 60)


def zone(on: int, *activities: Activity) -> str | None:
    """Return the zone on a day, once it has closed."""
    return the_journey(*activities, now=at(on + 2)).zone_on(day(on))


def acts(kind: str, *days: int) -> list[Activity]:
    return [an_activity(kind, on, target=f"person-{kind}-{on}") for on in days]


def test_a_linked_account_or_any_activity_makes_a_consumer() -> None:
    linked = an_activity("link_account", 0, platform="x", account="a")
    assert zone(0, linked) == zone(0, *acts("follow", 0)) == "content_consumer"


@pytest.mark.parametrize(
    ("activities", "expected"),
    [
        (acts("like", 0, 1) + acts("comment", 2, 3), "content_sharer"),
        (acts("like", 0, 1) + acts("comment", 3), "content_consumer"),
        (acts("like", 0, 1, 2) + acts("comment", 3), "content_consumer"),
        (acts("like", 2, 3) + acts("comment", 2, 3), "content_consumer"),
    ],
    ids=["four acts", "three acts", "one of own words", "two days"],
)
def test_a_sharer_shared_4_times_on_3_days_and_twice_in_own_words(
    activities: list[Activity], expected: str
) -> None:
    assert zone(3, *activities) == expected


def test_a_sharer_who_stops_falls_after_60_days_and_a_grace_of_14() -> None:
    """The second newest act is of day 2: keep fails from day 62, and the 15th day is 76."""
    sharing = acts("like", 0, 1) + acts("comment", 2, 3)
    assert zone(75, *sharing) == "content_sharer"
    assert zone(76, *sharing) == "content_consumer"


def creator() -> list[Activity]:
    """Sharing once a week for twelve weeks, and a piece in each of three weeks."""
    return acts("comment", *range(0, 84, 7)) + acts("share", 0, 1, 2) + acts("publish", 3, 10, 17)


def test_a_creator_published_3_pieces_in_3_weeks_and_is_a_sharer() -> None:
    sharing = acts("comment", 0, 1, 2, 3)
    assert zone(17, *sharing, *acts("publish", 3, 10, 17)) == "content_creator"
    assert zone(17, *sharing, *acts("publish", 3, 17)) == "content_sharer"
    assert zone(17, *sharing, *acts("publish", 3, 16, 17)) == "content_sharer"
    assert zone(17, *acts("publish", 3, 10, 17)) == "content_consumer"


def test_a_creator_who_stops_falls_after_120_days_and_a_grace_of_30() -> None:
    """The newest piece is of day 17: keep fails from day 137, and the 31st day is 167."""
    sharing = acts("comment", 0, 1, 2, 150, 160)
    pieces = acts("publish", 3, 10, 17)
    assert zone(166, *sharing, *pieces) == "content_creator"
    assert zone(167, *sharing, *pieces) == "content_sharer"


def test_the_socially_engaged_talk_with_10_people_for_10_weeks_an_hour_a_week() -> None:
    """A comment takes 5 minutes and a piece 120; over 8 weeks that has to be 480 minutes."""
    talking = acts("comment", *range(0, 84, 7))
    pieces = acts("publish", 33, 40, 47, 54)
    assert zone(77, *talking, *acts("share", 0), *pieces) == "socially_engaged"
    assert zone(77, *talking, *acts("share", 0), *pieces[1:]) == "content_creator"
    assert (
        zone(77, *talking[:8], *talking[10:], *acts("view", 66, 69), *pieces) == "socially_engaged"
    )
    few = [an_activity("comment", on, target=f"person-{on % 9}") for on in range(0, 84, 7)]
    assert zone(77, *few, *pieces) == "content_creator"


def test_the_socially_engaged_fall_after_a_grace_of_60_days() -> None:
    """Silent after day 77: the minutes are the first to go, and the 61st failing day decides."""
    life = acts("comment", *range(0, 84, 7)) + acts("publish", 33, 40, 47, 54)
    failing = next(on for on in range(77, 200) if minutes_of(life, on) < 42)
    assert zone(failing + 59, *life) == "socially_engaged"
    assert zone(failing + 60, *life) == "content_creator"


def minutes_of(activities: list[Activity], on: int) -> float:
    takes = {"comment": 5, "publish": 120}
    return sum(takes[each.kind] for each in activities if on - 56 < each.day - day(0) <= on) / 8
