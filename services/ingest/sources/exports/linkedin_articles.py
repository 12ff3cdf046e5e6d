"""The articles in LinkedIn's member export: one page in HTML each, drafts among them."""

import html
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from services.ingest.domain.activity import Sighting, Skipped
from services.ingest.sources.exports.files import File, Files
from services.ingest.sources.exports.linkedin_times import when
from services.ingest.sources.exports.parts import OWNER, Part, no_time
from services.ingest.sources.linkedin_urns import PLATFORM
from services.ingest.sources.payload import line
from services.ingest.sources.sightings import plain, sighting

ARTICLES: Final = Part(
    re.compile(r"(?:^|[/\\])articles[/\\][^/\\].*\.html?$", re.IGNORECASE),
    re.compile(r'(?is)<h1\b.*class="published"'),
)
LONGEST: Final = 1024**2
"""Characters of an article that are read."""
TITLE: Final = re.compile(r"<h1[^<>]*>(.{0,4000}?)</h1>", re.IGNORECASE | re.DOTALL)
LINK: Final = re.compile(r'href="(https?://[^"<>]{1,2000})"', re.IGNORECASE)
PUBLISHED: Final = re.compile(r"Published on\s+([^<>]{1,60})", re.IGNORECASE)
BODY: Final = re.compile(r"<div\b[^<>]*>", re.IGNORECASE)
SLUG: Final = 200


class Article(NamedTuple):
    time: datetime
    seen: Sighting


def read(files: Files) -> Iterator[Article | Skipped]:
    for file in files.of(ARTICLES):
        with files.text(file) as text:
            yield _article(file, text.read(LONGEST))


def _article(file: File, page: str) -> Article | Skipped:
    published = PUBLISHED.search(page)
    if published and published[1].strip().startswith("---"):
        return Skipped("draft", "an article that is not published yet")
    time = when(published[1].strip()) if published else None
    if time is None:
        return no_time("some articles")
    heading = TITLE.search(page)
    link = LINK.search(heading[1]) if heading else None
    url = html.unescape(link[1]) if link else None
    body = BODY.search(page)
    slug = (_slug(url) if url else None) or PurePosixPath(file.name).stem
    known = f"article:{(line(slug) or '-')[:SLUG]}"
    seen = sighting(
        "publish",
        platform=PLATFORM,
        id=known,
        by=OWNER,
        time=time,
        data={
            "object": {
                "id": known,
                "kind": "article",
                "url": url,
                "title": line(plain(heading[1])) if heading else None,
            },
            "text_length": len(plain(page[body.end() :])) if body else None,
        },
    )
    return Article(time, seen)


def _slug(url: str) -> str | None:
    try:
        return urlsplit(url).path.rstrip("/").rpartition("/")[2]
    except ValueError:
        return None
