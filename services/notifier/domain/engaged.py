"""The socially engaged: what they care about, and how often they have been asked for something.

To be asked is an honour and a burden. Whoever was asked least lately comes first, and whoever
wants to be asked no more is not.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from services.notifier.domain.audience import Member, topic_of
from services.notifier.domain.kinds import Kind

ENGAGED: Final = "socially_engaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Engaged:
    """`members` are those who are socially engaged and there, `asked` is when they were asked for
    something lately, and `unwilling` who wants to hear no more of what.
    """

    members: Mapping[str, Member] = field(default_factory=lambda: MappingProxyType({}))
    asked: Mapping[str, tuple[datetime, ...]] = field(default_factory=lambda: MappingProxyType({}))
    unwilling: AbstractSet[tuple[str, Kind]] = frozenset()

    def willing(self, kind: Kind) -> dict[str, Member]:
        return {who: it for who, it in self.members.items() if (who, kind) not in self.unwilling}

    def ask(self, members: Iterable[str], at: datetime) -> "Engaged":
        """Return what is known once these have been asked."""
        more = {who: (*self.asked.get(who, ()), at) for who in members}
        return replace(self, asked={**self.asked, **more})

    def asks(self, member: str, since: datetime) -> list[datetime]:
        return sorted(at for at in self.asked.get(member, ()) if at > since)

    def least_asked(self, members: Iterable[str], since: datetime) -> list[str]:
        """Return first who was asked least since, and among them whose last ask is longest ago."""

        def burden(member: str) -> tuple[int, list[datetime], str]:
            asks = self.asks(member, since)
            return len(asks), asks[-1:], member

        return sorted(members, key=burden)


def interested(member: Member, topic: str) -> bool:
    return topic_of(topic) in member.cares
