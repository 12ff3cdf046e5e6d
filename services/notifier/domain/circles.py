"""Circles: four or five of the socially engaged who share a topic are proposed to meet.

They are to read each other and to talk. What they make of it is theirs: nobody is asked to like or
to share what another wrote.

Topic after topic, from the one that the fewest share, so that whoever cares about little is not
passed over for those who care about much. Of those who share it, whoever was in the fewest circles
lately comes first. They are seated one after the other where they have met the fewest, and then
changed about as long as any two who change places make fewer meet again.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations
from typing import Final, TypeAlias

from services.notifier.domain.engaged import Engaged
from services.notifier.domain.notices import Notice

SMALLEST: Final = 4
LARGEST: Final = 5

Met: TypeAlias = Counter[frozenset[str]]
"""How often two have been in a circle together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CircleProposed:
    """`month` is its first day, `number` tells the circles of a month apart."""

    month: date
    number: int
    topic: str
    members: tuple[str, ...]
    at: datetime


def stream(month: date) -> str:
    return f"circles/{month:%Y-%m}"


def proposed(
    engaged: Engaged, before: Sequence[AbstractSet[str]], month: date, at: datetime
) -> list[CircleProposed]:
    """Return the circles of a month. `before` are those of the months in which nobody is to meet
    the same people again.
    """
    caring = {who: member.cares for who, member in engaged.willing("circle").items()}
    return [
        CircleProposed(month=month, number=number, topic=topic, members=members, at=at)
        for number, (topic, members) in enumerate(arranged(caring, before), 1)
    ]


def arranged(
    caring: Mapping[str, AbstractSet[str]], before: Sequence[AbstractSet[str]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield circles with their topics, of members and what they care about."""
    met: Met = Counter(frozenset(two) for circle in before for two in combinations(circle, 2))
    seated = Counter(member for circle in before for member in circle)
    free = dict(caring)
    while (topic := _rarest(free.values())) is not None:
        sharing = sorted(
            (who for who, cares in free.items() if topic in cares),
            key=lambda who: (seated[who], who),
        )
        for circle in seating(sharing, met):
            yield topic, tuple(sorted(circle))
            for member in circle:
                del free[member]


def seating(members: Sequence[str], met: Met) -> list[list[str]]:
    """Return circles of members, those who come first before the others. Three of them are left
    over at most, and none of twelve or more.
    """
    sizes = _sizes(len(members))
    circles: list[list[str]] = [[] for _ in sizes]
    for member in members[: sum(sizes)]:
        with_room = [it for it, size in zip(circles, sizes, strict=True) if len(it) < size]
        min(with_room, key=lambda circle: (_again(member, circle, met), len(circle))).append(member)
    _change_about(circles, list(members[sum(sizes) :]), met)
    return circles


def _rarest(cares: Iterable[AbstractSet[str]]) -> str | None:
    """Return of the topics that enough people share the one that the fewest do."""
    sharing = Counter(topic for topics in cares for topic in topics)
    enough = {topic: number for topic, number in sharing.items() if number >= SMALLEST}
    return min(enough, key=lambda topic: (enough[topic], topic), default=None)


def _sizes(members: int) -> list[int]:
    """Return as many fours as there can be, of which some become fives."""
    number = members // SMALLEST
    larger = min(members - number * SMALLEST, number)
    return [LARGEST] * larger + [SMALLEST] * (number - larger)


def _change_about(circles: Sequence[list[str]], left_over: list[str], met: Met) -> None:
    """Let two change places, or one with somebody left over, while that makes fewer meet again."""
    seats = [(circle, place) for circle in circles for place in range(len(circle))]
    seats += [(left_over, place) for place in range(len(left_over))]

    def again(circle: list[str], place: int, member: str) -> int:
        if circle is left_over:
            return 0
        return _again(member, (it for at, it in enumerate(circle) if at != place), met)

    changed = True
    while changed:
        changed = False
        for (one, here), (two, there) in combinations(seats, 2):
            if one is two:
                continue
            now = again(one, here, one[here]) + again(two, there, two[there])
            if now and now > again(one, here, two[there]) + again(two, there, one[here]):
                one[here], two[there] = two[there], one[here]
                changed = True


def _again(member: str, others: Iterable[str], met: Met) -> int:
    return sum(met[frozenset((member, other))] for other in others)


def of_circle(circle: CircleProposed) -> Iterator[Notice]:
    """Propose a circle to each who would be in it. The cause is the month."""
    for member in circle.members:
        others = [it for it in circle.members if it != member]
        yield Notice(
            kind="circle",
            recipient=member,
            cause=stream(circle.month),
            at=circle.at,
            facts={"topic": circle.topic, "others": ", ".join(others)},
        )
