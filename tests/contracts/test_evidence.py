"""A decision's reasons are complete where they fit, and fit always."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.envelope import MAX_EVENT_BYTES
from shared.contracts.evidence import CRITERIA, NEWEST, Evidence
from shared.contracts.zones import ZoneChange, ZoneChanged


def a_criterion(
    event_ids: tuple[str, ...] = (), criterion: str = "acts ≥ 2 in 60 days"
) -> Evidence:
    return Evidence(
        criterion=criterion,
        measure="acts",
        of=("publish",),
        days=60,
        need=2,
        have=len(event_ids),
        margin=len(event_ids) - 2,
        met=True,
        events=len(event_ids),
        event_ids=event_ids,
    )


def a_change(*evidence: Evidence, cause_ids: tuple[str, ...] = ()) -> ZoneChange:
    return ZoneChange(
        member="ann",
        zone="content_sharer",
        since=date(2026, 3, 1),
        vitality="active",
        version=2,
        from_="content_consumer",
        to="content_sharer",
        direction="promoted",
        effective_on=date(2026, 3, 1),
        decided_at=datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
        policy_version=1,
        evidence=evidence,
        cause_ids=cause_ids,
    )


def ids(count: int, length: int = 8, letter: str = "x") -> tuple[str, ...]:
    return tuple(f"{n:04}".ljust(length, letter) for n in range(count))


def test_evidence_names_the_newest_20_events_and_counts_them_all() -> None:
    evidence = a_criterion(ids(31))

    assert evidence.event_ids == ids(31)[-20:]
    assert evidence.events == 31


def test_a_change_names_its_newest_20_causes() -> None:
    assert a_change(cause_ids=ids(31)).cause_ids == ids(31)[-20:]


def test_ids_of_a_usual_length_are_all_there() -> None:
    """Eight criteria, as in the default policy, and ids as long as an AT URI."""
    told = a_change(*[a_criterion(ids(NEWEST, 70))] * 8, cause_ids=ids(NEWEST, 70))

    assert all(each.event_ids == ids(NEWEST, 70) for each in told.evidence)
    assert told.cause_ids == ids(NEWEST, 70)


def test_very_long_ids_give_way_alike_for_all_criteria_from_the_oldest_on() -> None:
    told = a_change(*[a_criterion(ids(NEWEST, 256))] * 8)

    (kept,) = {each.event_ids for each in told.evidence}
    assert 0 < len(kept) < NEWEST
    assert kept == ids(NEWEST, 256)[-len(kept) :]
    assert {each.events for each in told.evidence} == {NEWEST}


def test_more_criteria_than_fit_are_cut() -> None:
    assert len(a_change(*[a_criterion()] * (CRITERIA + 1)).evidence) == CRITERIA


@given(
    event=st.integers(4, 321),
    cause=st.integers(4, 321),
    count=st.integers(0, CRITERIA),
    letter=st.sampled_from(["x", "é", "😀", '"', "\\"]),
)
def test_a_zone_change_never_exceeds_64_kib(
    event: int, cause: int, count: int, letter: str
) -> None:
    criterion = a_criterion(ids(NEWEST, event, letter), criterion=letter * 200)

    message = ZoneChanged.of(a_change(*[criterion] * count, cause_ids=ids(NEWEST, cause, letter)))

    assert len(message.to_json()) <= MAX_EVENT_BYTES
    assert ZoneChanged.model_validate_json(message.to_json()) == message


def test_what_was_left_out_says_so() -> None:
    fed, not_fed = a_criterion(), a_criterion().model_copy(update={"left_out": True})

    assert "left_out" not in fed.model_dump()
    assert not_fed.model_dump()["left_out"] is True


def test_a_change_is_to_the_zone_that_it_says() -> None:
    with pytest.raises(ValueError, match="the same `zone` and `to`"):
        ZoneChange.model_validate(a_change().model_dump() | {"zone": "content_creator"})
