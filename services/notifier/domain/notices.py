"""What is said to a person, once for each cause, kind and recipient, and what becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from services.notifier.domain.kinds import Channel, Kind

Fact: TypeAlias = str | int | float | bool | tuple[str, ...] | None
Facts: TypeAlias = Mapping[str, Fact]


def stream(recipient: str) -> str:
    return f"notices/{recipient}"


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
class DeliveryDropped:
    """It goes over a channel no more, since nobody wants it or it is over: `why` is a word. Of that
    nobody has to hear: nothing failed.
    """

    id: str
    channel: Channel
    why: str
    attempts: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRead:
    id: str


Event: TypeAlias = NoticeSent | NoticeDelivered | NoticeFailed | DeliveryDropped | NoticeRead
