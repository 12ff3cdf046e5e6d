"""Every kind of activity, and the limits of what a publisher may say."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.activity import (
    FAMILIES,
    MEASUREMENTS,
    OWN_ACTS,
    Activity,
    AnyActivity,
    LinkAccount,
)
from shared.contracts.acts import Account, Retractable
from shared.contracts.envelope import subject_of
from shared.contracts.schemas import SAYS, Contract, type_of
from shared.contracts.words import MAX_ID
from tests.contracts.examples import KINDS, Refused, accept, an_activity, golden, said

A_PIECE = {"id": "p1", "kind": "article"}


def data_of(activity: AnyActivity) -> dict[str, Any]:
    """What of it gets onto the bus."""
    data: dict[str, Any] = json.loads(activity.to_json())["data"]
    return data


def test_the_families_hold_every_kind_once() -> None:
    assert len(KINDS) == len(set(KINDS))
    assert [f"zones.activity.{kind}.v1" for kind in KINDS] == [
        type_of(each) for each in SAYS["ingest"]
    ]


def test_own_acts_are_what_members_consume_share_say_and_create() -> None:
    assert set(OWN_ACTS) == {
        *("follow", "view", "like", "share", "quote", "post", "comment", "converse", "publish")
    }
    assert set(MEASUREMENTS) == {"network", "performance", "outcome"} == set(FAMILIES["measure"])


def test_only_own_acts_and_measurements_can_be_retracted() -> None:
    assert set(Retractable.__args__) == OWN_ACTS | MEASUREMENTS  # type: ignore[attr-defined]


@pytest.mark.parametrize("contract", SAYS["ingest"], ids=type_of)
def test_a_reader_of_any_activity_reads_the_same_event(contract: Contract) -> None:
    """Its data is as it came, and writing it again changes nothing."""
    activity = Activity.model_validate_json(golden(contract))

    assert activity.to_json() == golden(contract)
    assert activity.key == said(contract).key
    assert subject_of(activity) == subject_of(said(contract))
    assert activity.time == said(contract).time
    assert f"zones.activity.{activity.kind}.v1" == type_of(contract)


def test_a_source_names_its_platform() -> None:
    assert accept(an_activity()).platform == "bluesky"
    assert accept(an_activity(source="https://crm.example")).platform == "https://crm.example"


@pytest.mark.parametrize("as_json", [True, False])
def test_an_event_is_accepted_as_json_or_as_what_was_read_from_it(as_json: bool) -> None:
    event = an_activity(data={"target": "ben", "minutes": 2, "topics": ["hiring"]})

    activity = accept(json.dumps(event).encode() if as_json else event)

    assert json.loads(activity.to_json()) == event


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_model_does_not_know_never_gets_onto_the_bus(kind: str) -> None:
    """No message text, no e-mail address, no IP: minimised by being unknown."""
    (contract,) = (each for each in SAYS["ingest"] if type_of(each).split(".")[2] == kind)
    event = json.loads(golden(contract))
    event |= {"clientip": "192.0.2.7", "data_base64": "c2VjcmV0"}
    event["data"] |= {"text": "a secret", "email": "a secret", "content": {"text": "a secret"}}
    if "object" in event["data"]:
        event["data"]["object"] |= {"content": "a secret", "author_email": "a secret"}

    assert accept(event).to_json() == golden(contract)


@pytest.mark.parametrize(
    ("minutes", "written"), [(0, "0"), (15, "15"), (15.0, "15"), (2.5, "2.5"), (1440, "1440")]
)
def test_minutes_are_a_number_from_0_to_1440(minutes: float, written: str) -> None:
    activity = accept(an_activity(data={"minutes": minutes}))

    assert activity.to_json().endswith(b'"data":{"minutes":%b}}' % written.encode())


@pytest.mark.parametrize(
    "minutes", [-1, -0.01, 1440.01, 1441, float("nan"), float("inf"), "15", True, [15]]
)
def test_no_other_minutes_are_accepted(minutes: object) -> None:
    with pytest.raises(Refused, match=r"data\.minutes: must be"):
        accept(an_activity(data={"minutes": minutes}))


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_what_is_not_a_finite_number_is_refused(literal: str) -> None:
    event = json.dumps(an_activity(data={"minutes": 0})).replace(": 0}", f": {literal}}}")

    with pytest.raises(Refused, match="finite"):
        accept(event.encode())


@given(st.lists(st.text("abc😀", max_size=66), max_size=22))
def test_up_to_20_topics_of_up_to_64_characters_are_accepted(topics: list[str]) -> None:
    allowed = len(topics) <= 20 and all(1 <= len(topic) <= 64 for topic in topics)
    try:
        told = data_of(accept(an_activity(data={"topics": topics})))
    except Refused:
        assert not allowed
    else:
        assert allowed
        assert told.get("topics", []) == topics


def test_an_id_leaves_room_to_be_published_again_under_another_member() -> None:
    activity = accept(an_activity(id="x" * MAX_ID))
    again = {"id": f"{activity.id}~{'m' * 64}", "subject": "m" * 64, "historical": True}

    republished = Activity.model_validate_json(activity.model_copy(update=again).to_json())

    assert republished.id == f"{'x' * MAX_ID}~{'m' * 64}"


@pytest.mark.parametrize(
    ("kind", "data", "field"),
    [
        ("follow", {}, "data.target"),
        ("follow", {"target": ""}, "data.target"),
        ("publish", {}, "data.object"),
        ("publish", {"object": {"url": "https://blog.example/1"}}, "data.object.id"),
        ("performance", {"readers": 1}, "data.object"),
        ("performance", {"object": A_PIECE}, "data"),
        ("performance", {"object": A_PIECE, "readers": -1}, "data.readers"),
        ("network", {"platform": "bluesky"}, "data"),
        ("network", {"platform": "bluesky", "followers": -1}, "data.followers"),
        ("network", {"platform": "bluesky", "followers": 1.5}, "data.followers"),
        ("network", {"platform": "bluesky", "followers": True}, "data.followers"),
        ("network", {"platform": "bluesky", "followers": 10**13}, "data.followers"),
        ("outcome", {"outcome": "applause"}, "data.outcome"),
        ("outcome", {"outcome": "lead", "value": -1}, "data.value"),
        ("retract", {}, "data"),
        ("retract", {"object": A_PIECE}, "data"),
        ("retract", {"object": A_PIECE, "kind": "retract"}, "data.kind"),
        ("retract", {"object": A_PIECE, "kind": "member_registered"}, "data.kind"),
        ("link_account", {"platform": "bluesky"}, "data"),
        ("link_account", {"handle": "@ann"}, "data.platform"),
        ("draft_submitted", {}, "data.draft_id"),
        ("draft_edited", {"draft_id": "d"}, "data.edit_kind"),
        ("draft_edited", {"draft_id": "d", "edit_kind": "tone"}, "data.edit_kind"),
        ("member_updated", {"zone_floor": "content_maker"}, "data.zone_floor"),
        ("member_updated", {"floor_until": "soon"}, "data.floor_until"),
        ("member_updated", {"floor_until": 20000}, "data.floor_until"),
        ("member_updated", {"sponsor": "_org"}, "data.sponsor"),
        ("member_updated", {"merged_into": "a.b"}, "data.merged_into"),
        ("member_registered", {"public": "perhaps"}, "data.public"),
    ],
)
def test_data_is_what_its_kind_says(kind: str, data: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        accept(an_activity(kind, data=data))

    assert str(refused.value).startswith(f"{field}: ")


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("view", {"object": {"id": "v1"}}),
        ("share", {}),
        ("comment", {"target": "ben", "minutes": 5, "topics": ["hiring"]}),
        ("publish", {"object": A_PIECE, "target": "ben", "text_length": 76}),
        ("retract", {"retracts": "3lk2"}),
        ("network", {"platform": "linkedin", "connections": 0}),
        ("member_registered", {}),
        ("training_completed", {}),
    ],
)
def test_data_may_be_as_short_as_its_kind_allows(kind: str, data: dict[str, Any]) -> None:
    assert data_of(accept(an_activity(kind, data=data))) == data


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_concerns_the_organisation_has_it_for_its_subject(kind: str) -> None:
    for_everybody = kind in {"topic_requested", "content_available"}

    with pytest.raises(Refused) as refused:
        accept(an_activity(kind, subject="ann" if for_everybody else "_org", data=None))

    assert "subject: must be" in str(refused.value)


def test_a_platform_count_may_be_written_as_a_float() -> None:
    """Spreadsheets do that to whole numbers."""
    activity = accept(an_activity("network", data={"platform": "x", "followers": 1204.0}))

    assert data_of(activity) == {"platform": "x", "followers": 1204}


def test_null_is_absent() -> None:
    empty = {"object": None, "target": None, "topics": None, "minutes": None}

    activity = accept(an_activity(historical=None, claimedtime=None, data=empty))

    assert activity.to_json() == accept(an_activity()).to_json()


def test_in_a_profile_null_clears_and_absent_leaves() -> None:
    clearing = accept(an_activity("member_updated", data={"group": None, "topics": []}))
    leaving = accept(an_activity("member_updated"))

    assert data_of(clearing) == {"group": None, "topics": []}
    assert data_of(leaving) == {}
    assert accept(clearing.to_json()) == clearing
    assert accept(clearing.to_json()).to_json() == clearing.to_json()


def test_a_handle_comes_in_and_does_not_go_out() -> None:
    told = accept(an_activity("link_account", data={"platform": "bluesky", "handle": "@ann"}))
    assert isinstance(told, LinkAccount)
    assert told.data.handle == "@ann"

    opaque = Account(platform=told.data.platform, account="acct-5f0c1d2e3b4a5968")

    assert b"@ann" not in told.to_json()
    assert "@ann" not in repr(told)
    assert data_of(told.model_copy(update={"data": opaque})) == {
        "platform": "bluesky",
        "account": "acct-5f0c1d2e3b4a5968",
    }


def test_history_is_marked_and_only_where_it_is_history() -> None:
    assert json.loads(accept(an_activity(historical=True)).to_json())["historical"] is True
    assert b"historical" not in accept(an_activity(historical=False)).to_json()


def test_a_clamped_event_keeps_the_time_that_was_claimed() -> None:
    activity = accept(an_activity(time="2031-01-01T00:00:00Z"))
    now = accept(an_activity()).time

    clamped = activity.model_copy(update={"time": now, "claimedtime": activity.time})

    assert json.loads(clamped.to_json())["claimedtime"] == "2031-01-01T00:00:00Z"
    assert accept(clamped.to_json()) == clamped
