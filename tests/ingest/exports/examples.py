"""An export put together in a folder or a zip, and what a reader makes of it."""

import json
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from services.ingest.domain.activity import Refused, Sighting, Skipped
from services.ingest.handlers.reading import Heard
from services.ingest.handlers.reading import read as judged
from services.ingest.sources.exports import files, readers
from services.ingest.sources.exports.parts import Note
from tests.ingest.examples import NOW, Event

Contents = Mapping[str, str | bytes]


class Told(NamedTuple):
    """What a reader has said of an export."""

    events: list[Event]
    skipped: Counter[str]
    refused: list[Refused]
    notes: list[str]

    @property
    def kinds(self) -> list[str]:
        return [kind(event) for event in self.events]

    @property
    def only(self) -> Event:
        [event] = self.events
        return event


def kind(event: Event) -> str:
    return str(event["type"]).split(".")[2]


def in_folder(folder: Path, contents: Contents) -> Path:
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def in_zip(path: Path, contents: Contents) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in contents.items():
            packed.writestr(name, content)
    return path


def read(platform: str, path: Path) -> Told:
    """Read an export; whatever becomes an event must be one that ingest takes."""
    told = Told([], Counter(), [], [])
    with files.opened(str(path)) as export:
        for one in readers.read(platform, export):
            match one:
                case Sighting():
                    event = {**one.event, "subject": "m-017"}
                    assert not isinstance(judged(Heard(event, NOW)), Refused), judged(
                        Heard(event, NOW)
                    )
                    told.events.append(one.event)
                case Skipped():
                    told.skipped[one.reason] += 1
                case Refused():
                    told.refused.append(one)
                case Note():
                    told.notes.append(one.text)
    return told


def ytd(name: str, items: Sequence[Any], part: int = 0) -> str:
    """Write a file of X's archive."""
    return f"window.YTD.{name}.part{part} = {json.dumps(items, indent=2)}"
