"""What the generated organisation makes of its own pieces: colleagues share them and answer to
them, readers are counted, and some of what comes of a piece comes through somebody's share.
"""

import random
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

Entry: TypeAlias = tuple[datetime, str, dict[str, Any]]

FRESH: Final = timedelta(days=21)
"""For so long after a piece is out, colleagues come upon it."""
COUNTED: Final = (timedelta(days=7), timedelta(days=28))
"""After such times the platform tells how many have read it."""
NOTICED = 0.3
THROUGH_A_SHARE = 0.6


class Diary(Protocol):
    member: str
    events: list[Entry]

    def note(self, when: datetime, kind: str, **data: object) -> None: ...


class Piece(NamedTuple):
    published: datetime
    author: str
    object: dict[str, Any]


def spread(diaries: Sequence[Diary], seed: str) -> None:
    """Let some of what members share and answer to be their colleagues' pieces."""
    pieces = sorted(
        (
            Piece(when, diary.member, data["object"])
            for diary in diaries
            for when, kind, data in diary.events
            if kind == "publish"
        ),
        key=lambda piece: (piece.published, piece.author),
    )
    shares = _notice(diaries, pieces, seed)
    for diary in diaries:
        _count_readers(diary, [it for it in pieces if it.author == diary.member], seed)
        _thank(diary, shares, seed)


def _notice(
    diaries: Iterable[Diary], pieces: Sequence[Piece], seed: str
) -> dict[str, list[tuple[datetime, str]]]:
    """Return who shared which piece, and when."""
    times = [piece.published for piece in pieces]
    shares: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for diary in diaries:
        rng = random.Random(f"{seed}:{diary.member}:notices")
        for when, kind, data in sorted(diary.events, key=lambda entry: entry[0]):
            if kind not in {"share", "quote", "comment"} or rng.random() > NOTICED:
                continue
            fresh = pieces[bisect_left(times, when - FRESH) : bisect_left(times, when)]
            others = [piece for piece in fresh if piece.author != diary.member]
            if not others:
                continue
            piece = rng.choice(others)
            data |= {"object": piece.object, "target": piece.author}
            if kind != "comment":
                shares[piece.object["id"]].append((when, diary.member))
    return shares


def _count_readers(diary: Diary, pieces: Iterable[Piece], seed: str) -> None:
    rng = random.Random(f"{seed}:{diary.member}:readers")
    for piece in pieces:
        readers = round(40 * rng.paretovariate(1.6))
        for after in COUNTED:
            named = {"id": piece.object["id"], "url": piece.object["url"]}
            diary.note(piece.published + after, "performance", object=named, readers=readers)
            readers += round(readers * rng.random())


def _thank(diary: Diary, shares: dict[str, list[tuple[datetime, str]]], seed: str) -> None:
    """Say of what came of a piece through whose share it came."""
    rng = random.Random(f"{seed}:{diary.member}:thanks")
    for when, kind, data in diary.events:
        if kind != "outcome":
            continue
        before = [who for shared, who in shares[data["object"]["id"]] if shared < when]
        if before and rng.random() < THROUGH_A_SHARE:
            data["via"] = rng.choice(before)
