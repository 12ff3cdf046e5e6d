"""The reasons: what the last change rests on, and what holds today."""

from datetime import date
from typing import Any

from services.classifier.domain.activities import Activity
from services.classifier.domain.announcements import ZoneChanged
from services.classifier.domain.clock import day_of
from services.classifier.domain.evidence import by_time, count
from services.classifier.domain.journey import Journey
from services.classifier.domain.measures import Criterion
from services.classifier.domain.policy import ZONES
from services.classifier.domain.regimes import Policies
from services.classifier.domain.retractions import netted
from services.classifier.projections import answers, changes, journeys
from services.classifier.projections.entries import CODEC
from services.classifier.publishing import criteria, zone_change
from shared.eventlog.log import View


async def explain(view: View, member: str, policies: Policies) -> dict[str, Any] | None:
    """Return the reasons, None if nobody knows the member. The view should be a snapshot."""
    now = await answers.clock(view)
    known = await journeys.load(view, [member], policies, now or 0)
    version = policies.today(now or 0).version
    whereabouts = await answers.member(view, member, policy_version=version)
    if now is None or whereabouts is None or member not in known:
        return None
    pasts = await journeys.pasts(view, [member])
    del whereabouts["trajectory"]
    return {
        **whereabouts,
        "last_change": await _last_change(view, member),
        "today": _today(known[member].journey, policies, pasts[member], day_of(now)),
    }


async def _last_change(view: View, member: str) -> dict[str, Any] | None:
    row = await changes.last(view, member)
    if row is None:
        return None
    event = CODEC.decode(row)
    assert isinstance(event, ZoneChanged)  # noqa: S101 - it was noted as one
    return zone_change(member, event).model_dump(mode="json", by_alias=True)


def _today(
    journey: Journey, policies: Policies, activities: list[Activity], today: int
) -> dict[str, Any]:
    standing = journey.trajectory.standing_on(today)
    policy = policies.on(today).policy
    acts = sorted(netted(activities).left, key=by_time)

    def judged(all_of: tuple[Criterion, ...]) -> list[dict[str, Any]]:
        counted = (count(criterion, policy, acts, today).evidence for criterion in all_of)
        return [each.model_dump(mode="json") for each in criteria(tuple(counted))]

    answer: dict[str, Any] = {
        "day": date.fromordinal(today).isoformat(),
        "zone": None,
        "keep": [],
        "failing_since": None,
        "grace_days": 0,
        "next": None,
        "enter": [],
    }
    if standing is None or standing.zone is None:
        return answer
    zone, failing = policy.zones[standing.zone], standing.failing_since
    answer |= {
        "zone": ZONES[standing.zone],
        "keep": judged(zone.keep),
        "failing_since": None if failing is None else date.fromordinal(failing).isoformat(),
        "grace_days": zone.grace_days,
    }
    if standing.zone + 1 < len(ZONES):
        following = standing.zone + 1
        answer |= {"next": ZONES[following], "enter": judged(policy.entering(following))}
    return answer
