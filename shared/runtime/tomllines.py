"""Where in a TOML text each value stands, for error messages that lead there.

`tomllib` has read the text before, so it is well-formed; it just does not tell its lines.
"""

import re
from collections.abc import Mapping
from typing import Final

Path = tuple[str | int, ...]

_TOKENS: Final = re.compile(
    r'(?P<text>"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\])*"|\'[^\']*\')'
    r"|(?P<sign>[\[\]{}=,.\n])"
    r"|(?P<bare>[^\s\[\]{}=,.#\"']+)"
    r"|#[^\n]*",
    re.DOTALL,
)


def lines_of(text: str) -> Mapping[Path, int]:
    """Return the line of every table, key and element, as in ("zones", "enter", 0, "days")."""
    return _Scan(text).document()


def line_in(lines: Mapping[Path, int], path: Path) -> int:
    """Return the line of a value, or of the nearest around it that there is."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


class _Scan:
    def __init__(self, text: str) -> None:
        self._tokens = [
            (match[0], 1 + text.count("\n", 0, match.start()))
            for match in _TOKENS.finditer(text)
            if match.lastgroup is not None
        ]
        self._tokens.append(("", text.count("\n") + 1))
        self._place = 0
        self._lines: dict[Path, int] = {}

    def document(self) -> dict[Path, int]:
        table: Path = ()
        while self._skip("\n"):
            if self._peek() == "[":
                table = self._header()
            else:
                self._pair(table)
        return self._lines

    def _header(self) -> Path:
        double = self._skip("[") and self._tokens[self._place - 2][0] == "["
        path = self._key(())
        self._skip("]")
        if double:
            path = (*path, sum(known[:-1] == path for known in self._lines if known))
            self._note(path)
        return path

    def _pair(self, table: Path) -> None:
        path = self._key(table)
        self._skip("=")
        self._value(path)

    def _key(self, path: Path) -> Path:
        while True:
            path = (*path, self._peek().strip("\"'"))
            self._note(path)
            self._place += 1
            if self._peek() != ".":
                return path
            self._place += 1

    def _value(self, path: Path) -> None:
        self._note(path)
        opened = self._peek()
        if opened == "[":
            self._place += 1
            element = 0
            while self._skip("\n,") and self._peek() != "]":
                self._value((*path, element))
                element += 1
            self._place += 1
        elif opened == "{":
            self._place += 1
            while self._skip("\n,") and self._peek() != "}":
                self._pair(path)
            self._place += 1
        else:
            while self._peek() not in {",", "]", "}", "\n", ""}:
                self._place += 1

    def _note(self, path: Path) -> None:
        self._lines.setdefault(path, self._tokens[self._place][1])

    def _peek(self) -> str:
        return self._tokens[self._place][0]

    def _skip(self, signs: str) -> bool:
        """Go past the signs. Return whether there is more."""
        while self._peek() and self._peek() in signs:
            self._place += 1
        return bool(self._peek())
