"""Half-years begin and end at midnight where the organisation is, and are closed days later."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.rewards.domain.periods import (
    Calendar,
    closes,
    ends,
    first_day,
    following,
    last_day,
    period_of,
)

BERLIN, AUCKLAND, NEW_YORK = "Europe/Berlin", "Pacific/Auckland", "America/New_York"
MOMENT = timedelta(microseconds=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "timezone", "period"),
    [
        ("2026-01-01T00:00", "UTC", "2026H1"),
        ("2026-06-30T23:59:59", "UTC", "2026H1"),
        ("2026-07-01T00:00", "UTC", "2026H2"),
        ("2026-12-31T23:59:59", "UTC", "2026H2"),
        ("2025-12-31T23:00", BERLIN, "2026H1"),
        ("2025-12-31T22:59:59", BERLIN, "2025H2"),
        ("2026-06-30T22:00", BERLIN, "2026H2"),
        ("2026-06-30T21:59:59", BERLIN, "2026H1"),
        ("2026-06-30T12:00", AUCKLAND, "2026H2"),
        ("2025-12-31T11:00", AUCKLAND, "2026H1"),
        ("2026-07-01T03:59:59", NEW_YORK, "2026H1"),
        ("2026-01-01T04:59:59", NEW_YORK, "2025H2"),
    ],
)
def test_a_half_year_is_that_of_the_time_zone(at: str, timezone: str, period: str) -> None:
    """With its summer time: Berlin is an hour ahead of UTC in January, and two in July."""
    assert period_of(utc(at), timezone) == period


def test_the_offset_that_a_time_comes_with_makes_no_difference() -> None:
    at = datetime.fromisoformat("2026-07-01T00:30:00+02:00")

    assert period_of(at, "UTC") == "2026H1"
    assert period_of(at, BERLIN) == "2026H2"


def test_a_half_year_has_its_first_and_its_last_day() -> None:
    assert (first_day("2026H1"), last_day("2026H1")) == (date(2026, 1, 1), date(2026, 6, 30))
    assert (first_day("2026H2"), last_day("2026H2")) == (date(2026, 7, 1), date(2026, 12, 31))


def test_one_half_year_follows_the_other() -> None:
    assert (following("2026H1"), following("2026H2")) == ("2026H2", "2027H1")
    assert following("0999H2") == "1000H1"


@pytest.mark.parametrize("timezone", ["UTC", BERLIN, AUCKLAND, NEW_YORK])
@pytest.mark.parametrize("period", ["2025H2", "2026H1"])
def test_a_half_year_ends_where_the_next_begins(period: str, timezone: str) -> None:
    """At that instant the next one has begun, and just before it had not."""
    end = ends(period, timezone)

    assert period_of(end, timezone) == following(period)
    assert period_of(end - MOMENT, timezone) == period


@pytest.mark.parametrize(
    ("period", "timezone", "closing"),
    [
        ("2026H1", "UTC", "2026-07-15T00:00"),
        ("2026H1", BERLIN, "2026-07-14T22:00"),
        ("2025H2", BERLIN, "2026-01-14T23:00"),
        ("2026H1", NEW_YORK, "2026-07-15T04:00"),
    ],
)
def test_a_half_year_is_closed_two_weeks_after_its_end(
    period: str, timezone: str, closing: str
) -> None:
    """At midnight, too."""
    assert closes(period, timezone, 14) == utc(closing)


def test_days_of_settling_are_days_of_the_calendar() -> None:
    """With clocks changed in between they are not all of 24 hours."""
    assert closes("2025H2", NEW_YORK, 90) == utc("2026-04-01T04:00")
    assert ends("2025H2", NEW_YORK) == utc("2026-01-01T05:00")


def due(began: str | None, now: datetime, *closed: str, settle_days: int = 14) -> list[str]:
    calendar = Calendar(
        began=None if began is None else utc(began),
        closed=frozenset(closed),
        timezone="UTC",
        settle_days=settle_days,
    )
    return [*calendar.due(now)]


def test_a_half_year_is_closed_when_the_clock_comes_to_it_and_not_before() -> None:
    closing = utc("2026-07-15T00:00")

    assert due("2026-03-01", closing - MOMENT) == []
    assert due("2026-03-01", closing) == ["2026H1"]
    assert due("2026-03-01", closing + timedelta(days=9), "2026H1") == []


def test_a_clock_that_moves_far_closes_one_half_year_after_the_other() -> None:
    """From the oldest on, as far as it moves."""
    assert due("2026-03-01", utc("2028-01-14")) == ["2026H1", "2026H2", "2027H1"]
    assert due("2026-03-01", utc("2028-01-15"))[-1] == "2027H2"


def test_one_that_is_over_and_settling_when_the_clock_begins_is_closed() -> None:
    """And one that was to be closed before is not: nobody has counted in it."""
    assert due("2026-07-14", utc("2026-07-20")) == ["2026H1"]
    assert due("2026-07-15", utc("2026-07-20")) == []


def test_what_begins_with_no_time_closes_nothing() -> None:
    assert due(None, utc("2030-01-01")) == []


def test_one_that_is_closed_is_closed_whatever_the_rules_come_to_say() -> None:
    """Longer settling does not close it once more, and shorter settling does not forget it."""
    assert due("2026-03-01", utc("2026-08-01"), "2026H1", settle_days=30) == []
    assert due("2026-03-01", utc("2026-07-10"), settle_days=7) == ["2026H1"]


@pytest.mark.parametrize("settle_days", [0, 1, 14, 180])
@pytest.mark.parametrize("timezone", ["UTC", BERLIN, AUCKLAND, NEW_YORK])
@pytest.mark.parametrize("hours", [1, 24, 24 * 40])
def test_however_the_clock_moves_each_half_year_is_closed_once(
    hours: int, timezone: str, settle_days: int
) -> None:
    """Step by step as well as at a stroke."""
    start, end, step = utc("2026-03-01T05:30"), utc("2028-03-01"), timedelta(hours=hours)
    calendar = Calendar(began=start, closed=frozenset(), timezone=timezone, settle_days=settle_days)
    closed: list[str] = []
    now = start
    while now < end:
        now = min(now + step, end)
        closed += replace(calendar, closed=frozenset(closed)).due(now)

    assert closed == [*calendar.due(end)]
    assert closed[0] == ("2025H2" if settle_days == 180 else "2026H1")
