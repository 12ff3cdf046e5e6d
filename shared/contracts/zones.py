"""What the classifier says: who is in which zone, and why.

The ids derive from what is announced, so that deciding again announces the same.
"""

from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import Field, TypeAdapter, model_validator
from pydantic_core import PydanticCustomError

from shared.contracts.envelope import Relayed
from shared.contracts.evidence import Causes, Criteria
from shared.contracts.words import (
    AT_FIRST_USE,
    ORGANISATION,
    Count,
    Day,
    Id,
    Instant,
    Kind,
    Line,
    Maybe,
    Member,
    Number,
    Ordinal,
    Told,
    Vitality,
    Zone,
)


def zone_changed_id(member: str, version: int) -> str:
    return f"zone.changed/{member}/{version}"


def vitality_changed_id(member: str, day: Day, value: Vitality, place: int) -> str:
    """`place` is the event's in its member's stream: one may turn quiet twice on one day."""
    return f"vitality.changed/{member}/{day.isoformat()}/{value}/{place}"


def zone_warning_id(member: str, day: Day, value: Literal["due", "cancelled"], place: int) -> str:
    """`place` is the event's in its member's stream: one may be warned twice on one day."""
    return f"zone.warning/{member}/{day.isoformat()}/{value}/{place}"


def zone_near_id(member: str, day: Day, value: Zone, place: int) -> str:
    """`place` is the event's in its member's stream: a policy may open a closed day once more."""
    return f"zone.near/{member}/{day.isoformat()}/{value}/{place}"


def policy_adopted_id(version: int) -> str:
    return f"policy.adopted/{version}"


class Whereabouts(Told):
    """What the bucket `zones` holds of a member, whichever event spoke last."""

    member: Member
    zone: Zone | None
    since: Day
    vitality: Vitality | None
    version: Ordinal
    """Counts the member's zone changes: 1, 2, 3, ..."""


class ZoneChange(Whereabouts):
    """`zone` and `to` are the same. `to` is null when a member leaves, `from` when one enters."""

    from_: Zone | None = Field(alias="from")
    to: Zone | None
    direction: Literal["entered", "promoted", "demoted", "left"]
    effective_on: Day
    decided_at: Instant
    policy_version: Count
    evidence: Criteria = ()
    cause_ids: Causes = ()
    supersedes: Maybe[Id] = None
    """The id of the change that late or retracted activity has proved wrong."""
    historical: bool = False
    """Nobody is to be told."""
    by_policy: bool = False
    """A policy that was adopted has moved the member. Nobody is to be told."""

    @model_validator(mode="after")
    def _is_where_it_went(self) -> Self:
        if self.zone != self.to:
            raise PydanticCustomError("two_zones", "must have the same `zone` and `to`")
        return self


class VitalityChange(Whereabouts):
    from_: Vitality | None = Field(alias="from")
    vitality: Vitality
    effective_on: Day
    decided_at: Instant
    policy_version: Count
    historical: bool = False


class Demotion(Told):
    """Due on a day if nothing happens, `because` of these criteria; or no longer due."""

    member: Member
    zone: Zone
    to: Zone
    due_on: Day
    because: Criteria = ()
    cancelled: bool = False
    effective_on: Day
    decided_at: Instant
    policy_version: Count
    historical: bool = False


class Step(Told):
    """So many acts of a kind; where it counts, on so many new days or with so many new people."""

    kind: Kind
    acts: Count
    people: Maybe[Count] = None
    days: Maybe[Count] = None
    weeks: Maybe[Count] = None
    minutes: Number


class WayUp(Told):
    """The cheapest way to the next zone, in minutes of work."""

    member: Member
    zone: Zone
    next: Zone
    minutes: Number
    steps: Annotated[tuple[Step, ...], Field(max_length=24)]
    effective_on: Day
    decided_at: Instant
    policy_version: Count
    historical: bool = False


class Adoption(Told):
    """A policy governs from `effective_on`; one that is grandfathered is mild up to `until`."""

    version: Ordinal
    mode: Literal["forward", "grandfather", "recompute"]
    effective_on: Day
    until: Maybe[Day] = None
    author: Line
    note: Maybe[Line] = None
    decided_at: Instant


class ClassifierSays(Relayed):
    GUARD: ClassVar[str] = "zone.*.v1.*"

    source: Literal["urn:zones:classifier"] = "urn:zones:classifier"


class ZoneChanged(ClassifierSays):
    """The announced zone differs from the one announced last."""

    FAMILY: ClassVar[str] = "zone.changed.v1"
    VALUE: ClassVar[str] = "to"

    type: Literal["zones.zone.changed.v1"] = "zones.zone.changed.v1"
    data: ZoneChange

    @classmethod
    def of(cls, change: ZoneChange) -> Self:
        said = zone_changed_id(change.member, change.version)
        return cls(id=said, subject=change.member, time=change.decided_at, data=change)


class VitalityChanged(ClassifierSays):
    FAMILY: ClassVar[str] = "zone.vitality.v1"
    VALUE: ClassVar[str] = "vitality"

    type: Literal["zones.vitality.changed.v1"] = "zones.vitality.changed.v1"
    data: VitalityChange

    @classmethod
    def of(cls, change: VitalityChange, *, place: int) -> Self:
        said = vitality_changed_id(change.member, change.effective_on, change.vitality, place)
        return cls(id=said, subject=change.member, time=change.decided_at, data=change)


class ZoneWarning(ClassifierSays):
    """A demotion is due soon, said once a stretch; or it no longer is."""

    FAMILY: ClassVar[str] = "zone.warning.v1"
    VALUE: ClassVar[str] = "zone"

    type: Literal["zones.zone.warning.v1"] = "zones.zone.warning.v1"
    data: Demotion

    @classmethod
    def of(cls, demotion: Demotion, *, place: int) -> Self:
        value: Literal["due", "cancelled"] = "cancelled" if demotion.cancelled else "due"
        said = zone_warning_id(demotion.member, demotion.effective_on, value, place)
        return cls(id=said, subject=demotion.member, time=demotion.decided_at, data=demotion)


class ZoneNear(ClassifierSays):
    """At a day's close the cheapest way to the next zone is short, and has changed."""

    FAMILY: ClassVar[str] = "zone.near.v1"
    VALUE: ClassVar[str] = "next"

    type: Literal["zones.zone.near.v1"] = "zones.zone.near.v1"
    data: WayUp

    @classmethod
    def of(cls, way: WayUp, *, place: int) -> Self:
        said = zone_near_id(way.member, way.effective_on, way.next, place)
        return cls(id=said, subject=way.member, time=way.decided_at, data=way)


class PolicyAdopted(ClassifierSays):
    """A policy version took effect."""

    FAMILY: ClassVar[str] = "zone.policy.v1"

    type: Literal["zones.policy.adopted.v1"] = "zones.policy.adopted.v1"
    subject: Literal["_org"] = ORGANISATION
    data: Adoption

    @classmethod
    def of(cls, adoption: Adoption) -> Self:
        said = policy_adopted_id(adoption.version)
        return cls(id=said, time=adoption.decided_at, data=adoption)


AnyZoneEvent = Annotated[
    ZoneChanged | VitalityChanged | ZoneWarning | ZoneNear | PolicyAdopted,
    Field(discriminator="type"),
]
ZONE_EVENT: Final[TypeAdapter[AnyZoneEvent]] = TypeAdapter(AnyZoneEvent, config=AT_FIRST_USE)
