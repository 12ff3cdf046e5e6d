"""The rules for what makes a next step easy, and what the operator knows that nobody publishes."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

SourceKind: TypeAlias = Literal["person", "group", "tag"]
DigestTo: TypeAlias = Literal["organisation", "everybody"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggesting:
    """All in days, but `most`: how many pieces are suggested on one morning. A pause that brings
    nothing is doubled, up to `longest_pause`.
    """

    fresh: int
    """So new is a piece that is worth sharing."""
    most: int
    longest_pause: int
    follow_every: int
    authors_of: int
    """Whoever follows nobody hears of authors of so many days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nudging:
    """All in days, but `bare_shares` and the minutes, by which the smallest effort comes first."""

    every: int
    news: int
    """What has been so for longer than this before anybody looked is nobody's news."""
    link_after: int
    dormant_after: int
    bare_shares: int
    bare_within: int
    link_minutes: int
    dormant_minutes: int
    own_words_minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Somebody outside, a group or a tag that is worth following, or a group in which whoever is
    near `zone` learns. `target` is what following it is called on the bus, if anything.
    """

    id: str
    kind: SourceKind
    name: str
    url: str
    topics: tuple[str, ...] = ()
    zone: str | None = None
    target: str | None = None
