"""What rewards says: what effort and impact have earned.

A recognition is granted once; what is learned later adjusts it, and celebrates nothing twice.
"""

from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import Field, StringConstraints, TypeAdapter

from shared.contracts.envelope import Relayed
from shared.contracts.evidence import Causes, Pieces
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
    Url,
    Word,
    Zone,
)

Period = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}H[12]$")]
"""A half-year, as 2026H1."""


def recognition_id(kind: str, member: str, what: str) -> str:
    """Name a recognition by what it is for: a block, a zone, a first, a period."""
    return f"{kind}/{member}/{what}"


def recognition_granted_id(recognition: str) -> str:
    return f"recognition.granted/{recognition}"


def recognition_adjusted_id(recognition: str, revision: int) -> str:
    return f"recognition.adjusted/{recognition}/{revision}"


def period_closed_id(period: str) -> str:
    return f"recognition.period_closed/{period}"


class Recognition(Told):
    """As it stands now. Of zone, first, block and place it has those that its kind is about."""

    id: Id
    member: Member
    kind: Kind
    """effort, arrival, first, impact or assist; a rule may add its own."""
    zone: Maybe[Zone] = None
    first: Maybe[Kind] = None
    block: Maybe[Ordinal] = None
    larger: Maybe[bool] = None
    period: Maybe[Period] = None
    place: Maybe[Ordinal] = None
    impact: Maybe[Number] = None
    pieces: Pieces = ()
    rule_version: Count
    name: Maybe[Line] = None
    why: Maybe[Line] = None
    link: Maybe[Url] = None
    """Name, why and link are the rule's own words."""
    state: Literal["granted", "adjusted"]
    """Adjusted while what it was granted for does not stand; what is restored is granted."""
    revision: Count = 0
    """How often it was adjusted or restored."""
    effective_on: Day
    decided_at: Instant
    cause_ids: Causes = ()
    public: bool
    """The member agrees to be named to others."""
    historical: bool = False
    """Nobody is to be told."""


class Place(Told):
    member: Member
    place: Ordinal
    impact: Number
    counts: Annotated[dict[Kind, Number], Field(max_length=12)]
    """What the impact is made of, as {"lead": 2, "reader": 1830}."""
    public: bool


class ClosedPeriod(Told):
    """Frozen evidence. `honoured` counts everyone at place 3 or better; `places` lists up to 50."""

    period: Period
    first_day: Day
    last_day: Day
    timezone: Word
    members: Count
    """How many had any impact."""
    honoured: Count
    places: Annotated[tuple[Place, ...], Field(max_length=50)] = ()
    minimum_impact: Number
    rule_version: Count
    decided_at: Instant
    historical: bool = False


class RewardsSays(Relayed):
    GUARD: ClassVar[str] = "recognition.*.v1.*"

    source: Literal["urn:zones:rewards"] = "urn:zones:rewards"


class RecognitionGranted(RewardsSays):
    FAMILY: ClassVar[str] = "recognition.granted.v1"
    VALUE: ClassVar[str] = "kind"

    type: Literal["zones.recognition.granted.v1"] = "zones.recognition.granted.v1"
    subject: Member
    data: Recognition

    @classmethod
    def of(cls, recognition: Recognition) -> Self:
        return cls(
            id=recognition_granted_id(recognition.id),
            subject=recognition.member,
            time=recognition.decided_at,
            data=recognition,
        )


class RecognitionAdjusted(RewardsSays):
    """What it was granted for stands no longer, or stands again."""

    FAMILY: ClassVar[str] = "recognition.adjusted.v1"
    VALUE: ClassVar[str] = "kind"

    type: Literal["zones.recognition.adjusted.v1"] = "zones.recognition.adjusted.v1"
    subject: Member
    data: Recognition

    @classmethod
    def of(cls, recognition: Recognition) -> Self:
        return cls(
            id=recognition_adjusted_id(recognition.id, recognition.revision),
            subject=recognition.member,
            time=recognition.decided_at,
            data=recognition,
        )


class PeriodClosed(RewardsSays):
    """A half-year has settled; later corrections are only shown beside it."""

    FAMILY: ClassVar[str] = "recognition.period_closed.v1"

    type: Literal["zones.recognition.period_closed.v1"] = "zones.recognition.period_closed.v1"
    subject: Literal["_org"] = ORGANISATION
    data: ClosedPeriod

    @classmethod
    def of(cls, period: ClosedPeriod) -> Self:
        return cls(id=period_closed_id(period.period), time=period.decided_at, data=period)


AnyRecognitionEvent = Annotated[
    RecognitionGranted | RecognitionAdjusted | PeriodClosed, Field(discriminator="type")
]
RECOGNITION_EVENT: Final[TypeAdapter[AnyRecognitionEvent]] = TypeAdapter(
    AnyRecognitionEvent, config=AT_FIRST_USE
)
