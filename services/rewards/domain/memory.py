"""A log that was lost is refilled from what others know. One stream, `_memory`, says how far."""

from dataclasses import dataclass
from typing import Final, TypeAlias

STREAM: Final = "_memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefillBegun:
    """From now on the log is incomplete, and grants nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefillCompleted:
    """All is remembered that was said before: so many messages. Up to `zones`, zone changes are
    history, by their place in the stream.
    """

    said: int
    zones: int


Event: TypeAlias = RefillBegun | RefillCompleted
