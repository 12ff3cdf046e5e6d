"""What is found in a policy, and in which words it is said.

An error is a rule that nobody can ever meet, and stands in the way of adoption. A warning is
something that hardly anybody means. A note is worth knowing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from services.classifier.domain.implications import impossible
from services.classifier.domain.measures import Criterion
from services.classifier.domain.policy import Policy, Zone

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`place` is the name of a criterion, or of what is to be changed: `content_sharer.keep`."""

    severity: Severity
    place: str
    words: str
    advice: str


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


def names(criteria: Sequence[Criterion]) -> str:
    return " and ".join(dict.fromkeys(each.name for each in criteria))
