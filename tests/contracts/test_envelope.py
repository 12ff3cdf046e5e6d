"""An event is known by its key, said on its subject and guarded among its member's own."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.contracts.activity import Activity, Share
from shared.contracts.acts import Sharing
from shared.contracts.envelope import Relayed, event_key, guard_of, subject_of
from shared.contracts.recognitions import PeriodClosed
from shared.contracts.schemas import Contract, address_of, type_of
from shared.contracts.zones import PolicyAdopted, VitalityChange, ZoneChange, ZoneChanged
from tests.contracts.examples import CONTRACTS, HOSTILE, an_activity, golden, said

SUBJECTS = {
    "zones.activity.share.v1": "activity.v1.share.ann",
    "zones.activity.topic_requested.v1": "activity.v1.topic_requested._org",
    "zones.activity.content_available.v1": "activity.v1.content_available._org",
    "zones.zone.changed.v1": "zone.changed.v1.socially_engaged.ann",
    "zones.vitality.changed.v1": "zone.vitality.v1.quiet.ann",
    "zones.zone.warning.v1": "zone.warning.v1.content_creator.ann",
    "zones.zone.near.v1": "zone.near.v1.content_creator.ben",
    "zones.policy.adopted.v1": "zone.policy.v1",
    "zones.recognition.granted.v1": "recognition.granted.v1.effort.ann",
    "zones.recognition.adjusted.v1": "recognition.adjusted.v1.effort.ann",
    "zones.recognition.period_closed.v1": "recognition.period_closed.v1",
    "zones.notice.sent.v1": "notice.sent.v1.nudge.ben",
    "zones.notice.failed.v1": "notice.failed.v1.draft_received.eve",
    "zones.alert.raised.v1": "alert.raised.v1.fast_track.ann",
    "zones.alert.at_risk.v1": "alert.at_risk.v1.fast_track.ann",
    "zones.alert.breached.v1": "alert.breached.v1.fast_track.ann",
    "zones.alert.resolved.v1": "alert.resolved.v1.fast_track.ann",
}
GUARDS = {
    "zone": "zone.*.v1.*",
    "recognition": "recognition.*.v1.*",
    "notice": "*.*.v1.*",
    "alert": "*.*.v1.*",
}
"""Everything that a stream holds about one member; on NOTICES live two families."""

ids = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=256)
members = st.from_regex(r"\A[A-Za-z0-9-][A-Za-z0-9_-]{0,63}\Z")
times = st.datetimes(
    datetime.fromisoformat("1990-01-02"),
    datetime.fromisoformat("9999-12-30"),
    timezones=st.timezones(),
)


FOR_EVERYBODY = (PolicyAdopted, PeriodClosed)
RELAYED = [each for each in CONTRACTS if issubclass(each, Relayed) and each not in FOR_EVERYBODY]


def a_share(**instead: Any) -> Share:  # noqa: ANN401 -- JSON
    return Share.model_validate(an_activity(**instead))


def covers(pattern: str, subject: str) -> bool:
    """NATS' own rule for `*`."""
    tokens = pattern.split("."), subject.split(".")
    return len(tokens[0]) == len(tokens[1]) and all(
        wanted in ("*", token) for wanted, token in zip(*tokens, strict=True)
    )


@pytest.mark.parametrize(("type_", "subject"), SUBJECTS.items())
def test_an_event_is_said_on_its_subject(type_: str, subject: str) -> None:
    (contract,) = (each for each in CONTRACTS if type_of(each) == type_)

    assert subject_of(said(contract)) == subject


@pytest.mark.parametrize("contract", CONTRACTS, ids=type_of)
def test_the_published_address_is_where_the_event_is_said(contract: Contract) -> None:
    pattern = ".".join("*" if "{" in token else token for token in address_of(contract).split("."))

    assert covers(pattern, subject_of(said(contract)))


def test_who_has_no_zone_is_announced_as_none() -> None:
    left = ZoneChange(
        member="ann",
        zone=None,
        since=date(2026, 3, 1),
        vitality=None,
        version=5,
        from_="content_sharer",
        to=None,
        direction="left",
        effective_on=date(2026, 3, 1),
        decided_at=datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
        policy_version=1,
    )

    assert subject_of(ZoneChanged.of(left)) == "zone.changed.v1.none.ann"
    assert json.loads(ZoneChanged.of(left).to_json())["data"]["to"] is None


@pytest.mark.parametrize("contract", RELAYED, ids=type_of)
def test_a_guard_covers_all_that_its_stream_holds_about_the_member(
    contract: type[Relayed],
) -> None:
    """A wrong filter matches nothing, and the broker would not say so."""
    event = contract.model_validate_json(golden(contract))

    family = subject_of(event).partition(".")[0]
    assert guard_of(event) == f"{GUARDS[family]}.{event.subject}"
    assert covers(guard_of(event), subject_of(event))
    assert not covers(guard_of(event), f"{subject_of(event)}x"), "another member's"


@pytest.mark.parametrize("contract", FOR_EVERYBODY, ids=type_of)
def test_what_concerns_nobody_in_particular_is_guarded_by_its_own_subject(
    contract: type[Relayed],
) -> None:
    event = contract.model_validate_json(golden(contract))

    assert guard_of(event) == subject_of(event)


