"""What the tests of the whole system publish."""

from datetime import date
from pathlib import Path
from typing import Any, Final

from services import organisation

Event = dict[str, Any]

LAST_SUNDAY: Final = date(2026, 3, 1)
REAL: Final = Path(__file__).parents[3] / "shared" / "data" / "activity"
"""Recorded activity beside the project, on machines that have it."""


def a_year(people: int) -> list[Event]:
    """Return the generated year of the first so many people of the organisation."""
    chosen = {f"m-{number:03d}" for number in range(1, people + 1)}
    everything = organisation.events(ends=LAST_SUNDAY)
    return [event for event in everything if event["subject"] in chosen]


def an_event(member: str = "ada", kind: str = "share", **fields: object) -> Event:
    """Return an ordinary event; `fields` replace its own."""
    event: Event = {
        "specversion": "1.0",
        "id": f"{member}-{kind}-1",
        "source": "urn:zones:platform:linkedin",
        "type": f"zones.activity.{kind}.v1",
        "subject": member,
        "time": "2026-03-02T09:30:00Z",
        "datacontenttype": "application/json",
        "data": {"object": {"id": "post-17"}},
    }
    return event | fields
