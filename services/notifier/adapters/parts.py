"""What is told together: kind after kind, and what holds for several only once."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from services.notifier.domain.kinds import Kind
from services.notifier.domain.notices import Notice


class Told(NamedTuple):
    """The words of a notice, but for what is said once of several. `why` is empty where the next
    has the same reason.
    """

    notice: Notice
    title: str
    text: str
    why: str


class Part(NamedTuple):
    """Those of a kind. `once` is said after them."""

    kind: Kind
    told: Sequence[Told]
    once: str


def by_reason(told: Sequence[Told]) -> list[Told]:
    """Bring together what has the same reason; the last of them says it."""
    reasons = [*dict.fromkeys(it.why for it in told)]
    those = sorted(told, key=lambda it: reasons.index(it.why))
    return [
        *(it._replace(why="") if it.why == after.why else it for it, after in pairwise(those)),
        *those[-1:],
    ]
