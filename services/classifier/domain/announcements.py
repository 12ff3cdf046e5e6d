"""Announcements: what is said of a member, and what of it is remembered."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal, NamedTuple, TypeAlias, assert_never

from services.classifier.domain.evidence import Evidence
from services.classifier.domain.policy import Vitality
from services.classifier.domain.steps import Step
from services.classifier.domain.zones import ZONES

Direction = Literal["entered", "promoted", "demoted", "left"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneChanged:
    """`supersedes` is the version of the change that proved wrong. Lists run from old to new. What
    is `by_policy` was brought about by a policy alone, and not by what the member did.
    """

    version: int
    previous: str | None
    to: str | None
    direction: Direction
    effective_on: date
    decided_at: int
    policy_version: int
    evidence: tuple[Evidence, ...]
    cause_ids: tuple[str, ...]
    vitality: Vitality | None
    supersedes: int | None
    historical: bool
    by_policy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VitalityChanged:
    """`zone`, `since` and `version` are those of the last announced change of zone."""

    previous: Vitality
    vitality: Vitality
    effective_on: date
    decided_at: int
    policy_version: int
    zone: str | None
    since: date
    version: int
    historical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DemotionForeseen:
    """If nothing happens, the member falls from `zone` to `to` on `due_on`, `because` of what will
    be missing by then.
    """

    zone: str
    to: str
    due_on: date
    because: tuple[Evidence, ...]
    effective_on: date
    decided_at: int
    policy_version: int
    historical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DemotionAverted:
    """What was foreseen for `due_on` does not come, or not so soon."""

    zone: str
    to: str
    due_on: date
    effective_on: date
    decided_at: int
    policy_version: int
    historical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneNeared:
    """The cheapest way to the next zone, in `minutes`, as it is after `effective_on` has closed."""

    zone: str
    next: str
    minutes: float
    steps: tuple[Step, ...]
    effective_on: date
    decided_at: int
    policy_version: int
    historical: bool


Announcement: TypeAlias = (
    ZoneChanged | VitalityChanged | DemotionForeseen | DemotionAverted | ZoneNeared
)


class Warned(NamedTuple):
    """Of what the member was warned, and it still stands."""

    zone: str
    to: str
    due_on: int


class Near(NamedTuple):
    """How near the next zone was said to be."""

    next: str
    minutes: float
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What was announced last. Before anything was, the version is 0."""

    version: int = 0
    zone: int | None = None
    effective_on: int = 0
    historical: bool = False
    vitality: Vitality | None = None
    vitality_on: int = 0
    warned: Warned | None = None
    near: Near | None = None


NOTHING: Final = Said()


def hear(said: Said, event: Announcement) -> Said:
    """Fold in an announcement."""
    match event:
        case ZoneChanged():
            return _changed(said, event)
        case VitalityChanged():
            on = event.effective_on.toordinal()
            return replace(said, vitality=event.vitality, vitality_on=on)
        case DemotionForeseen():
            warned = Warned(event.zone, event.to, event.due_on.toordinal())
            return replace(said, warned=warned)
        case DemotionAverted():
            return replace(said, warned=None)
        case ZoneNeared():
            return replace(said, near=Near(event.next, event.minutes, event.steps))
        case _:
            assert_never(event)


def _changed(said: Said, event: ZoneChanged) -> Said:
    """A demotion is what was warned of."""
    effective_on = event.effective_on.toordinal()
    first = said.vitality is None or event.to is None
    return replace(
        said,
        version=event.version,
        zone=None if event.to is None else ZONES.index(event.to),
        effective_on=effective_on,
        historical=event.historical,
        vitality=event.vitality if first else said.vitality,
        vitality_on=effective_on if first else said.vitality_on,
        warned=None if event.direction == "demoted" else said.warned,
    )
