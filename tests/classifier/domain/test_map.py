"""4.4, the map: how far it is, how long things last, and who needs no way."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import strategies as st

from services.classifier.domain import ways
from services.classifier.domain.activities import Activity
from services.classifier.domain.clock import begins
from services.classifier.domain.evidence import by_time, count
from services.classifier.domain.map import Map, drawn
from services.classifier.domain.policy import Policy, Zone
from services.classifier.domain.regimes import always
from services.classifier.domain.zones import ZONES
from tests.classifier.domain.law import law
from tests.classifier.domain.strategies import Log, happened, histories, lives, policies
from tests.classifier.examples import a_criterion, a_policy, an_activity, at, day, the_journey

SMALL = a_policy()
SHARING = [an_activity("like", 0), an_activity("post", 1)]
ENGAGING = [
    *SHARING,
    *(an_activity("publish", 1, id=f"p{number}") for number in range(2)),
    *(an_activity("comment", 1, target=name) for name in ("bob", "cleo")),
]


def the_map(*activities: Activity, on: int, policy: Policy = SMALL, by: int | None = None) -> Map:
    journey = the_journey(*activities, now=at(on, "12:00"), policy=policy)
    until = None if by is None else day(by)
    return drawn(journey, always(policy), activities, day(on), until)


def test_the_next_zone_is_one_further_on() -> None:
    drawing = the_map(*SHARING, on=2)
    assert (drawing.zone, drawing.next) == (1, 2)
    assert [(each.have, each.need, each.margin) for each in drawing.asked] == [
        (0, 2, -2),
        (2, 1, 1),
    ]
    assert drawing.way is not None
    assert [(step.kind, step.acts) for step in drawing.way.steps] == [("publish", 2)]


def test_a_way_that_is_too_late_is_shown_and_said_to_be() -> None:
    later = a_policy(
        sharer=Zone(name="content_sharer", enter=(a_criterion("active_days", 3, ("like",), 9),))
    )
    for by, in_time in ((None, True), (3, True), (2, False)):
        drawing = the_map(an_activity("view", 0), on=1, policy=later, by=by)
        assert drawing.way is not None
        assert (drawing.way.on, drawing.in_time) == (day(3), in_time)


def test_a_map_is_searched_apart_from_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is shared is for those who are followed, and they do not wait while a map is drawn."""
    shelves: list[Any] = []

    def searching(*args: Any, **kwargs: Any) -> ways.Way | None:  # noqa: ANN401 - as `cheapest`
        shelves.append(kwargs["searches"])
        return ways.cheapest(*args, **kwargs)

    monkeypatch.setattr("services.classifier.domain.map.cheapest", searching)
    for _ in range(2):
        the_map(*SHARING, on=2)
    assert len({*map(id, (*shelves, ways.SHARED))}) == 3


@pytest.mark.parametrize(
    ("said", "wayless"),
    [
        ([an_activity("member_paused", 0)], "paused"),
        ([an_activity("member_paused", 2)], "paused"),
        ([an_activity("member_paused", 0), an_activity("member_resumed", 2)], None),
        ([an_activity("member_departed", 2)], "departed"),
        ([*ENGAGING, an_activity("member_paused", 0)], "paused"),
    ],
)
def test_who_cannot_set_out_is_shown_no_way(said: list[Activity], wayless: str | None) -> None:
    """A pause that was said today begins tomorrow."""
    drawing = the_map(an_activity("view", 0), *said, on=2)
    assert drawing.wayless == wayless
    assert (drawing.way is None) == (wayless is not None)


def test_nobody_has_left_who_has_not_begun() -> None:
    assert the_map(an_activity("view", 5), on=2).wayless == "not_enrolled"


def test_the_socially_engaged_have_arrived() -> None:
    drawing = the_map(*ENGAGING, on=2)
    assert (drawing.zone, drawing.next, drawing.wayless) == (3, None, "arrived")
    assert drawing.way is None
    assert drawing.fall is not None


def test_rules_that_nobody_can_meet_are_out_of_reach() -> None:
    never = a_policy(
        sharer=Zone(name="content_sharer", enter=(a_criterion("active_days", 6, ("like",), 5),))
    )
    for by in (None, 3):
        assert the_map(an_activity("view", 0), on=2, policy=never, by=by).wayless == "out_of_reach"


def test_what_acts_do_not_bring_is_counted_as_well() -> None:
    reporting = a_policy(
        sharer=Zone(
            name="content_sharer",
            enter=(a_criterion("acts", 1, ("like",), 5), a_criterion("network_size", 10)),
        ),
        reports=frozenset({"network"}),
    )
    known = [an_activity("network", 0, platform="x", followers=7)]
    drawing = the_map(*known, on=2, policy=reporting)
    assert [(each.measure, each.margin) for each in drawing.beyond] == [("network_size", -3)]
    unfed = replace(reporting, reports=frozenset())
    assert not the_map(*known, on=2, policy=unfed).beyond


def test_an_act_is_listed_with_the_day_on_which_it_ends() -> None:
    """For every criterion by itself, those first that end first; what is retracted is not."""
    gone = an_activity("post", 1, "13:00", id="gone")
    drawing = the_map(*SHARING, gone, an_activity("retract", 2, retracts="gone"), on=2)
    assert [(each.act.kind, each.ends) for each in drawing.lasting] == [
        ("like", (("acts 1", day(5)),)),
        ("post", (("acts 1", day(6)),)),
    ]


@law(histories(6), policies(), st.integers(0, 24), some=100)
def test_an_act_counts_up_to_the_day_before_its_end(
    known: list[Activity], policy: Policy, on: int
) -> None:
    known = sorted((each for each in known if each.day <= day(on)), key=by_time)
    policy = named(policy)
    drawing = the_map(*known, on=on, policy=policy)
    asked = {each.name: each for zone in policy.zones for each in (*zone.enter, *zone.keep)}
    for lasting in drawing.lasting:
        for name, end in lasting.ends:
            assert end > day(on)
            for when, counts in ((end - 1, True), (end, False)):
                counted = count(asked[name], policy, known, when).activities
                assert (lasting.act in counted) is counts


def named(policy: Policy) -> Policy:
    """Call every criterion by its place, as a policy file does."""
    return replace(
        policy,
        zones=tuple(
            replace(
                zone,
                enter=tuple(
                    replace(each, name=f"{zone.name}.enter.{place}")
                    for place, each in enumerate(zone.enter)
                ),
                keep=tuple(
                    replace(each, name=f"{zone.name}.keep.{place}")
                    for place, each in enumerate(zone.keep)
                ),
            )
            for zone in policy.zones
        ),
    )


@law(lives(), st.integers(0, 300), some=40)
def test_nobody_falls_before_or_after_the_day_that_was_foretold(log: Log, on: int) -> None:
    known = [each for each in happened(log) if each.day <= day(on)]
    if not known:
        return
    drawing = the_map(*known, on=on, policy=SMALL)
    if drawing.fall is None:
        return
    fallen = the_journey(*known, now=begins(drawing.fall.day + 2), policy=SMALL)
    assert drawing.zone is not None
    assert fallen.zone_on(drawing.fall.day - 1) == ZONES[drawing.zone]
    assert fallen.zone_on(drawing.fall.day) == ZONES[drawing.fall.to]
