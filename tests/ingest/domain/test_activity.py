"""What is an activity, when it happened, and who says so of whom."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.activity import Refused, Report, examine
from services.ingest.domain.identity import AccountName
from tests.ingest.examples import NOW, a_link, an_activity, an_unlink

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def examined(event: object) -> Report:
    report = examine(event, received_at=NOW)
    assert isinstance(report, Report), report
    return report


def refusal(event: object) -> str:
    refused = examine(event, received_at=NOW)
    assert isinstance(refused, Refused), refused
    return str(refused)


@given(ANY_JSON)
def test_anything_is_examined_or_refused(value: object) -> None:
    assert isinstance(examine(value, received_at=NOW), Refused)


@given(st.sampled_from(sorted(an_activity())), ANY_JSON)
def test_any_part_of_an_event_may_be_anything(part: str, value: object) -> None:
    assert isinstance(examine({**an_activity(), part: value}, received_at=NOW), Refused | Report)


@pytest.mark.parametrize("value", [None, 1, "share", [], [an_activity()], True])
def test_an_event_is_an_object(value: object) -> None:
    assert refusal(value) == "not_an_event: an event is a JSON object"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-03-01T09:30:00Z", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
        ("2026-03-01t09:30:00z", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
        ("2026-03-01 09:30:00.5+02:00", datetime(2026, 3, 1, 7, 30, 0, 500_000, tzinfo=UTC)),
        ("2026-03-01T09:30:00.123456789Z", datetime(2026, 3, 1, 9, 30, 0, 123_456, tzinfo=UTC)),
        ("1990-01-01T00:00:00Z", datetime(1990, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_time_is_rfc_3339(said: str, meant: datetime) -> None:
    fields = examined(an_activity(time=said)).fields

    assert fields["time"] == meant
    assert fields["claimedtime"] is None


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (None, "is missing"),
        (1_772_357_400, "must be a time with an offset"),
        ("yesterday", "must be a time with an offset"),
        ("2026-03-01", "must be a time with an offset"),
        ("20260301T093000Z", "must be a time with an offset"),
        ("2026-03-01T09:30Z", "must be a time with an offset"),
        ("٢٠٢٦-03-01T09:30:00Z", "must be a time with an offset"),
        ("2026-03-01T09:30:00", "must say its offset from UTC"),
        ("2026-02-30T09:30:00Z", "is on no calendar or clock"),
        ("2026-03-01T25:30:00Z", "is on no calendar or clock"),
        ("2026-03-01T09:30:00+24:00", "is on no calendar or clock"),
        ("0000-01-01T00:00:00Z", "is on no calendar or clock"),
        ("1989-12-31T23:59:59Z", "is before 1990"),
        ("0001-01-01T00:00:00+23:59", "is before 1990"),
        ("1990-01-01T00:30:00+01:00", "is before 1990"),
    ],
)
def test_a_time_that_cannot_be_is_refused(said: object, why: str) -> None:
    assert refusal(an_activity(time=said)).startswith(f"invalid_time: time: {why}")


def test_a_clock_may_be_five_minutes_fast() -> None:
    said = NOW + timedelta(minutes=5)

    assert examined(an_activity(time=said.isoformat())).fields["time"] == said


@pytest.mark.parametrize(
    "said",
    ["2026-03-01T12:05:00.001Z", "2126-03-01T12:00:00Z", "9999-12-31T23:59:59-23:59"],
)
def test_a_later_time_is_when_we_received_it_and_says_what_was_claimed(said: str) -> None:
    fields = examined(an_activity(time=said)).fields

    assert fields["time"] == NOW
    assert str(fields["claimedtime"]) >= said[:10]


def test_nobody_else_says_what_was_claimed() -> None:
    assert examined(an_activity(claimedtime="2030-01-01T00:00:00Z")).fields["claimedtime"] is None


@pytest.mark.parametrize(
    "said",
    [
        None,
        "",
        7,
        ["ann"],
        "_clock",
        "ann b",
        "a.b",
        "ann\n",
        ">",
        "m" * 65,
        ":ada",
        "bluesky:",
        "bluesky: ",
        "https://social.example/@ada",
        "blue sky:ada",
        "bluesky:a\nb",
        f"bluesky:{'a' * 257}",
    ],
)
def test_a_subject_is_a_member_or_an_account(said: object) -> None:
    assert refusal(an_activity(subject=said)).startswith("invalid_subject: subject: ")


@pytest.mark.parametrize("member", ["ann", "m-001", "a_b", "-", "m" * 64, "_org"])
def test_a_member_id_is_taken_as_it_is(member: str) -> None:
    report = examined(an_activity(subject=member))

    assert report.fields["subject"] == member
    assert report.account is None


@pytest.mark.parametrize(
    ("said", "platform", "handle"),
    [
        ("bluesky:ada.example", "bluesky", "ada.example"),
        ("Bluesky:@ada", "bluesky", "ada"),
        ("bluesky:did:plc:abc", "bluesky", "did:plc:abc"),
        (
            "mastodon:https://social.example/users/ada",
            "mastodon",
            "https://social.example/users/ada",
        ),
        ("linkedin:Ada Lovelace", "linkedin", "Ada Lovelace"),
    ],
)
def test_an_account_is_named_by_platform_and_handle(said: str, platform: str, handle: str) -> None:
    report = examined(an_activity(subject=said))

    assert report.account == AccountName(platform, handle)
    assert report.fields["subject"] == AccountName(platform, handle).account


@pytest.mark.parametrize("event", [a_link("@ada"), an_unlink("@ada")])
def test_a_handle_goes_no_further(event: dict[str, Any]) -> None:
    report = examined(event)

    assert report.linking == AccountName("bluesky", "ada")
    assert report.fields["data"] == {
        "platform": "bluesky",
        "account": AccountName("bluesky", "ada").account,
    }


def test_an_account_named_by_somebody_elses_id_is_named_by_ours() -> None:
    """An id of a publisher's making may be a handle, so it does not go on the bus either."""
    report = examined(a_link(data={"platform": "bluesky", "account": "ada@example.org"}))

    assert report.linking == AccountName("bluesky", "ada@example.org")
    assert "example.org" not in str(report.fields)


def test_an_account_named_by_our_id_stays() -> None:
    data = {"platform": "bluesky", "account": AccountName("bluesky", "ada").account}

    report = examined(a_link(data=data))

    assert report.linking is None
    assert report.fields["data"] == data


@pytest.mark.parametrize(
    "data",
    [
        {"platform": "bluesky", "handle": 7},
        {"platform": "bluesky", "handle": ""},
        {"platform": "blue:sky", "handle": "ada"},
        {"handle": "ada"},
        {"platform": "bluesky", "handle": "a" * 257},
    ],
)
def test_a_link_names_an_account(data: object) -> None:
    assert refusal(a_link(data=data)).startswith("invalid_account: data: must name a platform")


def test_a_link_is_to_a_member_and_not_to_an_account() -> None:
    assert refusal(a_link(subject="mastodon:ada")) == (
        "invalid_subject: subject: must be the member to link to"
    )


def test_only_what_a_contract_may_hold_goes_on() -> None:
    event = an_activity(
        text="My secret", ip="192.0.2.1", dataschema="https://example.org", data_base64="AA=="
    )

    assert set(examined(event).fields) <= {*an_activity(), "claimedtime", "historical"}
