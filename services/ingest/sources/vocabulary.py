"""The Activity Vocabulary, its first and its second version, read as one.

Nearly every word of it may be a text, an object, a list of both, or missing.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from services.ingest.sources.sightings import plain

Thing = Mapping[str, Any]
"""An activity, an object, an actor or a link."""

NAMESPACE: Final = re.compile(
    r"(?:as:|litepub:|https?://www\.w3\.org/ns/activitystreams#|http://litepub\.social/ns#"
    r"|https?://activitystrea\.ms/(?:schema|head)/1\.0/|http://activityschema\.org/object/)"
)
VERBS: Final = {
    "add-friend": "follow",
    "favorite": "like",
    "favourite": "like",
    "make-friend": "follow",
    "post": "create",
    "react": "emojireact",
    "rsvp-maybe": "tentativeaccept",
    "rsvp-no": "reject",
    "rsvp-yes": "accept",
    "share": "announce",
    "unfavorite": "unlike",
    "stop-following": "unfollow",
    "watch": "view",
}
"""Verbs of the first version that have another name in the second."""
PUBLIC: Final = frozenset(
    {
        "https://www.w3.org/ns/activitystreams#Public",
        "http://www.w3.org/ns/activitystreams#Public",
        "http://activityschema.org/collection/public",
        "as:Public",
        "Public",
        "@public",
        "@unlisted",
    }
)
ADDRESSED: Final = ("to", "cc", "bto", "bcc")
QUOTES: Final = ("quote", "quoteUrl", "quoteUri", "quoteURL", "_misskey_quote")
STREAMS: Final = ("application/ld+json", "application/activity+json")
UNMARKED: Final = ("text/plain", "text/markdown")
TITLE: Final = 500
URL: Final = re.compile(r"https?://[^\x00-\x20\x7f-\x9f]{1,2000}")


def each(value: object) -> list[Any]:
    """Return what is said as a list, whatever it was."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def words(thing: Thing) -> list[str]:
    """Return what the thing is, in lower case and in the words of the second version."""
    verb = thing.get("verb")
    if isinstance(verb, str) and thing.get("objectType") in (None, "activity"):
        verb = NAMESPACE.sub("", verb, count=1).lower()
        return [VERBS.get(verb, verb)]
    if thing.get("objectType") == "activity":
        return ["create"]
    said = next((thing[key] for key in ("type", "@type", "objectType") if thing.get(key)), None)
    return [NAMESPACE.sub("", one, count=1).lower() for one in each(said) if isinstance(one, str)]


def id_of(value: object) -> str | None:
    """Return the id of whoever or whatever this is; its address where it has no id."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, list):
        return next(filter(None, map(id_of, value)), None)
    if isinstance(value, dict):
        own = strict_id(value)
        return own or id_of([value.get(key) for key in ("url", "href", "value")])
    return None


def strict_id(value: object) -> str | None:
    said = (value.get("id") or value.get("@id")) if isinstance(value, dict) else value
    return said if isinstance(said, str) and said else None


def web(thing: Thing) -> str | None:
    """Return the address at which people read the thing, if it is on the web."""
    links = each(thing.get("url"))
    pages = [one for one in links if isinstance(one, dict) and one.get("mediaType") == "text/html"]
    addresses = (id_of(one) for one in (*pages, *links))
    return next((one for one in addresses if one and URL.fullmatch(one)), None)


def authors(thing: Thing) -> list[Any]:
    """Return who wrote it, as far as it says."""
    said = (thing.get(key) for key in ("attributedTo", "author", "authors"))
    return next((each(one) for one in said if one), [])


def text(thing: Thing) -> str | None:
    """Return what a reader sees of it, None where it says nothing about that."""
    content = _spoken(thing, "content", "contentMap")
    if content is None or thing.get("mediaType") in UNMARKED:
        return content
    return plain(content)


def title(thing: Thing) -> str | None:
    said = _spoken(thing, "name", "nameMap") or _spoken(thing, "displayName", "title")
    return " ".join(_printable(plain(said)).split())[:TITLE].strip() if said else None


def private(*things: Thing) -> bool:
    """Whether one of these is addressed to somebody, and not to everybody.

    What is addressed to nobody at all is a document that anybody may read.
    """
    for thing in things:
        to = [_addressee(one) for key in ADDRESSED for one in each(thing.get(key))]
        if to and PUBLIC.isdisjoint(to):
            return True
    return False


def tagged(thing: Thing, *kinds: str) -> list[Thing]:
    """Return its tags of these kinds: hashtags, mentions, links."""
    tags = [one for key in ("tag", "tags") for one in each(thing.get(key)) if isinstance(one, dict)]
    return [one for one in tags if not set(kinds).isdisjoint(words(one))]


def hashtags(thing: Thing) -> list[str]:
    tags = tagged(thing, "hashtag", "tag")
    return [name for one in tags if (name := title(one))]


def quoted(thing: Thing) -> list[Any]:
    """Return what it quotes, as often as it says so, for the fediverse has learned to say it in
    five ways: the first says what, another may say whose.
    """
    said = [thing[key] for key in QUOTES if id_of(thing.get(key))]
    said += _linked(thing)
    return [one for one in said if id_of(one) == id_of(said[0])]


def _linked(thing: Thing) -> Iterator[Any]:
    for link in tagged(thing, "link"):
        if str(link.get("mediaType")).partition(";")[0].strip() in STREAMS and id_of(link):
            yield link
    for one in each(thing.get("attachments")):  # the first version had no other way
        if isinstance(one, dict) and "note" in words(one) and id_of(one):
            yield one


def _addressee(value: object) -> str | None:
    alias = value.get("alias") if isinstance(value, dict) else None
    return alias if isinstance(alias, str) else id_of(value)


def _spoken(thing: Thing, *keys: str) -> str | None:
    """Return the first of these that is a text, or has texts by language."""
    for key in keys:
        said = thing.get(key)
        by_language = said.values() if isinstance(said, dict) else [said]
        if found := next((one for one in by_language if isinstance(one, str)), None):
            return found
        if any(isinstance(one, str) for one in by_language):
            return ""
    return None


def _printable(said: str) -> str:
    return "".join(one if one.isprintable() else " " for one in said)
