"""Whatever stands in an export: it is read, skipped or refused, or there is one clear line."""

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.ingest.domain.activity import Refused, Sighting, Skipped
from services.ingest.handlers.reading import Heard
from services.ingest.handlers.reading import read as judged
from services.ingest.sources.exports import files, readers
from services.ingest.sources.exports.parts import Note
from shared.runtime.errors import CommandFailed
from tests.ingest.examples import NOW
from tests.ingest.exports.linkedins import ARTICLE, FEED, WHOLE

FILES: Final = {
    "linkedin": [*WHOLE],
    "x": [
        f"data/{name}.js"
        for name in ("account", "note-tweet", "tweets", "deleted-tweets", "like", "following")
    ],
    "mastodon": ["actor.json", "outbox.json", "likes.json"],
    "activitystreams": ["outbox.json"],
    "youtube": ["watch-history.json", "watch-history.html"],
}
EVERY: Final = [(platform, name) for platform, names in FILES.items() for name in names]
WORDS: Final = re.findall(
    r"\w+",
    "account accountId createdAt tweet id_str created_at full_text display_text_range entities"
    " hashtags text user_mentions screen_name urls expanded_url in_reply_to_status_id_str"
    " in_reply_to_user_id_str edit_info initial edit editTweetIds initialTweetId deleted_at"
    " type actor object published id to tag inReplyTo orderedItems items first movedTo"
    " noteTweet core like following titleUrl time subtitles url details",
)
SAID: Final = st.sampled_from(
    [
        "RT @a: b",
        "Create",
        "Announce",
        "Note",
        "OrderedCollection",
        "https://social.example/users/user-1",
        "1588093213490012160",
        "0" * 40,
        "Thu Nov 03 08:50:26 +0000 2022",
        "Thu Nov 03 08:50:26 +2359 0001",
        "2023-05-06T07:08:09.123Z",
        "9999-12-31T23:59:59-23:59",
        "https://www.youtube.com/watch?v=abcDEF12345",
        "https://[x/",
        "https://x.com/a/status/1",
        "\ud800",
        "\x00\x1b",
    ]
)
ANY: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | SAID,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5)
    ),
    max_leaves=25,
)
CELL: Final = st.sampled_from(
    [
        "2024-06-18 09:21:57",
        "18-Jun-24",
        "0001-01-01 00:00:00",
        "9999-12-31 23:59:59",
        f"{FEED}share%3A7208700000000000000",
        f"{FEED}groupPost%3A4-999999999999999999999",
        "https://[x/",
        "https://example.org/a",
        'a"\n"b',
        "\\",
        "N/A",
        "\x00\x85",
        "#" + "tag" * 40,
        "x" * 3000,
        "",
    ]
)


def endure(platform: str, folder: Path, name: str, content: bytes) -> None:
    """Read it. What becomes an event can be written, and ingest has an answer to it."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    with files.opened(str(folder)) as export:
        try:
            for one in readers.read(platform, export):
                assert isinstance(one, Sighting | Skipped | Refused | Note)
                if isinstance(one, Sighting):
                    event = json.loads(json.dumps({**one.event, "subject": "m-017"}))
                    judged(Heard(event, NOW))
        except CommandFailed as error:
            assert str(error)  # noqa: PT017 - either way is good


lasting = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60
)


@pytest.mark.parametrize(("platform", "name"), EVERY)
@lasting
@given(content=st.binary(max_size=300))
def test_any_bytes(tmp_path: Path, platform: str, name: str, content: bytes) -> None:
    endure(platform, tmp_path, name, content)


@pytest.mark.parametrize(
    ("platform", "name"), [one for one in EVERY if one[1].endswith(("js", "json"))]
)
@lasting
@given(content=st.lists(ANY, max_size=4))
def test_any_json(tmp_path: Path, platform: str, name: str, content: list[Any]) -> None:
    begins = b"window.YTD.a.part0 = " if name.endswith("js") else b""
    endure(platform, tmp_path, name, begins + json.dumps(content).encode())
    if platform in {"mastodon", "activitystreams"}:
        for listed in ({"orderedItems": content}, {"items": content, "first": content}, *content):
            endure(platform, tmp_path, name, json.dumps(listed).encode())


@pytest.mark.parametrize("name", [name for name in WHOLE if name.endswith("csv")])
@lasting
@given(
    rows=st.lists(st.lists(CELL, max_size=8), max_size=5),
    quoted=st.booleans(),
    encoding=st.sampled_from(["utf-8-sig", "utf-16", "utf-16-le"]),
)
def test_any_table(
    tmp_path: Path, name: str, rows: list[list[str]], quoted: bool, encoding: str
) -> None:
    header = next(line for line in str(WHOLE[name]).splitlines() if line.count(",") > 0)
    cell = '"{}"'.format if quoted else str
    lines = [header, *(",".join(map(cell, row)) for row in rows)]
    endure("linkedin", tmp_path, name, "\r\n".join(lines).encode(encoding))


@lasting
@given(published=st.text(max_size=30) | CELL, cut=st.integers(0, 400))
def test_any_article(tmp_path: Path, published: str, cut: int) -> None:
    page = ARTICLE.format(published=published)[cut:].encode(errors="replace")
    endure("linkedin", tmp_path, "Articles/a.html", page)


@pytest.mark.parametrize("filling", ["<", "<h1", "<h1 href=", "<h1>\n", "Published on ", "&#"])
def test_an_article_of_nothing_but_beginnings_takes_no_longer(tmp_path: Path, filling: str) -> None:
    endure("linkedin", tmp_path, "Articles/a.html", (filling * 40_000).encode())
