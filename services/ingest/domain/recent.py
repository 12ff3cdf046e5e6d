"""What was said lately, so that a second sending is answered at once and never twice published.

The broker's duplicate window and the classifier's log catch what is forgotten here.
"""

from collections import OrderedDict
from enum import Enum, auto


class Seen(Enum):
    """`SENT` went out with the same content, and its acknowledgement has not come."""

    NEVER = auto()
    SENT = auto()
    SAME = auto()
    OTHER = auto()


class RecentKeys:
    """The newest event keys and a digest of what each one said, at most `limit` of them."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._said: OrderedDict[str, tuple[bytes, bool]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._said)

    def seen(self, key: str, digest: bytes) -> Seen:
        """What was sent and never acknowledged is no reason to refuse anything else."""
        said, acknowledged = self._said.get(key, (None, False))
        if acknowledged:
            return Seen.SAME if said == digest else Seen.OTHER
        return Seen.SENT if said == digest else Seen.NEVER

    def send(self, key: str, digest: bytes) -> None:
        """Note what is about to be sent."""
        self._note(key, digest, acknowledged=False)

    def acknowledge(self, key: str, digest: bytes) -> None:
        """Note what the bus has."""
        self._note(key, digest, acknowledged=True)

    def forget(self, key: str) -> None:
        self._said.pop(key, None)

    def _note(self, key: str, digest: bytes, *, acknowledged: bool) -> None:
        self._said[key] = (digest, acknowledged)
        self._said.move_to_end(key)
        if len(self._said) > self._limit:
            self._said.popitem(last=False)
