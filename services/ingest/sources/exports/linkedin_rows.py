"""What a row of LinkedIn's member export says: `row` is sound and has its time, or it is DAMAGED
after all, because it leads to nothing.
"""

from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Final

from services.ingest.domain.activity import Refused, Skipped
from services.ingest.domain.identity import AccountName
from services.ingest.sources.exports.linkedin_times import coarse, exact
from services.ingest.sources.exports.parts import OF_OWNER, OWNER
from services.ingest.sources.exports.tables import Row
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

BREAK: Final = '"\n"'
"""How the table of shares writes the end of a line."""
REF: Final = 512
URL: Final = 2048
NAME: Final = 150
FOLLOWING: Final = frozenset({"", "active", "following", "followed"})
DAY: Final = timedelta(days=1)
DAMAGED: Final = Refused(reason="damaged_row", detail="it leads to nothing")


def shared(row: Row, time: datetime, articles: set[datetime]) -> Seen:
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


def commented(row: Row, time: datetime) -> Seen:
    post = urn_in(row.fields.get("link"))
    if post is None:
        return DAMAGED
    text = row.fields.get("message", "")
    return sighting(
        "comment",
        platform=PLATFORM,
        id=_told(row, comment_id(post, time), text),
        by=OWNER,
        time=time,
        data={
            "in_reply_to": str(post),
            "conversation": str(post_in(str(post))),
            "text_length": length(text),
            "topics": hashtags(text),
        },
    )


def reacted(row: Row, time: datetime) -> Seen:
    urn = urn_in(row.fields.get("link"))
    if urn is None:
        return DAMAGED
    return sighting(
        "like",
        platform=PLATFORM,
        id=_told(row, reaction_id(urn, time)),
        by=OWNER,
        time=time,
        data={"object": _object(urn)},
    )


def _told(row: Row, id: str, text: str = "") -> str:
    """Return the id that LinkedIn's push leads to as well, if the row tells the second. In a minute
    or a day many may do the same, and one may say several things.
    """
    if exact(row.fields.get("date", "")):
        return id
    words = f":{blake2b(text.encode(errors='replace'), digest_size=4).hexdigest()}" if text else ""
    return f"{id}{words}{OF_OWNER}"


def voted(_row: Row, _time: datetime) -> Seen:
    return Skipped("poll_vote", "a vote in a poll is no activity")


def company(row: Row, time: datetime) -> Seen:
    return _follow(f"company:{row.fields.get('organization', '')[:NAME]}", time)


def hashtag(row: Row, time: datetime) -> Seen:
    if row.fields.get("state", "").lower() not in FOLLOWING:
        return Skipped("unfollowed", "it is not followed any more")
    return _follow(f"hashtag:{row.fields.get('hashtag', '').lstrip('#').lower()[:NAME]}", time)


def person(row: Row, time: datetime) -> Seen:
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


def saved(row: Row, time: datetime) -> Seen:
    link = row.fields.get("saveditem", "")
    page = _page(link)
    return _viewed(page, time) if link else DAMAGED


def learned(row: Row, time: datetime) -> Seen:
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
    """Return an id for what has none, and is told in exports only."""
    return f"{what[:220]}:{int(time.timestamp())}{OF_OWNER}"


def _page(link: str) -> dict[str, str]:
    """Return what a link leads to: a urn where it has one."""
    urn = urn_in(link)
    if urn:
        return _object(urn)
    page = {"id": (line(link) or "-")[:REF]}
    return page | {"url": link} if link.startswith("http") and len(link) <= URL else page


def _object(urn: Urn) -> dict[str, str]:
    return {"id": str(urn), "kind": urn.kind}
