"""Quiet hours and mornings, by clocks that are put on and back."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifier.domain import hours
from services.notifier.domain.hours import Quiet

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Quiet(begins=time(20), ends=time(8))
MINUTE = timedelta(minutes=1)

CLOCKS = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
).map(ZoneInfo)
TIMES = st.integers(0, 24 * 12 - 1).map(lambda it: time(it // 12, it % 12 * 5))
WINDOWS = st.builds(Quiet, begins=TIMES, ends=TIMES)
NEAR_A_CHANGE = st.one_of(
    st.sampled_from(["2026-03-28T12", "2026-10-24T12", "2026-03-07T18", "2026-10-31T18"]).flatmap(
        lambda day: st.integers(0, 48 * 60).map(
            lambda minutes: datetime.fromisoformat(f"{day}:00+00:00") + minutes * MINUTE
        )
    ),
    st.integers(0, 730 * 24 * 60).map(lambda it: datetime(2026, 1, 1, tzinfo=UTC) + it * MINUTE),
)
LAW = settings(max_examples=300, deadline=None)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@LAW
@given(WINDOWS, NEAR_A_CHANGE, CLOCKS)
def test_quiet_hours_are_over_at_the_first_minute_that_is_not_quiet(
    quiet: Quiet, now: datetime, clock: ZoneInfo
) -> None:
    """Counted minute by minute, over gaps and hours that come twice."""
    end = quiet.over(now, clock)

    minute = now
    while quiet.holds(minute, clock):
        minute = (minute + MINUTE).replace(second=0, microsecond=0)
    assert end == minute


@LAW
@given(WINDOWS, NEAR_A_CHANGE, CLOCKS, st.integers(0, 30 * 60))
def test_a_turn_is_seen_whenever_the_clock_is_looked_at(
    quiet: Quiet, then: datetime, clock: ZoneInfo, minutes: int
) -> None:
    minute, turned = then, False
    for _ in range(minutes):
        minute += MINUTE
        turned = turned or quiet.holds(minute, clock) != quiet.holds(then, clock)

    assert quiet.turns(then, minute, clock) == turned


@pytest.mark.parametrize(
    ("quiet", "now", "end"),
    [
        (NIGHT, "2026-01-13T19:00", "2026-01-14T07:00"),
        (NIGHT, "2026-07-14T18:00", "2026-07-15T06:00"),
        (NIGHT, "2026-07-14T17:59", "2026-07-14T17:59"),
        (NIGHT, "2026-03-28T19:30", "2026-03-29T06:00"),
        (Quiet(begins=time(1), ends=time(2, 30)), "2026-03-29T00:30", "2026-03-29T01:00"),
        (Quiet(begins=time(1), ends=time(2, 30)), "2026-10-25T00:00", "2026-10-25T00:30"),
        (Quiet(begins=time(1), ends=time(2, 30)), "2026-10-25T01:15", "2026-10-25T01:30"),
        (Quiet(begins=time(8), ends=time(8)), "2026-01-13T07:00", "2026-01-13T07:00"),
    ],
)
def test_what_counts_is_what_a_clock_in_berlin_shows(quiet: Quiet, now: str, end: str) -> None:
    """It shows no 02:30 in the night of the gap, and two of them in autumn."""
    assert quiet.over(at(now), BERLIN) == at(end)


@LAW
@given(NEAR_A_CHANGE, CLOCKS, TIMES.filter(lambda it: it.hour >= 4))
def test_a_morning_is_the_first_time_that_the_clock_shows_it(
    now: datetime, clock: ZoneInfo, begins: time
) -> None:
    first = hours.morning(now, begins, clock)

    assert now <= first < now + timedelta(hours=25.5)
    assert first.astimezone(clock).time() == begins
    monday = hours.morning(now, begins, clock, "week")
    assert monday >= first
    assert monday.astimezone(clock).weekday() == 0


@LAW
@given(NEAR_A_CHANGE, CLOCKS)
def test_the_next_week_is_the_next(now: datetime, clock: ZoneInfo) -> None:
    begins = hours.next_week(now, clock)

    assert hours.week(begins - MINUTE, clock) == hours.week(now, clock) < hours.week(begins, clock)


def test_a_time_zone_that_there_is_not_gives_way_to_the_next() -> None:
    assert hours.zone("Mars/Olympus", "../etc", "Europe/Berlin") == BERLIN
    assert hours.zone(None, "") == ZoneInfo("UTC")
