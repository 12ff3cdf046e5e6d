"""Time enters through the log."""

from datetime import UTC, date, datetime

import pytest

from services.classifier.domain.clock import (
    ClockAdvanced,
    ClockStarted,
    begins,
    day_of,
    evolve,
    monday_of,
)
from services.classifier.domain.regimes import always
from tests.classifier.examples import a_policy


def test_the_clock_stands_where_it_was_last_advanced_to() -> None:
    assert evolve(None, ClockStarted(mode="wall")) is None
    assert evolve(None, ClockStarted(mode="fixed", at=5)) == 5
    assert evolve(5, ClockAdvanced(at=7)) == 7


def test_the_clock_never_goes_back() -> None:
    assert evolve(7, ClockAdvanced(at=5)) == 7


@pytest.mark.parametrize("day", [date(1990, 1, 1), date(1969, 12, 31), date(2024, 2, 29)])
def test_a_day_begins_at_midnight_utc(day: date) -> None:
    midnight = round(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
    assert begins(day.toordinal()) == midnight
    assert day_of(midnight) == day.toordinal() == day_of(midnight - 1) + 1


def test_a_day_is_closed_from_the_instant_on_at_which_it_closes() -> None:
    day = date(2026, 1, 5).toordinal()
    for settle_minutes in (0, 60, 1440):
        policies = always(a_policy(settle_minutes=settle_minutes))
        closing = policies.closes(day)
        assert policies.span_at(closing).closed == day
        assert policies.span_at(closing - 1).closed == day - 1


@pytest.mark.parametrize("day", [date(2026, 1, 4), date(2026, 1, 5), date(2025, 12, 31)])
def test_weeks_are_iso_weeks(day: date) -> None:
    monday = date.fromisocalendar(*day.isocalendar()[:2], 1)
    assert monday_of(day.toordinal()) == monday.toordinal()
