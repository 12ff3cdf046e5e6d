"""A list of members as organisations keep them: a spreadsheet, saved as CSV.

Everything that is wrong with it is named at once, each with its line.
"""

import csv
import io
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple
from zoneinfo import available_timezones

from pydantic import ValidationError

from services.ingest.domain.identity import AccountName
from services.ingest.domain.roster import Change, Row, events
from shared.contracts.activity import ACTIVITY
from shared.contracts.refusals import reason
from shared.runtime.errors import CommandFailed

WORDS: Final = ("group", "timezone", "locale", "sponsor")
LISTS: Final = ("roles", "topics")
COLUMNS: Final = ("id", *WORDS, *LISTS, "public", "accounts")
DELIMITERS: Final = ",;\t"
TRUTH: Final = {
    **dict.fromkeys(("true", "yes", "y", "1", "x"), True),
    **dict.fromkeys(("false", "no", "n", "0"), False),
}
SOME_TIME: Final = datetime(2026, 1, 1, tzinfo=UTC)


class Problem(NamedTuple):
    line: int
    what: str


class Roster(NamedTuple):
    rows: list[Row]
    problems: list[Problem]


class WrongCell(Exception):
    """What is in a cell is not what its column is for."""


def opened(name: str) -> tuple[str, bytes]:
    """Return what to call the file, `-` being standard input, and what is in it."""
    if name == "-":
        return "standard input", sys.stdin.buffer.read()
    try:
        return name, Path(name).read_bytes()
    except FileNotFoundError:
        raise CommandFailed(f"there is no file {name}") from None
    except OSError as error:
        raise CommandFailed(f"{name} cannot be read: {error.strerror}") from None


def read(name: str, content: bytes) -> Roster:
    """Read every row. Raises CommandFailed where the file is no such list at all."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CommandFailed(
            f"{name}:{line}: this is not UTF-8: save it as CSV in UTF-8 (Excel: CSV UTF-8)"
        ) from None
    head = next((line for line in text.splitlines() if line.strip()), "")
    lines = _lines(name, text, max(DELIMITERS, key=head.count))
    columns = _columns(name, *next(lines, (1, [])))
    rows: list[Row] = []
    problems: list[Problem] = []
    for number, cells in lines:
        try:
            rows.append(_checked(_row(number, columns, cells)))
        except WrongCell as wrong:
            problems.append(Problem(number, str(wrong)))
    problems += _twice(rows)
    if not rows and not problems:
        raise CommandFailed(f"{name} names no member: below its first line there is nothing")
    wrong_lines = {problem.line for problem in problems}
    return Roster([row for row in rows if row.line not in wrong_lines], sorted(problems))


def _lines(name: str, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield what is on each line but the empty ones, by the number of its first line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = 0
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield before + 1, stripped
            before = reader.line_num
    except csv.Error as error:
        raise CommandFailed(f"{name}:{before + 1}: this is not CSV: {error}") from None


def _columns(name: str, line: int, cells: Sequence[str]) -> list[str]:
    columns = [cell.lower() for cell in cells]
    for said, column in zip(cells, columns, strict=True):
        if column not in COLUMNS:
            near = get_close_matches(column, COLUMNS, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(COLUMNS)}"
            raise CommandFailed(f"{name}:{line}: unknown column '{said}': {hint}")
        if columns.count(column) > 1:
            raise CommandFailed(f"{name}:{line}: there are two columns '{said}'")
    if "id" not in columns:
        raise CommandFailed(f"{name}:{line}: there is no column 'id': the first line names them")
    return columns


def _row(line: int, columns: Sequence[str], cells: Sequence[str]) -> Row:
    if len(cells) != len(columns):
        raise WrongCell(f"has {len(cells)} cells, and the first line {len(columns)}")
    said = dict(zip(columns, cells, strict=True))
    if not said["id"]:
        raise WrongCell("id: is empty")
    fields: dict[str, Any] = {name: said[name] or None for name in WORDS if name in said}
    fields |= {name: _list(said[name]) for name in LISTS if name in said}
    if "public" in said:
        fields["public"] = _truth(said["public"])
    if zone := fields.get("timezone"):
        _check_timezone(zone)
    return Row(line=line, member=said["id"], fields=fields, accounts=_accounts(said))


def _checked(row: Row) -> Row:
    """Let the contract judge what would be said of somebody new."""
    change = Change(row=row, what="new", fields=row.fields)
    for event in events(change, SOME_TIME):
        try:
            ACTIVITY.validate_python(event)
        except ValidationError as error:
            words = reason(error).replace("subject: ", "id: ").replace("data.", "")
            raise WrongCell(words) from None
    return row


def _list(cell: str) -> list[str] | None:
    parts = [part.strip() for part in cell.replace(",", ";").split(";")]
    return list(dict.fromkeys(part for part in parts if part)) or None


def _truth(cell: str) -> bool | None:
    if cell and cell.lower() not in TRUTH:
        raise WrongCell("public: must be true or false")
    return TRUTH.get(cell.lower())


def _accounts(said: dict[str, str]) -> tuple[AccountName, ...]:
    names = []
    for text in said.get("accounts", "").replace(";", " ").replace(",", " ").split():
        name = AccountName.read(text)
        if name is None:
            raise WrongCell(f"accounts: {text[:80]!a} must read platform:handle, as bluesky:ada")
        names.append(name)
    return tuple(dict.fromkeys(names))


@cache
def _timezones() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}


def _check_timezone(said: str) -> None:
    known = _timezones()
    if known and said not in known.values():
        near = get_close_matches(said.lower(), known, n=1)
        hint = f"; did you mean '{known[near[0]]}'?" if near else ", as Europe/Berlin"
        raise WrongCell(f"timezone: there is no {said[:64]!a}{hint}")


def _twice(rows: Sequence[Row]) -> Iterator[Problem]:
    """Nobody is on two lines, and no account is two people's."""
    members: dict[str, list[int]] = defaultdict(list)
    accounts: dict[AccountName, list[int]] = defaultdict(list)
    for row in rows:
        members[row.member].append(row.line)
        for name in row.accounts:
            accounts[name].append(row.line)
    for member, lines in members.items():
        for line in lines[1:]:
            yield Problem(line, f"id: {member} is on line {lines[0]} already")
    for name, lines in accounts.items():
        for line in lines[1:]:
            what = f"accounts: {name.platform}:{name.handle} is on line {lines[0]} already"
            yield Problem(line, what)
