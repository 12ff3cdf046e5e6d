"""Who stands where: the one rule about ties, for every board and every honour."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Placed(NamedTuple):
    place: int
    member: str
    score: int


def places(scores: Iterable[tuple[str, int]]) -> Iterator[Placed]:
    """Yield members with a score above 0, the highest first. Ties share a place: 1, 1, 3."""
    ranked = sorted(
        ((member, score) for member, score in scores if score > 0),
        key=lambda each: (-each[1], each[0]),
    )
    place, before = 0, None
    for number, (member, score) in enumerate(ranked, start=1):
        if score != before:
            place, before = number, score
        yield Placed(place, member, score)
