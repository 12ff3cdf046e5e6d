"""Reads the rules from TOML, and says in a line of everything that is wrong with them what it is.

rules.toml: effort.every: must not be less than 1; arrival.zones.0: must be ...
"""

import tomllib
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from services.rewards.domain import rules
from shared.contracts.refusals import reason
from shared.contracts.words import Line, Ordinal, Url
from shared.runtime.errors import WrongUse

SHIPPED: Final = Path(__file__).parent.parent / "rules.toml"


class RulesInvalid(WrongUse):
    """Nothing is granted by rules of which a part makes no sense."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Rule(_Table):
    name: Line
    why: Line
    link: Url | None = None

    @property
    def words(self) -> rules.Words:
        return rules.Words(name=self.name, why=self.why, link=self.link)


class _Effort(_Rule):
    every: Ordinal
    larger_every: Ordinal

    @model_validator(mode="after")
    def _is_made_of_blocks(self) -> Self:
        if self.larger_every % self.every:
            raise PydanticCustomError("no_block", "larger_every must be a multiple of every")
        return self


class _Arrival(_Rule):
    zones: tuple[Literal["content_sharer", "content_creator", "socially_engaged"], ...]


class _Rulebook(_Table):
    version: Ordinal
    effort: _Effort
    arrival: _Arrival


def load(path: Path) -> rules.Rules:
    """Read a file of rules. Raises RulesInvalid."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RulesInvalid(f"{path} cannot be read: {error}") from error
    return parse(text, path.name)


def parse(text: str, name: str = "rules.toml") -> rules.Rules:
    """Read the text of a file of rules. Raises RulesInvalid."""
    try:
        book = _Rulebook.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise RulesInvalid(f"{name}: is not TOML: {error}") from error
    except ValidationError as error:
        raise RulesInvalid(f"{name}: {reason(error)}") from error
    return rules.Rules(
        version=book.version,
        effort=rules.Effort(
            words=book.effort.words,
            every=book.effort.every,
            larger_every=book.effort.larger_every,
        ),
        arrival=rules.Arrival(words=book.arrival.words, zones=book.arrival.zones),
    )
