"""An export as somebody has it: a folder, a zip as it came, or one file out of it.

Nothing is unpacked and nothing is read whole, so no file can fill the disk or the memory. Names in
a zip lead nowhere: they are compared and never opened as paths. Links out of a folder are not
followed.
"""

import codecs
import io
import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final, NamedTuple, Protocol, Self

from services.ingest.sources.exports.parts import Part
from shared.runtime.errors import CommandFailed

LARGEST: Final = 2 * 1024**3
"""Bytes of one file, unpacked."""
MOST_FILES: Final = 200_000
RATIO: Final = 250
"""How many times its size a file may unpack to, beyond `HARMLESS` bytes. Text stays below 30."""
HARMLESS: Final = 64 * 1024**2
BOUNDED: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""Ways of packing that unpack no more at a time than is asked for. All exports use them."""
HEAD: Final = 4096
"""Bytes by which a file with a name of somebody's own choosing is known."""
PRIVATE: Final = re.compile(r"messages?\b|inbox|chat", re.IGNORECASE)
"""Not even the beginning of such a file is looked at."""
ZIP: Final = b"PK\x03\x04"
GZIP: Final = b"\x1f\x8b"


class File(NamedTuple):
    """`name` is its path within the export, `size` is in bytes, unpacked, as far as is known."""

    name: str
    size: int
    packed: int | None = None

    @property
    def short(self) -> str:
        return PurePosixPath(self.name).name


class Store(Protocol):
    """Where the files are."""

    def files(self) -> Iterator[File]: ...

    def open(self, file: File) -> IO[bytes]: ...

    def close(self) -> None: ...


class Files:
    """The files of an export. `position` is how many bytes of them have been read."""

    def __init__(self, path: str, store: Store, *, alone: bool) -> None:
        self.path, self.position = path, 0
        self._store, self._alone = store, alone
        self._all = sorted(self._few(store.files()), key=_in_order)

    def _few(self, files: Iterator[File]) -> Iterator[File]:
        for number, file in enumerate(files):
            if number == MOST_FILES:
                raise CommandFailed(f"{self.path} holds more than {MOST_FILES} files: no export")
            yield file

    def of(self, part: Part) -> list[File]:
        """Return the files that are this part of an export.

        One file alone may have any name: then what it says at the beginning tells.
        """
        found = [file for file in self._all if part.named.search(file.name)]
        if not found and self._alone and part.begins:
            return [file for file in self._all if part.begins.search(self._head(file))]
        return found

    def size_of(self, parts: tuple[Part, ...]) -> int:
        return sum(file.size for part in parts for file in self.of(part))

    def _head(self, file: File) -> str:
        if PRIVATE.search(file.short):
            return ""
        position = self.position
        with self.text(file, newline=None) as text:
            head = text.read(HEAD)
        self.position = position
        return head

    @contextmanager
    def text(self, file: File, *, newline: str | None = "") -> Iterator[io.TextIOWrapper]:
        """Open a file to be read in pieces: UTF-8 or UTF-16, marked as such or not.

        Raises CommandFailed when reading has to stop: damaged, locked, or unpacking without end.
        """
        with self.trouble(file):
            stored = self._store.open(file)
        with stored:
            bounded = io.BufferedReader(_Bounded(self, file, stored), 1 << 16)
            encoding = _encoding(bounded.peek(4)[:4])
            yield io.TextIOWrapper(bounded, encoding, errors="replace", newline=newline)

    @contextmanager
    def trouble(self, file: File) -> Iterator[None]:
        """Say in a line why a file cannot be read."""
        try:
            yield
        except (zipfile.BadZipFile, zlib.error, EOFError):
            raise CommandFailed(
                f"{self.path} is damaged: {file.name} cannot be unpacked to its end; download it"
                " again"
            ) from None
        except (RuntimeError, NotImplementedError):
            raise CommandFailed(
                f"{file.name} in {self.path} is locked, or packed in an unusual way: unpack it"
                " first, and name the folder"
            ) from None
        except OSError as error:
            raise CommandFailed(f"{file.name} cannot be read: {error.strerror or error}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()


class _Bounded(io.RawIOBase):
    """A file as it is read: it counts, and stops what has no end."""

    def __init__(self, files: Files, file: File, stored: IO[bytes]) -> None:
        self._files, self._file, self._stored = files, file, stored
        self._read = 0
        packed = LARGEST if file.packed is None else file.packed * RATIO
        self._most = min(LARGEST, max(packed, HARMLESS))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - whatever bytes can be put into
        with self._files.trouble(self._file):
            piece = self._stored.read(len(buffer))
        buffer[: len(piece)] = piece
        self._read += len(piece)
        self._files.position += len(piece)
        if self._read > self._most:
            raise CommandFailed(
                f"{self._file.name} unpacks to more than {self._most} bytes: that is no export"
            )
        return len(piece)


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path

    def files(self) -> Iterator[File]:
        for folder, _, names in os.walk(self._path):
            for name in names:
                path = Path(folder, name)
                if path.is_file() and not path.is_symlink():
                    yield File(path.relative_to(self._path).as_posix(), path.stat().st_size)

    def open(self, file: File) -> IO[bytes]:
        return (self._path / file.name).open("rb")

    def close(self) -> None:
        pass


class _Alone:
    def __init__(self, path: Path) -> None:
        self._path = path

    def files(self) -> Iterator[File]:
        yield File(self._path.name, self._path.stat().st_size)

    def open(self, _file: File) -> IO[bytes]:
        return self._path.open("rb")

    def close(self) -> None:
        pass


class _Zip:
    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path)

    def files(self) -> Iterator[File]:
        for entry in self._zip.infolist():
            if entry.filename and not entry.filename.endswith("/"):
                yield File(entry.filename, entry.file_size, entry.compress_size)

    def open(self, file: File) -> IO[bytes]:
        entry = self._zip.getinfo(file.name)
        if entry.compress_type not in BOUNDED:
            raise NotImplementedError
        return self._zip.open(entry)

    def close(self) -> None:
        self._zip.close()


def opened(path: str) -> Files:
    """Open an export. Raises CommandFailed."""
    place = Path(path)
    try:
        if place.is_dir():
            return Files(path, _Folder(place), alone=False)
        if place.exists() and not place.is_file():
            raise CommandFailed(f"{path} is neither a file nor a folder")
        with place.open("rb") as file:
            start = file.read(len(ZIP))
    except FileNotFoundError:
        raise CommandFailed(f"there is no file or folder {path}") from None
    except OSError as error:
        raise CommandFailed(f"{path} cannot be read: {error.strerror}") from None
    if start.startswith(GZIP):
        raise CommandFailed(f"{path} is gzipped: unpack it (tar xf, gunzip), and name what comes")
    if start != ZIP:
        return Files(path, _Alone(place), alone=True)
    try:
        return Files(path, _Zip(place), alone=False)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise CommandFailed(f"{path} is a damaged zip: download it again") from None


def _in_order(file: File) -> tuple[int, str]:
    """tweets.js comes before tweets-part1.js, and part 2 before part 10."""
    return len(file.name), file.name


def _encoding(start: bytes) -> str:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start[1:2] == b"\0" and start[:1] != b"\0":
        return "utf-16-le"
    if start[:1] == b"\0" and start[1:2] != b"\0":
        return "utf-16-be"
    return "utf-8-sig"
