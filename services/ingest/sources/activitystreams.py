"""ActivityPub inbox payloads, and ActivityStreams documents and collections of both versions.

Nothing is fetched: what is named by its address only, and is not understood by that, is skipped.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from services.ingest.domain.activity import Refused, Skipped
from services.ingest.sources import fediverse
from services.ingest.sources.actors import NO_ACTOR, By
from services.ingest.sources.notes import written
from services.ingest.sources.parts import parsed
from services.ingest.sources.sightings import Seen, moment, sighting
from services.ingest.sources.undoing import ACTS, NO_OBJECT, SPOOFED, UNDOING, undone
from services.ingest.sources.vocabulary import (
    Thing,
    authors,
    each,
    id_of,
    private,
    strict_id,
    words,
)

PASSED_OVER: Final = {
    **dict.fromkeys(("accept", "reject", "tentativeaccept", "tentativereject"), "answer"),
    **dict.fromkeys(("add", "remove", "move", "arrive", "travel", "join", "leave"), "other_act"),
    **dict.fromkeys(("invite", "offer", "activity", "intransitiveactivity", "tag"), "other_act"),
    **dict.fromkeys(("block", "flag", "ignore"), "moderation"),
    "dislike": "dislike",
    "update": "edit",
}
COLLECTIONS: Final = frozenset(
    {"collection", "orderedcollection", "collectionpage", "orderedcollectionpage"}
)
KNOWN: Final = frozenset({*COLLECTIONS, *UNDOING, *ACTS, *PASSED_OVER})
DEEPEST: Final = 8
"""Collections of groups' announcements of activities: no more than this within each other."""

UNRESOLVED: Final = Skipped("unresolved", "it is named only, and nothing is fetched here")


def translate(headers: Mapping[str, str], body: bytes) -> list[Seen]:  # noqa: ARG001
    """Return what was done. Raises UnreadableMessage."""
    return list(said(parsed(body)))


def said(value: object, depth: int = 0) -> Iterator[Seen]:
    """Tell what a document says that somebody did: an activity, an object, or many of them."""
    if depth > DEEPEST:
        yield Refused(reason="nested", detail=f"it is wrapped more than {DEEPEST} times")
    elif isinstance(value, list):
        for one in value:
            yield from said(one, depth + 1)
    elif isinstance(value, str):
        yield UNRESOLVED
    elif not isinstance(value, dict):
        yield Refused(reason="not_an_activity", detail="an activity is a JSON object")
    else:
        yield from _told(value, words(value), depth)


def _told(thing: Thing, named: list[str], depth: int) -> Iterator[Seen]:
    kind = next((word for word in named if word in KNOWN), "")
    if kind in COLLECTIONS or (not named and ("items" in thing or "orderedItems" in thing)):
        yield from _collected(thing, depth)
    elif kind in UNDOING:
        yield from undone(thing, kind)
    elif kind in ACTS:
        yield from _done(thing, kind, depth)
    elif kind in PASSED_OVER:
        yield Skipped(PASSED_OVER[kind], "it is an act of a kind that does not count")
    else:
        yield from _written(thing, {})


def _collected(collection: Thing, depth: int) -> Iterator[Seen]:
    items = [one for key in ("items", "orderedItems", "first") for one in each(collection.get(key))]
    if not items:
        yield Skipped("empty", "a collection of nothing")
    for one in items:
        yield from said(one, depth + 1)


def _done(activity: Thing, word: str, depth: int) -> Iterator[Seen]:
    things = each(activity.get("object"))
    if not things:
        yield NO_OBJECT
    elif word == "create":
        for thing in things:
            yield from _written(thing, activity) if isinstance(thing, dict) else (UNRESOLVED,)
    elif word == "announce" and isinstance(things[0], dict) and "actor" in things[0]:
        yield from said(things[0], depth + 1)  # a group passes on what its members do
    else:
        yield _act(activity, ACTS[word])


def _written(thing: Thing, activity: Thing) -> Iterator[Seen]:
    """Tell of something written: by whom the activity says, else by whom it says itself."""
    writers = [one for one in map(id_of, authors(thing)) if one]
    by = By.of(activity.get("actor")) or By.of(authors(thing))
    if by and writers and by.id not in writers:
        at = fediverse.host(by.id)
        theirs = next((one for one in writers if at and fediverse.host(one) == at), None)
        if theirs is None:
            yield SPOOFED
            return
        if strict_id(each(activity.get("actor"))[0]) is None:
            by = By(theirs, fediverse.label(theirs), by.kind)
    if by and activity and fediverse.foreign(strict_id(thing), by.id):
        yield SPOOFED
        return
    yield written(thing, activity, by)


def _act(activity: Thing, kind: str) -> Seen:
    """Tell of what is done to one object: the first that is named."""
    thing, by = activity.get("object"), By.of(activity.get("actor"))
    what = id_of(thing)
    if kind == "share" and private(activity):
        return Skipped("private", "it is addressed to some only")
    if what is None:
        return NO_OBJECT
    if by is None:
        return NO_ACTOR
    known = next((one for one in each(thing) if isinstance(one, dict)), {})
    wrote = next(filter(None, map(id_of, authors(known))), None) or fediverse.owner(what)
    own = strict_id(activity.get("id"))
    if fediverse.foreign(own, by.id):
        return SPOOFED
    return sighting(
        kind,
        platform=fediverse.PLATFORM,
        id=fediverse.act_id(own) if own else fediverse.derived_id(by.id, kind, what),
        by=by.id,
        time=moment(activity.get("published")),
        label=by.label,
        actor=by.kind,
        data={
            "object": {"id": what},
            "target": fediverse.account(what if kind == "follow" else wrote),
        },
    )
