"""Who is on duty: the editors who are at work, so that an alert finds somebody who can act."""

from collections.abc import Mapping
from datetime import datetime

from services.notifier.domain.audience import Member, editors
from services.notifier.domain.working_hours import WorkingHours


def on_duty(
    members: Mapping[str, Member], hours: WorkingHours | None, now: datetime
) -> tuple[str, ...]:
    """Return the editors within the organisation's hours by their own clocks, else all of them."""
    everyone = editors(members)
    if hours is None:
        return everyone
    return tuple(who for who in everyone if _at_work(members.get(who), hours, now)) or everyone


def _at_work(editor: Member | None, hours: WorkingHours, now: datetime) -> bool:
    return hours.is_open(now, editor.timezone if editor else None)
