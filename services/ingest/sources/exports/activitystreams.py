"""Collections of ActivityStreams, as servers of the fediverse hand them out: somebody's outbox.

The acts are read as they are when they arrive one by one, and so have the same ids.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from services.ingest.domain.activity import Refused, Sighting, Skipped
from services.ingest.sources.activitystreams import said
from services.ingest.sources.exports.files import Files
from services.ingest.sources.exports.jsons import NotJson, listed, whole
from services.ingest.sources.exports.parts import Note, Part, no_time
from services.ingest.sources.sightings import Seen

TITLE: Final = "a collection of ActivityStreams"
LOOK_FOR: Final = "outbox.json"
OUTBOX: Final = Part(
    re.compile(r"(?:^|[/\\])outbox[\w.-]*\.(?:json|jsonld)$", re.IGNORECASE),
    re.compile(r'"(?:@context|orderedItems|objectType|verb)"\s*:'),
)
PARTS: Final = (OUTBOX,)
ITEMS: Final = frozenset({"orderedItems", "items"})


def read(files: Files) -> Iterator[Seen | Note]:
    return acts(_documents(files), None)


def acts(things: Iterable[Any], owner: str | None) -> Iterator[Seen]:
    """Tell of the acts of one account: that of `owner`, else that of whoever acts first."""
    for thing in things:
        if isinstance(thing, Refused):
            yield thing
            continue
        for one in _told(thing):
            if not isinstance(one, Sighting):
                yield one
                continue
            owner = owner or one.event["subject"]
            if one.event["subject"] != owner:
                yield Skipped("other_actor", "somebody else did it")
            elif "time" not in one.event:
                yield no_time("some acts")
            else:
                yield one


def _told(thing: object) -> list[Seen]:
    try:
        return list(said(thing))
    except RecursionError:
        return [Refused(reason="nested", detail="something in it is wrapped too often")]


def _documents(files: Files) -> Iterator[Any]:
    """Yield what is listed; a document that lists nothing on its first level is one thing."""
    found = False
    for thing in listed(files, OUTBOX, keys=ITEMS):
        found = True
        yield thing
    for file in [] if found else files.of(OUTBOX):
        with files.text(file) as text:
            try:
                yield whole(text)
            except NotJson as error:
                yield Refused(reason="malformed", detail=f"{file.name}: {error}")
