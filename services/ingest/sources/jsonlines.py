"""Canonical events in a file or on standard input: JSON Lines, gzipped or not."""

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias, cast

from shared.contracts.envelope import MAX_EVENT_BYTES
from shared.runtime.errors import CommandFailed

STANDARD_INPUT: Final = "-"
GZIP: Final = b"\x1f\x8b"
BOM: Final = b"\xef\xbb\xbf"
Stored: TypeAlias = "io.BufferedReader[Any]"
LONGEST: Final = MAX_EVENT_BYTES + 1
"""Of a longer line only so much is kept: enough to see that it is too long."""


class Line(NamedTuple):
    """An event, unread. Lines are numbered from 1, as editors do."""

    number: int
    text: bytes


class File:
    """Where lines come from. `size` is in bytes, None where nobody knows."""

    def __init__(self, name: str, stored: Stored, size: int | None) -> None:
        self.name, self.size = name, size
        self._stored = stored

    @property
    def position(self) -> int:
        """How many bytes of it have been read, 0 where nobody knows the size."""
        return 0 if self.size is None else self._stored.tell()

    def lines(self) -> Iterator[Line]:
        """Yield every line that says something. Raises CommandFailed where reading has to stop."""
        number, said = 0, 0
        try:
            text = self._unpacked()
            while raw := _next(text):
                number += 1
                line = raw.removeprefix(BOM).strip() if number == 1 else raw.strip()
                if line:
                    self._check(number, line, first=not said)
                    said += 1
                    yield Line(number, line)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise CommandFailed(
                f"{self.name} is damaged or breaks off after line {number}: gzip cannot unpack it"
            ) from None
        if not said:
            raise CommandFailed(f"{self.name} is empty: there is nothing to publish")

    def _unpacked(self) -> io.BufferedIOBase:
        if self._stored.peek(len(GZIP))[: len(GZIP)] == GZIP:
            return gzip.GzipFile(fileobj=self._stored)
        if self.name.endswith(".gz") and self.size:
            raise CommandFailed(f"{self.name} is not gzipped, whatever its name says")
        return self._stored

    def _check(self, number: int, line: bytes, *, first: bool) -> None:
        try:
            line.decode()
        except UnicodeDecodeError:
            if len(line) < LONGEST:  # a longer one may be cut within a character
                raise CommandFailed(f"{self.name}: line {number} is not UTF-8") from None
        if first and line.startswith(b"["):
            raise CommandFailed(
                f"{self.name} is a JSON array: put one event on each line (jq -c '.[]' does)"
            )


@contextmanager
def opened(name: str) -> Iterator[File]:
    """Open a file, or `-` for standard input. Raises CommandFailed."""
    if name == STANDARD_INPUT:
        stored: Stored = io.BufferedReader(cast("io.RawIOBase", sys.stdin.buffer))
        try:
            yield File("standard input", stored, None)
        finally:
            stored.detach()  # it is not ours to close
        return
    path = Path(name)
    try:
        stored = path.open("rb")
    except FileNotFoundError:
        raise CommandFailed(f"there is no file {name}") from None
    except IsADirectoryError:
        raise CommandFailed(f"{name} is a directory: name a file in it") from None
    except OSError as error:
        raise CommandFailed(f"{name} cannot be read: {error.strerror}") from None
    with stored:
        yield File(name, stored, path.stat().st_size if path.is_file() else None)


def _next(text: io.BufferedIOBase) -> bytes:
    """Return the next line, b"" at the end, and no more of a long one than need be."""
    line = text.readline(LONGEST)
    rest = line
    while len(rest) == LONGEST and not rest.endswith(b"\n"):
        rest = text.readline(LONGEST)
    return line
