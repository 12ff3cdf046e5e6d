"""LinkedIn's member export: a folder of tables, in a dialect that changes from year to year.

Nothing has an id but what is in its links, so comments and reactions are known by what they are
about and the second of their making. Times are in UTC, whatever they look like. Who else is in the
tables, by name, is counted and goes no further; messages are not opened.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from services.ingest.domain.activity import Refused, Skipped
from services.ingest.domain.identity import AccountName
from services.ingest.sources.exports import linkedin_articles
from services.ingest.sources.exports.files import File, Files
from services.ingest.sources.exports.linkedin_articles import ARTICLES, Article
from services.ingest.sources.exports.linkedin_times import coarse, when
from services.ingest.sources.exports.parts import OWNER, Note, Part, named, no_time
from services.ingest.sources.exports.tables import Row, column, table
from services.ingest.sources.linkedin_acts import hashtags
from services.ingest.sources.linkedin_urns import (
    PLATFORM,
    Urn,
    comment_id,
    created,
    post_in,
    reaction_id,
    urn_in,
)
from services.ingest.sources.payload import line
from services.ingest.sources.sightings import Seen, length, sighting

TITLE: Final = "a LinkedIn export"
LOOK_FOR: Final = "Shares.csv, Comments.csv or Reactions.csv"


def _titled(name: str, *columns: str) -> Part:
    """Return a table by its name, or else by the first of its columns."""
    first = r'"?[,;\t]"?'.join(re.escape(each).replace(r"\ ", " ?") for each in columns)
    return named(rf"{name}(?:[ _]\d+)?\.(?:csv|tsv|txt)", rf'(?im)^"?{first}')


SHARES: Final = named(
    r"shares(?:[ _]\d+)?\.(?:csv|tsv|txt)", r'(?im)^"?date"?[,;\t].{0,80}share ?link'
)
COMMENTS: Final = _titled("comments", "Date", "Link", "Message")
REACTIONS: Final = _titled("reactions", "Date", "Type", "Link")
VOTES: Final = _titled("votes", "Date", "Link", "OptionText")
CONNECTIONS: Final = named(
    r"connections\.(?:csv|tsv|txt)", r"(?im)^.?first ?name.{1,4}last ?name.{0,90}connected ?on"
)
COMPANIES: Final = _titled("company[ _]follows", "Organization", "Followed On")
PEOPLE: Final = _titled("member[ _]follows", "Date", "Status", "FullName")
HASHTAGS: Final = _titled("hashtag[ _]follows", "HashTag", "CreatedTime")
SAVED: Final = _titled("saved[ _]items", "savedItem", "createdTime")
LEARNING: Final = _titled("learning", "Content Title", "Content Description")
MESSAGES: Final = named(r"(?:\w*messages|inbox)\.(?:csv|tsv|txt)")
PARTS: Final = (
    ARTICLES,
    SHARES,
    COMMENTS,
    REACTIONS,
    VOTES,
    CONNECTIONS,
    COMPANIES,
    PEOPLE,
    HASHTAGS,
    SAVED,
    LEARNING,
    MESSAGES,
)

BREAK: Final = '"\n"'
"""How the table of shares writes the end of a line."""
REF: Final = 512
URL: Final = 2048
NAME: Final = 150
FOLLOWING: Final = frozenset({"", "active", "following", "followed"})
DAY: Final = timedelta(days=1)

Read: TypeAlias = Callable[[Row, datetime], Seen]


def read(files: Files) -> Iterator[Seen | Note]:
    minutes: set[datetime] = set()
    for said in linkedin_articles.read(files):
        if isinstance(said, Article):
            minutes.add(said.time.replace(second=0))
            yield said.seen
        else:
            yield said
    yield from _each(files, SHARES, "date", lambda row, time: _share(row, time, minutes))
    yield from _each(files, COMMENTS, "date", _comment, escape="\\")
    yield from _each(files, REACTIONS, "date", _reaction)
    yield from _each(files, VOTES, "date", _vote)
    yield from _network(files)
    yield from _each(files, COMPANIES, "followedon", _company)
    yield from _each(files, PEOPLE, "date", _person)
    yield from _each(files, HASHTAGS, "createdtime", _hashtag)
    yield from _each(files, SAVED, "createdtime", _saved)
    yield from _each(files, LEARNING, column("Content Last Watched Date (if viewed)"), _learned)
    for file in files.of(MESSAGES):
        yield Skipped("private", f"{file.short} is not opened")


def _each(
    files: Files, part: Part, dated: str, read: Read, *, escape: str | None = None
) -> Iterator[Seen]:
    """Read the tables of a part, row by row. `dated` is the column that says when."""
    for file in files.of(part):
        for row in _rows(files, file, dated, escape):
            if isinstance(row, Refused):
                yield row
                continue
            said = row.fields.get(dated, "")
            time = when(said)
            if row.sound and said in {"", "N/A", "---"}:
                yield no_time(f"some rows of {file.short}")
            elif row.sound and time:
                seen = read(row, time)
                yield _damaged(file, row) if seen is DAMAGED else seen
            else:
                yield _damaged(file, row)


def _rows(files: Files, file: File, dated: str, escape: str | None) -> Iterator[Row | Refused]:
    with files.text(file) as text:
        found = table(text, marks=frozenset({dated}), escape=escape)
        if found is None:
            yield Refused(
                reason="no_table", detail=f"{file.name} is no table with the columns it should have"
            )
        else:
            yield from found.rows


DAMAGED: Final = Refused(reason="damaged_row", detail="it leads to nothing")


def _damaged(file: File, row: Row) -> Refused:
    return Refused(
        reason="damaged_row",
        detail=f"{file.name}, line {row.number}: no date or link where they should be, as after"
        " a spreadsheet has saved it; take the file as it came",
    )


def _share(row: Row, time: datetime, articles: set[datetime]) -> Seen:
    link, shared = row.fields.get("sharelink", ""), row.fields.get("sharedurl", "")
    own = urn_in(link)
    if own is None and not link.startswith("http"):
        return DAMAGED
    if time.replace(second=0) in articles and (not shared or "linkedin.com/" in shared):
        return Skipped("shared_article", "an article that was published is a share besides")
    text = row.fields.get("sharecommentary", "").replace(BREAK, "\n").strip()
    about: dict[str, Any] = {}
    if shared:
        kind, about = ("quote" if text else "share"), {"object": _page(shared)}
    elif text or row.fields.get("mediaurl"):
        kind, about = "post", {"object": _page(link) | {"kind": "post"}}
    else:
        kind = "share"  # of what, nobody says
    return sighting(
        kind,
        platform=PLATFORM,
        id=str(own or link)[:250],
        by=OWNER,
        time=_exact(time, own),
        data={**about, "text_length": length(text), "topics": hashtags(text)},
    )


def _exact(time: datetime, own: Urn | None) -> datetime:
    """A spreadsheet may have left the day alone; the urn has kept the time."""
    made = created(own) if own else None
    if made and coarse(time) and abs(made - time) < DAY:
        return made.replace(microsecond=0)
    return time


def _comment(row: Row, time: datetime) -> Seen:
    post = urn_in(row.fields.get("link"))
    if post is None:
        return DAMAGED
    text = row.fields.get("message", "")
    return sighting(
        "comment",
        platform=PLATFORM,
        id=comment_id(post, time),
        by=OWNER,
        time=time,
        data={
            "in_reply_to": str(post),
            "conversation": str(post_in(str(post))),
            "text_length": length(text),
            "topics": hashtags(text),
        },
    )


def _reaction(row: Row, time: datetime) -> Seen:
    urn = urn_in(row.fields.get("link"))
    if urn is None:
        return DAMAGED
    return sighting(
        "like",
        platform=PLATFORM,
        id=reaction_id(urn, time),
        by=OWNER,
        time=time,
        data={"object": _object(urn)},
    )


def _vote(_row: Row, _time: datetime) -> Seen:
    return Skipped("poll_vote", "a vote in a poll is no activity")


def _network(files: Files) -> Iterator[Seen]:
    """Count the connections on the day of the newest one. Who they are is not kept."""
    for file in files.of(CONNECTIONS):
        count, newest = 0, None
        for row in _rows(files, file, "connectedon", None):
            if isinstance(row, Refused):
                yield row
            elif row.sound and (time := when(row.fields["connectedon"])):
                count, newest = count + 1, max(time, newest or time)
            else:
                yield _damaged(file, row)
        if newest:
            yield sighting(
                "network",
                platform=PLATFORM,
                id=f"network:{newest:%Y-%m-%d}:{count}",
                by=OWNER,
                time=newest,
                data={"platform": PLATFORM, "connections": count},
            )


def _company(row: Row, time: datetime) -> Seen:
    return _follow(f"company:{row.fields.get('organization', '')[:NAME]}", time)


def _hashtag(row: Row, time: datetime) -> Seen:
    if row.fields.get("state", "").lower() not in FOLLOWING:
        return Skipped("unfollowed", "it is not followed any more")
    return _follow(f"hashtag:{row.fields.get('hashtag', '').lstrip('#').lower()[:NAME]}", time)


def _person(row: Row, time: datetime) -> Seen:
    """A name is nobody's business on the bus: an opaque id tells as many people apart."""
    if row.fields.get("status", "").lower() not in FOLLOWING:
        return Skipped("unfollowed", "it is not followed any more")
    name = AccountName.of(PLATFORM, row.fields.get("fullname"))
    return _follow(name.account, time) if name else DAMAGED


