"""What is kept of a report that could not be used: enough to try again, and no keys to anything."""

from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from pydantic_core import to_json

from services.ingest.domain.activity import Named, Skipped
from services.ingest.handlers.intake import Verdict
from services.ingest.handlers.posts import Post
from services.ingest.handlers.reading import Heard
from shared.contracts.envelope import CONTENT_TYPE
from shared.eventlog.parked import Parked

BOT: Final = "bot"
PERSONAL: Final = (
    *("authorization", "cookie", "secret", "signature", "token", "api-key"),
    *("forwarded", "real-ip", "connecting-ip", "client-ip"),
)
"""Headers with these in their names are not kept: they are keys, or tell who is where."""
PACKING: Final = frozenset({"content-encoding", "content-length", "transfer-encoding"})


class Piece(NamedTuple):
    """One thing in a post, whose place is `place`. `alone`: it makes sense without the others."""

    place: int
    heard: Heard | Skipped | Named
    alone: bool


def is_kept(verdict: Verdict) -> bool:
    """Bots are refused for good; everything else that is refused may be mended."""
    return verdict.status == "refused" and not (verdict.reason or "").startswith(f"{BOT}:")


def kept(
    posts: Sequence[Post], pieces: Sequence[Piece], verdicts: Sequence[Verdict]
) -> list[Parked]:
    """Return what is to be parked, in its order: an event alone where that makes sense, else the
    whole post, once and with the first reason.
    """
    found: list[Parked] = []
    whole: dict[int, int] = {}
    more: Tally[int] = Tally()
    for piece, verdict in zip(pieces, verdicts, strict=True):
        if not is_kept(verdict) or not isinstance(piece.heard, Heard):
            continue
        post = posts[piece.place]
        if piece.alone:
            event = to_json(piece.heard.event)
            found.append(_parked(post, verdict, event, {"content-type": CONTENT_TYPE}))
        elif piece.place in whole:
            more[whole[piece.place]] += 1
        else:
            whole[piece.place] = len(found)
            found.append(_parked(post, verdict, post.body, without_secrets(post.headers)))
    for number, others in more.items():
        parked = found[number]
        found[number] = replace(parked, detail=f"{parked.detail}; and {others} more")
    return found


def without_secrets(headers: Mapping[str, str]) -> dict[str, str]:
    """Leave out what is a key, what tells of a person, and what is true of the packed body only."""
    return {
        name: value
        for name, value in headers.items()
        if name.lower() not in PACKING and not any(part in name.lower() for part in PERSONAL)
    }


def _parked(post: Post, verdict: Verdict, body: bytes, headers: Mapping[str, str]) -> Parked:
    reason, _, detail = (verdict.reason or "").partition(": ")
    return Parked(
        reader=post.reader,
        key=post.key,
        reason=reason,
        detail=detail,
        subject=post.subject,
        payload=body,
        headers=headers,
    )
