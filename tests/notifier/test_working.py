"""The fast track of an organisation that goes home in the evening, on a real database."""

from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path

from services.notifier.domain.promises import Promise
from services.notifier.domain.working_hours import Span, WorkingHours
from tests.notifier.examples import (
    HOURS,
    RULES,
    a_notifier,
    approved,
    coordinator,
    editor,
    happened,
    moved,
    submitted,
)

OFFICE = WorkingHours(timezone="UTC", week=dict.fromkeys(range(5), Span(time(9), time(17))))
WORKED = replace(
    RULES,
    hours=OFFICE,
    promises={"socially_engaged": Promise(minutes=240, at_risk_percent=50, hours=OFFICE)},
)
FRIDAY = datetime(2026, 3, 6, 17, tzinfo=UTC)
MONDAY = datetime(2026, 3, 9, 9, tzinfo=UTC)
BEFORE = FRIDAY - 48 * HOURS


async def test_four_hours_from_friday_evening_end_on_monday(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=WORKED) as notifier:
        await notifier.hears(editor(at=BEFORE), coordinator(at=BEFORE))
        await notifier.hears(moved(at=BEFORE))
        await notifier.hears(submitted(at=FRIDAY))
        await notifier.hears(happened("like", "bob", at=MONDAY + 1.9 * HOURS))
        assert await notifier.alerts() == ["alert-raised"]

        await notifier.hears(happened("like", "bob", at=MONDAY + 3.9 * HOURS))
        assert await notifier.alerts() == ["alert-raised", "alert-at-risk"]
        await notifier.hears(happened("like", "bob", at=MONDAY + 4 * HOURS))
        assert await notifier.alerts() == ["alert-raised", "alert-at-risk", "alert-breached"]
        assert ("cora", "fast_track_breached") in await notifier.said()


async def test_an_answer_on_monday_morning_keeps_fridays_promise(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=WORKED) as notifier:
        await notifier.hears(moved(at=BEFORE))
        await notifier.hears(submitted(at=FRIDAY), approved(at=MONDAY + HOURS))

        assert await notifier.alerts() == ["alert-raised", "alert-resolved"]


async def test_the_editors_at_work_are_alerted_and_later_those_at_work_by_then(
    tmp_path: Path,
) -> None:
    async with a_notifier(tmp_path, rules=WORKED) as notifier:
        await notifier.hears(
            editor(at=BEFORE), editor("edna", at=BEFORE, timezone="America/New_York")
        )
        await notifier.hears(moved(at=BEFORE))
        await notifier.hears(submitted(at=FRIDAY - HOURS))
        await notifier.hears(happened("like", "bob", at=MONDAY + HOURS))
        await notifier.hears(happened("like", "bob", at=MONDAY + 3 * HOURS))
        told = [it for it in await notifier.said() if it[1] != "fast_track_granted"]

        assert told == [
            ("eddi", "fast_track_alert"),
            ("eddi", "fast_track_at_risk"),
            ("eddi", "fast_track_breached"),
            ("edna", "fast_track_alert"),
            ("edna", "fast_track_breached"),
        ]
