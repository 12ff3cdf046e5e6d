"""What interests a member: the topics of what they do, which fade, and those that they declare.

An interest is a sum over acts: half as much for each half-life that has passed since. It is counted
in thousandths of an act of today, so that it is the same whatever the order of the acts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import count, takewhile
from typing import Final, NamedTuple, TypeAlias

WHOLE: Final = 1000
"""What an act of today is worth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fading:
    """`declared` is what a declared topic is worth as long as it is declared, `least` is how much
    is an interest: both in thousandths of an act. The half-life is in days.
    """

    half_life: int
    declared: int
    least: int

    @property
    def days(self) -> int:
        """Return after how many days an act is worth nothing."""
        return len(_worth(self.half_life))

    def worth(self, age: int) -> int:
        """Return what an act is worth so many days later."""
        known = _worth(self.half_life)
        return known[max(age, 0)] if age < len(known) else 0


class Acted(NamedTuple):
    """So many acts of a member's on one day were about a topic; the day is an ordinal."""

    member: str
    topic: str
    day: int
    acts: int


class Interest(NamedTuple):
    """`acts` are those of the last half-life; without any it is declared, or it is fading."""

    weight: int
    acts: int = 0


NONE: Final = Interest(0)
Interests: TypeAlias = Mapping[str, Mapping[str, Interest]]
"""By member and topic."""


def interests(
    acted: Iterable[Acted], declared: Iterable[tuple[str, str]], on: int, fading: Fading
) -> Interests:
    """Return what interests everybody on a day; `declared` are members and topics."""
    found: dict[str, dict[str, Interest]] = {}
    for member, topic in declared:
        found.setdefault(member, {})[topic] = Interest(fading.declared)
    for act in acted:
        age = on - act.day
        if worth := fading.worth(age):
            topics = found.setdefault(act.member, {})
            before = topics.get(act.topic, NONE)
            lately = act.acts if age <= fading.half_life else 0
            topics[act.topic] = Interest(before.weight + worth * act.acts, before.acts + lately)
    return found


class Match(NamedTuple):
    """How much something interests somebody, and the topic that does most."""

    weight: int
    topic: str
    acts: int


def match(interested: Mapping[str, Interest], topics: Iterable[str], least: int) -> Match | None:
    """Return how much what is about these topics interests somebody, None for too little."""
    common = [(interested[it].weight, it) for it in dict.fromkeys(topics) if it in interested]
    weight = sum(each for each, _ in common)
    if not common or weight < least:
        return None
    _, topic = min(common, key=lambda each: (-each[0], each[1]))
    return Match(weight, topic, interested[topic].acts)


@cache
def _worth(half_life: int) -> tuple[int, ...]:
    faded = (round(WHOLE * 2 ** (-age / half_life)) for age in count())
    return tuple(takewhile(bool, faded))
