"""A new piece is announced to whoever listens."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from services.notifier.domain.audience import PieceRecorded
from services.notifier.domain.notices import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Somebody to whom a piece is announced: a follower of its author, or interested in `topic`,
    on which they did so many `acts` lately.
    """

    member: str
    topic: str | None = None
    acts: int = 0


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
