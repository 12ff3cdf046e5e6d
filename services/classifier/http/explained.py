"""The shape of an explanation."""

from datetime import date
from typing import Literal

from pydantic import Field

from services.classifier.domain.policy import Mode
from services.classifier.http.shapes import Shape
from shared.contracts.evidence import Evidence
from shared.contracts.words import Vitality, Zone
from shared.contracts.zones import ZoneChange


class Act(Shape):
    id: str
    kind: str
    day: date


class Reason(Evidence):
    """A criterion, and the newest 20 of the activities that counted, from old to new."""

    activities: tuple[Act, ...] = ()


class Judged(Reason):
    """A criterion on the day that was asked about."""

    until: date | None
    """The last day on which it holds if nothing happens; null where it does not hold, and where
    no day ends it.
    """
    retracted: int
    """So many activities would count too, had they not been retracted."""


class Option(Shape):
    """The criteria of one policy. All of them have to hold, but those that are left out."""

    policy_version: int
    holds: bool
    criteria: list[Judged]


class Kept(Shape):
    """What keeps a zone: any one of the options, of which the governing policy's is the first.
    There are more while a policy spares whom the one before it would have kept.
    """

    zone: Zone
    holds: bool
    options: list[Option]


class Next(Shape):
    """Why the member is not in the next zone: what it asks for itself, and the zones that have to
    be kept besides. It is entered on the first day on which all of it holds.
    """

    zone: Zone
    holds: bool
    enter: Option
    requires: list[Kept]


class Governing(Shape):
    version: int
    from_: date | None = Field(alias="from")
    """The first day that it governs without a break; null where there is none before it."""
    author: str
    note: str | None
    mode: Mode


class Turn(Shape):
    on: date
    to: Zone | None


class Coming(Governing):
    """A policy that governs from a later day on."""

    turn: Turn | None
    """The next change of zone with it, if nothing happens; null where there is none."""
    otherwise: Turn | None
    """The same without it. It changes something where the two differ."""


class Floor(Shape):
    """The organisation keeps the member from falling below a zone. A floor is not earned."""

    zone: Zone
    until: date | None
    """The last day; null where there is none."""
    said: Act | None
    without: Zone | None
    """The zone that the member would be in if nobody had said so."""


class Spared(Shape):
    """By the governing policy the zone would not be kept, by one of before it is, for a time."""

    policy_version: int
    until: date


class Loss(Shape):
    """If nothing happens, what keeps the zone fails from `fails_from` on, first of all what is
    `missing` then. The days up to `on` are grace, and from `on` the zone is `to`.
    """

    fails_from: date
    missing: list[Judged]
    on: date
    to: Zone
    grace_left: int
    """Days on which the zone is still kept though it fails, the one asked about among them; all
    days of grace where it does not fail yet.
    """


class Departed(Shape):
    since: date
    said: Act | None
    merged_into: str | None


class Today(Shape):
    """What holds on a day. Apart from `zone`, `since`, `departed` and `policy` nothing is told
    while the member is in no zone.
    """

    day: date
    open: bool
    """Until a day is closed, a member can only rise on it."""
    enrolled_on: date
    zone: Zone | None
    since: date | None
    vitality: Vitality | None
    policy: Governing
    departed: Departed | None
    paused_since: date | None
    """While a member is paused nothing is decided."""
    pauses_from: date | None
    floor: Floor | None
    keep: Kept | None
    failing_since: date | None
    """What keeps the zone has failed since then, in a row of days that were not paused."""
    grace_days: int
    spared: Spared | None
    loss: Loss | None
    """Null where nothing can take the zone away, or nothing will unless something happens."""
    turn: Turn | None
    """The next change of zone if nothing happens, `loss` or not."""
    next: Next | None
    """Null in the last zone."""
    coming: list[Coming]
    retracted: int
    """So many of the member's activities do not count, since they were retracted."""


class Corrected(Shape):
    """The change before, which this one supersedes, and what became known after it: `activity`
    was heard late, or retracted another, or a `policy` was adopted as if it had always been so.
    """

    version: int
    to: Zone | None
    effective_on: date
    because: Literal["activity", "retraction", "policy"]
    activity: Act | None
    policy_version: int | None


class LastChange(ZoneChange):
    """The change as it was announced."""

    evidence: tuple[Reason, ...] = ()
    corrects: Corrected | None
    corrected_by: int | None
    """The version of the change that superseded this one."""
    retracted: int
    """So many of the activities that are listed have been retracted since."""


class Explanation(Shape):
    """Why a member is where they are, as known now: the last change announced that took effect up
    to a day, and what holds on that day, which is today unless another one was asked about.
    """

    member: str
    zone: Zone | None
    since: date | None
    vitality: Vitality | None
    version: int
    policy_version: int
    last_change: LastChange | None
    today: Today
