"""Reads a file of rules into a model, and says of what is wrong with it where and what.

rules.toml:12: effort: unknown key 'evry': did you mean 'every'?
"""

import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from shared.contracts.refusals import problem
from shared.runtime.errors import WrongUse
from shared.runtime.tomllines import line_in, lines_of

MOST_TOLD: Final = 5
"""Nobody mends more at a time."""


class RulesInvalid(WrongUse):
    """Nothing is done by rules of which a part makes no sense. Each problem names its line."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        more = len(problems) - MOST_TOLD
        told = "; ".join(problems[:MOST_TOLD])
        super().__init__(f"{told}; and {more} more" if more > 0 else told)


class Table(BaseModel):
    """A table of such a file. A key that it does not know is most likely a misspelling."""

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _knows_every_key(cls, said: object) -> object:
        known = {field.alias or name for name, field in cls.model_fields.items()}
        for key in said if isinstance(said, dict) else ():
            if key not in known:
                raise PydanticCustomError(
                    "unknown_key",
                    "unknown key '{key}'{hint}",
                    {"key": str(key)[:64], "hint": nearest(str(key), known)},
                )
        return said


M = TypeVar("M", bound=BaseModel)


def load(path: Path, model: type[M]) -> M:
    """Read a file. Raises RulesInvalid."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise RulesInvalid(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RulesInvalid(f"{path}: is not UTF-8: {error.reason}") from error
    return parse(text, path.name, model)


def parse(text: str, name: str, model: type[M]) -> M:
    """Read the text of a file of that name. Raises RulesInvalid."""
    try:
        document, lines = tomllib.loads(text), lines_of(text)
        return model.model_validate(document)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RulesInvalid(f"{name}: is not TOML: {error}") from error
    except ValidationError as error:
        told = sorted(
            (line_in(lines, place), _sentence(place, detail))
            for detail in error.errors(include_url=False)
            for place in [_place(detail, document)]
        )
        raise RulesInvalid(*(f"{name}:{line}: {what}" for line, what in dict.fromkeys(told))) from (
            error
        )


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint at what was meant by a word that is not one of those known."""
    known = sorted(known)
    near = get_close_matches(word, known, n=1)
    if near:
        return f": did you mean '{near[0]}'?"
    return f": there are {', '.join(known)}" if known else ""


def _place(detail: ErrorDetails, document: Mapping[str, Any]) -> tuple[str | int, ...]:
    """Return where in the document it is: a location names steps of the model's own as well."""
    found: Any = document
    place: list[str | int] = []
    for step in detail["loc"]:
        if isinstance(found, dict) and step in found:
            found = found[str(step)]
        elif isinstance(found, list) and isinstance(step, int) and step < len(found):
            found = found[step]
        elif detail["type"] != "missing" or step != detail["loc"][-1]:
            continue
        place.append(step)
    key = detail.get("ctx", {}).get("key")
    return (*place, str(key)) if key is not None and isinstance(found, dict) else (*place,)


def _sentence(place: tuple[str | int, ...], detail: ErrorDetails) -> str:
    within = place[:-1] if detail["type"] == "unknown_key" else place
    said = problem(detail)
    return f"{'.'.join(map(str, within))}: {said}" if within else said
