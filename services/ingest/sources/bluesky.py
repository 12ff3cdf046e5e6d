"""Bluesky's Jetstream: lines of the first version and frames of the second, one or many of them.

An act happened when its record says, `createdAt`: a claim of the author's client, but the same in
every server's stream, in every replay and in an export of the repository, while a server's own time
differs from server to server. ingest itself believes no claim that is ahead of the clock. Where a
record makes no readable claim, and for deletions, which have no record, it is the time of the
commit, which its `rev` tells, and else the server's.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from services.ingest.domain.activity import Named, Refused, Skipped
from services.ingest.sources.parts import bounded, listed, parsed, within, word
from services.ingest.sources.sightings import Seen, length, moment, retraction, sighting, topics
from shared.messaging.errors import UnreadableMessage

PLATFORM: Final = "bluesky"
POST: Final = "app.bsky.feed.post"
SUBJECTS: Final = {"app.bsky.feed.like": "like", "app.bsky.feed.repost": "share"}
FOLLOW: Final = "app.bsky.graph.follow"
PROFILE: Final = "app.bsky.actor.profile"
COUNTED: Final = frozenset({POST, FOLLOW, *SUBJECTS})
TAG: Final = "app.bsky.richtext.facet#tag"
TID: Final = "234567abcdefghijklmnopqrstuvwxyz"
CLOCK_BITS: Final = 10
"""The last bits of a timestamp identifier tell clocks apart, not times."""
NO_HANDLE: Final = "handle.invalid"
"""What an account is called whose handle leads nowhere at present."""
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
UNCOUNTED: Final = {
    "account": Skipped("account", "an account comes, rests or goes"),
    "identity": Skipped("identity", "an account changes, and its handle is not told"),
    "info": Skipped("notice", "the stream speaks of itself"),
    "sync": Skipped("sync", "a repository is to be read anew"),
}

UNKNOWN: Final = Refused(reason="not_an_event", detail="it is of no known kind")


def translate(headers: Mapping[str, str], body: bytes) -> list[Seen | Named]:  # noqa: ARG001
    """Return what was done: one event, an array, or one a line. Raises UnreadableMessage."""
    bounded(body)
    try:
        said = parsed(body)
    except UnreadableMessage:
        lines = [line for line in body.splitlines() if line.strip()]
        if len(lines) < 2:  # noqa: PLR2004 - one line was read already
            raise
        said = [_line(line) for line in lines]
    return [seen(one) for one in (said if isinstance(said, list) else [said])]


def seen(event: object) -> Seen | Named:
    """Tell what an event of either version says that somebody did."""
    if isinstance(event, Refused):
        return event
    event = within(event, "payload") if word(event, "$type") == "message" else event
    if word(event, "$type") == "error":
        return Skipped("stream_error", "the stream ends with an error")
    kind = word(event, "kind") or (word(event, "$type") or "").rpartition("#")[2]
    if kind == "identity" and (named := _named(event)):
        return named
    if kind != "commit":
        return UNCOUNTED.get(kind) or Refused(
            reason="not_an_event", detail="it is of no known kind"
        )
    commit = within(event, "commit") if word(event, "kind") else event
    did, collection, rkey = word(event, "did"), word(commit, "collection"), word(commit, "rkey")
    if not did or not did.startswith("did:") or not collection or not rkey:
        return Refused(reason="incomplete", detail="it does not say whose record it is, or which")
    if collection not in COUNTED:
        profile = collection == PROFILE
        return Skipped("profile" if profile else "foreign", "its collection does not count")
    witnessed = _witnessed(event, word(commit, "rev"))
    match word(commit, "operation"):
        case "create":
            return _created(did, collection, rkey, within(commit, "record"), witnessed)
        case "update":
            return Skipped("edit", "a record was changed")
        case "delete":
            record = f"at://{did}/{collection}/{rkey}"
            return retraction(
                platform=PLATFORM,
                id=f"{record}#{word(commit, 'rev') or 'undo'}",  # a record may come and go again
                by=did,
                retracts=record,
                time=witnessed,
            )
        case _:
            return Refused(reason="incomplete", detail="it does not say what became of the record")


def _named(event: object) -> Named | None:
    """Tell what an account is called from now on, where the event says it."""
    did, handle = word(event, "did"), word(event, "identity.handle")
    if did is None or handle is None or handle == NO_HANDLE:
        return None
    time = moment(within(event, "identity.time"))
    return Named(PLATFORM, did, handle, time if isinstance(time, datetime) else None)


def _created(
    did: str, collection: str, rkey: str, record: object, witnessed: datetime | None
) -> Seen:
    uri = f"at://{did}/{collection}/{rkey}"
    data: dict[str, Any] | None
    if collection == POST:
        kind, data = _post(uri, record)
    elif collection == FOLLOW:
        followed = word(record, "subject")
        kind = "follow"
        data = {"object": {"id": followed}, "target": _account(followed)} if followed else None
    else:
        kind, subject = SUBJECTS[collection], word(record, "subject.uri")
        data = {"object": {"id": subject}, "target": _account(_owner(subject))} if subject else None
    if data is None:
        return Refused(reason="no_object", detail="the record does not say what it is about")
    claimed = moment(within(record, "createdAt"))
    return sighting(
        kind,
        platform=PLATFORM,
        id=uri,
        by=did,
        time=claimed if isinstance(claimed, datetime) else witnessed,
        data=data,
    )


def _post(uri: str, record: object) -> tuple[str, dict[str, Any]]:
    """Return what a post is and tells. A reply is a comment, whatever it quotes."""
    said = {"text_length": length(word(record, "text") or ""), "topics": _topics(record)}
    if parent := word(record, "reply.parent.uri"):
        return "comment", {
            **said,
            "in_reply_to": parent,
            "conversation": word(record, "reply.root.uri"),
            "target": _account(_owner(parent)),
        }
    quoted = word(record, "embed.record.record.uri") or word(record, "embed.record.uri") or ""
    if f"/{POST}/" in quoted:  # feeds, lists and starter packs are embedded in the same way
        return "quote", {**said, "object": {"id": quoted}, "target": _account(_owner(quoted))}
    return "post", {**said, "object": {"id": uri, "kind": "post"}}


def _topics(record: object) -> list[str]:
    features = [one for facet in listed(record, "facets") for one in listed(facet, "features")]
    marked = [word(one, "tag") for one in features if word(one, "$type") == TAG]
    return topics([*marked, *listed(record, "tags")])


def _owner(uri: str | None) -> str | None:
    """Return whose record that is: an address in the repository names its owner first."""
    did = (uri or "").removeprefix("at://").partition("/")[0]
    return did if did.startswith("did:") else None


def _account(did: str | None) -> str | None:
    return None if did is None else f"{PLATFORM}:{did}"


def _witnessed(event: object, rev: str | None) -> datetime | None:
    """Return the time of a commit: its revision's, else what the server says of it."""
    if time := _instant_of(rev or ""):
        return time
    microseconds = within(event, "time_us")
    if isinstance(microseconds, int):
        return _since_1970(microseconds)
    said = moment(within(event, "time"))
    return said if isinstance(said, datetime) else None


def _instant_of(tid: str) -> datetime | None:
    """Return the time in a timestamp identifier, 13 letters of 5 bits each."""
    if len(tid) != 13 or not set(tid) <= set(TID):  # noqa: PLR2004
        return None
    number = sum(TID.index(letter) << 5 * place for place, letter in enumerate(reversed(tid)))
    return _since_1970(number >> CLOCK_BITS)


def _since_1970(microseconds: int) -> datetime | None:
    try:
        return EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return None


def _line(line: bytes) -> object:
    try:
        return parsed(line)
    except UnreadableMessage as error:
        return Refused(reason=error.reason, detail=error.detail)
