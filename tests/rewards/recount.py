"""Everybody's impact by brute force, from the set of events: no streams, states or tables."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from services.rewards.domain.rules import Rules
from shared.contracts.activity import (
    Comment,
    Happened,
    MemberDeparted,
    Outcome,
    Performance,
    Publish,
    Quote,
    Retract,
    Share,
)
from shared.contracts.pieces import identity

COUNTED = (Publish, Share, Quote, Comment, Performance, Outcome)


def impact(events: Sequence[Happened], rules: Rules, period: str) -> dict[str, int]:
    """Return the scores above 0 of those who are there, in thousandths of a point."""
    departed = {it.subject for it in events if isinstance(it, MemberDeparted)}
    scores: Counter[str] = Counter()
    for (member, _, when, role, what), count in counts(events, rules).items():
        if when == period:
            score = count * rules.impact.weights.get(what, 0)
            scores[member] += score * rules.assist.percent // 100 if role == "assist" else score
    return {who: score for who, score in scores.items() if score > 0 and who not in departed}


def counts(events: Sequence[Happened], rules: Rules) -> Counter[tuple[str, str, str, str, str]]:
    """Return how many of what, by member, piece, period, role."""
    standing, counting = _standing(events), _counting(events, rules)
    names = _names(standing)
    pieces: dict[str, list[Happened]] = defaultdict(list)
    for event in standing:
        pieces[_piece(event, names)].append(event)
    told: Counter[tuple[str, str, str, str, str]] = Counter()
    for piece, about in pieces.items():
        author = next((it.subject for it in about if isinstance(it, Publish)), None)
        for who, when, role, what, count in _of_piece(about, author, counting, rules):
            told[who, piece, when, role, what] += count
    return told


def firsts(events: Sequence[Happened], rules: Rules) -> Iterator[tuple[str, str, str]]:
    """Yield which firsts stand: of whom, and of what. A piece is only its first author's."""
    counting, names = _counting(events, rules), _names(_standing(events))
    published = authors(events)
    for first in rules.firsts:
        for it in counting:
            own = not isinstance(it, Publish) or published[_piece(it, names)] == it.subject
            if it.kind in first.of and own:
                yield it.subject, "first", first.name


def assists(events: Sequence[Happened], rules: Rules) -> Iterator[tuple[str, str, str]]:
    """Yield which assists stand: by the outcome that came through somebody."""
    known, names = authors(events), _names(_standing(events))
    for it in _counting(events, rules):
        if isinstance(it, Outcome) and it.data.outcome in rules.assist.of:
            credited = known.get(_piece(it, names), it.subject)
            via = it.data.via
            if via and ":" not in via and via != credited:
                yield via, "assist", it.key


def authors(events: Sequence[Happened]) -> dict[str, str]:
    """Return whose each piece is: whoever published it first, under any of its names."""
    standing = _standing(events)
    names = _names(standing)
    first: dict[str, str] = {}
    for it in standing:
        if isinstance(it, Publish):
            first.setdefault(_piece(it, names), it.subject)
    return first


def _counting(events: Sequence[Happened], rules: Rules) -> list[Happened]:
    standing = _standing(events)
    return [it for it in standing if not _beyond_cap(it, standing, rules)]


def _standing(events: Sequence[Happened]) -> list[Happened]:
    standing = [it for it in events if isinstance(it, COUNTED) and not _taken_back(it, events)]
    return sorted(standing, key=_order)


def _of_piece(
    about: Sequence[Any], author: str | None, counting: Sequence[Happened], rules: Rules
) -> Iterator[tuple[str, str, str, str, int]]:
    snapshots = [it for it in about if isinstance(it, Performance)]
    for what in ("readers", "shares"):
        for source in {it.source for it in snapshots}:
            line = [
                it for it in snapshots if it.source == source and getattr(it.data, what) is not None
            ]
            periods = {_period(it): it for it in line}
            before = 0
            for period, last in sorted(periods.items()):
                count = getattr(last.data, what)
                yield author or last.subject, period, "author", what[:-1], count - before
                before = count
    for it in about:
        if it not in counting or not isinstance(it, Outcome):
            continue
        credited = author or it.subject
        yield credited, _period(it), "author", it.data.outcome, 1
        via = it.data.via
        if via and ":" not in via and via != credited:
            yield via, _period(it), "assist", it.data.outcome, 1
    if author is not None:
        yield from _echoes(about, author, counting, snapshots, rules)


def _echoes(
    about: Sequence[Any],
    author: str,
    counting: Sequence[Happened],
    snapshots: Sequence[Performance],
    rules: Rules,
) -> Iterator[tuple[str, str, str, str, int]]:
    told_by = {it.source for it in snapshots if it.data.shares is not None}
    people: Counter[tuple[str, str, str]] = Counter()
    for it in about:
        what = "comment" if isinstance(it, Comment) else "share"
        if not isinstance(it, Comment | Share | Quote) or it.subject == author:
            continue
        if it not in counting or (what == "share" and it.source in told_by):
            continue
        people[it.subject, what, _period(it)] += 1
    for (_, what, period), number in people.items():
        yield author, period, "author", what, min(number, rules.impact.repeats)


def _taken_back(event: Happened, events: Iterable[Happened]) -> bool:
    return any(
        (other.subject, other.source) == (event.subject, event.source)
        and (
            other.data.retracts == event.id
            if other.data.retracts is not None
            else other.data.kind == event.kind
            and _object(event) is not None
            and other.data.object is not None
            and other.data.object.id == _object(event).id
            and event.time <= other.time
        )
        for other in events
        if isinstance(other, Retract)
    )


def _beyond_cap(event: Happened, standing: Iterable[Happened], rules: Rules) -> bool:
    word = _word(event)
    same = [
        it
        for it in standing
        if (it.subject, _word(it), it.time.date()) == (event.subject, word, event.time.date())
    ]
    return same.index(event) >= rules.caps.get(word, len(same))


def _word(event: Happened) -> str:
    return event.data.outcome if isinstance(event, Outcome) else event.kind


def _names(standing: Iterable[Happened]) -> dict[str, str]:
    """Return the pieces that are known by what a platform calls them: of the first who said so."""
    names: dict[str, str] = {}
    for event in standing:
        if isinstance(event, Publish) and event.data.object.url is not None:
            names.setdefault(
                f"{event.platform}:{event.data.object.id}",
                identity(event.platform, event.data.object.id, event.data.object.url),
            )
    return names


def _piece(event: Happened, names: dict[str, str]) -> str:
    on = _object(event)
    if on is None:
        return event.key
    name = identity(event.platform, on.id, on.url)
    return names.get(name, name)


def _object(event: Happened) -> Any:  # noqa: ANN401 - whatever its kind says it is about
    return getattr(event, "data").object  # noqa: B009 - every kind that is counted has one


def _order(event: Happened) -> tuple[Any, str]:
    return event.time, event.key


def _period(event: Happened) -> str:
    """By UTC, as the rules have it here."""
    return f"{event.time:%Y}H{1 if event.time.month <= 6 else 2}"
