"""What follows from a criterion: which others hold whenever it does, and what it can never reach.

Sound and not complete: what is said to follow does, whatever anybody may do. That something does
not follow can also mean that nobody found out.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from services.classifier.domain.activities import OUTCOMES, OWN_ACTS
from services.classifier.domain.measures import ANY, Criterion

WEEK: Final = 7 * 24 * 60
"""Minutes of a week."""
DAY_SECONDS: Final = 24 * 60 * 60
COUNTED: Final = frozenset({"acts", "active_days", "active_weeks", "people"})
"""The measures that one act raises by one at most."""


def kinds(criterion: Criterion) -> frozenset[str]:
    """Return what the criterion counts, as words that `of` may hold."""
    if criterion.measure == "minutes_per_week" or (criterion.of and ANY in criterion.of):
        return frozenset(OUTCOMES if criterion.measure == "outcomes" else OWN_ACTS)
    return frozenset(criterion.of)


def most(criterion: Criterion) -> int | None:
    """Return the greatest value that the measure can have, None where there is no limit."""
    match criterion.measure:
        case "active_days":
            return criterion.days
        case "active_weeks":
            return weeks_touched(criterion.days)
        case "minutes_per_week":
            return WEEK
        case _:
            return None


def impossible(criterion: Criterion) -> bool:
    limit = most(criterion)
    return limit is not None and criterion.at_least > limit


def weeks_touched(days: int) -> int:
    """Return how many ISO weeks so many days can be part of, where they begin at their best."""
    return 1 + (days + 5) // 7 if days else 0


def weeks_always_touched(days: int) -> int:
    return -(-days // 7)


def implies(one: Criterion, other: Criterion, estimates: Mapping[str, int]) -> bool:
    """Say whether `other` holds on every day on which `one` does. `estimates` are a policy's."""
    if one.measure == other.measure and not one.days:
        return one.at_least >= other.at_least
    match one.measure, other.measure:
        case "network_growth", "network_growth":
            return one.days == other.days and one.at_least >= other.at_least
        case "network_growth", "network_size":
            return one.at_least >= other.at_least
        case (("network_growth" | "network_size" | "accounts"), _):
            return False
        case _, ("network_growth" | "network_size" | "accounts"):
            return False
        case "minutes_per_week", "minutes_per_week":
            enough = one.at_least * one.days >= other.at_least * other.days
            return one.days <= other.days and enough
        case ("outcomes", _) | (_, "outcomes"):
            alike = one.measure == other.measure
            return alike and _covers(one, other) and one.at_least >= other.at_least
        case _:
            return _acts_imply(one, other, estimates)


def follows(
    criterion: Criterion, given: Sequence[Criterion], estimates: Mapping[str, int]
) -> tuple[Criterion, ...]:
    """Return those of the given criteria from which one follows, none where it does not."""
    for one in given:
        if implies(one, criterion, estimates):
            return (one,)
    if criterion.measure not in {"acts", "outcomes"}:
        return ()
    sort_of = COUNTED if criterion.measure == "acts" else {"outcomes"}
    parts = [one for one in given if one.measure in sort_of and _covers(one, criterion)]
    apart = tuple(_disjoint(parts, {id(one): one.at_least for one in parts}))
    return apart if sum(one.at_least for one in apart) >= criterion.at_least else ()


def effort(criteria: Sequence[Criterion], estimates: Mapping[str, int], days: int) -> int:
    """Return minutes that the acts counted in no more than `days` take at the least, as far as
    the estimates go.
    """
    costs = {
        id(each): each.at_least * min(estimates.get(kind, 0) for kind in kinds(each))
        for each in criteria
        if each.measure in COUNTED and each.days <= days
    }
    some = [each for each in criteria if id(each) in costs]
    return sum(costs[id(each)] for each in _disjoint(some, costs)) // 60


def _acts_imply(one: Criterion, other: Criterion, estimates: Mapping[str, int]) -> bool:
    if other.measure == "minutes_per_week" or not kinds(one) <= kinds(other):
        return False
    beyond = max(0, one.days - other.days)
    acts = 0 if beyond else _least_acts(one, estimates)
    match one.measure, other.measure:
        case "active_days", "active_days":
            return one.at_least - beyond >= other.at_least
        case "active_weeks", ("active_weeks" | "active_days"):
            return one.at_least - weeks_touched(beyond) >= other.at_least
        case "people", "people":
            return not beyond and one.at_least >= other.at_least
        case _, "people":
            return False
        case "active_days", "active_weeks":
            return not beyond and weeks_always_touched(one.at_least) >= other.at_least
        case _, "acts":
            return acts >= other.at_least
        case _:
            return acts > 0 and other.at_least <= 1


def _least_acts(criterion: Criterion, estimates: Mapping[str, int]) -> int:
    """Return how many acts there have to be in the window."""
    if criterion.measure != "minutes_per_week":
        return criterion.at_least
    longest = max([DAY_SECONDS, *estimates.values()])
    return -(-criterion.at_least * 60 * criterion.days // (7 * longest))


def _covers(one: Criterion, other: Criterion) -> bool:
    """Say whether all that `one` counts counts for `other`."""
    return kinds(one) <= kinds(other) and one.days <= other.days


def _disjoint(criteria: Sequence[Criterion], worth: Mapping[int, int]) -> Iterable[Criterion]:
    """Yield criteria that have no kind in common, those of most worth first."""
    taken: frozenset[str] = frozenset()
    for each in sorted(criteria, key=lambda each: worth[id(each)], reverse=True):
        if not taken & kinds(each):
            taken |= kinds(each)
            yield each
