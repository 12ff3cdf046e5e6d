"""How people can be told: over which channels somebody hears, and wants to."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from services.notifier.domain.kinds import ADDRESSED, Channel, Kind
from services.notifier.domain.notices import Notice, NoticeSent


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


Event: TypeAlias = KindStopped | KindResumed | ReceiverGone | ReceiverBack


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
