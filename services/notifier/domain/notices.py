"""What is said to a person: once for each cause, kind and recipient.

A notice follows from something that has been recorded; here is what follows from what, and to
whom. A further kind is another case here, its words in `wording`, its rules in notices.toml.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias, get_args

from services.notifier.domain.alerts import (
    Alert,
    AlertAtRisk,
    AlertBreached,
    AlertEvent,
    AlertRaised,
)
from services.notifier.domain.audience import ORGANISATION, MemberMoved, PieceRecorded
from services.notifier.domain.engaged_rules import EngagedRules
from services.notifier.domain.interest import Fading
from services.notifier.domain.manners import Manners
from services.notifier.domain.occasions import Rhythm
from services.notifier.domain.promises import Promise
from services.notifier.domain.steps import DigestTo, Nudging, Suggesting
from services.notifier.domain.waiting import Answering
from services.notifier.domain.working_hours import WorkingHours

Kind: TypeAlias = Literal[
    "fast_track_granted",
    "fast_track_ended",
    "fast_track_alert",
    "fast_track_at_risk",
    "fast_track_breached",
    "draft_received",
    "draft_queue",
    "voice_check",
    "voice_answer",
    "announcement",
    "recognition",
    "topic_request",
    "topic_result",
    "circle",
    "talk",
    "retention_care",
    "follow_suggestion",
    "share_suggestion",
    "nudge",
    "account_dormant",
    "warning",
    "warning_over",
    "impact_summary",
    "organisation_digest",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

ALERTS: Final[tuple[Kind, ...]] = ("fast_track_alert", "fast_track_at_risk", "fast_track_breached")
"""Their cause is an alert, which whoever is told may take up."""

ASKS: Final[tuple[Kind, ...]] = ("topic_request", "circle", "talk")
"""Whoever stops one of them is not asked any more, by whatever way."""

CONFIDENTIAL: Final[tuple[Kind, ...]] = ("retention_care",)
"""Nobody but the recipient hears that they were told."""

Channel: TypeAlias = Literal["inbox", "email", "chat", "webhook"]
CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)
ADDRESSED: Final[tuple[Channel, ...]] = ("email", "chat")
"""Those that need an address of the recipient's."""

Fact: TypeAlias = str | int | float | bool | tuple[str, ...] | None
Facts: TypeAlias = Mapping[str, Fact]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`promises` are by zone: who is in one of them is on the fast track. `channels` are by kind,
    `retries` by channel: the pauses after each failure.
    """

    promises: Mapping[str, Promise]
    answering: Answering
    rhythm: Rhythm
    channels: Mapping[Kind, tuple[Channel, ...]]
    manners: Manners
    retries: Mapping[Channel, tuple[timedelta, ...]]
    interest: Fading
    most_recipients: int
    """Of one announcement; followers come first."""
    suggesting: Suggesting
    nudging: Nudging
    digest_to: DigestTo
    engaged: EngagedRules
    hours: WorkingHours | None = None
    """Without them all hours are worked."""

    def promise(self, zone: str | None) -> Promise | None:
        return None if zone is None else self.promises.get(zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """`cause` names the event or the occasion, `facts` are what its words are made of, `about` is
    the member it speaks of if that is somebody else, and `due_at` when what it asks for was
    promised. `at_once`: it waits for no digest, even if its kind does.
    """

    kind: Kind
    recipient: str
    cause: str
    at: datetime
    facts: Facts
    about: str | None = None
    due_at: datetime | None = None
    at_once: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSent:
    """It is in the recipient's inbox, and on its way over the other channels. `at` is when, None
    where that is when it was decided. `week` is the one of whose attention it takes, if it does,
    and `digest` is the first of those that were sent together, if there were several.
    """

    id: str
    notice: Notice
    channels: tuple[Channel, ...]
    at: datetime | None = None
    week: str | None = None
    digest: str | None = None

    @property
    def sent_at(self) -> datetime:
        return self.at or self.notice.at

    @property
    def counts(self) -> bool:
        """Of what is sent together, only the first takes of the recipient's attention."""
        return self.week is not None and self.digest in {None, self.id}


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeDelivered:
    id: str
    channel: Channel
    attempts: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFailed:
    """Nobody will try again. `problem` is a word for what was wrong."""

    id: str
    notice: Notice
    channels: tuple[Channel, ...]
    channel: Channel
    problem: str
    attempts: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRead:
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KindStopped:
    """A member wants no more of a kind over a channel."""

    kind: Kind
    channel: Channel
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KindResumed:
    kind: Kind
    channel: Channel
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverGone:
    """Whoever is at the other end of a channel wants nothing any more. `receiver` tells them from
    whoever may be there later.
    """

    channel: Channel
    receiver: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverBack:
    channel: Channel
    at: datetime


