"""No id is random: whatever is said again is said under the id that it had."""

from datetime import date

import pytest

from shared.contracts.notices import Alert, AlertRaised, AlertResolved, alert_id, notice_id
from shared.contracts.recognitions import (
    RecognitionAdjusted,
    RecognitionGranted,
    recognition_granted_id,
    recognition_id,
)
from shared.contracts.schemas import SAYS, Contract, type_of
from shared.contracts.zones import (
    VitalityChanged,
    ZoneNear,
    ZoneWarning,
    policy_adopted_id,
    vitality_changed_id,
    zone_changed_id,
    zone_near_id,
    zone_warning_id,
)
from tests.contracts.examples import said

DAY = date(2026, 3, 1)
OWN = [each for service in ("classifier", "rewards", "notifier") for each in SAYS[service]]


@pytest.mark.parametrize("contract", OWN, ids=type_of)
def test_the_same_fact_is_the_same_event(contract: Contract) -> None:
    event = said(contract)

    place = {"place": 2} if isinstance(event, VitalityChanged | ZoneNear | ZoneWarning) else {}
    assert type(event).of(event.data, **place) == event  # type: ignore[attr-defined]


def test_a_zone_change_is_known_by_member_and_version() -> None:
    assert zone_changed_id("ann", 4) == "zone.changed/ann/4"


def test_what_else_the_classifier_says_is_known_by_member_type_day_and_value() -> None:
    assert vitality_changed_id("ann", DAY, "quiet", 7) == "vitality.changed/ann/2026-03-01/quiet/7"
    assert zone_warning_id("ann", DAY, "due", 7) == "zone.warning/ann/2026-03-01/due/7"
    cancelled = zone_warning_id("ann", DAY, "cancelled", 9)
    assert cancelled == "zone.warning/ann/2026-03-01/cancelled/9"
    near = zone_near_id("ann", DAY, "content_sharer", 8)
    assert near == "zone.near/ann/2026-03-01/content_sharer/8"
    assert policy_adopted_id(2) == "policy.adopted/2"


def test_a_recognition_keeps_its_id_while_its_events_have_their_own() -> None:
    granted, adjusted = said(RecognitionGranted), said(RecognitionAdjusted)

    assert recognition_id("effort", "ann", "5") == "effort/ann/5"
    assert granted.id == recognition_granted_id("effort/ann/5")
    assert adjusted.id == "recognition.adjusted/effort/ann/5/1"


def test_a_notice_is_known_by_cause_kind_and_recipient() -> None:
    same = ("draft-1", "nudge", "ann")
    others = [("draft-2", "nudge", "ann"), ("draft-1", "warning", "ann"), ("draft-1", "nudge", "b")]

    assert notice_id(*same) == notice_id(*same)
    assert notice_id(*same) not in [notice_id(*other) for other in others]
    assert len(notice_id("c" * 400, "k" * 32, "m" * 64)) <= 256


def test_each_thing_that_befalls_an_alert_is_an_event_of_its_own() -> None:
    raised, resolved = said(AlertRaised), said(AlertResolved)

    assert raised.id != resolved.id
    assert raised.id == f"alert.raised/{alert_id('draft_submitted-21', 'fast_track', 'ann')}"


def test_an_alert_tells_all_that_is_known_of_it() -> None:
    """The newest event is enough."""
    resolved = said(AlertResolved)

    assert isinstance(resolved, AlertResolved)
    assert isinstance(resolved.data, Alert)
    assert resolved.data.raised_at < resolved.data.due_at < resolved.data.decided_at
    assert resolved.data.kept is False


def test_ids_of_ours_fit_where_ids_go() -> None:
    assert len(zone_near_id("m" * 64, DAY, "content_consumer", 10**9)) <= 256
