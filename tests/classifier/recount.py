"""The rules, followed to the letter: day by day over the plain list of what happened.

It keeps nothing, skips nothing and is slow. What the classifier decides has to equal it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache

from services.classifier.domain.activities import OWN_ACTS, Activity
from services.classifier.domain.measures import Criterion
from services.classifier.domain.policy import ZONES, Policy, Zone


@dataclass(frozen=True)
class Day:
    """How a member stands on a day, and for how many days in a row `keep` has failed by then."""

    zone: str
    failing_days: int
    vitality: str
    closed: bool


@dataclass(frozen=True)
class Change:
    """What is announced: a change of zone, or with `direction` None of vitality."""

    direction: str | None
    to: str
    effective_on: date
    version: int
    supersedes: int | None
    historical: bool
    causes: tuple[str, ...] = ()


def instant(milliseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)


def day_of(activity: Activity) -> date:
    return day_at(activity.at)


@cache
def day_at(milliseconds: int) -> date:
    return instant(milliseconds).date()


def days_through(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def recount(activities: Sequence[Activity], policy: Policy, now: int) -> dict[date, Day]:
    """Return every day of the member from enrolment to the clock's today."""
    trajectory: dict[date, Day] = {}
    if not activities:
        return trajectory
    activities = sorted(activities, key=by_time)
    enrolled_on = day_of(activities[0])
    zone, failing, vitality = policy.zones[0], 0, "active"
    for day in days_through(enrolled_on, instant(now).date()):
        closed = is_closed(day, policy, now)
        up = upwards(zone, activities, policy, day)
        if up is not None:
            zone, failing = up, 0
        elif closed and not holds(zone.keep, activities, policy, day):
            failing += 1
            if failing > zone.grace_days:
                zone, failing = downwards(zone, activities, policy, day), 0
        elif closed:
            failing = 0
        by_rule = vitality_on(activities, policy, enrolled_on, day)
        if closed or by_rule == "active" or day == enrolled_on:
            vitality = by_rule
        trajectory[day] = Day(zone.name, failing, vitality, closed)
    return trajectory


def is_closed(day: date, policy: Policy, now: int) -> bool:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    return instant(now) >= midnight + timedelta(minutes=policy.settle_minutes)


def upwards(zone: Zone, activities: Sequence[Activity], policy: Policy, day: date) -> Zone | None:
    """The highest zone above whose enter criteria all hold, and the keep of all it requires."""
    for above in reversed(policy.zones[policy.zones.index(zone) + 1 :]):
        required = [each for each in policy.zones if each.name in above.requires]
        if holds(above.enter, activities, policy, day) and all(
            holds(each.keep, activities, policy, day) for each in required
        ):
            return above
    return None


def downwards(zone: Zone, activities: Sequence[Activity], policy: Policy, day: date) -> Zone:
    """The highest zone below whose keep holds; the first zone's always does."""
    for below in reversed(policy.zones[1 : policy.zones.index(zone)]):
        if holds(below.keep, activities, policy, day):
            return below
    return policy.zones[0]


def holds(
    criteria: Sequence[Criterion], activities: Sequence[Activity], policy: Policy, day: date
) -> bool:
    return all(
        measure(criterion, activities, policy, day) >= criterion.at_least
        for criterion in criteria
        if is_fed(criterion, policy)
    )


def is_fed(criterion: Criterion, policy: Policy) -> bool:
    if criterion.measure in {"network_size", "network_growth"}:
        return "network" in policy.reports
    return criterion.measure != "outcomes" or "outcomes" in policy.reports


def measure(
    criterion: Criterion, activities: Sequence[Activity], policy: Policy, day: date
) -> Fraction:
    """4.1, a line each."""
    events = counted(criterion, activities, day)
    match criterion.measure:
        case "acts" | "outcomes" | "accounts":
            return Fraction(len(events))
        case "active_days":
            return Fraction(len({day_of(each) for each in events}))
        case "active_weeks":
            return Fraction(len({day_of(each).isocalendar()[:2] for each in events}))
        case "people":
            return Fraction(len({each.data["target"] for each in events}))
        case "minutes_per_week":
            total = sum((minutes(each, policy) for each in events), Fraction())
            return total * 7 / criterion.days
        case "network_size":
            return Fraction(sum(size(each) for each in events))
        case "network_growth":
            earlier = day - timedelta(days=criterion.days)
            return Fraction(
                sum(
                    size(of_it[-1]) - size(latest(of_it, earlier) or of_it[0])
                    for of_it in by_account(events).values()
                )
            )
        case unknown:
            raise AssertionError(unknown)


