"""How people want to be told: what the organisation's rules say of each kind, and its members.

A member's own word goes before the rules, except where those say that a kind may not be switched
off, is urgent, or is off for everybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Literal, TypeAlias

from services.notifier.domain.hours import Often, Quiet

How: TypeAlias = Literal["at_once", "digest", "off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a kind is told, and why. What is `urgent` waits for nothing, what is `optional` may be
    switched off, and what is `counted` takes of a member's attention.
    """

    why: str
    how: How = "at_once"
    urgent: bool = False
    optional: bool = True
    counted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """`budget` is how often in a week people in a zone are told what is counted, `wait` how long
    something waits for a week with room.
    """

    kinds: Mapping[str, Manner]
    quiet: Quiet | None
    budget: Mapping[str, int]
    wait: timedelta

    def of(self, kind: str) -> Manner:
        return self.kinds[kind]

    @property
    def off(self) -> list[str]:
        """The kinds that nobody in the organisation is told."""
        return [kind for kind, manner in self.kinds.items() if manner.how == "off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What a member says, where it is not the rules. Whoever is never to be left in peace says so
    by quiet hours from a time to the same.
    """

    kinds: Mapping[str, How] = field(default_factory=lambda: MappingProxyType({}))
    quiet: Quiet | None = None
    often: Often = "day"

    def how(self, kind: str, manner: Manner, *, at_once: bool) -> How:
        """Return how a kind is told. `at_once` is for one notice that the rules do not let wait."""
        if manner.how == "off":
            return "off"
        wish = self.kinds.get(kind)
        if manner.urgent or (wish == "off" and not manner.optional):
            wish = None
        return wish or ("at_once" if at_once or manner.urgent else manner.how)
