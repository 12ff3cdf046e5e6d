"""The shape of a map."""

from datetime import date

from pydantic import Field

from services.classifier.domain.map import Wayless
from services.classifier.http.shapes import Shape
from shared.contracts.evidence import Evidence
from shared.contracts.words import Vitality, Zone


class Step(Shape):
    """So many acts of one kind, and how they have to be spread where that matters."""

    kind: str
    acts: int
    minutes: int
    """What they take by the policy's estimates."""
    people: int | None = Field(default=None, exclude_if=lambda number: number is None)
    """With so many people new to the member."""
    days: int | None = Field(default=None, exclude_if=lambda number: number is None)
    weeks: int | None = Field(default=None, exclude_if=lambda number: number is None)


class Doing(Shape):
    day: date
    kind: str
    acts: int


class Way(Shape):
    """Acts that lead to the next zone: whoever does them as the plan says is there on the day."""

    on: date
    in_time: bool
    """Whether that is up to the day that was asked for."""
    minutes: int
    cheapest: bool
    """Whether the search proved that nothing takes fewer minutes."""
    steps: list[Step]
    plan: list[Doing]
    beyond: list[Evidence]
    """Criteria that no act of the member can meet."""


class Fall(Shape):
    day: date
    to: Zone


class Ending(Shape):
    criterion: str
    day: date
    """The first day on which the act no longer counts for it."""


class Counting(Shape):
    id: str
    kind: str
    day: date
    ends: list[Ending]


class Mapped(Shape):
    """Where a member is, the cheapest way on, and how long things last."""

    member: str
    zone: Zone | None
    since: date | None
    vitality: Vitality | None
    version: int
    policy_version: int
    day: date
    """Today, by the log's clock."""
    next: Zone | None
    asked: list[Evidence]
    """What the next zone asks for."""
    way: Way | None
    wayless: Wayless | None
    """Why there is no way."""
    demotion: Fall | None
    """What comes if nothing happens; null where nothing does."""
    counted: int
    """How many acts count at present, of which those that stop first are listed."""
    counting: list[Counting]
