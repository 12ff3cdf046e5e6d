"""Who reads which platform's export, and what an export is when it is not what was said."""

from collections.abc import Iterator, Mapping
from typing import Final

from services.ingest.sources.exports import activitystreams, linkedin, mastodon, x, youtube
from services.ingest.sources.exports.files import Files
from services.ingest.sources.exports.parts import Note, Reader
from services.ingest.sources.sightings import Seen
from shared.runtime.errors import CommandFailed

READERS: Final[Mapping[str, Reader]] = {
    "linkedin": linkedin,
    "x": x,
    "mastodon": mastodon,
    "youtube": youtube,
    "activitystreams": activitystreams,
}


def read(platform: str, files: Files) -> Iterator[Seen | Note]:
    """Yield what the member of this export did. Raises CommandFailed."""
    reader = READERS[platform]
    if not _has(reader, files):
        others = [name for name in READERS if _has(READERS[name], files)]
        looks = (
            f"it looks like {READERS[others[0]].TITLE}: zones import {others[0]} {files.path} ..."
            if others
            else f"name the folder, the zip or the file that has {reader.LOOK_FOR}"
        )
        raise CommandFailed(f"{files.path} is not {reader.TITLE}; {looks}")
    return reader.read(files)


def size(platform: str, files: Files) -> int:
    """Return how many bytes there are to read, about."""
    return files.size_of(READERS[platform].PARTS)


def _has(reader: Reader, files: Files) -> bool:
    return any(files.of(part) for part in reader.PARTS)
