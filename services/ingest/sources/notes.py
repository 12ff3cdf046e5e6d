"""What somebody wrote, as the Activity Vocabulary tells of it: a post, a comment, a quote, a piece.

A reply is a comment, whatever it quotes; whatever is neither is of its own kind.
"""

from typing import Any, Final

from services.ingest.domain.activity import Refused, Skipped
from services.ingest.sources import fediverse
from services.ingest.sources.actors import NO_ACTOR, By
from services.ingest.sources.sightings import Seen, length, moment, sighting, topics
from services.ingest.sources.vocabulary import (
    Thing,
    authors,
    each,
    hashtags,
    id_of,
    private,
    quoted,
    strict_id,
    tagged,
    text,
    title,
    web,
    words,
)

SHORT: Final = ("note", "question", "image", "document", "comment", "status", "photo")
PIECES: Final = ("article", "page", "video", "audio", "event")
CHATS: Final = frozenset({"chatmessage", "encryptedmessage"})
ACTORS: Final = frozenset({"person", "organization", "group", "service", "application", "profile"})


def written(thing: Thing, activity: Thing, by: By | None) -> Seen:
    """Tell of an object that somebody made. The activity may add when, and to whom."""
    named = words(thing)
    if not CHATS.isdisjoint(named) or private(thing, activity):
        return Skipped("private", "it is addressed to some only")
    kind = next((word for word in named if word in (*SHORT, *PIECES)), None)
    if kind is None:
        return _passed_over(named)
    parent = next(filter(id_of, each(thing.get("inReplyTo"))), None)
    if parent and title(thing) and not text(thing) and kind == "note":
        return Skipped("vote", "a vote in a poll is sent as a note, and is none")
    own = id_of(thing) or strict_id(activity.get("id"))
    if by is None:
        return NO_ACTOR
    if own is None:
        return Refused(reason="no_id", detail="without an id, it could not be told from a repeat")
    act, about = _about(thing, kind, parent, own)
    said = text(thing)
    return sighting(
        act,
        platform=fediverse.PLATFORM,
        id=fediverse.act_id(own),
        by=by.id,
        time=moment(thing.get("published") or activity.get("published")),
        label=by.label,
        actor=by.kind,
        data={
            **about,
            "text_length": None if said is None else length(said),
            "topics": topics(hashtags(thing)),
        },
    )


def _passed_over(named: list[str]) -> Seen:
    if "tombstone" in named:
        return Skipped("deleted", "it is no more")
    if not ACTORS.isdisjoint(named):
        return Skipped("profile", "it tells who somebody is, not what they did")
    return Skipped("object_type", "it is of a type that does not count")


def _about(thing: Thing, kind: str, parent: Any, own: str) -> tuple[str, dict[str, Any]]:  # noqa: ANN401
    """Return the kind of act, and what and whom it is about."""
    if parent or kind == "comment":
        thread = (thing.get(key) for key in ("conversation", "context"))
        return "comment", {
            "in_reply_to": id_of(parent),
            "conversation": next((one for one in thread if isinstance(one, str)), None),
            "target": fediverse.account(_answered(thing, parent)),
        }
    itself = {"id": fediverse.act_id(own), "kind": kind, "url": web(thing)}
    if kind in PIECES:
        return "publish", {"object": _without_gaps({**itself, "title": title(thing)})}
    if quotes := quoted(thing):
        writer = next(filter(None, map(_writer, quotes)), None)
        about = {"id": id_of(quotes)}
        return "quote", {"object": about, "target": fediverse.account(writer)}
    return "post", {"object": _without_gaps(itself)}


def _answered(thing: Thing, parent: object) -> str | None:
    """Return whom a reply answers. Of those it mentions only one may be at the parent's host."""
    if writer := _writer(parent):
        return writer
    mentioned = {id_of(one.get("href") or one) for one in tagged(thing, "mention", "person")}
    at = fediverse.host(id_of(parent))
    there = [one for one in mentioned if one and at and fediverse.host(one) == at]
    return there[0] if len(there) == 1 else None


def _writer(thing: object) -> str | None:
    known = thing if isinstance(thing, dict) else {}
    return next(filter(None, map(id_of, authors(known))), None) or fediverse.owner(id_of(thing))


def _without_gaps(object: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in object.items() if value is not None}
