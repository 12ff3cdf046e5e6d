"""JSON that is too large to be read at once: the elements of its list, one by one."""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NoReturn, TextIO

from services.ingest.domain.activity import Refused
from services.ingest.sources.exports.files import Files
from services.ingest.sources.exports.parts import Part

LONGEST: Final = 4 * 1024**2
"""Characters of one element."""
PIECE: Final = 1 << 16
HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")
"""An escape for half a character, which nothing can be said with unless the other half follows."""
BLANK: Final = re.compile(r"[ \t\r\n\ufeff]*")


class NotJson(ValueError):
    """From here on it cannot be read. The message is a sentence that repeats nothing of it."""


def listed(
    files: Files, part: Part, *, keys: Collection[str] = (), after: str = ""
) -> Iterator[Any]:
    """Yield what the files of a part list, and Refused where one cannot be read on."""
    for file in files.of(part):
        with files.text(file) as text:
            number = 0
            try:
                for element in elements(text, keys=keys, after=after):
                    yield element
                    number += 1
            except NotJson as error:
                detail = f"{file.name}, behind item {number}: {error}"
                yield Refused(reason="malformed", detail=detail)


def elements(text: TextIO, *, keys: Collection[str] = (), after: str = "") -> Iterator[Any]:
    """Yield the elements of an array; of an object, those of the arrays under `keys`.

    What stands before the first `after`, a little of it, is not JSON and left out. Raises NotJson.
    """
    reading = _Reading(text)
    if after:
        reading.skip_to(after)
    match reading.peek():
        case "[":
            yield from reading.array()
        case "{" if keys:
            for key, peeked in reading.members():
                if key in keys and peeked == "[":
                    yield from reading.array()
                else:
                    reading.value()
        case _:
            raise NotJson("it is no list in JSON")


def whole(text: TextIO) -> Any:  # noqa: ANN401 - JSON is anything
    """Return a small document. Raises NotJson."""
    reading = _Reading(text)
    return reading.value()


def members(value: object) -> Mapping[str, Any]:
    """Return an object's members, none of anything else."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else []


def word(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


class _Reading:
    """A window on the text, which moves on and grows as far as one element needs."""

    def __init__(self, text: TextIO) -> None:
        self._text, self._window, self._at, self._ended = text, "", 0, False
        self._decode = json.JSONDecoder(parse_constant=_no_number).raw_decode

    def peek(self) -> str:
        """Return the next character that is not blank, "" at the end."""
        while True:
            self._at = _end_of_blank(self._window, self._at)
            if self._at < len(self._window):
                return self._window[self._at]
            if not self._more():
                return ""

    def skip_to(self, mark: str) -> None:
        """Go on behind the mark, where there is one before any JSON."""
        if self.peek() in "[{":
            return
        end = self._window.find(mark, self._at, self._at + PIECE)
        if end >= 0:
            self._at = end + len(mark)

    def array(self) -> Iterator[Any]:
        yield from self._separated("[", "]", self.value)

    def members(self) -> Iterator[tuple[object, str]]:
        """Yield each key, and the first character of its value, which is to be read meanwhile."""
        yield from self._separated("{", "}", self._key)

    def value(self) -> Any:  # noqa: ANN401 - JSON is anything
        self.peek()
        while True:
            try:
                value, end = self._decode(self._window, self._at)
                if HALF.search(self._window, self._at, end):
                    value = _mended(value)
            except (ValueError, RecursionError) as error:
                if isinstance(error, RecursionError) or not self._more():
                    raise NotJson("it is not JSON from there on, or breaks off") from None
            else:
                if end < len(self._window) or not self._more():
                    self._at = end
                    return value

    def _key(self) -> tuple[object, str]:
        key = self.value()
        self._take(":")
        return key, self.peek()

    def _separated(self, begins: str, ends: str, read: Callable[[], Any]) -> Iterator[Any]:
        self._take(begins)
        if self.peek() == ends:
            self._at += 1
            return
        while True:
            yield read()
            if self.peek() == ends:
                self._at += 1
                return
            self._take(",")

    def _take(self, wanted: str) -> None:
        if self.peek() != wanted:
            raise NotJson("it is not JSON from there on, or breaks off")
        self._at += 1

    def _more(self) -> bool:
        """Let more into the window: as much again as there is, so that no element is slow."""
        rest = len(self._window) - self._at
        if self._ended:
            return False
        if rest > LONGEST:
            raise NotJson(f"something in it has more than {LONGEST} characters")
        piece = self._text.read(max(PIECE, rest))
        self._ended = not piece
        self._window, self._at = self._window[self._at :] + piece, 0
        return not self._ended


def _mended(value: Any) -> Any:  # noqa: ANN401 - JSON is anything
    """Write a question mark for half a character."""
    written = json.dumps(value, ensure_ascii=False)
    whole = written.encode(errors="replace")
    return value if whole.decode() == written else json.loads(whole)


def _no_number(_name: str) -> NoReturn:
    raise ValueError


def _end_of_blank(text: str, start: int) -> int:
    found = BLANK.match(text, start)
    return found.end() if found else start
