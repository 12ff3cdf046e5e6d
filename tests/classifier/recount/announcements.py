"""What is said at each entry of the log, by comparing one recount with the next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.classifier.domain.activities import Activity
from services.classifier.domain.measures import Criterion
from services.classifier.domain.policy import Policy
from services.classifier.domain.zones import ZONES
from tests.classifier.recount.days import Days, decide, higher, recount, stretch
from tests.classifier.recount.measures import by_time, counted, is_fed, measure
from tests.classifier.recount.record import Adoption, GoingOn, Record, named
from tests.classifier.recount.warnings import Warned, warnings


@dataclass(frozen=True)
class Change:
    """What is announced: a change of zone, or with `direction` None of vitality."""

    direction: str | None
    to: str | None
    effective_on: date
    version: int
    policy_version: int
    supersedes: int | None
    historical: bool
    causes: tuple[str, ...] = ()
    by_policy: bool = False


@dataclass(frozen=True)
class Near:
    """The cheapest way to the next zone: how long it takes, and its steps."""

    next: str
    minutes: float
    steps: tuple[Any, ...]


Cheapest = Callable[[Record, str, date, int], Near | None]
"""Finds the cheapest way into a zone from a day on that takes at most so many minutes."""
Said = Change | Warned | Near


@dataclass
class Told:
    """What was announced last, and the last closed day after which somebody looked how near."""

    change: Change | None = None
    vitality: str | None = None
    vitality_on: date = date.min
    warned: Warned | None = None
    near: Near | None = None
    looked: date = date.min

    @property
    def zone(self) -> str | None:
        return None if self.change is None else self.change.to


Entry = Activity | Adoption | None


def announcements(
    log: Sequence[tuple[int, Entry]], adoptions: Sequence[Adoption], cheapest: Cheapest
) -> list[tuple[Said, ...]]:
    """Return what is said at each entry: an activity, an adoption, or None where only the clock
    moves. `adoptions` are those that the log began with.

    Each entry comes with the clock it implies, which is applied before it. An activity whose
    key is known already changes nothing.
    """
    told = Told()
    known: dict[str, Activity] = {}
    adoptions = [*adoptions]
    said = []
    for now, entry in log:
        record = Record.of(known.values(), adoptions)
        after = tell(told, record, now) + nearing(told, record, now, cheapest)
        if isinstance(entry, Activity):
            if entry.key not in known:
                known[entry.key] = entry
                after += tell(told, Record.of(known.values(), adoptions), now, entry)
        elif entry is not None:
            adoptions = [*adoptions, entry]
            record = Record.of(known.values(), adoptions)
            after += tell(told, record, now, adopted=True)
            look(told, record, now)
        said.append(after)
    return said


def tell(
    told: Told, record: Record, now: int, *cause: Activity, adopted: bool = False
) -> tuple[Said, ...]:
    days = recount(record, now)
    if not days:
        return ()
    said = []
    if changed := zone_change(told, days, record, cause, adopted=adopted):
        said.append(changed)
    if faded := vitality_change(told, days, record, cause):
        said.append(faded)
    told.warned, warned = warnings(
        told.warned, record, now, days, None if changed is None else changed.direction
    )
    return (*said, *warned)


def nearing(told: Told, record: Record, now: int, cheapest: Cheapest) -> tuple[Said, ...]:
    """Say how near the next zone is, where another day has closed and it is not as it was."""
    if not look(told, record, now):
        return ()
    days, day = recount(record, now), told.looked + timedelta(days=1)
    near_minutes = record.policy(max(days, default=day)).near_minutes
    if not days or not near_minutes or record.is_paused(day):
        return ()
    zone = days[max(days)].zone
    if zone is None or zone == ZONES[-1]:
        return ()
    near = cheapest(record, ZONES[ZONES.index(zone) + 1], day, near_minutes)
    if near is None or near == told.near:
        return ()
    told.near = near
    return (near,)


def look(told: Told, record: Record, now: int) -> bool:
    """Say whether another day is closed than was before."""
    before, told.looked = told.looked, record.last_closed(now)
    return told.looked > before


def zone_change(
    told: Told, days: Days, record: Record, cause: tuple[Activity, ...], *, adopted: bool
) -> Change | None:
    last, today = told.change, max(days)
    to = days[today].zone
    if to == told.zone:
        return None
    first_day = stretch(days, "zone")
    effective_on, superseded = first_day, False
    if last is not None:
        effective_on = max(first_day, last.effective_on)
        superseded = is_superseded(last, days)
    by_policy = adopted or (not cause and began_to_move(told, days, record, effective_on))
    direction, reasoned_on = "demoted", first_day
    if to is None:
        direction = "left"
        departure = record.departed(first_day)
        assert departure is not None
        cause = (departure,)
    elif higher(to, told.zone):
        direction = "entered" if told.zone is None else "promoted"
        cause = tuple(reasons(days, record, first_day))
        if told.zone is None:
            cause = (*cause, registration(record, first_day, last))
        cause = tuple(sorted({each.key: each for each in cause}.values(), key=by_time))
    elif last is not None and not higher(zone_before(days, first_day), to):
        reasoned_on = last.effective_on if superseded else left_on(days, last.to)
    spared = superseded and last is not None and not last.historical
    told.change = Change(
        direction,
        to,
        effective_on,
        version=1 if last is None else last.version + 1,
        policy_version=record.policy(reasoned_on).version,
        supersedes=last.version if last is not None and superseded else None,
        historical=not spared and is_historical(effective_on, today, cause, record),
        causes=tuple(each.id for each in cause[-20:]),
        by_policy=by_policy,
    )
    if direction in {"entered", "left"}:
        told.vitality, told.vitality_on = days[today].vitality, effective_on
    return told.change


def vitality_change(
    told: Told, days: Days, record: Record, cause: tuple[Activity, ...]
) -> Change | None:
    """Nothing is said of the vitality of who is departed; entering says it by itself."""
    today = max(days)
    vitality = days[today].vitality
    if vitality == told.vitality:
        return None
    assert told.change is not None
    first_day = stretch(days, "vitality")
    told.vitality, told.vitality_on = vitality, max(first_day, told.vitality_on)
    return Change(
        None,
        vitality,
        told.vitality_on,
        told.change.version,
        record.policy(first_day).version,
        None,
        is_historical(told.vitality_on, today, cause, record),
    )


def began_to_move(told: Told, days: Days, record: Record, day: date) -> bool:
    """Say whether another policy begins on a day, and the one before it would not have moved the
    member that way on that day.
    """
    eve = day - timedelta(days=1)
    if record.policy(day) == record.policy(eve):
        return False
    going_on = GoingOn(record.events, record.adoptions, eve)
    otherwise = decide(going_on, days.get(eve), day, closed=days[day].closed).zone
    moved, would_have_moved = (
        (higher(to, told.zone), higher(told.zone, to)) for to in (days[max(days)].zone, otherwise)
    )
    return moved != would_have_moved


def is_superseded(last: Change, days: Days) -> bool:
    on_the_day = days[last.effective_on]
    return higher(last.to, on_the_day.zone) or (
        on_the_day.closed and higher(on_the_day.zone, last.to)
    )


def is_historical(
    effective_on: date, today: date, causes: Sequence[Activity], record: Record
) -> bool:
    return (today - effective_on).days > record.policy(today).historical_after_days or (
        len(causes) > 0 and all(each.historical for each in causes)
    )


def left_on(days: Days, zone: str | None) -> date:
    """Return the last day on which the member was no longer in a zone."""
    return max(day for day in days if zone_before(days, day) == zone != days[day].zone)


def zone_before(days: Days, day: date) -> str | None:
    before = days.get(day - timedelta(days=1))
    return None if before is None else before.zone


def registration(record: Record, day: date, last: Change | None) -> Activity:
    """Return what made somebody a member: their first event, or what brought them back."""
    registered = record.latest(day, "member_registered")
    return record.events[0] if last is None or registered is None else registered


def reasons(days: Days, record: Record, day: date) -> list[Activity]:
    """Return what counted for the criteria that lifted the member, on the day they did.

    Where the member came to the zone from above, what counted for keeping it; where a floor did
    it, what set the floor.
    """
    zone, floor = days[day].zone, record.floor(day)
    assert zone is not None
    if days[day].moved == "floor" and floor is not None:
        return [floor]
    policy = record.policy(day)
    criteria = [(each, policy) for each in named(policy, zone).enter]
    for required in named(policy, zone).requires:
        criteria += keep(record, required, day)
    if higher(zone_before(days, day), zone):
        criteria = keep(record, zone, day)
    return [
        each
        for criterion, by in criteria
        if is_fed(criterion, by)
        and measure(criterion, record.counting, by, day) >= criterion.at_least
        for each in counted(criterion, record.counting, day)
    ]


def keep(record: Record, zone: str, day: date) -> list[tuple[Criterion, Policy]]:
    by = record.keeping(zone, day) or record.policy(day)
    return [(each, by) for each in named(by, zone).keep]
