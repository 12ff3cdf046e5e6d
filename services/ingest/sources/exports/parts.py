"""The parts of an export, and what a reader says of them besides what people did."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from services.ingest.domain.activity import Skipped
from services.ingest.sources.sightings import Seen, sighting

if TYPE_CHECKING:
    from services.ingest.sources.exports.files import Files

OWNER: Final = "owner"
"""Who did it, where the export does not say: whoever it is the export of."""

OF_OWNER: Final = f"~{OWNER}"
"""Ends the id of what others can do as well, and no platform tells by another id: whoever imports
puts in its place who the owner is.
"""


class Part(NamedTuple):
    """`named` is searched for in a file's path within the export. `begins` is searched for at the
    beginning of a file that somebody has given another name; None: then it cannot be told.
    """

    named: re.Pattern[str]
    begins: re.Pattern[str] | None = None


class Note(NamedTuple):
    """What whoever imports should know of the export as a whole."""

    text: str


class Reader(Protocol):
    """One platform's exports. `TITLE` is what its export is called, with its article; `PARTS` is
    all that is opened; `LOOK_FOR` names the files that one would know it by.
    """

    @property
    def TITLE(self) -> str: ...  # noqa: N802 - a module's constant

    @property
    def PARTS(self) -> tuple[Part, ...]: ...  # noqa: N802

    @property
    def LOOK_FOR(self) -> str: ...  # noqa: N802

    def read(self, files: "Files") -> Iterator[Seen | Note]:
        """Yield what the member did. Raises CommandFailed."""
        ...


def named(pattern: str, begins: str | None = None) -> Part:
    """Return a part by the pattern of its base name, whatever folders it lies in."""
    return Part(
        re.compile(rf"(?:^|[/\\]){pattern}$", re.IGNORECASE),
        None if begins is None else re.compile(begins),
    )


def account(platform: str, identity: str | None, since: datetime | None) -> Seen:
    """Say that the account is the member's, since it exists: an earlier or later claim stands."""
    if not identity or since is None:
        return Skipped("no_account", "the export does not say whose it is, or since when")
    return sighting(
        "link_account",
        platform=platform,
        id=f"account:{identity}",
        by=identity,
        time=since,
        data={"platform": platform, "handle": identity},
    )


def no_time(what: str) -> Skipped:
    return Skipped("no_time", f"{what} have no time in this export")


def utc(text: str) -> datetime | None:
    """Read a time in ISO 8601. Without an offset it is in UTC."""
    try:
        return in_utc(datetime.fromisoformat(text.strip()))
    except ValueError:
        return None


def in_utc(time: datetime) -> datetime | None:
    """Return a time in UTC; None where it is on no calendar any more by then."""
    try:
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except OverflowError:
        return None