def counted(criterion: Criterion, activities: Sequence[Activity], day: date) -> list[Activity]:
    """Return the events behind a measure on `day`. All lists run from old to new."""
    known = [each for each in activities if day_of(each) <= day]
    window = [each for each in known if (day - day_of(each)).days < criterion.days]
    of = OWN_ACTS if "any" in criterion.of else criterion.of
    match criterion.measure:
        case "acts" | "active_days" | "active_weeks":
            return [each for each in window if each.kind in of]
        case "people":
            acts = [each for each in window if each.kind in of]
            return [each for each in acts if each.data.get("target") not in {None, each.member}]
        case "minutes_per_week":
            return [each for each in window if each.kind in OWN_ACTS]
        case "outcomes":
            outcomes = [each for each in window if each.kind == "outcome"]
            return [each for each in outcomes if {each.data["outcome"], "any"} & {*criterion.of}]
        case "accounts":
            links = [each for each in known if each.kind in {"link_account", "unlink_account"}]
            newest = [of_it[-1] for of_it in by_account(links).values()]
            return sorted((each for each in newest if each.kind == "link_account"), key=by_time)
        case "network_size":
            return [of_it[-1] for of_it in snapshots(known).values()]
        case "network_growth":
            earlier = day - timedelta(days=criterion.days)
            used = [
                each
                for of_it in snapshots(known).values()
                for each in (latest(of_it, earlier) or of_it[0], of_it[-1])
            ]
            return [each for each in known if each in used]
        case unknown:
            raise AssertionError(unknown)


def snapshots(known: Sequence[Activity]) -> dict[tuple[str, ...], list[Activity]]:
    return by_account([each for each in known if each.kind == "network"])


def by_account(events: Sequence[Activity]) -> dict[tuple[str, ...], list[Activity]]:
    accounts: dict[tuple[str, ...], list[Activity]] = {}
    for each in events:
        account = (each.data["platform"], each.data.get("account", ""))
        accounts.setdefault(account, []).append(each)
    return accounts


def latest(events: Sequence[Activity], day: date) -> Activity | None:
    return next((each for each in reversed(events) if day_of(each) <= day), None)


def minutes(activity: Activity, policy: Policy) -> Fraction:
    if activity.data.get("minutes") is None:
        return Fraction(policy.minutes.get(activity.kind, 0), 60)
    return Fraction(activity.data["minutes"])


def size(snapshot: Activity) -> int:
    followers: int = snapshot.data.get("followers", 0)
    connections: int = snapshot.data.get("connections", 0)
    return followers + connections


def by_time(activity: Activity) -> tuple[int, str]:
    return activity.at, activity.key


def vitality_on(
    activities: Sequence[Activity], policy: Policy, enrolled_on: date, day: date
) -> str:
    own = [day_of(each) for each in activities if each.kind in OWN_ACTS and day_of(each) <= day]
    silent_days = (day - max(own, default=enrolled_on)).days
    if silent_days <= policy.active_days:
        return "active"
    return "quiet" if silent_days <= policy.quiet_days else "dormant"


@dataclass
class Told:
    """What was announced last."""

    change: Change | None = None
    vitality: str = ""
    vitality_on: date = date.min


def announcements(
    log: Sequence[tuple[int, Activity | None]], policy: Policy
) -> list[tuple[Change, ...]]:
    """Return what is said at each entry: an activity, or None where only the clock moves.

    Each entry comes with the clock it implies, which is applied before it. An activity whose
    key is known already changes nothing.
    """
    told = Told()
    known: dict[str, Activity] = {}
    said = []
    for now, activity in log:
        after = tell(told, sorted(known.values(), key=by_time), policy, now, None)
        if activity is not None and activity.key not in known:
            known[activity.key] = activity
            after += tell(told, sorted(known.values(), key=by_time), policy, now, activity)
        said.append(after)
    return said


