"""What is promised counts the time that is worked, whatever clocks do to it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifier.domain.promises import Promise
from services.notifier.domain.working_hours import MIDNIGHT, Span, WorkingHours

PURE = settings(max_examples=200, deadline=None)
HOUR = timedelta(hours=1)
NINE_TO_FIVE = Span(time(9), time(17))
WEEKDAYS = range(5)
BERLIN = WorkingHours(
    timezone="Europe/Berlin",
    week=dict.fromkeys(WEEKDAYS, NINE_TO_FIVE),
    holidays={date(2026, 4, 3): "Good Friday", date(2026, 4, 6): "Easter Monday"},
)

ZONES = st.sampled_from(
    [
        *("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"),
        *("America/Sao_Paulo", "Pacific/Apia", "America/Havana", "Africa/Casablanca"),
    ]
)
"""With clocks that change at midnight, by half an hour, in Ramadan, and over a whole day."""
INSTANTS = st.datetimes(datetime(2009, 1, 1), datetime(2027, 1, 1)).map(  # noqa: DTZ001
    lambda at: at.replace(tzinfo=UTC)
)
WORKED = st.timedeltas(timedelta(), timedelta(days=10))
TIMES = st.times().map(lambda at: at.replace(microsecond=0))


@st.composite
def spans(draw: st.DrawFn) -> Span:
    begin, until = sorted([draw(TIMES), draw(TIMES)])
    return Span(begin, MIDNIGHT if begin == until else until)


@st.composite
def hours(draw: st.DrawFn) -> WorkingHours:
    """Return anything that an organisation may say of its week; a day has an hour at least."""
    week = draw(st.dictionaries(st.integers(0, 6), spans(), max_size=7))
    return WorkingHours(
        timezone=draw(ZONES),
        week={draw(st.integers(0, 6)): NINE_TO_FIVE, **week, 2: NINE_TO_FIVE},
        holidays=draw(
            st.dictionaries(
                st.dates(date(2009, 1, 1), date(2027, 1, 1)), st.just("a feast"), max_size=5
            )
        ),
    )


def at(text: str, zone: str = "Europe/Berlin") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("2026-03-06T17:00", "2026-03-09T13:00"),  # Friday evening: Monday
        ("2026-03-06T16:00", "2026-03-09T12:00"),  # an hour of Friday, three of Monday
        ("2026-03-06T13:00", "2026-03-06T17:00"),  # over with the day, not on the next
        ("2026-03-07T11:00", "2026-03-09T13:00"),  # Saturday
        ("2026-03-09T03:00", "2026-03-09T13:00"),  # before work
        ("2026-04-02T16:00", "2026-04-07T12:00"),  # over Easter
        ("2026-03-27T15:00", "2026-03-30T11:00"),  # over the night in which clocks go forward
    ],
)
def test_four_hours_are_hours_of_work(since: str, until: str) -> None:
    promise = Promise(minutes=240, at_risk_percent=50, hours=BERLIN)

    assert promise.due_at(at(since)) == at(until)


def test_half_of_the_promise_is_half_of_the_work() -> None:
    promise = Promise(minutes=240, at_risk_percent=50, hours=BERLIN)

    assert promise.at_risk_at(at("2026-03-06T16:00")) == at("2026-03-09T10:00")


def test_an_hour_that_clocks_repeat_is_worked_twice() -> None:
    nights = WorkingHours(timezone="Europe/Berlin", week={6: Span(time(1), time(4))})
    back, forward = at("2026-10-25T01:00"), at("2026-03-29T01:00")

    assert nights.between(back, back + 9 * HOUR) == 4 * HOUR
    assert nights.between(forward, forward + 9 * HOUR) == 2 * HOUR


def test_two_working_days_later_is_the_same_time_of_the_day() -> None:
    assert BERLIN.days_after(at("2026-03-05T11:30"), 2) == at("2026-03-09T11:30")
    assert BERLIN.days_after(at("2026-03-06T19:00"), 2) == at("2026-03-11T09:00")
    assert BERLIN.days_after(at("2026-03-27T11:30"), 1) == at("2026-03-30T11:30")
    assert BERLIN.days_after(at("2026-04-02T11:30"), 1) == at("2026-04-07T11:30")


def test_a_shorter_day_ends_what_is_due_on_it() -> None:
    short = WorkingHours(
        timezone="UTC", week={3: NINE_TO_FIVE, 4: Span(time(10), time(12)), 0: NINE_TO_FIVE}
    )
    assert short.days_after(at("2026-03-05T15:00", "UTC"), 1) == at("2026-03-06T12:00", "UTC")
    assert short.days_after(at("2026-03-05T09:00", "UTC"), 1) == at("2026-03-06T10:00", "UTC")


def test_whoever_lives_elsewhere_works_by_the_clocks_there() -> None:
    morning = at("2026-03-09T09:30")

    assert BERLIN.is_open(morning)
    assert not BERLIN.is_open(morning, "America/New_York")
    assert BERLIN.is_open(morning + 6 * HOUR, "America/New_York")
    assert BERLIN.is_open(morning, "Nowhere/Atall")
    assert BERLIN.is_open(morning, "../../etc/passwd")


def test_a_holiday_is_one_everywhere_on_its_own_date() -> None:
    assert not BERLIN.is_open(at("2026-04-03T11:00"))
    assert not BERLIN.is_open(at("2026-04-03T11:00", "Asia/Tokyo"), "Asia/Tokyo")


@PURE
@given(ZONES, INSTANTS, WORKED)
def test_hours_that_are_always_open_are_plain_time(
    zone: str, since: datetime, worked: timedelta
) -> None:
    always = WorkingHours(timezone=zone, week=dict.fromkeys(range(7), Span(MIDNIGHT, MIDNIGHT)))

    assert always.after(since, worked) == since + worked
    assert always.between(since, since + worked) == worked
    assert always.is_open(since)


@PURE
@given(hours(), INSTANTS, WORKED)
def test_what_is_due_after_so_much_work_has_so_much_work_before_it(
    hours: WorkingHours, since: datetime, worked: timedelta
) -> None:
    due = hours.after(since, worked)

    assert due >= since
    assert hours.between(since, due) == worked
    if worked:
        assert hours.is_open(due - timedelta(microseconds=1))


@PURE
@given(hours(), INSTANTS, WORKED, WORKED)
def test_work_adds_up(
    hours: WorkingHours, since: datetime, first: timedelta, then: timedelta
) -> None:
    """Half of a promise and its other half are the promise, wherever the half ends."""
    if then:
        assert hours.after(hours.after(since, first), then) == hours.after(since, first + then)


@PURE
@given(hours(), INSTANTS, st.timedeltas(timedelta(), timedelta(days=30)), WORKED)
def test_whoever_begins_later_is_done_no_sooner(
    hours: WorkingHours, since: datetime, later: timedelta, worked: timedelta
) -> None:
    assert hours.after(since, worked) <= hours.after(since + later, worked)


@PURE
@given(hours(), INSTANTS)
def test_work_that_is_counted_and_work_that_is_open_are_the_same(
    hours: WorkingHours, now: datetime
) -> None:
    moment = timedelta(microseconds=1)

    assert (hours.between(now, now + moment) == moment) == hours.is_open(now)


@PURE
@given(hours(), INSTANTS, st.integers(1, 9))
def test_working_days_end_within_work(hours: WorkingHours, since: datetime, days: int) -> None:
    due = hours.days_after(since, days)

    assert due > since
    assert hours.between(since, due + timedelta(microseconds=1)) > timedelta()
    assert due <= hours.days_after(since, days + 1)
    assert hours.is_open(due) or hours.is_open(due - timedelta(microseconds=1))
