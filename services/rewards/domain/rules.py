"""The rules that recognitions are granted by, as data, and why they are what they are."""

from dataclasses import dataclass
from typing import Final

ZONES: Final = ("content_consumer", "content_sharer", "content_creator", "socially_engaged")
"""From the first up. There is no arriving in the first: everybody starts there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How people are told of a rule."""

    name: str
    why: str
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """So many published pieces are a block; a block that fills `larger_every` is a larger one."""

    words: Words
    every: int
    larger_every: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """The zones in which a first arrival is recognised, from the lowest up."""

    words: Words
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Whatever is granted keeps the version that it was granted by."""

    version: int
    effort: Effort
    arrival: Arrival