def _follow(whom: str, time: datetime) -> Seen:
    return sighting(
        "follow",
        platform=PLATFORM,
        id=_at(f"follow:{whom}", time),
        by=OWNER,
        time=time,
        data={"target": f"{PLATFORM}:{whom}"},
    )


def _saved(row: Row, time: datetime) -> Seen:
    link = row.fields.get("saveditem", "")
    page = _page(link)
    return _viewed(page, time) if link else DAMAGED


def _learned(row: Row, time: datetime) -> Seen:
    title = line(row.fields.get("contenttitle")) or ""
    known = AccountName.of(PLATFORM, title[:NAME])
    if known is None:
        return DAMAGED
    return _viewed(
        {"id": known.account.replace("acct-", "learning:"), "kind": "course", "title": title}, time
    )


def _viewed(page: dict[str, str], time: datetime) -> Seen:
    return sighting(
        "view",
        platform=PLATFORM,
        id=_at(f"view:{page['id']}", time),
        by=OWNER,
        time=time,
        data={"object": page},
    )


def _at(what: str, time: datetime) -> str:
    """Return an id for what has none: the second tells one member's from another's."""
    return f"{what[:230]}:{int(time.timestamp())}"


def _page(link: str) -> dict[str, str]:
    """Return what a link leads to: a urn where it has one."""
    urn = urn_in(link)
    if urn:
        return _object(urn)
    page = {"id": (line(link) or "-")[:REF]}
    return page | {"url": link} if link.startswith("http") and len(link) <= URL else page


def _object(urn: Urn) -> dict[str, str]:
    return {"id": str(urn), "kind": urn.kind}
