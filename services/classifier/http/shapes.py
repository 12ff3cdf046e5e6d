"""The shapes in which the classifier answers, as others rely on them."""

from datetime import date, datetime
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.classifier.domain.announcements import ZoneChanged
from services.classifier.domain.policy import Mode
from services.classifier.projections.entries import CODEC
from services.classifier.publishing import zone_change
from shared.contracts.words import AT_FIRST_USE, Vitality, Zone
from shared.contracts.zones import ZoneChange
from shared.eventlog.entries import Recorded

NEXT: Final = "What to ask for `after` to go on from here; null at the end."


class Shape(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True, validate_by_name=True, **AT_FIRST_USE)


class Stretch(Shape):
    from_: date = Field(alias="from")
    zone: Zone | None
    """Null while the member has departed."""


class Member(Shape):
    """Where a member is, and has been: one entry for each stretch of days in the same zone."""

    member: str
    zone: Zone | None
    since: date | None
    """The first day of the stretch; null before the member is enrolled."""
    vitality: Vitality | None
    version: int
    """How many zone changes have been announced."""
    policy_version: int
    """The policy that governs the day that was asked about."""
    trajectory: list[Stretch]


class Members(Shape):
    as_of: date
    members: list[Member]
    next: str | None = Field(description=NEXT)


class Changes(Shape):
    changes: list[ZoneChange]
    next: int | None = Field(description=NEXT)


class Day(Shape):
    as_of: date
    members: int
    """Who has a zone."""
    zones: dict[Zone, int]
    vitality: dict[Vitality, int]


class Group(Shape):
    group: str | None
    """Null for those who are in none."""
    members: int
    zones: dict[Zone, int]
    vitality: dict[Vitality, int]


class Distribution(Day):
    groups: list[Group] = []
    """Only where it was asked for `by` group."""


class History(Shape):
    days: list[Day]


class Days(Shape):
    from_: date | None = Field(alias="from")
    """Null where there is no first day."""
    until: date | None
    """The last day; null where there is none."""


class Adoption(Shape):
    version: int
    mode: Mode
    effective_on: date
    until: date | None
    """Up to which day a policy that is grandfathered demotes nobody by what is new."""
    author: str
    note: str | None
    decided_at: datetime
    governs: list[Days]
    """Nothing where later adoptions left it no day."""


class Policy(Adoption):
    text: str


class Policies(Shape):
    today: date | None
    """By the log's clock; null before anything was recorded."""
    governing: int
    """The version of the policy that governs today."""
    policies: list[Adoption]
    remarks: list[str]


class Finding(Shape):
    severity: Literal["error", "warning", "note"]
    place: str | None
    """The criterion, or the key, that it is about; null where the text cannot be read."""
    line: int
    words: str
    advice: str | None


class Compared(Shape):
    events: int
    members: int
    looked_at: int
    """So many members were looked at for criteria that always or never hold, if need be."""


class Lint(Shape):
    name: str
    errors: int
    """They stand in the way of adoption."""
    warnings: int
    notes: int
    findings: list[Finding]
    compared: Compared | None
    """What of the log the policy was held against; null where the text cannot be read."""


def change(row: Recorded) -> ZoneChange:
    """Return the announcement that a row of the log holds, as others know it."""
    event = CODEC.decode(row)
    assert isinstance(event, ZoneChanged)  # noqa: S101 - it was noted as one
    return zone_change(row.stream, event)
