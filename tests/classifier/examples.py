"""Members, activities and policies to tell examples with."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from services.classifier.adapters.policyfile import SHIPPED, load
from services.classifier.domain.activities import Activity, ActivityRecorded, activity
from services.classifier.domain.clock import DAY
from services.classifier.domain.measures import Criterion
from services.classifier.domain.policy import ZONES, Policy, Zone

MONDAY: Final = "2026-01-05"
"""Day 0 of the examples: a Monday, far from any edge of a year."""

DEFAULT: Final = load(SHIPPED, 1)


def at(day: float, clock: str = "00:00") -> int:
    """Return an instant so many days after MONDAY."""
    start = datetime.fromisoformat(f"{MONDAY}T{clock}").replace(tzinfo=UTC)
    return round(start.timestamp() * 1000 + day * DAY)


def day(number: int) -> int:
    return datetime.fromisoformat(MONDAY).toordinal() + number


def an_activity(
    kind: str,
    on: float,
    clock: str = "12:00",
    *,
    id: str | None = None,
    member: str = "ada",
    historical: bool = False,
    **data: Any,  # noqa: ANN401 -- whatever the kind tells
) -> Activity:
    occurred_at = at(on, clock)
    told = sha256(repr(sorted(data.items())).encode()).hexdigest()[:6]
    name = id or f"{kind}-{on}-{clock}-{told}"
    recorded = ActivityRecorded(
        id=name,
        source="urn:zones:platform:example",
        kind=kind,
        occurred_at=occurred_at,
        historical=historical,
        data=data,
    )
    return activity(member, f"key-of-{name}", recorded)


def a_policy(*, sharer: Zone | None = None, **settings: Any) -> Policy:  # noqa: ANN401 -- as in Policy
    """Return a small policy: a sharer did 2 acts in 5 days, and keeps it with 1 in 5; grace 2."""
    zones = settings.pop("zones", None) or (
        Zone(name=ZONES[0]),
        sharer
        or Zone(
            name=ZONES[1],
            enter=(a_criterion("acts", 2, ("any",), 5),),
            keep=(a_criterion("acts", 1, ("any",), 5),),
            grace_days=2,
        ),
        Zone(name=ZONES[2], enter=(a_criterion("acts", 3, ("publish",), 5),)),
        Zone(name=ZONES[3], enter=(a_criterion("people", 3, ("comment",), 5),)),
    )
    return Policy(version=1, minutes={"like": 60, "publish": 7200}, zones=zones, **settings)


def a_criterion(measure: str, at_least: int, of: tuple[str, ...] = (), days: int = 0) -> Criterion:
    return Criterion(
        name=f"{measure} {at_least}", measure=measure, at_least=at_least, of=of, days=days
    )
