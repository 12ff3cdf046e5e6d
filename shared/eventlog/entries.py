"""What goes into a log, and what comes out.

An entry is an event about to be appended to a stream. Recorded, it has a position in the log
and a version in its stream, both gapless and from 1, and never changes again.
"""

from typing import NamedTuple


class Entry(NamedTuple):
    """`key` makes the entry unique in the log for ever: the event key of what caused it."""

    stream: str
    event: object
    key: str | None = None


class Recorded(NamedTuple):
    """One row of the log, in the order of its columns; `Codec.decode` makes the event of it.

    `recorded_at` is milliseconds since 1970 by the machine's clock: for people, never folded.
    """

    position: int
    stream: str
    version: int
    type: str
    schema: int
    key: str | None
    body: bytes
    recorded_at: int
