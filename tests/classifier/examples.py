"""Members, activities and policies to tell examples with."""

from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, Final

from services.classifier.adapters.policyfile import SHIPPED, load
from services.classifier.domain.activities import Activity, ActivityRecorded, activity
from services.classifier.domain.clock import DAY
from services.classifier.domain.journey import Journey, refold
from services.classifier.domain.measures import Criterion
from services.classifier.domain.policy import Mode, Policy, PolicyAdopted, Zone
from services.classifier.domain.regimes import Policies, always
from services.classifier.domain.zones import ZONES

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
    /,
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


def the_journey(*activities: Activity, now: int, policy: Policy | Policies = DEFAULT) -> Journey:
    """Return what becomes of ada, who did all this, when the clock is at `now`."""
    policies = policy if isinstance(policy, Policies) else always(policy)
    return refold(Journey("ada"), policies, activities, now)


def zones(journey: Journey, *days: int) -> list[str | None]:
    """Return the zones on some days of the example, without the `content_` they begin with."""
    on = (journey.zone_on(day(number)) for number in days)
    return [None if zone is None else zone.removeprefix("content_") for zone in on]


def vitalities(journey: Journey, *days: int) -> list[str | None]:
    return [journey.trajectory.vitality_on(day(number)) for number in days]


def a_criterion(measure: str, at_least: int, of: tuple[str, ...] = (), days: int = 0) -> Criterion:
    return Criterion(
        name=f"{measure} {at_least}", measure=measure, at_least=at_least, of=of, days=days
    )


SHARER: Final = Zone(
    name="content_sharer",
    enter=(a_criterion("acts", 2, ("like", "post"), 5),),
    keep=(a_criterion("acts", 1, ("like", "post"), 5),),
    grace_days=2,
)
CREATOR: Final = Zone(
    name="content_creator",
    enter=(a_criterion("acts", 2, ("publish",), 10),),
    keep=(a_criterion("acts", 1, ("publish",), 10),),
    requires=("content_sharer",),
    grace_days=0,
)
ENGAGED: Final = Zone(
    name="socially_engaged",
    enter=(a_criterion("people", 2, ("comment",), 10),),
    keep=(a_criterion("people", 1, ("comment",), 10),),
    requires=("content_creator", "content_sharer"),
    grace_days=1,
)


def a_policy(
    *,
    sharer: Zone = SHARER,
    creator: Zone = CREATOR,
    engaged: Zone = ENGAGED,
    **settings: Any,  # noqa: ANN401 -- as a Policy has them
) -> Policy:
    """Return a policy small enough to count on the fingers."""
    return Policy(
        version=1,
        zones=(Zone(name=ZONES[0]), sharer, creator, engaged),
        minutes={"like": 60, "post": 600, "publish": 7200},
        **{"near_minutes": 0, "warn_days": 0, **settings},
    )


def the_first(policy: Policy) -> tuple[PolicyAdopted, Policy]:
    """Return how a log begins."""
    return adoption(policy, "recompute", date(1990, 1, 1))


def adoption(
    policy: Policy, mode: Mode, on: date, until: date | None = None
) -> tuple[PolicyAdopted, Policy]:
    adopted = PolicyAdopted(
        version=policy.version,
        text="",
        mode=mode,
        effective_on=on,
        until=until,
        author="zoe",
        decided_at=0,
    )
    return adopted, policy