Event: TypeAlias = (
    NoticeSent
    | NoticeDelivered
    | NoticeFailed
    | NoticeRead
    | KindStopped
    | KindResumed
    | ReceiverGone
    | ReceiverBack
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How people can be told: who has an address for a channel, who wants no more of what, and
    which channels have nobody at the other end.
    """

    addressed: AbstractSet[tuple[str, Channel]] = frozenset()
    stopped: AbstractSet[tuple[str, Kind, Channel]] = frozenset()
    gone: AbstractSet[Channel] = frozenset()

    def of(self, sent: NoticeSent) -> NoticeSent:
        """Return a notice with those of its channels that lead to somebody."""
        leading = (it for it in sent.channels if self.obstacle(sent.notice, it) is None)
        return replace(sent, channels=tuple(leading))

    def obstacle(self, notice: Notice, channel: Channel) -> str | None:
        """Return a word for why a notice cannot go over a channel."""
        to = notice.recipient
        if channel in self.gone:
            return "receiver_gone"
        if (to, notice.kind, channel) in self.stopped:
            return "not_wanted"
        if channel in ADDRESSED and (to, channel) not in self.addressed:
            return "no_address"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Somebody to whom a piece is announced: a follower of its author, or interested in `topic`,
    on which they did so many `acts` lately.
    """

    member: str
    topic: str | None = None
    acts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """Name, why and link are the rule's own words, where it has any. `public`: the member agrees to
    be named to others.
    """

    kind: str
    name: str | None = None
    why: str | None = None
    link: str | None = None
    public: bool = False


def stream(recipient: str) -> str:
    return f"notices/{recipient}"


def of_move(
    moved: MemberMoved, rules: Rules, editors: Iterable[str], now: datetime
) -> Iterator[Notice]:
    """Say that the fast track begins or ends: to the member, and to the editors."""
    promise, before = rules.promise(moved.zone), rules.promise(moved.before)
    if moved.historical or bool(promise) == bool(before):
        return
    kind: Kind = "fast_track_granted" if promise else "fast_track_ended"
    facts: Facts = (
        {"minutes": promise.minutes, "worked": promise.hours is not None} if promise else {}
    )
    if moved.zone is not None:  # who has left is not written to
        yield Notice(kind=kind, recipient=moved.member, cause=moved.cause, at=now, facts=facts)
    for editor in editors:
        yield Notice(
            kind=kind,
            recipient=editor,
            cause=moved.cause,
            at=now,
            facts=facts,
            about=moved.member,
        )


def of_alert(event: AlertEvent) -> Iterator[Notice]:
    """Say to the editors what they owe, and to whom it is escalated that it is late. The cause is
    the alert.
    """
    alert = event.alert
    kind: Kind
    match event:
        case AlertRaised():
            kind, to = "fast_track_alert", alert.to
        case AlertAtRisk():
            kind, to = "fast_track_at_risk", alert.to
        case AlertBreached():
            kind, to = "fast_track_breached", alert.escalated_to
        case _:
            return
    for recipient in to:
        yield Notice(
            kind=kind,
            recipient=recipient,
            cause=alert.id,
            at=event.at,
            facts=_of_draft(alert),
            about=alert.member,
            due_at=alert.due_at,
        )


def of_piece(
    piece: PieceRecorded, listeners: Iterable[Listener], now: datetime, *, at_once: bool = False
) -> Iterator[Notice]:
    """Announce a new piece. The cause is the piece, wherever else it comes to be published."""
    if piece.historical:
        return
    for listener in listeners:
        yield Notice(
            kind="announcement",
            recipient=listener.member,
            cause=piece.piece,
            at=now,
            facts={
                "title": piece.title,
                "url": piece.url,
                "topic": listener.topic,
                "acts": listener.acts,
            },
            about=piece.member,
            at_once=at_once,
        )


def of_recognition(
    member: str, cause: str, recognition: Recognition, at: datetime
) -> Iterator[Notice]:
    """Say it to the member, and to the organisation where the member agrees."""
    facts: Facts = {
        "what": recognition.kind,
        "name": recognition.name,
        "reason": recognition.why,
        "link": recognition.link,
    }
    yield Notice(kind="recognition", recipient=member, cause=cause, at=at, facts=facts)
    if recognition.public:
        yield Notice(
            kind="recognition",
            recipient=ORGANISATION,
            cause=cause,
            at=at,
            facts=facts,
            about=member,
        )


def _of_draft(alert: Alert) -> Facts:
    work = alert.work
    return {
        "draft": alert.draft_id,
        "title": work.title if work else None,
        "url": work.url if work else None,
        "minutes": alert.promised_minutes,
    }
