"""What can be said against a policy before anybody is judged by it."""

from collections.abc import Iterable, Sequence

from services.classifier.domain import reachability
from services.classifier.domain.findings import Finding, fed, names, own, possible, spelled
from services.classifier.domain.implications import follows, implies, kinds
from services.classifier.domain.measures import ANY, FAMILIES, MEASURES, Criterion
from services.classifier.domain.policy import Policy, Zone
from services.classifier.domain.zones import FIRST, ZONES


def lint(policy: Policy) -> tuple[Finding, ...]:
    """Return what is to be said of a policy by itself, zone by zone."""
    found = [*_settings(policy)]
    for place in range(FIRST + 1, len(ZONES)):
        found += _zone(policy, place)
    return tuple(found)


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
    yield from reachability.reach(policy, place)
    if not entering:
        return
    yield from reachability.passed_by(policy, place, entering)
    yield from reachability.together(policy, zone, "enter", entering)
    yield from reachability.together(policy, zone, "keep", keeping)
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
                words=f"{spelled(each)} decides nothing: it holds whenever {names(reasons)} does",
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
                words=f"{spelled(each)} {asks} {names(stricter or alike)}"
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
