"""What members did with pieces and topics, and what was measured of their work, as it was heard.

An act stands until it is taken back, and one that was taken back before never was. An act that
shows nothing but that an account is used is recorded once a day, if it is the newest.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, TypeAlias

PUBLISH: Final = "publish"
SHARES: Final = ("share", "quote")
OWN_WORDS: Final = ("quote", "post", "comment", "publish")
TELLING: Final = ("share", "quote", "post", "comment", "publish")
"""Kinds of which every act counts for something, whatever its topics."""

Outcome: TypeAlias = Literal["lead", "download", "conversation", "speaking", "inbound"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """`act` is what a retraction calls it by. `piece` is what it was about; `alias` is what a piece
    with an address of its own is called by whoever knows only its id.
    """

    act: str
    kind: str
    source: str
    at: datetime
    historical: bool = False
    object: str | None = None
    piece: str | None = None
    alias: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRecorded:
    """`heard` is when by the log's clock. `suggestion` is the notice that brought it about."""

    act: Act
    heard: datetime
    topics: tuple[str, ...] = ()
    suggestion: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceptionMeasured:
    """How a piece is doing by now; a later count replaces it."""

    act: Act
    heard: datetime
    readers: int | None = None
    likes: int | None = None
    shares: int | None = None
    comments: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeReported:
    act: Act
    heard: datetime
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRetracted:
    """What the member did in this way with an object of the platform's is taken back, up to and
    at `until`.
    """

    kind: str
    source: str
    object: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentOffered:
    """The organisation has something for its members: to share, or to learn from."""

    piece: str
    kind: str | None
    at: datetime
    historical: bool
    title: str | None
    url: str | None
    topics: tuple[str, ...]
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLinked:
    """Or no longer, where not `linked`. The later word counts, and `key` breaks ties."""

    platform: str
    account: str
    linked: bool
    at: datetime
    key: str


Recorded: TypeAlias = ActRecorded | ReceptionMeasured | OutcomeReported
Event: TypeAlias = Recorded | ContentOffered | AccountLinked


def tells(fact: Recorded, seen: date | None) -> bool:
    """Say whether a fact is worth an entry. `seen` is the last day on which we know of an act of
    the member's on that platform.
    """
    if not isinstance(fact, ActRecorded):
        return True
    telling = bool(fact.topics or fact.suggestion) or fact.act.kind in TELLING
    return telling or seen is None or fact.act.at.date() > seen
