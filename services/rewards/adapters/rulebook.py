"""Reads the rules from TOML, and says of everything that is wrong with them where and what.

rules.toml:14: effort: unknown key 'evry': did you mean 'every'?
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from services.rewards.domain import rules
from shared.contracts.words import Kind, Line, Ordinal, Url
from shared.runtime import rulefile
from shared.runtime.rulefile import Table, nearest
from shared.runtime.timezones import TimeZone

WEIGHED: Final = (*rules.OUTCOMES, "comment", "share", "like", "reader")
CAPPED: Final = (*rules.OWN_ACTS, *rules.OUTCOMES)
FORMS: Final = ("effort", "arrival")
MOST_POINTS: Final = 10**6

Zone = Literal["content_sharer", "content_creator", "socially_engaged"]


def _points(value: object) -> int:
    """Return thousandths of a point, exactly: sums of them are the same in any order."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("points", "must be a number of points")
    thousandths = Decimal(str(value)) * 1000
    if not 0 <= value <= MOST_POINTS or thousandths != int(thousandths):
        raise PydanticCustomError(
            "points", "must be points from 0 to 1000000, with three decimals at most"
        )
    return int(thousandths)


def _some(words: tuple[str, ...]) -> tuple[str, ...]:
    if not words:
        raise PydanticCustomError("none", "must name at least one")
    if twice := next((word for word in words if words.count(word) > 1), None):
        raise PydanticCustomError("twice", "names '{word}' twice", {"word": twice})
    return words


Points = Annotated[int, BeforeValidator(_points)]
Acts = Annotated[tuple[Literal[rules.OWN_ACTS], ...], AfterValidator(_some)]  # type: ignore[valid-type]
Outcomes = tuple[Literal[rules.OUTCOMES], ...]  # type: ignore[valid-type]


class _Rule(Table):
    name: Line
    why: Line
    link: Url | None = None

    @property
    def words(self) -> rules.Words:
        return rules.Words(name=self.name, why=self.why, link=self.link)


class _Effort(_Rule):
    form: Literal["effort"] = "effort"
    of: Acts
    every: Ordinal
    larger_every: Ordinal | None = None

    @model_validator(mode="after")
    def _is_made_of_blocks(self) -> Self:
        if self.larger_every is not None and self.larger_every % self.every:
            raise PydanticCustomError("no_block", "larger_every must be a multiple of every")
        return self


class _Arrival(_Rule):
    form: Literal["arrival"] = "arrival"
    zones: Annotated[tuple[Zone, ...], AfterValidator(_some)]
    historical: bool = False


class _First(_Rule):
    of: Acts


class _Impact(_Rule):
    places: Ordinal = 3
    minimum: Points
    settle_days: Annotated[int, Field(ge=0, le=180)] = 14
    repeats: Ordinal = 1
    weights: dict[Literal[WEIGHED], Points]  # type: ignore[valid-type]


class _Assist(_Rule):
    of: Outcomes = rules.OUTCOMES
    percent: Annotated[int, Field(ge=0, le=100)]


class _Rulebook(Table):
    """A table by any other name is a rule of the operator's own, and says its `form`."""

    version: Ordinal
    timezone: TimeZone = "UTC"
    effort: _Effort
    arrival: _Arrival
    first: dict[Kind, _First] = Field(default_factory=dict)
    impact: _Impact
    assist: _Assist
    caps: dict[Literal[CAPPED], Ordinal] = Field(default_factory=dict)  # type: ignore[valid-type]
    own: dict[Kind, Annotated[_Effort | _Arrival, Field(discriminator="form")]] = Field(
        default_factory=dict, alias="rules of your own"
    )

    @model_validator(mode="before")
    @classmethod
    def _gathers_what_is_the_operators_own(cls, said: object) -> object:
        if not isinstance(said, dict):
            return said
        known = {*cls.model_fields} - {"own"}
        own = {key: table for key, table in said.items() if key not in known}
        for key, table in own.items():
            if not isinstance(table, dict) or "form" not in table:
                raise PydanticCustomError(
                    "unknown_key",
                    "unknown key '{key}'{hint}; a rule of your own says its form",
                    {"key": str(key)[:64], "hint": nearest(str(key), known)},
                )
            if table["form"] not in FORMS:
                raise PydanticCustomError(
                    "form",
                    "the form of {key} must be 'effort' or 'arrival'{hint}",
                    {"key": str(key)[:64], "hint": nearest(str(table["form"]), FORMS)},
                )
        fixed = {key: value for key, value in said.items() if key in known}
        return fixed | {"rules of your own": own}

    @property
    def efforts(self) -> Iterator[rules.Effort]:
        for kind, rule in {"effort": self.effort, **self.own}.items():
            if isinstance(rule, _Effort):
                yield rules.Effort(
                    kind=kind,
                    words=rule.words,
                    of=rule.of,
                    every=rule.every,
                    larger_every=rule.larger_every,
                )

    @property
    def arrivals(self) -> Iterator[rules.Arrival]:
        for kind, rule in {"arrival": self.arrival, **self.own}.items():
            if isinstance(rule, _Arrival):
                yield rules.Arrival(
                    kind=kind, words=rule.words, zones=rule.zones, historical=rule.historical
                )


def load(path: Path) -> rules.Rules:
    """Read a file of rules. Raises RulesInvalid."""
    return _rules(rulefile.load(path, _Rulebook))


def parse(text: str, name: str = "rules.toml") -> rules.Rules:
    """Read the text of a file of rules. Raises RulesInvalid."""
    return _rules(rulefile.parse(text, name, _Rulebook))


def _rules(book: _Rulebook) -> rules.Rules:
    return rules.Rules(
        version=book.version,
        timezone=book.timezone,
        efforts=tuple(book.efforts),
        arrivals=tuple(book.arrivals),
        firsts=tuple(
            rules.First(name=name, words=rule.words, of=rule.of)
            for name, rule in book.first.items()
        ),
        impact=rules.Impact(
            words=book.impact.words,
            weights=dict(book.impact.weights),
            repeats=book.impact.repeats,
            settle_days=book.impact.settle_days,
            places=book.impact.places,
            minimum=book.impact.minimum,
        ),
        assist=rules.Assist(
            words=book.assist.words, of=book.assist.of, percent=book.assist.percent
        ),
        caps=dict(book.caps),
    )
