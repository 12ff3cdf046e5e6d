"""An alert goes to the editors who are at work, and to all of them when nobody is."""

from datetime import UTC, datetime, time
from types import MappingProxyType

from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifier.domain.audience import Field, Member, Said
from services.notifier.domain.duty import on_duty
from services.notifier.domain.working_hours import Span, WorkingHours
from tests.notifier.examples import HOURS, NINE

OFFICE = WorkingHours(timezone="UTC", week=dict.fromkeys(range(5), Span(time(9), time(17))))


def one(role: str = "editor", timezone: str | None = None, status: str = "registered") -> Member:
    told: dict[Field, tuple[str, ...]] = {"roles": (role,), "status": (status,)}
    if timezone:
        told["timezone"] = (timezone,)
    return Member(
        fields=MappingProxyType({name: Said(NINE, "k", value) for name, value in told.items()})
    )


DESK = {
    "eddi": one(),
    "edna": one(timezone="America/New_York"),
    "emil": one(timezone="Moon/Base"),
    "cora": one("coordinator"),
    "elsa": one(status="paused"),
}


def test_editors_are_on_duty_by_their_own_clocks() -> None:
    """Where there is no such time zone, by the organisation's."""
    assert on_duty(DESK, OFFICE, NINE) == ("eddi", "emil")
    assert on_duty(DESK, OFFICE, NINE + 6 * HOURS) == ("eddi", "edna", "emil")
    assert on_duty(DESK, OFFICE, NINE + 10 * HOURS) == ("edna",)


def test_when_nobody_is_at_work_all_editors_are_on_duty() -> None:
    saturday = datetime(2026, 3, 7, 12, tzinfo=UTC)

    assert on_duty(DESK, OFFICE, saturday) == ("eddi", "edna", "emil")
    assert on_duty({}, OFFICE, NINE) == ("_org",)


def test_without_working_hours_everybody_is_always_on_duty() -> None:
    assert on_duty(DESK, None, NINE) == ("eddi", "edna", "emil")


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from("abcdef"),
        st.builds(
            one,
            st.sampled_from(["editor", "coordinator"]),
            st.sampled_from([None, "Asia/Tokyo", "America/New_York", "Nowhere"]),
            st.sampled_from(["registered", "paused", "departed"]),
        ),
    ),
    st.integers(0, 24 * 8),
)
def test_somebody_is_always_on_duty_and_only_editors_who_are_there(
    members: dict[str, Member], hour: int
) -> None:
    found = on_duty(members, OFFICE, NINE + hour * HOURS)

    assert found
    assert set(found) <= set(on_duty(members, None, NINE))
