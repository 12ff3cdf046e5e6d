"""Warnings: what comes if nothing happens, found by letting nothing happen."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from tests.classifier.recount.days import Days, foretell, higher, stretch
from tests.classifier.recount.record import Record


@dataclass(frozen=True)
class Warned:
    """A demotion that is due if nothing happens, or is no longer."""

    zone: str
    to: str
    due_on: date
    cancelled: bool = False


def warnings(
    standing: Warned | None, record: Record, now: int, days: Days, direction: str | None
) -> tuple[Warned | None, list[Warned]]:
    """Return the warning that stands from now on, and what is to be said.

    `direction` is that of the change of zone that was just announced, if one was.
    """
    said = []
    if standing is not None and direction is not None:
        if direction != "demoted":
            said.append(replace(standing, cancelled=True))
        standing = None
    ahead = demotion(record, now, days)
    if ahead is None:
        if standing is not None:
            said.append(replace(standing, cancelled=True))
        return None, said
    if standing is None or ahead.due_on < standing.due_on:
        return ahead, [*said, ahead]
    return standing, said


def demotion(record: Record, now: int, days: Days) -> Warned | None:
    """Return the first change of zone to come, if it is a fall and near enough to warn of."""
    today, closed = max(days), record.last_closed(now)
    zone, since = days[today].zone, stretch(days, "zone")
    if zone is None or not record.policy(today).warn_days:
        return None
    last = closed + timedelta(days=1 + record.policy(today).warn_days)
    for day, foretold in foretell(record, days, closed, last).items():
        if day >= since and foretold.zone != zone:
            to = foretold.zone
            return Warned(zone, to, day) if to is not None and higher(zone, to) else None
    return None
