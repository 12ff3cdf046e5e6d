"""LinkedIn's member export: a folder of tables, in a dialect that changes from year to year.

Nothing has an id but what is in its links, so comments and reactions are known by what they are
about and the second of their making. Times are in UTC, whatever they look like. Who else is in the
tables, by name, is counted and goes no further; messages are not opened.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import blake2b
from typing import Final, TypeAlias

from services.ingest.domain.activity import Refused, Skipped
from services.ingest.sources.exports import linkedin_articles
from services.ingest.sources.exports import linkedin_rows as rows
from services.ingest.sources.exports.files import File, Files
from services.ingest.sources.exports.linkedin_articles import Article
from services.ingest.sources.exports.linkedin_parts import (
    COMMENTS,
    COMPANIES,
    CONNECTIONS,
    HASHTAGS,
    LEARNING,
    MESSAGES,
    PARTS,
    PEOPLE,
    REACTIONS,
    SAVED,
    SHARES,
    VOTES,
)
from services.ingest.sources.exports.linkedin_times import when
from services.ingest.sources.exports.parts import OWNER, Note, Part, no_time
from services.ingest.sources.exports.tables import Row, column, table
from services.ingest.sources.linkedin_urns import PLATFORM
from services.ingest.sources.sightings import Seen, sighting

__all__ = ["LOOK_FOR", "PARTS", "TITLE", "read"]

TITLE: Final = "a LinkedIn export"
LOOK_FOR: Final = "Shares.csv, Comments.csv or Reactions.csv"

Read: TypeAlias = Callable[[Row, datetime], Seen]


def read(files: Files) -> Iterator[Seen | Note]:
    minutes: set[datetime] = set()
    for said in linkedin_articles.read(files):
        if isinstance(said, Article):
            minutes.add(said.time.replace(second=0))
            yield said.seen
        else:
            yield said
    yield from _each(files, SHARES, "date", lambda row, time: rows.shared(row, time, minutes))
    yield from _each(files, COMMENTS, "date", rows.commented, escape="\\")
    yield from _each(files, REACTIONS, "date", rows.reacted)
    yield from _each(files, VOTES, "date", rows.voted)
    yield from _network(files)
    yield from _each(files, COMPANIES, "followedon", rows.company)
    yield from _each(files, PEOPLE, "date", rows.person)
    yield from _each(files, HASHTAGS, "createdtime", rows.hashtag)
    yield from _each(files, SAVED, "createdtime", rows.saved)
    yield from _each(files, LEARNING, column("Content Last Watched Date (if viewed)"), rows.learned)
    for file in files.of(MESSAGES):
        yield Skipped("private", f"{file.short} is not opened")


def _each(
    files: Files, part: Part, dated: str, read: Read, *, escape: str | None = None
) -> Iterator[Seen]:
    """Read the tables of a part, row by row. `dated` is the column that says when."""
    for file in files.of(part):
        for row in _rows(files, file, dated, escape):
            if isinstance(row, Refused):
                yield row
                continue
            said = row.fields.get(dated, "")
            time = when(said)
            if row.sound and said in {"", "N/A", "---"}:
                yield no_time(f"some rows of {file.short}")
            elif row.sound and time:
                seen = read(row, time)
                yield _damaged(file, row) if seen is rows.DAMAGED else seen
            else:
                yield _damaged(file, row)


def _rows(files: Files, file: File, dated: str, escape: str | None) -> Iterator[Row | Refused]:
    with files.text(file) as text:
        found = table(text, marks=frozenset({dated}), escape=escape)
        if found is None:
            yield Refused(
                reason="no_table", detail=f"{file.name} is no table with the columns it should have"
            )
        else:
            yield from found.rows


def _damaged(file: File, row: Row) -> Refused:
    return Refused(
        reason="damaged_row",
        detail=f"{file.name}, line {row.number}: no date or link where they should be, as after"
        " a spreadsheet has saved it; take the file as it came",
    )


def _network(files: Files) -> Iterator[Seen]:
    """Count the connections on the day of the newest one. Who they are is not kept; all of them
    together tell one member's from another's.
    """
    for file in files.of(CONNECTIONS):
        count, newest, who = 0, None, blake2b(digest_size=8)
        for row in _rows(files, file, "connectedon", None):
            if isinstance(row, Refused):
                yield row
            elif row.sound and (time := when(row.fields["connectedon"])):
                count, newest = count + 1, max(time, newest or time)
                who.update("\0".join(row.fields.values()).encode())
            else:
                yield _damaged(file, row)
        if newest:
            yield sighting(
                "network",
                platform=PLATFORM,
                id=f"network:{newest:%Y-%m-%d}:{who.hexdigest()}",
                by=OWNER,
                time=newest,
                data={"platform": PLATFORM, "connections": count},
            )
