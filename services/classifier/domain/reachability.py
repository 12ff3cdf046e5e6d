"""Whether a zone can be reached at all: by anybody, on every weekday, in the time that there is."""

from collections.abc import Iterable, Sequence
from typing import Final

from services.classifier.domain.findings import Finding, fed, own, spelled
from services.classifier.domain.implications import (
    effort,
    follows,
    impossible,
    most,
    weeks_always_touched,
    weeks_touched,
)
from services.classifier.domain.measures import Criterion
from services.classifier.domain.policy import Policy, Zone
from services.classifier.domain.zones import ZONES

DAY: Final = 24 * 60
"""Minutes of a day."""


def reach(policy: Policy, place: int) -> Iterable[Finding]:
    """Name the criteria that cannot hold, and those that cannot on some weekdays."""
    zone = policy.zones[place]
    needing = [above.name for above in policy.zones if zone.name in above.requires]
    for side, criteria in (("enter", zone.enter), ("keep", zone.keep)):
        for each in own(zone, fed(policy, criteria)):
            if impossible(each):
                lost = [zone.name] if side == "enter" else needing
                result = f"nobody can enter {' or '.join(lost)}" if lost else "nobody can stay"
                yield Finding(
                    severity="error",
                    place=each.name,
                    words=f"{spelled(each)} can never hold, since {_limit(each)}: {result}",
                    advice=f"ask for {most(each)} at the most",
                )
            elif each.measure == "active_weeks" and (
                each.at_least > weeks_always_touched(each.days)
            ):
                yield Finding(
                    severity="warning",
                    place=each.name,
                    words=f"{spelled(each)} can hold on some weekdays only: {each.days} days are"
                    f" part of {weeks_always_touched(each.days)} or more weeks, up to"
                    f" {weeks_touched(each.days)}",
                    advice=f"ask for {weeks_always_touched(each.days)} weeks at the most,"
                    f" or in {7 * each.at_least} days",
                )


def _limit(criterion: Criterion) -> str:
    limit = most(criterion)
    if criterion.measure == "minutes_per_week":
        return f"a week has {limit} minutes"
    unit = "days" if criterion.measure == "active_days" else "weeks"
    return f"{criterion.days} days have {limit} {unit}"


def passed_by(policy: Policy, place: int, entering: Sequence[Criterion]) -> Iterable[Finding]:
    """Say where nobody is lifted into a zone, since the next ones ask for no more."""
    zone = policy.zones[place]
    for above in range(len(ZONES) - 1, place, -1):
        higher = policy.zones[above]
        asked = fed(policy, policy.entering(above))
        if asked and all(follows(each, entering, policy.minutes) for each in asked):
            yield Finding(
                severity="warning",
                place=f"{zone.name}.enter",
                words=f"whoever meets this meets what {higher.name} asks for as well, so nobody is"
                f" ever lifted into {zone.name}",
                advice=f"let {higher.name} ask for something more",
            )
            return


def together(
    policy: Policy, zone: Zone, side: str, criteria: Sequence[Criterion]
) -> Iterable[Finding]:
    """Say where the acts of a window take more time than it has."""
    for days in sorted({each.days for each in criteria if each.days}):
        minutes = effort(criteria, policy.minutes, days)
        if minutes > days * DAY:
            yield Finding(
                severity="warning",
                place=f"{zone.name}.{side}",
                words=f"these criteria cannot hold together: the acts that {days} days have to hold"
                f" take {minutes // 60} hours, and there are {days * 24}",
                advice="ask for fewer acts or allow more days",
            )
            return
