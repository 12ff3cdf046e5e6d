"""4.2, step by step: every day of a member, each decided from the day before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from services.classifier.domain.zones import ZONES
from tests.classifier.recount.measures import holds, instant
from tests.classifier.recount.record import Record, named


@dataclass(frozen=True)
class Day:
    """How a member stands on a day, and for how many days in a row `keep` has failed by then.

    `moved` says what brought the member into the zone on that day, None where nothing did.
    """

    zone: str | None
    failing_days: int
    vitality: str | None
    closed: bool
    moved: str | None = None


Days = dict[date, Day]


def recount(record: Record, now: int) -> Days:
    """Return every day of the member from enrolment to the clock's today."""
    days: Days = {}
    if record.events:
        before = None
        for day in days_through(record.enrolled_on, instant(now).date()):
            before = days[day] = decide(record, before, day, closed=record.is_closed(day, now))
    return days


def foretell(record: Record, days: Days, closed: date, last: date) -> Days:
    """Return the days after the one that closed last, as they will be if nothing happens."""
    coming: Days = {}
    before = days.get(closed)
    for day in days_through(max(closed + timedelta(days=1), record.enrolled_on), last):
        before = coming[day] = decide(record, before, day, closed=True)
    return coming


def decide(record: Record, before: Day | None, day: date, *, closed: bool) -> Day:
    if record.departed(day):
        return Day(None, 0, None, closed)
    moved: str | None = None
    if before is None or before.zone is None:
        zone, failing, moved = ZONES[0], 0, "began"
    else:
        zone, failing = before.zone, before.failing_days
    floored = record.floor(day)
    floor: str = ZONES[0] if floored is None else floored.data["zone_floor"]
    if higher(floor, zone):
        zone, failing, moved = floor, 0, "floor"
    if record.is_paused(day):
        failing = 0
    elif up := upwards(record, zone, day):
        zone, failing, moved = up, 0, "up"
    elif closed and (zone == floor or record.keeping(zone, day)):
        failing = 0
    elif closed:
        failing += 1
        if failing > named(record.policy(day), zone).grace_days:
            below = downwards(record, zone, day)
            zone, failing, moved = floor if higher(floor, below) else below, 0, "down"
    return Day(zone, failing, vitality(record, before, day, closed=closed), closed, moved)


def upwards(record: Record, zone: str, day: date) -> str | None:
    """The highest zone above whose enter criteria all hold, and the keep of all it requires."""
    policy = record.policy(day)
    for above in reversed(policy.zones[ZONES.index(zone) + 1 :]):
        if holds(above.enter, record.counting, policy, day) and all(
            record.keeping(each, day) for each in above.requires
        ):
            return above.name
    return None


def downwards(record: Record, zone: str, day: date) -> str:
    """The highest zone below whose keep holds; the first zone's always does."""
    for below in reversed(ZONES[1 : ZONES.index(zone)]):
        if record.keeping(below, day):
            return below
    return ZONES[0]


def vitality(record: Record, before: Day | None, day: date, *, closed: bool) -> str:
    policy, silent_days = record.policy(day), record.silent_days(day)
    by_rule = "dormant"
    if record.is_paused(day):
        by_rule = "paused"
    elif silent_days <= policy.active_days:
        by_rule = "active"
    elif silent_days <= policy.quiet_days:
        by_rule = "quiet"
    if before is None or before.vitality is None or closed or by_rule == "active":
        return by_rule
    return before.vitality


def higher(zone: str | None, other: str | None) -> bool:
    """No zone at all is below the first."""
    return zone is not None and (other is None or ZONES.index(zone) > ZONES.index(other))


def days_through(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def stretch(days: Days, of: str) -> date:
    """Return the first day of today's stretch."""
    first = max(days)
    now = getattr(days[first], of)
    while (before := days.get(first - timedelta(days=1))) and getattr(before, of) == now:
        first -= timedelta(days=1)
    return first
