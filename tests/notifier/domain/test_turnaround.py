"""How soon the fast track answers, counted from how its alerts stand."""

from dataclasses import replace
from datetime import time, timedelta
from math import ceil

from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifier.domain.alerts import AlertEvent, AlertRaised, AlertResolved
from services.notifier.domain.turnaround import percentiles, report
from services.notifier.domain.working_hours import Span, WorkingHours
from tests.notifier.domain.test_drafts import ALERT, AT_RISK, BREACHED, RAISED
from tests.notifier.examples import HOURS, NINE

PURE = settings(max_examples=200, deadline=None)
MINUTES = st.integers(0, 600)


def answered(minutes: int, how: str = "approved", number: int = 0) -> AlertResolved:
    at = NINE + minutes * HOURS / 60
    return AlertResolved(
        alert=replace(ALERT, id=f"a-{number}"),
        how="withdrawn" if how == "withdrawn" else "acknowledged" if how == "ack" else "approved",
        by=None,
        resolved_at=at,
        kept=at <= ALERT.due_at,
        at=at,
    )


def test_nothing_promised_is_nothing_kept_and_nothing_broken() -> None:
    made = report([], None, NINE)

    assert (made.promised, made.share_kept, made.took, made.slowest) == (0, None, None, ())


def test_what_still_has_time_is_neither_kept_nor_broken() -> None:
    made = report([RAISED, AT_RISK, answered(60)], None, NINE + 3 * HOURS)

    assert (made.waiting, made.late, made.share_kept) == (2, 0, 1.0)


def test_what_is_over_without_an_answer_is_late() -> None:
    """Whether or not it has been said yet."""
    made = report([RAISED, BREACHED, answered(60)], None, NINE + 5 * HOURS)

    assert (made.waiting, made.late, made.share_kept) == (0, 2, 1 / 3)


def test_a_night_is_no_turnaround_where_nobody_works_at_night() -> None:
    office = WorkingHours(timezone="UTC", week=dict.fromkeys(range(5), Span(time(9), time(17))))
    made = report([answered(24 * 60 + 30)], office, NINE + 48 * HOURS)

    assert made.took
    assert made.worked
    assert (made.took[50], made.worked[50]) == (24.5 * HOURS, 8.5 * HOURS)


@PURE
@given(st.lists(MINUTES, min_size=1))
def test_a_percentile_is_the_least_value_that_so_many_do_not_exceed(minutes: list[int]) -> None:
    values = [timedelta(minutes=it) for it in minutes]
    found = percentiles(values)

    assert found
    for percent, value in found.items():
        enough = ceil(percent * len(values) / 100)
        assert value in values
        assert sum(it <= value for it in values) >= enough
        assert sum(it < value for it in values) < enough


@PURE
@given(st.lists(st.tuples(MINUTES, st.sampled_from(["approved", "ack", "withdrawn", "open"]))))
def test_every_draft_is_counted_in_one_way(told: list[tuple[int, str]]) -> None:
    events: list[AlertEvent] = [
        AlertRaised(alert=replace(ALERT, id=f"a-{number}"), at=NINE)
        if how == "open"
        else answered(minutes, how, number)
        for number, (minutes, how) in enumerate(told)
    ]
    made = report(events, None, NINE + 3 * HOURS)

    assert made.promised == len(told)
    assert made.answered + made.withdrawn + made.waiting + made.late == len(told)
    assert made.kept == sum(minutes <= 240 for minutes, how in told if how in {"approved", "ack"})
    assert len(made.slowest) == min(10, made.answered)
    assert [it.took for it in made.slowest] == sorted(
        (it.took for it in made.slowest), reverse=True
    )
