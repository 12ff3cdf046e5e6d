"""A first arrival in a zone above the first is recognised once, and for ever."""

from dataclasses import replace

import pytest

from services.rewards.domain.recognitions import ArrivalGranted
from services.rewards.stream.reading import zone
from tests.rewards.examples import RULES, arrival, earned, on
from tests.rewards.messages import a_change

CONSUMER, SHARER, CREATOR, ENGAGED = (
    "content_consumer",
    "content_sharer",
    "content_creator",
    "socially_engaged",
)

[ARRIVAL] = RULES.arrivals


def granted(zone: str) -> ArrivalGranted:
    return ArrivalGranted(zone=zone, rule_version=1, occasion=on("zone.changed/ada/1"), public=True)


def test_arriving_in_a_zone_above_the_first_is_recognised() -> None:
    assert earned().when(arrival(CONSUMER, SHARER)) == (granted(SHARER),)


def test_zones_skipped_on_the_way_up_are_arrived_in_too() -> None:
    """From the lowest up, on the same occasion."""
    assert earned().when(arrival(CONSUMER, ENGAGED)) == (
        granted(SHARER),
        granted(CREATOR),
        granted(ENGAGED),
    )


@pytest.mark.parametrize("previous", [None, CONSUMER])
def test_nobody_arrives_in_the_first_zone(previous: str | None) -> None:
    """Everybody starts there."""
    assert earned().when(arrival(previous, CONSUMER)) == ()


def test_who_is_enrolled_higher_up_arrives_in_everything_below() -> None:
    assert earned().when(arrival(None, CREATOR)) == (granted(SHARER), granted(CREATOR))


def test_a_second_arrival_is_none() -> None:
    """Once per member and zone, however often they come and go."""
    assert earned(granted(SHARER)).when(arrival(CONSUMER, SHARER)) == ()
    assert earned(granted(SHARER)).when(arrival(CONSUMER, CREATOR)) == (granted(CREATOR),)


@pytest.mark.parametrize(("previous", "zone"), [(ENGAGED, CREATOR), (CREATOR, None)])
def test_going_down_or_leaving_is_no_arrival(previous: str, zone: str | None) -> None:
    assert earned().when(arrival(previous, zone)) == ()


def test_a_place_that_the_organisation_holds_is_no_arrival() -> None:
    assert earned().when(arrival(CONSUMER, CREATOR, held=True)) == ()
    held = earned().after(arrival(CONSUMER, CREATOR, held=True))
    assert held.when(arrival(CREATOR, ENGAGED)) == (granted(ENGAGED),)


def test_a_historical_change_is_no_arrival() -> None:
    assert earned().when(arrival(CONSUMER, SHARER, historical=True)) == ()


def test_the_zone_that_one_comes_from_is_not_skipped() -> None:
    """Whoever came to it silently is not congratulated on it when they leave it upwards."""
    given = earned().after(arrival(CONSUMER, SHARER, historical=True))

    assert given.when(arrival(SHARER, CREATOR)) == (granted(CREATOR),)


def test_an_arrival_that_was_silent_can_still_be_made() -> None:
    """The first that is not historical is the first that counts."""
    given = earned().after(arrival(CONSUMER, SHARER, historical=True))

    assert given.when(arrival(CONSUMER, SHARER)) == (granted(SHARER),)


@pytest.mark.parametrize("historical", [False, True])
def test_an_arrival_by_policy_is_made_silently_and_once(*, historical: bool) -> None:
    """However long ago the policy has it, and when it is heard again for a log that was lost. Who
    is there need not arrive once more.
    """
    heard = zone("", a_change(CONSUMER, SHARER, historical=historical, by_policy=True).to_json())

    for each in (heard, heard.as_history()):
        [made] = earned().when(each.command)

        assert isinstance(made, ArrivalGranted)
        assert (made.zone, made.occasion.historical) == (SHARER, True)
        assert earned().after(each.command).when(arrival(CONSUMER, SHARER)) == ()


def test_a_place_held_by_the_organisation_is_no_arrival_whatever_policy_governs() -> None:
    held = replace(arrival(CONSUMER, CREATOR, held=True), by_policy=True)
    assert earned().when(held) == ()


def test_which_zones_are_recognised_is_up_to_the_rules() -> None:
    rules = replace(RULES, arrivals=(replace(ARRIVAL, zones=(ENGAGED,)),))

    assert earned(rules=rules).when(arrival(CONSUMER, ENGAGED)) == (granted(ENGAGED),)


def test_whether_history_tells_of_arrivals_is_up_to_the_rules() -> None:
    """Who is told is another matter: the occasion stays a historical one."""
    rules = replace(RULES, arrivals=(replace(ARRIVAL, historical=True),))

    [made] = earned(rules=rules).when(arrival(CONSUMER, SHARER, historical=True))

    assert isinstance(made, ArrivalGranted)
    assert made.occasion.historical


def test_each_rule_for_arrivals_recognises_an_arrival_of_its_own() -> None:
    """The one for everybody leaves another one for the top alone to be earned."""
    own = replace(ARRIVAL, kind="summit", zones=(ENGAGED,))
    rules = replace(RULES, arrivals=(ARRIVAL, own))

    assert earned(granted(ENGAGED), rules=rules).when(arrival(CREATOR, ENGAGED)) == (
        replace(granted(ENGAGED), kind="summit"),
    )
