"""The archive of X, Twitter before: JavaScript files, each one list in JSON behind a name.

No list has the tweets in any order, likes and follows have no time, and a retweet does not say of
what. A long tweet is cut short; all of it is in a list of its own. Messages are never opened.
"""

import html
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple, TypeAlias

from services.ingest.domain.activity import Refused
from services.ingest.sources.exports.files import Files
from services.ingest.sources.exports.jsons import items, listed, members, word
from services.ingest.sources.exports.parts import (
    OWNER,
    Note,
    Part,
    account,
    in_utc,
    named,
    no_time,
    utc,
)
from services.ingest.sources.sightings import Seen, retraction, sighting, topics

PLATFORM: Final = "x"
TITLE: Final = "an X (Twitter) archive"
LOOK_FOR: Final = "tweets.js or tweet.js"


def _listed(names: str) -> Part:
    """Return a list by its names, which it also says itself where somebody has renamed the file."""
    said = names.replace("-", "_")
    return named(rf"(?:{names})(?:-part\d+)?\.js", rf"^\s*window\.YTD\.(?:{said})\.part")


ACCOUNT: Final = _listed("account")
NOTES: Final = _listed("note-tweet")
TWEETS: Final = _listed("tweets?|community-tweet")
DELETED: Final = _listed("deleted-tweets")
LIKES: Final = _listed("like")
FOLLOWS: Final = _listed("following")
PARTS: Final = (ACCOUNT, NOTES, TWEETS, DELETED, LIKES, FOLLOWS)

STATUS: Final = re.compile(
    r"https?://(?:www\.|mobile\.|m\.)?(?:twitter|x)\.com/(?:i/web|\w{1,20})/status(?:es)?/(\d{1,20})",
    re.ASCII,
)
MENTIONED: Final = re.compile(r"^(?:@\w{1,20}\s+)+", re.ASCII)
CUT: Final = 80
"""Characters by which a tweet is found to be the beginning of a long one."""
LONG: Final = 200
"""Characters that a long tweet keeps at least."""
LONGEST: Final = 25_000
DIGITS: Final = re.compile(r"[0-9]{1,19}")
SNOWFLAKES: Final = datetime(2010, 11, 4, 1, 42, 54, 657000, tzinfo=UTC)
FIRST_SNOWFLAKE: Final = 2**32


class Whole(NamedTuple):
    """What a long tweet says in full."""

    length: int
    topics: list[str]


Longs: TypeAlias = dict[str, Whole]


def read(files: Files) -> Iterator[Seen | Note]:
    owner = OWNER
    for each in _all(files, ACCOUNT, "account"):
        if isinstance(each, Refused):
            yield each
            continue
        owner = word(each.get("accountId")) or owner
        yield from _account(each)
    longs: Longs = {}
    for each in _all(files, NOTES, "noteTweet"):
        if isinstance(each, Refused):
            yield each
        else:
            _keep(each, longs)
    for each in _all(files, TWEETS, "tweet"):
        yield each if isinstance(each, Refused) else _tweet(each, owner, longs)
    for each in _all(files, DELETED, "tweet"):
        yield each if isinstance(each, Refused) else _deleted(each, owner)
    for each in _all(files, LIKES, "like"):
        yield each if isinstance(each, Refused) else no_time("likes")
    for each in _all(files, FOLLOWS, "following"):
        yield each if isinstance(each, Refused) else no_time("follows")


def _all(files: Files, part: Part, wrapper: str) -> Iterator[Mapping[str, Any] | Refused]:
    """Yield what is listed, out of its wrapper; the oldest archives have none."""
    for each in listed(files, part, after="="):
        if isinstance(each, Refused):
            yield each
        else:
            said = members(each)
            yield members(said.get(wrapper)) or said


def _account(account_: Mapping[str, Any]) -> Iterator[Seen]:
    yield account(PLATFORM, word(account_.get("accountId")), _time(account_.get("createdAt")))


def _keep(note: Mapping[str, Any], longs: Longs) -> None:
    core = members(note.get("core"))
    text = word(core.get("text")) or ""
    tags = [members(tag).get("text") for tag in items(core.get("hashtags"))]
    longs[_beginning(text)] = Whole(len(text), topics(tags))


def _beginning(text: str) -> str:
    return MENTIONED.sub("", text)[:CUT]


