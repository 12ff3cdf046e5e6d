"""What somebody might share or whom they might follow, by what interests them: looked for in the
morning.

Few at a time, nothing that they know, and less often while they leave it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from services.notifier.domain.audience import FIRST_ZONE
from services.notifier.domain.interest import Fading, Interests, match
from services.notifier.domain.notices import Notice
from services.notifier.domain.steps import Source, Suggesting

FIRST_PAUSE: Final = 1
DAY: Final = timedelta(days=1)


class Item(NamedTuple):
    """A new piece of a member's, or something the organisation offers: then it has no author."""

    piece: str
    author: str | None
    at: datetime
    title: str | None
    url: str | None
    topics: tuple[str, ...]


class Round(NamedTuple):
    """When something was suggested last, for how many days it was to do, and whether it was taken
    up.
    """

    at: datetime
    pause: int
    taken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """`sharers` are those who are there. `known` are members and pieces: what they shared, or were
    asked to.
    """

    sharers: Collection[str] = ()
    items: Collection[Item] = ()
    interests: Interests = field(default_factory=dict)
    known: AbstractSet[tuple[str, str]] = frozenset()
    rounds: Mapping[str, Round] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """`readers` are consumers and sharers who are there, by their zones; `authors` are the pieces
    of those who may be followed. `follows` are members and whom they follow, `creators` are all
    who ever published. `known` are members and what they were asked to follow; `asked` is when.
    """

    readers: Mapping[str, str] = field(default_factory=dict)
    authors: Collection[Item] = ()
    interests: Interests = field(default_factory=dict)
    follows: AbstractSet[tuple[str, str]] = frozenset()
    follow_creators: AbstractSet[str] = frozenset()
    known: AbstractSet[tuple[str, str]] = frozenset()
    asked: Mapping[str, datetime] = field(default_factory=dict)


def pause_of(last: Round | None, now: datetime, rules: Suggesting) -> int | None:
    """Return the days until the next round if one is due, None if none is."""
    if last is None:
        return FIRST_PAUSE
    wait = FIRST_PAUSE if last.taken else last.pause
    if round((now - last.at) / DAY) < wait:
        return None
    return FIRST_PAUSE if last.taken else min(2 * last.pause, rules.longest_pause)


def of_sharing(
    known: Sharing, now: datetime, rules: Suggesting, fading: Fading
) -> Iterator[Notice]:
    """Suggest to sharers what interests them most. The cause is the piece."""
    for member in sorted(known.sharers):
        pause = pause_of(known.rounds.get(member), now, rules)
        if pause is None:
            continue
        fitting = [
            (found, item)
            for item in known.items
            if item.author != member and (member, item.piece) not in known.known
            if (found := match(known.interests.get(member, {}), item.topics, fading.least))
        ]
        fitting.sort(key=lambda it: (-it[0].weight, -it[1].at.timestamp(), it[1].piece))
        for found, item in fitting[: rules.most]:
            yield Notice(
                kind="share_suggestion",
                recipient=member,
                cause=item.piece,
                at=now,
                about=item.author,
                facts={
                    "title": item.title,
                    "url": item.url,
                    "topic": found.topic,
                    "acts": found.acts,
                    "pause": pause,
                    "less_often": pause < rules.longest_pause,
                },
            )


class _Follow(NamedTuple):
    weight: int
    target: str
    source: Source | None
    topic: str | None


def follow_rests(last: datetime | None, now: datetime, rules: Suggesting) -> bool:
    """Say whether it is too early to suggest once more whom to follow."""
    return last is not None and round((now - last) / DAY) < rules.follow_every


def of_following(
    known: Following,
    sources: Collection[Source],
    now: datetime,
    rules: Suggesting,
    fading: Fading,
) -> Iterator[Notice]:
    """Suggest to a reader one person to follow, else something outside. The cause is whom."""
    about = _by_topic(known.authors)
    for member, zone in sorted(known.readers.items()):
        if follow_rests(known.asked.get(member), now, rules):
            continue
        alone = zone == FIRST_ZONE and member not in known.follow_creators
        authors = [*_authors(member, known, about, fading, now, rules, alone=alone)]
        outside = [*_outside(member, known, sources, fading)] if alone else []
        for best in sorted(authors or outside, key=lambda it: (-it.weight, it.target))[:1]:
            source = best.source
            yield Notice(
                kind="follow_suggestion",
                recipient=member,
                cause=_cause(best.target),
                at=now,
                about=None if source else best.target,
                facts={
                    "what": source.kind if source else "member",
                    "name": source.name if source else None,
                    "url": source.url if source else None,
                    "topic": best.topic,
                },
            )


def _by_topic(items: Iterable[Item]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        for topic in item.topics:
            found[topic].append(item)
    return found


def _authors(
    member: str,
    known: Following,
    about: Mapping[str, Sequence[Item]],
    fading: Fading,
    now: datetime,
    rules: Suggesting,
    *,
    alone: bool,
) -> Iterator[_Follow]:
    """Whoever published lately what interests the member; to whom follows nobody, also before."""
    interested = known.interests.get(member, {})
    for item in dict.fromkeys(it for topic in sorted(interested) for it in about.get(topic, ())):
        author = item.author
        if author is None or author == member or _is_known(member, author, known):
            continue
        days = rules.authors_of if alone else rules.fresh
        if now - item.at <= days * DAY and (found := match(interested, item.topics, fading.least)):
            yield _Follow(found.weight, author, None, found.topic)


def _outside(
    member: str, known: Following, sources: Iterable[Source], fading: Fading
) -> Iterator[_Follow]:
    """What fits comes first, and what is for everybody fits a little."""
    interested = known.interests.get(member, {})
    for source in sources:
        if source.zone or _is_known(member, source.id, known):
            continue
        if source.target and (member, source.target) in known.follows:
            continue
        found = match(interested, source.topics, fading.least)
        if found:
            yield _Follow(found.weight, source.id, source, found.topic)
        elif not source.topics:
            yield _Follow(0, source.id, source, None)


def _is_known(member: str, target: str, known: Following) -> bool:
    return (member, target) in known.follows or (member, _cause(target)) in known.known


def _cause(target: str) -> str:
    return f"follow/{target}"
