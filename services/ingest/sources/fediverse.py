"""What Mastodon's own words and everybody's ActivityPub have in common: whose is it, which is it?

The same act has to get the same id from an inbox, from Mastodon's API and from its archive.
"""

import hashlib
import re
from typing import Final
from urllib.parse import urlsplit

PLATFORM: Final = "fediverse"

STATUS: Final = re.compile(r"(https?://[^/\s?#]+/(?:ap/)?users/[^/\s?#]+)/statuses/[^/\s?#]+")
NAME: Final = re.compile(r"\w[\w.-]{0,63}")
ACTOR: Final = re.compile(r"https?://[^/\s?#]+/(?:users/|@)(\w[\w.-]*)", re.ASCII)


def act_id(activity: str) -> str:
    """Return the id of an act. Mastodon calls one boost by two names, with and without a tail."""
    return activity.removesuffix("/activity")


def derived_id(actor: str, kind: str, object: str) -> str:
    """Return the id of an act that has none: somebody can do this to that only once."""
    return f"{kind}:{hashlib.sha256(f'{actor} {object}'.encode()).hexdigest()[:32]}"


def account(actor: str | None) -> str | None:
    """Name somebody as an event's data does."""
    return None if actor is None else f"{PLATFORM}:{actor}"


def owner(status: str | None) -> str | None:
    """Return whose status that is, where its address tells, as Mastodon's do."""
    found = STATUS.match(status or "")
    return found[1] if found else None


def label(actor: str, username: str | None = None) -> str | None:
    """Return `user@host`, by the name that the actor goes by, else as Mastodon's addresses tell.

    The host is always that of the address: nobody names themselves after another's.
    """
    found, at = ACTOR.fullmatch(actor), host(actor)
    name = username if NAME.fullmatch(username or "") else found and found[1]
    return f"{name}@{at}" if name and at else None


def foreign(id: str | None, actor: str) -> bool:
    """Whether a server gives out an id that is another server's to give."""
    here, there = host(actor), host(id)
    return here is not None and there is not None and here != there


def host(address: str | None) -> str | None:
    """Return where a web address leads, None where it is no such thing."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return None
    return parts.hostname if parts.scheme in {"http", "https"} else None
