"""Mastodon's archive: the outbox in ActivityStreams, and whose it is.

It says how many acts there are, and is mostly wrong. Favourites are bare addresses without a time.
Bookmarks and what was uploaded are not opened.
"""

from collections.abc import Iterator
from typing import Any, Final

from services.ingest.domain.activity import Refused
from services.ingest.sources.exports import activitystreams
from services.ingest.sources.exports.files import Files
from services.ingest.sources.exports.jsons import NotJson, items, listed, members, whole, word
from services.ingest.sources.exports.parts import Note, account, named, no_time, utc
from services.ingest.sources.fediverse import PLATFORM
from services.ingest.sources.sightings import Seen

TITLE: Final = "a Mastodon archive"
LOOK_FOR: Final = "outbox.json and actor.json"
ACTOR: Final = named(r"actor\.json")
OUTBOX: Final = named(r"outbox\.json", r'"(?:orderedItems|OrderedCollection)"')
LIKES: Final = named(r"likes\.json")
PARTS: Final = (ACTOR, OUTBOX, LIKES)
ITEMS: Final = frozenset({"orderedItems"})


def read(files: Files) -> Iterator[Seen | Note]:
    owner = None
    for said in _actors(files):
        if isinstance(said, Refused):
            yield said
            continue
        actor = members(said)
        identity = word(actor.get("id"))
        owner = f"{PLATFORM}:{identity}" if identity else owner
        yield account(PLATFORM, identity, utc(word(actor.get("published")) or ""))
        yield from _elsewhere(actor)
    yield from activitystreams.acts(listed(files, OUTBOX, keys=ITEMS), owner)
    for each in listed(files, LIKES, keys=ITEMS):
        yield each if isinstance(each, Refused) else no_time("favourites")


def _actors(files: Files) -> Iterator[Any]:
    for file in files.of(ACTOR):
        with files.text(file) as text:
            try:
                yield whole(text)
            except NotJson as error:
                yield Refused(reason="malformed", detail=f"{file.name}: {error}")


def _elsewhere(actor: Any) -> Iterator[Note]:  # noqa: ANN401 - JSON is anything
    if moved := word(actor.get("movedTo")):
        yield Note(f"the account has moved to {moved}: link that one too, if it is the member's")
    for other in items(actor.get("alsoKnownAs")):
        if known := word(other):
            yield Note(f"the account is also known as {known}: its own archive has its acts")