def _tweet(tweet: Mapping[str, Any], owner: str, longs: Longs) -> Seen:
    own = _id(tweet, "id")
    if own is None:
        return Refused(reason="malformed", detail="a tweet has no id")
    first = _first_edition(tweet) or own
    time = _made(first) if first != own else None
    if (time := time or _time(tweet.get("created_at"))) is None:
        return no_time("tweets without a date")
    kind, about = _meant(tweet, own)
    entities = members(tweet.get("entities"))
    tags = [members(tag).get("text") for tag in items(entities.get("hashtags"))]
    text = html.unescape(word(tweet.get("full_text")) or word(tweet.get("text")) or "")
    long = longs.get(_beginning(text)) if len(text) >= LONG else None
    if kind == "share":
        said: dict[str, Any] = {}  # the words are somebody else's
    elif long:
        said = {"text_length": long.length, "topics": long.topics}
    else:
        said = {"text_length": _length(tweet, text), "topics": topics(tags)}
    if kind == "post":
        about = {"object": {"id": first, "kind": "post"}}
    return sighting(kind, platform=PLATFORM, id=first, by=owner, time=time, data={**about, **said})


def _meant(tweet: Mapping[str, Any], own: str) -> tuple[str, dict[str, Any]]:
    """Return the kind and whom it concerns. The flags say nothing: `retweeted` is never set."""
    entities = members(tweet.get("entities"))
    text = word(tweet.get("full_text")) or word(tweet.get("text")) or ""
    if text.startswith("RT @"):
        name = text[4:].partition(":")[0].lower()
        for each in map(members, items(entities.get("user_mentions"))):
            if (word(each.get("screen_name")) or "").lower() == name:
                return "share", {"target": _account_of(_id(each, "id"))}
        return "share", {}
    if answered := _id(tweet, "in_reply_to_status_id"):
        whose = _account_of(_id(tweet, "in_reply_to_user_id"))
        return "comment", {"in_reply_to": answered, "target": whose}
    for each in map(members, items(entities.get("urls"))):
        found = STATUS.match(word(each.get("expanded_url")) or "")
        if found and found[1] != own:  # a long tweet links to all of itself
            return "quote", {"object": {"id": found[1], "kind": "post"}}
    return "post", {}


def _first_edition(tweet: Mapping[str, Any]) -> str | None:
    """Return the id under which it was first written, which is what the act is known by."""
    edits = members(tweet.get("edit_info"))
    later = _digits(members(edits.get("edit")).get("initialTweetId"))
    ids = items(members(edits.get("initial")).get("editTweetIds"))
    return later or (_digits(ids[0]) if ids else None)


def _deleted(tweet: Mapping[str, Any], owner: str) -> Seen:
    own = _id(tweet, "id")
    if own is None:
        return Refused(reason="malformed", detail="a deleted tweet has no id")
    time = _time(tweet.get("deleted_at"))
    if time is None:
        return no_time("deletions without a date")
    first = _first_edition(tweet) or own
    return retraction(platform=PLATFORM, id=f"{first}#undo", by=owner, retracts=first, time=time)


def _length(tweet: Mapping[str, Any], text: str) -> int:
    """Count what is shown: without the names in front of a reply, and the link to a picture."""
    match [*map(_digits, map(str, items(tweet.get("display_text_range"))))]:
        case [str(start), str(end)] if int(start) <= int(end) <= LONGEST:
            return int(end) - int(start)
        case _:
            return len(text)


def _account_of(id: str | None) -> str | None:
    return f"{PLATFORM}:{id}" if id else None


def _id(said: Mapping[str, Any], name: str) -> str | None:
    """Read an id as it is written out: as a number it may have lost its last digits."""
    return _digits(said.get(f"{name}_str")) or _digits(said.get(name))


def _digits(said: object) -> str | None:
    return said if isinstance(said, str) and DIGITS.fullmatch(said) else None


def _made(id: str) -> datetime | None:
    """Return the second at which an id was given out."""
    if int(id) < FIRST_SNOWFLAKE:
        return None
    made = SNOWFLAKES + timedelta(milliseconds=int(id) >> 22)
    return made.replace(microsecond=0)


def _time(said: object) -> datetime | None:
    """Read `Thu Nov 03 08:50:26 +0000 2022`, or what newer lists have: ISO 8601."""
    if not isinstance(said, str):
        return None
    try:
        return in_utc(datetime.strptime(said, "%a %b %d %H:%M:%S %z %Y"))
    except ValueError:
        return utc(said)
