"""4.1, a line for each measure. All lists run from old to new."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache

from services.classifier.domain.activities import OWN_ACTS, Activity
from services.classifier.domain.measures import Criterion
from services.classifier.domain.policy import Policy


def by_time(activity: Activity) -> tuple[int, str]:
    return activity.at, activity.key


@cache
def instant(milliseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)


def day_of(activity: Activity) -> date:
    return on(activity.at)


@cache
def on(milliseconds: int) -> date:
    return instant(milliseconds).date()


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
    """Return the events behind a measure on `day`."""
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
            newest = [of_it[-1] for of_it in snapshots(known).values()]
            return sorted(newest, key=by_time)
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
    followers: int = snapshot.data.get("followers") or 0
    connections: int = snapshot.data.get("connections") or 0
    return followers + connections
