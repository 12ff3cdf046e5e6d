"""What the notifier says: what people were told, and what is still promised.

Not in what words: those are in the recipient's inbox, and nobody else's business.
"""

from hashlib import sha256
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import Field, TypeAdapter

from shared.contracts.acts import Object
from shared.contracts.envelope import Relayed
from shared.contracts.words import (
    AT_FIRST_USE,
    Count,
    Id,
    Instant,
    Kind,
    Maybe,
    Member,
    Subject,
    Told,
    Word,
)


def notice_id(cause: str, kind: str, recipient: str) -> str:
    """Nothing is said twice: (cause, kind, recipient) is what makes a notice the same."""
    return f"{kind}/{recipient}/{sha256(cause.encode()).hexdigest()[:32]}"


def alert_id(cause: str, kind: str, member: str) -> str:
    return f"{kind}/{member}/{sha256(cause.encode()).hexdigest()[:32]}"


class Notice(Told):
    id: Id
    kind: Kind
    recipient: Subject
    """A member, or the whole organisation."""
    about: Maybe[Member] = None
    """Whom it speaks of, where that is somebody else."""
    cause: Id
    """The id of the event, or the name of the occasion, that made it due."""
    channels: Annotated[tuple[Word, ...], Field(max_length=10)] = ()
    due_at: Maybe[Instant] = None
    """When what it asks for was promised."""
    decided_at: Instant
    sent_at: Maybe[Instant] = None
    """Where that was later: people are left in peace at night, and are not told too much."""
    digest: Maybe[Id] = None
    """The first of those that were sent together with it."""
    historical: bool = False


class Failure(Notice):
    """It did not get through. `problem` is a word for the cause; a server's words are not told."""

    channel: Word
    problem: Kind
    attempts: Count
    final: bool
    """Nobody will try again."""


class Alert(Told):
    """As it stands now, about a member's draft, to the editors who owe the answer."""

    id: Id
    kind: Kind
    member: Member
    to: Annotated[tuple[Subject, ...], Field(max_length=100)] = ()
    """Members, or the whole organisation where it has no editors."""
    escalated_to: Annotated[tuple[Subject, ...], Field(max_length=100)] = ()
    cause: Id
    draft_id: Maybe[Id] = None
    object: Maybe[Object] = None
    raised_at: Instant
    at_risk_at: Instant
    due_at: Instant
    """When the promise ends."""
    promised_minutes: Count
    state: Literal["open", "at_risk", "breached", "resolved"]
    resolved: Maybe[Literal["approved", "withdrawn", "acknowledged"]] = None
    resolved_by: Maybe[Member] = None
    resolved_at: Maybe[Instant] = None
    kept: Maybe[bool] = None
    """Resolved within the promise."""
    decided_at: Instant
    historical: bool = False


class NotifierSays(Relayed):
    GUARD: ClassVar[str] = "*.*.v1.*"
    VALUE: ClassVar[str] = "kind"

    source: Literal["urn:zones:notifier"] = "urn:zones:notifier"


class NoticeSent(NotifierSays):
    FAMILY: ClassVar[str] = "notice.sent.v1"

    type: Literal["zones.notice.sent.v1"] = "zones.notice.sent.v1"
    data: Notice

    @classmethod
    def of(cls, notice: Notice) -> Self:
        said = f"notice.sent/{notice.id}"
        return cls(id=said, subject=notice.recipient, time=notice.decided_at, data=notice)


class NoticeFailed(NotifierSays):
    FAMILY: ClassVar[str] = "notice.failed.v1"

    type: Literal["zones.notice.failed.v1"] = "zones.notice.failed.v1"
    data: Failure

    @classmethod
    def of(cls, failure: Failure) -> Self:
        said = f"notice.failed/{failure.id}/{failure.channel}/{failure.attempts}"
        return cls(id=said, subject=failure.recipient, time=failure.decided_at, data=failure)


class AlertSaid(NotifierSays):
    """Every alert event carries the whole alert, so the newest one tells all."""

    subject: Member
    data: Alert

    @classmethod
    def of(cls, alert: Alert) -> Self:
        said = f"{cls.FAMILY.removesuffix('.v1')}/{alert.id}"
        return cls.model_validate(
            {"id": said, "subject": alert.member, "time": alert.decided_at, "data": alert}
        )


class AlertRaised(AlertSaid):
    FAMILY: ClassVar[str] = "alert.raised.v1"

    type: Literal["zones.alert.raised.v1"] = "zones.alert.raised.v1"


class AlertAtRisk(AlertSaid):
    """Half of the promised time is over."""

    FAMILY: ClassVar[str] = "alert.at_risk.v1"

    type: Literal["zones.alert.at_risk.v1"] = "zones.alert.at_risk.v1"


class AlertBreached(AlertSaid):
    FAMILY: ClassVar[str] = "alert.breached.v1"

    type: Literal["zones.alert.breached.v1"] = "zones.alert.breached.v1"


class AlertResolved(AlertSaid):
    FAMILY: ClassVar[str] = "alert.resolved.v1"

    type: Literal["zones.alert.resolved.v1"] = "zones.alert.resolved.v1"


AnyNotice = Annotated[
    NoticeSent | NoticeFailed | AlertRaised | AlertAtRisk | AlertBreached | AlertResolved,
    Field(discriminator="type"),
]
NOTICE: Final[TypeAdapter[AnyNotice]] = TypeAdapter(AnyNotice, config=AT_FIRST_USE)
