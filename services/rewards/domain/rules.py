"""The rules that recognitions are granted by, as data, and why they are what they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

ZONES: Final = ("content_consumer", "content_sharer", "content_creator", "socially_engaged")
"""From the first up. There is no arriving in the first: everybody starts there."""

PUBLISH: Final = "publish"
"""What counts by the piece, for whoever published it first; everything else counts by the act."""
OWN_ACTS: Final = (
    *("share", "quote", "post", "comment", "converse", PUBLISH),
    *("training_completed", "peer_review_given", "talk_given"),
)
"""What members do that can be counted towards a recognition."""
OUTCOMES: Final = ("lead", "speaking", "conversation", "inbound", "download")
ECHOES: Final[Mapping[str, str]] = MappingProxyType(
    {"comment": "comment", "converse": "comment", "share": "share", "quote": "share"}
)
"""What others do with a piece, and what it weighs as."""


THOUSANDTHS: Final = 1000
"""Scores and weights are whole numbers of thousandths of a point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How people are told of a rule."""

    name: str
    why: str
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """So many acts `of` these kinds are a block; one that fills `larger_every` is a larger one."""

    kind: str
    words: Words
    of: tuple[str, ...]
    every: int
    larger_every: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """The zones in which a first arrival is recognised, from the lowest up. One that a
    `historical` change tells of is recognised only where the rule says so.
    """

    kind: str
    words: Words
    zones: tuple[str, ...]
    historical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """The first act of any of these kinds."""

    name: str
    words: Words
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assist:
    """Outcomes that came through a member's share: the sharer has `percent` of their weight."""

    words: Words
    of: tuple[str, ...]
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What others made of a member's work in half a year.

    `weights` are thousandths of a point, for each outcome, comment, share, like and reader. Of one
    person's comments on a piece, and of their shares, `repeats` count in a period. A period is
    closed `settle_days` after its end. Who is at a place up to `places`, and has at least `minimum`
    thousandths, is honoured.
    """

    words: Words
    weights: Mapping[str, int]
    repeats: int
    settle_days: int
    places: int
    minimum: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Whatever is granted keeps the version that it was granted by. `caps` limit what counts of a
    kind of act, or of outcome, on one day; `timezone` says where half-years begin.
    """

    version: int
    timezone: str
    efforts: tuple[Effort, ...]
    arrivals: tuple[Arrival, ...]
    firsts: tuple[First, ...]
    impact: Impact
    assist: Assist
    caps: Mapping[str, int]


Rule: TypeAlias = Effort | Arrival | First | Impact | Assist


def words_of(rules: Rules, kind: str, first: str | None = None) -> Words | None:
    """Return how a kind of recognition is told today; None where no rule gives it any more."""
    if kind == "impact":
        return rules.impact.words
    if kind == "assist":
        return rules.assist.words
    if kind == "first":
        return next((it.words for it in rules.firsts if it.name == first), None)
    given: tuple[Effort | Arrival, ...] = (*rules.efforts, *rules.arrivals)
    return next((it.words for it in given if it.kind == kind), None)
