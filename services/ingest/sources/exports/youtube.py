"""YouTube's watch history out of Google Takeout: one list in JSON, newest first.

A video may be watched again, so the video alone is no id. The words are in the language of the
account, so none is read: what tells is where an entry leads.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from services.ingest.domain.activity import Refused, Skipped
from services.ingest.sources.exports.files import Files
from services.ingest.sources.exports.jsons import items, listed, members, word
from services.ingest.sources.exports.parts import OWNER, Note, named, no_time, utc
from services.ingest.sources.sightings import Seen, sighting

PLATFORM: Final = "youtube"
TITLE: Final = "a YouTube history from Google Takeout"
LOOK_FOR: Final = "watch-history.json"
HISTORY: Final = named(r"watch-history\.json", r'^\s*\[\s*\{\s*"header"\s*:')
PAGES: Final = named(r"watch-history\.html")
PARTS: Final = (HISTORY, PAGES)

VIDEO: Final = re.compile(r"[A-Za-z0-9_-]{6,64}", re.ASCII)
CHANNEL: Final = re.compile(r"/channel/([A-Za-z0-9_-]{6,64})", re.ASCII)
HOSTS: Final = frozenset({"youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com"})
SHORT: Final = "youtu.be"
IN_A_PATH: Final = frozenset({"shorts", "live", "embed", "v"})


def read(files: Files) -> Iterator[Seen | Note]:
    for file in files.of(PAGES):
        yield Refused(
            reason="not_json",
            detail=f"{file.name} is a page for people: choose JSON for the history in Takeout",
        )
    for each in listed(files, HISTORY):
        yield each if isinstance(each, Refused) else _watched(members(each))


def _watched(entry: Mapping[str, Any]) -> Seen:
    time = utc(word(entry.get("time")) or "")
    if time is None:
        return no_time("entries without a time")
    address = word(entry.get("titleUrl"))
    if address is None:
        return Skipped("removed", "a video that is not there any more has no address")
    video = _video(address)
    if video is None:
        return Skipped("not_a_video", "a page was visited, and no video watched")
    if items(entry.get("details")):
        return Skipped("advertisement", "it was shown as an advertisement")
    return sighting(
        "view",
        platform=PLATFORM,
        id=f"watch:{video}:{_written(time)}",
        by=OWNER,
        time=time,
        data={
            "object": {
                "id": video,
                "kind": "video",
                "url": f"https://www.youtube.com/watch?v={video}",
            },
            "target": _channel(entry),
        },
    )


def _video(address: str) -> str | None:
    try:
        parts = urlsplit(address)
        path = parts.path.strip("/").split("/")
        if parts.hostname == SHORT:
            found = path[0]
        elif parts.hostname not in HOSTS:
            return None
        elif path[0] in IN_A_PATH:
            found = path[-1]
        elif path[0] == "watch":
            [found, *_] = parse_qs(parts.query).get("v", [""])
        else:
            return None
    except ValueError:
        return None
    return found if VIDEO.fullmatch(found) else None


def _channel(entry: Mapping[str, Any]) -> str | None:
    for each in map(members, items(entry.get("subtitles"))):
        if found := CHANNEL.search(word(each.get("url")) or ""):
            return f"{PLATFORM}:{found[1]}"
    return None


def _written(time: datetime) -> str:
    precision = "milliseconds" if time.microsecond else "seconds"
    return f"{time.replace(tzinfo=None).isoformat(timespec=precision)}Z"
