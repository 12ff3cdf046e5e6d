"""Tables in the dialects that spreadsheets and their friends leave: commas, semicolons or tabs."""

import csv
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple, TextIO

LONGEST: Final = 128 * 1024
"""Characters of a line, and of a field with all its lines."""
PREAMBLE: Final = 20
"""Lines that may stand before the names of the columns."""
NOT_A_LETTER: Final = re.compile(r"[^a-z0-9]")


class Row(NamedTuple):
    """`number` is its line, as an editor counts them. `fields` are by column: small letters and
    digits only. It is not `sound` when it has more or fewer fields than there are columns.
    """

    number: int
    fields: Mapping[str, str]
    sound: bool


class Table(NamedTuple):
    columns: frozenset[str]
    rows: Iterator[Row]


def table(text: TextIO, *, marks: frozenset[str], escape: str | None = None) -> Table | None:
    """Read a table whose columns include one of `marks`; None where there is none.

    `escape` is what may stand before a quote that does not end its field.
    """
    lines = _lines(text)
    for skipped, line in enumerate(islice(lines, PREAMBLE), 1):
        separator = max(",\t;", key=line.count)
        columns = [column(name) for name in next(csv.reader([line], delimiter=separator), [])]
        if marks & set(columns):
            dialect: dict[str, Any] = {"delimiter": separator, "escapechar": escape}
            return Table(frozenset(columns), _rows(lines, skipped, columns, dialect))
    return None


def column(name: str) -> str:
    """`Share Link`, `ShareLink` and `SHARE_LINK` are one column."""
    return NOT_A_LETTER.sub("", name.lower())


def _rows(
    lines: Iterator[str], skipped: int, columns: list[str], dialect: dict[str, Any]
) -> Iterator[Row]:
    reader = csv.reader(lines, **dialect)
    while True:
        number = skipped + reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Row(number, {}, sound=False)
            continue
        if any(field.strip() for field in row):
            fields = {name: field.strip() for name, field in zip(columns, row, strict=False)}
            yield Row(number, fields, sound=len(row) == len(columns))


def _lines(text: TextIO) -> Iterator[str]:
    while line := text.readline(LONGEST):
        yield line