@pytest.mark.parametrize("member", HOSTILE)
def test_what_is_no_member_id_is_nobodys(member: str) -> None:
    """A wildcard, a dot or a line break in an id would make it another subject."""
    with pytest.raises(ValidationError):
        a_share(subject=member)


@given(st.text(max_size=70))
def test_whoever_is_accepted_as_a_member_is_one_token_of_a_subject(member: str) -> None:
    try:
        share = a_share(subject=member)
    except ValidationError:
        return
    assert subject_of(share).split(".") == ["activity", "v1", "share", member]
    assert member.isascii()
    assert member.isprintable()


@pytest.mark.parametrize(
    "member", ["a", "-", "a_", "0", "A-b_9", "m" * 64, "acct-5f0c1d2e3b4a5968"]
)
def test_a_member_id_is_up_to_64_letters_digits_hyphens_and_underscores(member: str) -> None:
    assert a_share(subject=member).subject == member


@given(st.text(), st.text(), st.text(), st.text())
def test_two_events_have_one_key_only_if_they_are_one(a: str, b: str, c: str, d: str) -> None:
    assume(not any("\ud800" <= letter <= "\udfff" for letter in a + b + c + d))
    assert (event_key(a, b) == event_key(c, d)) == ((a, b) == (c, d))


@given(st.text(min_size=1), st.integers(min_value=0), st.integers(min_value=0))
def test_where_the_source_ends_is_part_of_the_key(both: str, one: int, other: int) -> None:
    """("ab", "c") is not ("a", "bc")."""
    one, other = one % len(both), other % len(both)

    assert (event_key(both[:one], both[one:]) == event_key(both[:other], both[other:])) == (
        one == other
    )


def test_a_key_is_reproducible_with_any_sha256() -> None:
    """In a shell: printf '26:urn:zones:platform:bluesky3lk2' | sha256sum"""
    assert event_key("urn:zones:platform:bluesky", "3lk2") == a_share().key
    assert a_share().key == "8d661d9f4fbaedd8e919cc1b51d06dc760349477f0ca36963aeca7a3a2cf274c"


@given(ids, ids, members, times)
def test_what_is_written_is_read_back_the_same(
    id: str, source: str, member: str, time: datetime
) -> None:
    event = Share(id=id, source=source, subject=member, time=time, data=Sharing())

    assert Share.model_validate_json(event.to_json()) == event
    assert Activity.model_validate_json(event.to_json()).to_json() == event.to_json()


@pytest.mark.parametrize(
    ("said_at", "written"),
    [
        ("2026-03-01T09:30:00Z", "2026-03-01T09:30:00Z"),
        ("2026-03-01t09:30:00z", "2026-03-01T09:30:00Z"),
        ("2026-03-01T09:30:00.000+00:00", "2026-03-01T09:30:00Z"),
        ("2026-03-01T00:30:00.5+01:00", "2026-02-28T23:30:00.500Z"),
        ("2026-03-01T09:30:00.123456789-00:30", "2026-03-01T10:00:00.123Z"),
        ("2026-03-01T09:30:00.0004Z", "2026-03-01T09:30:00Z"),
        ("1990-01-01T00:00:00Z", "1990-01-01T00:00:00Z"),
    ],
)
def test_a_time_is_written_in_utc_and_in_milliseconds_where_it_has_any(
    said_at: str, written: str
) -> None:
    assert json.loads(a_share(time=said_at).to_json())["time"] == written


@pytest.mark.parametrize(
    "time",
    [
        "2026-03-01T09:30:00",
        "2026-03-01",
        "1772357400",
        1772357400.5,
        None,
        "yesterday",
        "2026-02-30T09:30:00Z",
        "2026-03-01T25:00:00Z",
        "2026-03-01T09:30Z",
        "1989-12-31T23:59:59.999Z",
        "1990-01-01T00:30:00+01:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "٢٠٢٦-03-01T09:30:00Z",
        "2026-03-01T09:30:00Z\n",
    ],
)
def test_a_time_has_an_offset_and_is_not_before_1990(time: object) -> None:
    with pytest.raises(ValidationError, match="time"):
        a_share(time=time)


def test_a_time_of_ours_may_come_from_any_zone() -> None:
    east = datetime(2026, 3, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))

    assert a_share(time=east).time.date() == date(2026, 2, 28)


@pytest.mark.parametrize("attribute", ["id", "source"])
@pytest.mark.parametrize(
    "value", ["", "a\nb", "a\tb", "a\x7f", "a\x85", "x" * 322, 5, None, "\ud800"]
)
def test_ids_and_sources_are_short_lines_of_text(attribute: str, value: object) -> None:
    with pytest.raises(ValidationError, match=attribute):
        a_share(**{attribute: value})


@pytest.mark.parametrize(
    "media_type", ["application/json", "application/json; charset=utf-8", "Application/JSON", None]
)
def test_data_is_json_however_that_is_written(media_type: str | None) -> None:
    """Null is absent, says CloudEvents, and an absent media type is JSON."""
    assert a_share(datacontenttype=media_type).datacontenttype == "application/json"


def test_what_the_bucket_holds_of_a_member_is_told_by_both_events_that_feed_it() -> None:
    fields = {"member", "zone", "since", "vitality", "version"}

    assert fields <= ZoneChange.model_fields.keys() & VitalityChange.model_fields.keys()
