"""TOML as an operator writes it. Whatever is wrong is said in one line: file, key, and what to do.

connections.toml: sources.github.secret: unknown key: did you mean 'secrets'?
"""

import tomllib
from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from shared.runtime.errors import WrongUse


class Table:
    """A table and where it stands. Every reader raises WrongUse."""

    def __init__(self, file: str, place: str, values: object, known: Iterable[str] = ()) -> None:
        self._file, self.place = file, place
        if not isinstance(values, dict):
            raise self.wrong("", "must be a table")
        self.values: dict[str, Any] = values
        known = tuple(known)
        for key in values if known else ():
            if key not in known:
                raise self.wrong(key, f"unknown key{nearest(key, known)}")

    @classmethod
    def read(cls, path: Path, known: Iterable[str]) -> "Table":
        """Read a whole file."""
        try:
            return cls(path.name, "", tomllib.loads(path.read_text(encoding="utf-8")), known)
        except OSError as error:
            raise WrongUse(f"{path} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise WrongUse(f"{path.name} is not UTF-8") from None
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise WrongUse(f"{path.name} is not TOML: {error}") from None

    def wrong(self, key: str, what: str) -> WrongUse:
        place = ".".join(part for part in (self.place, key) if part)
        return WrongUse(f"{self._file}: {place}: {what}")

    def table(self, key: str, known: Iterable[str] = ()) -> "Table":
        """Return a table in this one, empty where there is none."""
        return self._inner(key, self.values.get(key, {}), known)

    def tables(self, key: str, known: Iterable[str]) -> Iterator["Table"]:
        """Yield the tables of a list of them."""
        values = self.values.get(key, [])
        if not isinstance(values, list):
            raise self.wrong(key, f"must be a list of tables, each under [[{key}]]")
        known = tuple(known)
        for number, value in enumerate(values, 1):
            yield self._inner(f"{key}[{number}]", value, known)

    def text(self, key: str, among: Collection[str] = ()) -> str | None:
        """Return a text, None where there is none."""
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value:
            raise self.wrong(key, "must be a text")
        if among and value not in among:
            raise self.wrong(key, f"unknown word {value!r}{nearest(value, among)}")
        return value

    def needed(self, key: str) -> str:
        value = self.text(key)
        if value is None:
            raise self.wrong(key, "is missing")
        return value

    def texts(self, key: str, among: Collection[str] = ()) -> tuple[str, ...]:
        """Return a list of texts, empty where there is none."""
        values = self.values.get(key, [])
        if not isinstance(values, list) or not all(
            isinstance(value, str) and value for value in values
        ):
            raise self.wrong(key, "must be a list of texts")
        for value in values:
            if among and value not in among:
                raise self.wrong(key, f"unknown word {value!r}{nearest(value, among)}")
        return tuple(values)

    def number(self, key: str, default: int, *, least: int, most: int) -> int:
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.wrong(key, f"must be a whole number from {least} to {most}")
        return value

    def _inner(self, key: str, values: object, known: Iterable[str]) -> "Table":
        place = f"{self.place}.{key}" if self.place else key
        return Table(self._file, place, values, known)


def nearest(word: str, known: Iterable[str]) -> str:
    known = tuple(known)
    near = get_close_matches(word, known, n=1)
    return f": did you mean {near[0]!r}?" if near else f": there are {', '.join(known)}"
