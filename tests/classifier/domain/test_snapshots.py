"""A snapshot holds the whole journey but its prospects: read back, it is equal."""

import json
from dataclasses import replace

import pytest

from services.classifier.domain.journey import Journey
from services.classifier.domain.snapshots import OtherForm, from_state, to_state
from tests.classifier.examples import an_activity, at, the_journey


def test_a_journey_is_read_back_as_it_was() -> None:
    journey = the_journey(
        an_activity("link_account", 0, platform="x", account="a"),
        an_activity("network", 1, platform="x", followers=10),
        an_activity("comment", 2, target="bob", minutes=3),
        an_activity("comment", 2, "13:00", target="cleo"),
        an_activity("member_updated", 3, zone_floor="content_sharer"),
        now=at(4),
    )
    read_back = from_state(json.loads(json.dumps(to_state(journey))))
    assert replace(read_back, prospect=journey.prospect) == journey


def test_so_is_one_without_anything() -> None:
    assert from_state(json.loads(json.dumps(to_state(Journey("ada"))))) == Journey("ada")


def test_a_snapshot_of_another_form_is_refused() -> None:
    with pytest.raises(OtherForm, match="form 0"):
        from_state([0, "ada"])
