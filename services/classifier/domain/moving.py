"""Who would move under another policy, and why: what they lack where they would be lower."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from services.classifier.domain.activities import Activity
from services.classifier.domain.evidence import Evidence, by_time, count
from services.classifier.domain.reasons import reasons
from services.classifier.domain.regimes import Asked, Policies
from services.classifier.domain.rehearsal import Life
from services.classifier.domain.retractions import netted
from services.classifier.domain.simulation import NOWHERE, SIDES, zone_today
from services.classifier.domain.zones import ZONES


class Lived(NamedTuple):
    """A member's life, and the policies under which it was lived."""

    life: Life
    policies: Policies


class Mover(NamedTuple):
    """`criteria` are what the member lacks for the higher of the two zones under the policies of
    the `side` that does not put them there. `size` is the largest shortfall, as a share of what is
    needed.
    """

    size: float
    member: str
    before: str
    after: str
    side: str
    criteria: tuple[Evidence, ...]


def mover(
    baseline: Lived, candidate: Lived, activities: Sequence[Activity], today: int
) -> Mover | None:
    """Say who moves and why, None for who does not."""
    before, after = zone_today(baseline.life.journey), zone_today(candidate.life.journey)
    if before == after:
        return None
    up = before == NOWHERE or (after != NOWHERE and ZONES.index(after) > ZONES.index(before))
    criteria = _lacking(baseline if up else candidate, after if up else before, activities, today)
    shortfalls = (-each.margin / each.need for each in criteria)
    size = round(max(shortfalls, default=0.0), 4)
    side = SIDES[0] if up else SIDES[1]
    return Mover(size, baseline.life.journey.member, before, after, side, criteria)


def foremost(movers: Iterable[Mover], limit: int) -> list[Mover]:
    """Return those with the largest margins first, no more than `limit`."""
    return sorted(movers, key=lambda each: (-each.size, each.member))[:limit]


def _lacking(
    lower: Lived, zone: str, activities: Sequence[Activity], today: int
) -> tuple[Evidence, ...]:
    """Return what is not met today of what lets into `zone`, or of what keeps there who has been
    there. Where all is met by now, what brought the member where they are has to answer.
    """
    place, regime, journey = ZONES.index(zone), lower.policies.on(today), lower.life.journey
    acts = sorted(netted(activities).left, key=by_time)
    ways = [regime.entering(place)[0]]
    if any(standing.zone == place for standing in journey.trajectory.standings):
        ways.insert(0, regime.keeping(place)[0])
    for way in ways:
        unmet = tuple(each for each in _counted(way, acts, today) if not each.met)
        if unmet:
            return unmet
    why = reasons(journey, lower.policies, sorted(activities, key=by_time), superseded=False)
    return tuple(each.evidence for each in why.counted if not each.evidence.left_out)


def _counted(way: Iterable[Asked], activities: Sequence[Activity], day: int) -> Iterable[Evidence]:
    for policy, criterion in way:
        if not policy.leaves_out(criterion):
            yield count(criterion, policy, activities, day).evidence
