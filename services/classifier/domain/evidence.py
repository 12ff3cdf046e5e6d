"""Evidence: the reasons of a decision, counted from the member's activities themselves.

Decisions are taken on tallies; these are the events behind them, counted once more as plainly
as the measures are defined.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from services.classifier.domain.activities import Activity
from services.classifier.domain.clock import monday_of
from services.classifier.domain.measures import Criterion
from services.classifier.domain.policy import Policy
from services.classifier.domain.series import series_of, value_of

NEWEST: Final = 20
"""How many ids a list of them holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What one criterion needs and what the member has. `events` is how many counted, and
    `event_ids` are the newest of them, from old to new. `left_out`: nobody feeds this measure.
    """

    criterion: str
    measure: str
    of: tuple[str, ...]
    days: int | None
    need: int
    have: int | float
    margin: int | float
    met: bool
    left_out: bool
    events: int
    event_ids: tuple[str, ...]


class Counted(NamedTuple):
    evidence: Evidence
    activities: tuple[Activity, ...]


def enrolment(first: Activity) -> Counted:
    """Return the evidence of being a member at all: the earliest thing known of them, or their
    return.
    """
    return _stated("content_consumer.enter", "enrolled", first)


def departure(said: Activity) -> Counted:
    return _stated("departed", "departed", said)


def floor(zone: str, said: Activity) -> Counted:
    """Return the evidence of being in a zone because the organisation says so."""
    return _stated(f"{zone}.floor", "floor", said)


def _stated(criterion: str, measure: str, said: Activity) -> Counted:
    evidence = Evidence(
        criterion=criterion,
        measure=measure,
        of=(),
        days=None,
        need=1,
        have=1,
        margin=0,
        met=True,
        left_out=False,
        events=1,
        event_ids=(said.id,),
    )
    return Counted(evidence, (said,))


def count(
    criterion: Criterion, policy: Policy, activities: Sequence[Activity], day: int
) -> Counted:
    """Return what `criterion` finds on `day` among the activities, which run from old to new."""
    marks = criterion.marks
    since = day - criterion.days if criterion.days else 0
    known = [each for each in activities if each.mark & marks and each.day <= day]
    within = [each for each in known if each.day > since]
    have: int | float
    match criterion.measure:
        case "acts" | "outcomes":
            have = len(within)
        case "active_days":
            have = len({each.day for each in within})
        case "active_weeks":
            have = len({monday_of(each.day) for each in within})
        case "people":
            within = [each for each in within if each.target is not None]
            have = len({each.target for each in within})
        case "minutes_per_week":
            seconds = sum(_seconds(policy.minutes, each) for each in within)
            # Cut off, not rounded, so that what is shown is met exactly when it is met.
            have = seconds * 7 * 100 // (60 * criterion.days) / 100
        case "accounts":
            latest = _latest(known).values()
            within = sorted((each for each in latest if value_of(each)), key=by_time)
            have = len(within)
        case "network_size":
            within = sorted(_latest(known).values(), key=by_time)
            have = sum(value_of(each) for each in within)
        case "network_growth":
            now, then = _latest(known), _earliest(known)
            then |= _latest(each for each in known if each.day <= since)
            have = sum(value_of(each) for each in now.values())
            have -= sum(value_of(each) for each in then.values())
            used = {each.key for each in (*now.values(), *then.values())}
            within = [each for each in known if each.key in used]
        case unknown:
            raise ValueError(f"{criterion.name}: unknown measure {unknown!r}")
    return Counted(
        Evidence(
            criterion=criterion.name,
            measure=criterion.measure,
            of=criterion.of,
            days=criterion.days or None,
            need=criterion.at_least,
            have=have,
            margin=round(have - criterion.at_least, 2),
            met=have >= criterion.at_least,
            left_out=policy.leaves_out(criterion),
            events=len(within),
            event_ids=newest_ids(within),
        ),
        tuple(within),
    )


def by_time(activity: Activity) -> tuple[int, str]:
    """Of two at the same time, the one with the greater key is later."""
    return activity.at, activity.key


def newest_ids(activities: Sequence[Activity]) -> tuple[str, ...]:
    return tuple(activity.id for activity in activities[-NEWEST:])


def _seconds(estimates: Mapping[str, int], activity: Activity) -> int:
    return estimates.get(activity.kind, 0) if activity.seconds is None else activity.seconds


def _latest(activities: Iterable[Activity]) -> dict[str, Activity]:
    return {series_of(activity): activity for activity in activities}


def _earliest(activities: Sequence[Activity]) -> dict[str, Activity]:
    return _latest(reversed(activities))
