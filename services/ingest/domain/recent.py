"""What was said lately, so that a second sending is answered at once and never twice published.

The broker's duplicate window and the classifier's log catch what is forgotten here.
"""

from enum import Enum, auto
from typing import Final

ACKNOWLEDGED: Final = b"!"
SENT: Final = b"?"
CONTENT: Final = 12
"""So many bytes of a digest are of what an event says; any that follow are of whose it is."""


class Seen(Enum):
    """`SENT` went out with the same content, and its acknowledgement has not come."""

    NEVER = auto()
    SENT = auto()
    SAME = auto()
    OTHER = auto()


class RecentKeys:
    """Between half of `limit` and all of it: the newest event keys, and what each of them said.

    They stand in two generations. When the young one is full it becomes the old one, and what was
    in the old one is forgotten, which costs nothing and keeps every entry to about 200 bytes.
    """

    def __init__(self, limit: int) -> None:
        self._generation = limit // 2
        self._young: dict[bytes, bytes] = {}
        self._old: dict[bytes, bytes] = {}

    def seen(self, key: str, digest: bytes) -> Seen:
        """What was sent and never acknowledged is no reason to refuse anything else."""
        short = bytes.fromhex(key)
        said = self._young.get(short) or self._old.get(short)
        if said is None:
            return Seen.NEVER
        same = alike(said[:-1], digest)
        if said.endswith(ACKNOWLEDGED):
            return Seen.SAME if same else Seen.OTHER
        return Seen.SENT if same else Seen.NEVER

    def send(self, key: str, digest: bytes) -> None:
        """Note what is about to be sent."""
        self._note(key, digest + SENT)

    def acknowledge(self, key: str, digest: bytes) -> None:
        """Note what the bus has."""
        self._note(key, digest + ACKNOWLEDGED)

    def forget(self, key: str) -> None:
        self._young.pop(bytes.fromhex(key), None)
        self._old.pop(bytes.fromhex(key), None)

    def _note(self, key: str, said: bytes) -> None:
        if self._generation == 0:
            return
        self._young[bytes.fromhex(key)] = said
        if len(self._young) >= self._generation:
            self._young, self._old = {}, self._young


def alike(one: bytes, other: bytes) -> bool:
    """Say whether two events of one key say the same. What was said of an account can have been
    said of any member.
    """
    known = one[CONTENT:] and other[CONTENT:]
    return one == other if known else one[:CONTENT] == other[:CONTENT]
