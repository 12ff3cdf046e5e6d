"""Expressions of a mapping: JMESPath into a payload, and texts with expressions in braces.

JMESPath has neither loops, nor recursion, nor regular expressions: what a payload can make an
expression do is bounded by the payload. https://jmespath.org/specification.html
"""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final, NamedTuple

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions, signature
from jmespath.parser import ParsedResult
from jmespath.visitor import Options

from services.ingest.sources.payload import LARGEST, Unfit
from services.ingest.sources.sightings import length, plain

MARKS: Final = "\"'`"
"""What quotes in JMESPath. Braces between them are text."""


class Scope(Functions):
    """What the expressions of a rule see: an item, what it came in, and the headers."""

    def __init__(
        self, item: object = None, whole: object = None, headers: Mapping[str, str] | None = None
    ) -> None:
        self.item, self._whole, self._headers = item, whole, headers or {}

    @signature()
    def _func_payload(self) -> Any:  # noqa: ANN401 - JSON is anything
        """Return everything that was posted, whichever item of it this is."""
        return self._whole

    @signature({"types": ["string"]})
    def _func_header(self, name: str) -> str | None:
        return self._headers.get(name.lower())

    @signature({"types": ["string", "null"]})
    def _func_characters(self, text: str | None) -> int | None:
        return None if text is None else length(text)

    @signature({"types": ["string", "null"]})
    def _func_plain(self, html: str | None) -> str | None:
        return None if html is None else plain(html)


class Expression(NamedTuple):
    source: str
    parsed: ParsedResult

    @classmethod
    def of(cls, source: str) -> "Expression":
        """Raises ValueError, with a sentence, where this is no expression."""
        try:
            parsed = jmespath.compile(source)
        except (JMESPathError, RecursionError) as error:
            what = str(error).partition("\n")[0].removeprefix("Invalid jmespath expression: ")
            raise ValueError(f"{source!r} is no JMESPath: {what}") from None
        for name in _functions(parsed.parsed):
            if name not in Scope.FUNCTION_TABLE:
                raise ValueError(
                    f"there is no function {name!r}{nearest(name, Scope.FUNCTION_TABLE)}"
                )
        return cls(source, parsed)

    def value(self, scope: Scope) -> Any:  # noqa: ANN401 - JSON is anything
        """Return what it finds, None where it finds nothing. Raises Unfit."""
        try:
            return self.parsed.search(scope.item, Options(custom_functions=scope))
        except (ValueError, TypeError):  # JMESPath's own among them
            raise Unfit(f"{self.source} cannot be worked out") from None


class Template(NamedTuple):
    """A text with expressions in it: `comment:{comment.id}`."""

    parts: tuple[str | Expression, ...]

    @classmethod
    def of(cls, text: str) -> "Template":
        """Raises ValueError."""
        return cls(tuple(_parts(text)))

    @property
    def constant(self) -> bool:
        return not any(isinstance(part, Expression) for part in self.parts)

    def value(self, scope: Scope) -> Any:  # noqa: ANN401 - JSON is anything
        """Return what its one expression finds; a text where there is more to it.

        None where something that belongs in the text is not there. Raises Unfit.
        """
        if len(self.parts) == 1 and isinstance(alone := self.parts[0], Expression):
            return alone.value(scope)
        values = [part if isinstance(part, str) else part.value(scope) for part in self.parts]
        if any(value is None for value in values):
            return None
        return "".join(map(self._word, values))

    def text(self, scope: Scope) -> str:
        """Return what has to be there. Raises Unfit."""
        value = self.value(scope)
        if value is None or value == "":
            raise Unfit(f"{self.missing(scope)} is missing")
        return self._word(value)

    def missing(self, scope: Scope) -> str:
        """Return what is not there, the first of it."""
        for part in self.parts:
            if isinstance(part, Expression) and part.value(scope) in (None, ""):
                return part.source
        return "a text"

    def _word(self, value: object) -> str:
        """Numbers are ids too."""
        if isinstance(value, str):
            return value
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST:
            return str(value)
        named = ", ".join(part.source for part in self.parts if isinstance(part, Expression))
        raise Unfit(f"{named} is neither a text nor a whole number")


def nearest(word: str, known: Iterable[str]) -> str:
    known = sorted(known)
    near = get_close_matches(word, known, n=1)
    return f": did you mean {near[0]!r}?" if near else f": there are {', '.join(known)}"


def _functions(node: Mapping[str, Any] | int | None) -> Iterator[str]:
    if not isinstance(node, Mapping):  # a bound of a slice
        return
    if node["type"] == "function_expression":
        yield node["value"]
    for child in node["children"]:
        yield from _functions(child)


def _parts(text: str) -> Iterator[str | Expression]:
    """Braces may hold braces, as in `{tags[].{name: name}}`, and quotes may hold any."""
    begin, depth, quote, escaped = 0, 0, "", False
    for place, character in enumerate(text):
        if escaped:
            escaped = False
        elif depth and character == "\\":
            escaped = True
        elif quote:
            quote = "" if character == quote else quote
        elif depth and character in MARKS:
            quote = character
        elif character == "{":
            if not depth:
                yield from filter(None, [text[begin:place]])
                begin = place + 1
            depth += 1
        elif character == "}":
            depth -= 1
            if not depth:
                yield Expression.of(text[begin:place])
                begin = place + 1
        if depth < 0:
            break
    if depth:
        raise ValueError(f"{text!r} has a brace without its other half")
    yield from filter(None, [text[begin:]])
