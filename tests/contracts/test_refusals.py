"""A publisher learns what to mend, and a reason repeats nothing that is personal."""

from typing import Any

import pytest

from tests.contracts.examples import Refused, accept, an_activity

A_MEMBER = "must be 1 to 64 letters, digits, - or _, and not begin with _"


def why(event: object) -> str:
    with pytest.raises(Refused) as refused:
        accept(event)
    return str(refused.value)


@pytest.mark.parametrize(
    ("instead", "reason"),
    [
        ({"data": {"minutes": 1441}}, "data.minutes: must be between 0 and 1440"),
        ({"data": {"minutes": "12"}}, "data.minutes: must be a number"),
        ({"data": {"text_length": 1.5}}, "data.text_length: must be a whole number"),
        ({"data": {"text_length": -1}}, "data.text_length: must not be less than 0"),
        ({"data": {"topics": ["a"] * 21}}, "data.topics: must not hold more than 20 items"),
        ({"data": {"target": "x" * 322}}, "data.target: must not be longer than 321 characters"),
        ({"data": {"topics": "a"}}, "data.topics: must be a list"),
        ({"data": {"object": {}}}, "data.object.id: is missing"),
        ({"data": {"object": "p1"}}, "data.object: must be an object"),
        ({"data": {"target": "a\nb"}}, "data.target: must not hold control characters"),
        ({"data": None}, "data: must be an object"),
        ({"id": ""}, "id: must not be empty"),
        ({"id": 5}, "id: must be text"),
        ({"subject": "_x"}, f"subject: {A_MEMBER}"),
        ({"time": "2026-03-01"}, "time: must be a time with an offset, as 2026-03-01T09:30:00Z"),
        ({"time": "1989-03-01T00:00:00Z"}, "time: must not be before 1990, nor after 9999"),
        ({"historical": "perhaps"}, "historical: must be true or false"),
        ({"specversion": "0.3"}, "specversion: must be '1.0'"),
        ({"datacontenttype": "text/plain"}, "datacontenttype: must be 'application/json'"),
    ],
)
def test_a_reason_names_the_field_and_its_rule(instead: dict[str, Any], reason: str) -> None:
    assert why(an_activity(**instead)) == reason


@pytest.mark.parametrize(
    ("type_", "meant"),
    [
        ("zones.activity.shares.v1", "zones.activity.share.v1"),
        ("zones.activity.share.v2", "zones.activity.share.v1"),
        ("zones.activity.Quote.v1", "zones.activity.quote.v1"),
        ("share", "zones.activity.share.v1"),
        ("member_register", "zones.activity.member_registered.v1"),
        ("zones.activity.topic_request.v1", "zones.activity.topic_requested.v1"),
    ],
)
def test_an_unknown_kind_is_named_with_the_nearest_right_one(type_: str, meant: str) -> None:
    assert why(an_activity(type=type_)) == f"type: there is no '{type_}'; did you mean '{meant}'?"


def test_a_kind_like_no_other_is_only_named() -> None:
    assert why(an_activity(type="com.example.ping")) == (
        "type: there is no 'com.example.ping'; docs/schemas lists what there is"
    )


def test_a_word_from_a_short_list_is_suggested() -> None:
    data = {"draft_id": "d", "edit_kind": "meanings"}

    assert why(an_activity("draft_edited", data=data)) == (
        "data.edit_kind: must be 'language' or 'meaning'; did you mean 'meaning'?"
    )


def test_of_many_faults_the_first_three_are_told() -> None:
    data = {"minutes": -1, "topics": 5, "text_length": "x", "object": {}, "target": ""}

    assert why(an_activity(data=data)).count("; ") == 3
    assert why(an_activity(data=data)).endswith("; and 2 more")


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (b"{", "the event is not JSON"),
        (b"\xff\xfe", "the event is not JSON"),
        (b"[]", "the event must be an object"),
        ([], "the event must be an object"),
        (None, "the event must be an object"),
        (b"{}", "type: is missing"),
        ({"type": None}, "type: there is no 'None'; docs/schemas lists what there is"),
        (b'{"a":' + b"[" * 60_000, "the event is not JSON"),
    ],
    ids=range(8),
)
def test_what_is_no_event_is_refused_in_a_sentence_too(event: object, reason: str) -> None:
    assert why(event) == reason


def test_a_reason_is_one_line_that_any_log_can_hold() -> None:
    said = why(an_activity(type="share\x1b[31m\n\ud800" + "x" * 10_000))

    assert said.isprintable()
    assert said.isascii()
    assert len(said) < 300


def test_a_reason_repeats_nothing_that_was_told_of_a_person() -> None:
    event = an_activity(
        "link_account",
        subject="ann lee",
        id="",
        data={"platform": "mail", "handle": "ann.lee@example.org\n"},
    )

    assert "lee" not in why(event)
