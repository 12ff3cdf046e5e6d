"""4.2, 4.3: vitality goes by the days since the last own act."""

import pytest

from services.classifier.domain.journey import Journey, advance, record, redecide
from services.classifier.domain.regimes import always
from tests.classifier.examples import DEFAULT, an_activity, at, day, the_journey


def vitality(journey: Journey, *days: int) -> list[str | None]:
    return [journey.trajectory.vitality_on(day(number)) for number in days]


def test_a_member_is_active_for_14_days_quiet_up_to_30_then_dormant() -> None:
    journey = the_journey(an_activity("view", 0), now=at(60))
    assert vitality(journey, -1, 0, 14, 15, 30, 31, 60) == [
        None,
        "active",
        "active",
        "quiet",
        "quiet",
        "dormant",
        "dormant",
    ]


@pytest.mark.parametrize("kind", ["follow", "view", "like", "quote", "comment", "publish"])
def test_any_own_act_keeps_a_member_active(kind: str) -> None:
    journey = the_journey(an_activity("view", 0), an_activity(kind, 10), now=at(60))
    assert vitality(journey, 24, 25) == ["active", "quiet"]


def test_measurements_and_programme_events_do_not_count() -> None:
    others = (
        an_activity("link_account", 10, platform="x", account="a"),
        an_activity("network", 10, platform="x", followers=9),
        an_activity("outcome", 10, outcome="lead"),
        an_activity("training_completed", 10),
        an_activity("member_updated", 10, group="sales"),
    )
    journey = the_journey(an_activity("view", 0), *others, now=at(60))
    assert vitality(journey, 14, 15) == ["active", "quiet"]


def test_without_any_own_act_the_days_count_from_enrolment() -> None:
    journey = the_journey(an_activity("member_registered", 3), now=at(60))
    assert vitality(journey, 17, 18, 33, 34) == ["active", "quiet", "quiet", "dormant"]


def test_a_member_fades_only_when_the_day_has_closed() -> None:
    journey = the_journey(an_activity("view", 0), now=at(16, "00:59"))
    assert vitality(journey, 15) == ["active"]
    assert journey.due == at(16, "01:00")
    assert vitality(advance(journey, always(DEFAULT), at(16, "01:00")), 14, 15) == [
        "active",
        "quiet",
    ]


def test_a_member_becomes_active_at_once() -> None:
    journey = the_journey(an_activity("view", 0), now=at(40))
    journey = record(journey, always(DEFAULT), an_activity("like", 40), at(40, "12:00"))
    assert vitality(journey, 39, 40) == ["dormant", "active"]


def test_yesterday_too_becomes_active_while_it_is_open() -> None:
    """Active today already, the member turns out to have been so before midnight."""
    journey = the_journey(an_activity("view", 0), now=at(40))
    journey = record(journey, always(DEFAULT), an_activity("like", 40, "00:10"), at(40, "00:10"))
    assert vitality(journey, 39, 40) == ["dormant", "active"]
    journey = record(journey, always(DEFAULT), an_activity("like", 39, "23:50"), at(40, "00:20"))
    assert vitality(journey, 38, 39, 40) == ["dormant", "active", "active"]


def test_a_late_act_wakes_its_days_again() -> None:
    """An act of day 10 that becomes known on day 20 had kept the member active all the time."""
    journey = the_journey(an_activity("view", 0), now=at(20))
    assert vitality(journey, 15) == ["quiet"]
    journey = record(journey, always(DEFAULT), an_activity("like", 10), at(20))
    assert vitality(journey, 15, 20) == ["active", "active"]


def test_vitality_is_apart_from_the_zone() -> None:
    """A sharer whose grace lasts is a sharer, however dormant."""
    likes = [an_activity("like", each) for each in range(3)]
    journey = the_journey(*likes, an_activity("comment", 2), an_activity("share", 2), now=at(50))
    assert journey.zone_on(day(50)) == "content_sharer"
    assert vitality(journey, 50) == ["dormant"]


def test_it_is_the_same_however_often_one_looks() -> None:
    """Looked at on every day, a member fades on the same days as when looked at once."""
    journey = the_journey(an_activity("view", 0), now=at(1))
    for on in range(2, 61):
        journey = redecide(journey, always(DEFAULT), at(on))
    at_once = the_journey(an_activity("view", 0), now=at(60))
    assert journey.trajectory.spells == at_once.trajectory.spells
