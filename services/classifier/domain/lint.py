"""What can be said against a policy before anybody is judged by it.

An error is a rule that nobody can ever meet, and stands in the way of adoption. A warning is
something that hardly anybody means. A note is worth knowing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from services.classifier.domain.implications import (
    effort,
    follows,
    implies,
    impossible,
    kinds,
    most,
    weeks_always_touched,
    weeks_touched,
)
from services.classifier.domain.measures import ANY, FAMILIES, MEASURES, Criterion
from services.classifier.domain.policy import Policy, Zone
from services.classifier.domain.zones import FIRST, ZONES

DAY: Final = 24 * 60
"""Minutes of a day."""

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`place` is the name of a criterion, or of what is to be changed: `content_sharer.keep`."""

    severity: Severity
    place: str
    words: str
    advice: str


def lint(policy: Policy) -> tuple[Finding, ...]:
    """Return what is to be said of a policy by itself, zone by zone."""
    found = [*_settings(policy)]
    for place in range(FIRST + 1, len(ZONES)):
        found += _zone(policy, place)
    return tuple(found)


def spelled(criterion: Criterion) -> str:
    """Write a criterion as people who write policies do: `acts(like, share) ≥ 4 in 30 days`."""
    of = f"({', '.join(criterion.of)})" if criterion.of else ""
    days = f" in {criterion.days} days" if criterion.days else ""
    return f"{criterion.measure}{of} ≥ {criterion.at_least}{days}"


def fed(policy: Policy, criteria: Iterable[Criterion]) -> tuple[Criterion, ...]:
    return tuple(each for each in criteria if not policy.leaves_out(each))


def possible(criteria: Iterable[Criterion]) -> tuple[Criterion, ...]:
    """Leave out what never holds: anything would follow from it."""
    return tuple(each for each in criteria if not impossible(each))


def own(zone: Zone, criteria: Iterable[Criterion]) -> tuple[Criterion, ...]:
    """Leave out what a zone has taken over from the `keep` of another."""
    return tuple(each for each in criteria if each.name.startswith(f"{zone.name}."))


def _settings(policy: Policy) -> Iterable[Finding]:
    asked = [each for zone in policy.zones for each in (*zone.enter, *zone.keep)]
    wanted = {MEASURES[each.measure].family for each in asked}
    for family in FAMILIES:
        if family in policy.reports and family not in wanted:
            yield Finding(
                severity="note",
                place=f"reports.{family}",
                words=f"{family} are reported, and no criterion asks for them"
                if family.endswith("s")
                else f"{family} is reported, and no criterion asks for it",
                advice="give a zone a criterion on it, or say false",
            )
    named = {kind for each in asked if each.measure != "outcomes" for kind in each.of} - {ANY}
    for kind in sorted(kind for kind in named if not policy.minutes.get(kind)):
        yield Finding(
            severity="warning",
            place=f"minutes.{kind}",
            words=f"{kind} has no minutes: where nobody reports any it counts as no work at all",
            advice=f"say under [minutes] how long a {kind} takes",
        )


def _zone(policy: Policy, place: int) -> Iterable[Finding]:
    zone = policy.zones[place]
    entering = possible(fed(policy, policy.entering(place)))
    keeping = possible(fed(policy, zone.keep))
    for criterion in (*own(zone, zone.enter), *own(zone, zone.keep)):
        if policy.leaves_out(criterion):
            family = MEASURES[criterion.measure].family
            yield Finding(
                severity="note",
                place=criterion.name,
                words=f"left out, since [reports] has {family} = false",
                advice=f"nothing, until {family} can be measured",
            )
    yield from _reach(policy, place)
    if not entering:
        return
    yield from _passed_by(policy, place, entering)
    yield from _together(policy, zone, "enter", entering)
    yield from _together(policy, zone, "keep", keeping)
    yield from _redundant(policy, zone.name, "enter", entering)
    yield from _redundant(policy, zone.name, "keep", keeping)
    yield from _stricter(policy, zone, entering)
    if not zone.keep:
        yield Finding(
            severity="note",
            place=f"{zone.name}.keep",
            words="nothing is needed to stay, so whoever enters stays for ever",
            advice="say what keeps the zone, if that is not meant",
        )
    elif zone.grace_days < policy.warn_days:
        early = policy.warn_days - zone.grace_days
        yield Finding(
            severity="note",
            place=f"{zone.name}.grace_days",
            words=f"members are warned up to {early} days before anything is missing, since"
            f" grace_days is {zone.grace_days} and warn_days {policy.warn_days}",
            advice=f"give {policy.warn_days} days of grace, or warn later",
        )


def _reach(policy: Policy, place: int) -> Iterable[Finding]:
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


def _passed_by(policy: Policy, place: int, entering: Sequence[Criterion]) -> Iterable[Finding]:
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


def _together(
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


def _redundant(
    policy: Policy, zone: str, side: str, criteria: Sequence[Criterion]
) -> Iterable[Finding]:
    """Name what follows from the rest, once: of two that say the same the later one."""
    left = list(criteria)
    for each in reversed(criteria):
        others = [one for one in left if one is not each]
        if not each.name.startswith(f"{zone}.{side}."):
            continue
        if reasons := follows(each, others, policy.minutes):
            left.remove(each)
            yield Finding(
                severity="note",
                place=each.name,
                words=f"{spelled(each)} decides nothing: it holds whenever {_names(reasons)} does",
                advice="leave it out, or ask for more",
            )


def _stricter(policy: Policy, zone: Zone, entering: Sequence[Criterion]) -> Iterable[Finding]:
    """Name what keeps a zone and is not sure to hold on the day somebody enters it."""
    for each in possible(fed(policy, zone.keep)):
        if follows(each, entering, policy.minutes):
            continue
        alike = [
            one for one in entering if one.measure == each.measure and kinds(one) & kinds(each)
        ]
        stricter = [one for one in alike if implies(each, one, policy.minutes)]
        if alike:
            asks = "asks for more than" if stricter else "asks for something else than"
            yield Finding(
                severity="warning",
                place=each.name,
                words=f"{spelled(each)} {asks} {_names(stricter or alike)}"
                f" ({spelled((stricter or alike)[0])}): one can enter {zone.name} and fail to keep"
                " it on the same day",
                advice="let keep ask for no more than enter, in no fewer days",
            )
        else:
            yield Finding(
                severity="note",
                place=each.name,
                words=f"{spelled(each)} is not needed to enter {zone.name}: one can enter it and"
                " fail to keep it on the same day",
                advice="ask for it in enter as well, if that is not meant",
            )


def _names(criteria: Sequence[Criterion]) -> str:
    return " and ".join(dict.fromkeys(each.name for each in criteria))
