"""What came of pieces in a week: for their authors, and for the whole organisation.

Per piece and platform there are its own counts where it gives any, else the acts of others, never
both. What belongs to a week is what was heard in it; history is compared with, and not told.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, NamedTuple, TypeAlias

from services.notifier.domain.audience import ORGANISATION
from services.notifier.domain.notices import Facts, Notice

What: TypeAlias = str
COUNTS: Final[tuple[What, ...]] = ("readers", "likes", "shares", "comments")
RESULTS: Final[tuple[What, ...]] = ("leads", "downloads", "conversations")
OUTCOMES: Final = {
    "lead": "leads",
    "download": "downloads",
    "conversation": "conversations",
    "speaking": "conversations",
    "inbound": "conversations",
}
ECHOES: Final = {"share": "shares", "quote": "shares", "comment": "comments"}
MOST_NAMED: Final = 5


class Piece(NamedTuple):
    """`names` are what it is called by. `fresh` is what came out in this week."""

    piece: str
    author: str
    title: str | None
    url: str | None
    names: frozenset[str]
    historical: bool
    fresh: bool


class Echo(NamedTuple):
    """Somebody did something with a piece in this week, or something came of it."""

    kind: str
    member: str
    source: str
    piece: str | None


class Count(NamedTuple):
    """A platform's count of a piece, in the order of their times. `before` was heard before this
    week, or is history.
    """

    piece: str
    source: str
    before: bool
    counts: Mapping[What, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """`echoes` and `results` are this week's, `counts` are all that platforms ever told of what is
    named in it, from old to new. `pieces` have their own names among theirs; `there` are those who
    can be told, and `everybody` those who are told of all.
    """

    pieces: Collection[Piece] = ()
    echoes: Sequence[Echo] = ()
    results: Sequence[Echo] = ()
    counts: Sequence[Count] = ()
    there: Collection[str] = ()
    everybody: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class _Reached:
    """What came of a piece; of none for what came of an author's work at large."""

    author: str
    piece: Piece | None
    counts: Counter[What] = field(default_factory=Counter)

    @property
    def rank(self) -> tuple[int, ...]:
        """What comes first: results, then what people said and passed on, then readers."""
        return tuple(
            -self.counts[it] for it in (*RESULTS, "comments", "shares", "likes", "readers")
        )


def of_authors(week: Week, on: date, now: datetime) -> Iterator[Notice]:
    """Tell authors what came of their pieces, where something did."""
    by_author: dict[str, list[_Reached]] = {}
    for reached in _reached(week):
        by_author.setdefault(reached.author, []).append(reached)
    for author in sorted(by_author.keys() & {*week.there}):
        best = min(by_author[author], key=_order)
        yield Notice(
            kind="impact_summary",
            recipient=author,
            cause=f"impact_summary/{on}",
            at=now,
            facts={
                "title": best.piece.title if best.piece else None,
                "url": best.piece.url if best.piece else None,
                "pieces": sum(1 for it in by_author[author] if it.piece),
                **_sums(by_author[author]),
            },
        )


def of_organisation(week: Week, on: date, now: datetime) -> Iterator[Notice]:
    """Tell everybody who is to hear it of the week's new pieces, and what came of all."""
    reached = _reached(week)
    counts = {it.piece.piece: it for it in reached if it.piece}
    fresh = sorted(
        (it for it in week.pieces if it.fresh),
        key=lambda it: _order(counts.get(it.piece, _Reached(it.author, it))),
    )
    if not fresh and not reached:
        return
    named = fresh[:MOST_NAMED]
    facts: Facts = {
        "pieces": len(fresh),
        "titles": tuple(it.title or "" for it in named),
        "urls": tuple(it.url or "" for it in named),
        "authors": tuple(it.author for it in named),
        **_sums(reached),
    }
    for recipient in (ORGANISATION, *sorted(week.everybody)):
        yield Notice(
            kind="organisation_digest",
            recipient=recipient,
            cause=f"organisation_digest/{on}",
            at=now,
            facts=facts,
        )


def _order(reached: _Reached) -> tuple[tuple[int, ...], str]:
    return reached.rank, reached.piece.piece if reached.piece else ""


def _sums(reached: Iterable[_Reached]) -> dict[What, int]:
    total: Counter[What] = Counter()
    for each in reached:
        total.update(each.counts)
    return {what: total[what] for what in (*COUNTS, *RESULTS)}


def _reached(week: Week) -> list[_Reached]:
    """Return what has come of pieces and authors of which something has."""
    named = {name: piece for piece in week.pieces for name in piece.names}
    found: dict[tuple[str, str], _Reached] = {}

    def of(author: str, piece: Piece | None) -> Counter[What]:
        key = author, piece.piece if piece else ""
        return found.setdefault(key, _Reached(author, piece)).counts

    counted = set()
    lines: dict[tuple[str, str], list[Count]] = {}
    for count in week.counts:
        if count.piece in named:
            lines.setdefault((named[count.piece].piece, count.source), []).append(count)
    for (name, source), line in lines.items():
        piece = named[name]
        for what in COUNTS:
            values = [count for count in line if what in count.counts]
            if values:
                counted.add((name, source, what))
                of(piece.author, piece)[what] += _growth(values, what, piece)
    for echo in week.echoes:
        about, what = named.get(echo.piece or ""), ECHOES[echo.kind]
        if about is None or echo.member == about.author:
            continue
        if (about.piece, echo.source, what) not in counted:
            of(about.author, about)[what] += 1
    for result in week.results:
        about = named.get(result.piece or "")
        of(about.author if about else result.member, about)[OUTCOMES[result.kind]] += 1
    return [it for it in found.values() if any(it.counts.values())]


def _growth(line: Sequence[Count], what: What, piece: Piece) -> int:
    """Of a piece that is older than what we heard, the first count tells nothing of this week."""
    known = [count.counts[what] for count in line if count.before]
    if all(count.before for count in line):
        return 0
    if not known and piece.historical:
        known = [line[0].counts[what]]
    return max(line[-1].counts[what] - (known[-1] if known else 0), 0)