def tell(
    told: Told, known: list[Activity], policy: Policy, now: int, cause: Activity | None
) -> tuple[Change, ...]:
    trajectory = recount(known, policy, now)
    if not trajectory:
        return ()
    entry = () if cause is None else (cause,)
    said = [
        zone_change(told, trajectory, known, policy, entry),
        vitality_change(told, trajectory, policy, entry),
    ]
    return tuple(change for change in said if change is not None)


def zone_change(
    told: Told,
    trajectory: dict[date, Day],
    known: list[Activity],
    policy: Policy,
    entry: tuple[Activity, ...],
) -> Change | None:
    last, today = told.change, max(trajectory)
    to, first_day = trajectory[today].zone, stretch(trajectory, "zone")
    if last is None:
        causes = that_met(trajectory, known, policy, first_day, "entered")
        historical = is_historical(first_day, today, causes, policy)
        told.change = Change("entered", to, first_day, 1, None, historical, newest(causes))
        told.vitality, told.vitality_on = trajectory[today].vitality, first_day
        return told.change
    if last.to == to:
        return None
    direction, causes = "demoted", entry
    if higher(to, last.to):
        direction = "promoted"
        causes = that_met(trajectory, known, policy, first_day, direction)
    effective_on = max(first_day, last.effective_on)
    superseded = is_superseded(last, trajectory)
    told.change = Change(
        direction,
        to,
        effective_on,
        version=last.version + 1,
        supersedes=last.version if superseded else None,
        historical=is_historical(effective_on, today, causes, policy)
        and (last.historical or not superseded),
        causes=newest(causes),
    )
    return told.change


def vitality_change(
    told: Told, trajectory: dict[date, Day], policy: Policy, entry: tuple[Activity, ...]
) -> Change | None:
    assert told.change is not None
    today = max(trajectory)
    if trajectory[today].vitality == told.vitality:
        return None
    told.vitality = trajectory[today].vitality
    told.vitality_on = max(stretch(trajectory, "vitality"), told.vitality_on)
    historical = is_historical(told.vitality_on, today, entry, policy)
    return Change(None, told.vitality, told.vitality_on, told.change.version, None, historical)


def newest(causes: Sequence[Activity]) -> tuple[str, ...]:
    return tuple(each.id for each in causes[-20:])


def stretch(trajectory: dict[date, Day], of: str) -> date:
    """Return the first day of today's stretch."""
    first = max(trajectory)
    now = getattr(trajectory[first], of)
    while getattr(trajectory.get(first - timedelta(days=1)), of, None) == now:
        first -= timedelta(days=1)
    return first


def higher(zone: str, other: str) -> bool:
    return ZONES.index(zone) > ZONES.index(other)


def is_superseded(last: Change, trajectory: dict[date, Day]) -> bool:
    on_the_day = trajectory[last.effective_on]
    return higher(last.to, on_the_day.zone) or (
        on_the_day.closed and higher(on_the_day.zone, last.to)
    )


def is_historical(
    effective_on: date, today: date, causes: Sequence[Activity], policy: Policy
) -> bool:
    return (today - effective_on).days > policy.historical_after_days or (
        len(causes) > 0 and all(each.historical for each in causes)
    )


def that_met(
    trajectory: dict[date, Day], known: list[Activity], policy: Policy, day: date, direction: str
) -> tuple[Activity, ...]:
    """Return what counted for the criteria that lifted the member, on the day they did.

    Where the member came to the zone from above, what counted for keeping it.
    """
    zone = next(each for each in policy.zones if each.name == trajectory[day].zone)
    before = trajectory.get(day - timedelta(days=1))
    criteria = list(zone.enter)
    for each in policy.zones:
        if each.name in zone.requires:
            criteria += each.keep
    if before is not None and higher(before.zone, zone.name):
        criteria = list(zone.keep)
    met = {
        each.key: each
        for criterion in criteria
        if is_fed(criterion, policy)
        and measure(criterion, known, policy, day) >= criterion.at_least
        for each in counted(criterion, known, day)
    }
    if direction == "entered":
        first = min(known, key=by_time)
        met[first.key] = first
    return tuple(sorted(met.values(), key=by_time))
