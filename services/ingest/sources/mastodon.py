"""Mastodon's own words: webhooks, streaming, and statuses and notifications as its API lists them.

The same act has the same id here as in an inbox and in the account's archive, and the same time:
federation cuts it to the second. What only the server's own numbers tell is left out.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from services.ingest.domain.activity import Refused, Skipped
from services.ingest.sources import fediverse
from services.ingest.sources.actors import NO_ACTOR, By
from services.ingest.sources.parts import bounded, listed, parsed, within, word
from services.ingest.sources.sightings import Seen, length, moment, plain, sighting, topics
from shared.messaging.errors import UnreadableMessage

PAGE: Final = re.compile(r"(https?://[^/\s?#]+)/@(\w[\w.-]*)", re.ASCII)
OPEN: Final = frozenset({"public", "unlisted"})
CREATED: Final = frozenset({"update", "status.created"})
EDITED: Final = frozenset({"status.update", "status.updated", "quoted_update"})
TOLD: Final = frozenset({"mention", "status", "quote"})
"""Notifications of what somebody wrote."""
DONE: Final = {"favourite": "like", "reblog": "share"}
PASSED_OVER: Final = {
    "account": Skipped("account", "an account comes, changes or goes"),
    "admin": Skipped("moderation", "it is for those who run the server"),
    "conversation": Skipped("private", "a conversation is addressed to some only"),
    "delete": Skipped("delete", "the stream does not say whose the deleted status was"),
    "follow": Skipped("unnamed_target", "it does not say who is followed"),
    "report": Skipped("moderation", "it is for those who run the server"),
}
OTHER: Final = Skipped("other_event", "it tells of nothing that anybody did")


def translate(headers: Mapping[str, str], body: bytes) -> list[Seen]:
    """Return what was done. Raises UnreadableMessage."""
    if headers.get("content-type", "").startswith("text/event-stream"):
        bounded(body)
        return [seen for event in _events(body) for seen in said(event)]
    return list(said(parsed(body)))


def said(value: object) -> Iterator[Seen]:
    """Tell of an event, a notification, a status, or a list of these."""
    for one in value if isinstance(value, list) else [value]:
        event, kind = word(one, "event"), word(one, "type")
        if event in CREATED:
            yield _status(_told(one))
        elif event == "notification":
            yield _notified(_told(one))
        elif event:
            yield _passed_over(event)
        elif kind and within(one, "uri") is None:
            yield _notified(one)
        else:
            yield _status(one)


def _passed_over(event: str) -> Seen:
    if event in EDITED:
        return Skipped("edit", "a status was changed")
    return PASSED_OVER.get(event.partition(".")[0], OTHER)


def _told(event: object) -> object:
    """Return what an event is about. Streaming wraps it as text, webhooks do not."""
    payload = within(event, "payload")
    if not isinstance(payload, str):
        return payload if payload is not None else within(event, "object")
    try:
        return parsed(payload)
    except UnreadableMessage:
        return None


def _notified(notification: object) -> Seen:
    """Tell of an act on what is the reader's. It has no id there that others know."""
    kind, status = word(notification, "type") or "", within(notification, "status")
    if kind in TOLD:
        return _status(status)
    if kind not in DONE:
        return _passed_over(kind)
    by, object_id = _account(within(notification, "account")), word(status, "uri")
    if word(status, "visibility") not in OPEN:
        return Skipped("private", "it is addressed to some only")
    if by is None:
        return NO_ACTOR
    if object_id is None:
        return Refused(reason="no_object", detail="it does not say what was acted on")
    return sighting(
        DONE[kind],
        platform=fediverse.PLATFORM,
        id=fediverse.derived_id(by.id, DONE[kind], object_id),
        by=by.id,
        time=_second(notification),
        label=by.label,
        actor=by.kind,
        data={"object": {"id": object_id}, "target": _owner(status)},
    )


def _status(status: object) -> Seen:
    """Tell of a status, or of the boost that is one."""
    if within(status, "uri") is None:
        return Refused(reason="not_an_event", detail="it is no event, notification or status")
    if word(status, "visibility") not in OPEN:
        return Skipped("private", "it is addressed to some only")
    uri, boosted = word(status, "uri"), within(status, "reblog")
    by = _account(within(status, "account"), uri)
    if by is None:
        return NO_ACTOR
    if uri is None:
        return Refused(reason="no_id", detail="without an id, it could not be told from a repeat")
    if boosted is None:
        kind, data = _written(status, by)
    elif word(boosted, "uri"):
        kind, data = "share", {"object": {"id": word(boosted, "uri")}, "target": _owner(boosted)}
    else:
        return Refused(reason="no_object", detail="it does not say what was boosted")
    return sighting(
        kind,
        platform=fediverse.PLATFORM,
        id=fediverse.act_id(uri),
        by=by.id,
        time=_second(status),
        label=by.label,
        actor=by.kind,
        data=data,
    )


def _written(status: object, by: By) -> tuple[str, dict[str, Any]]:
    told: dict[str, Any] = {
        "text_length": length(plain(word(status, "content") or "")),
        "topics": topics(word(tag, "name") for tag in listed(status, "tags")),
    }
    if within(status, "in_reply_to_id") is not None:
        answered = _answered(status, by)
        parent = word(status, "in_reply_to_id")
        local = answered and parent and _here(status) and _same_server(answered, by.id)
        return "comment", {
            **told,
            "in_reply_to": f"{answered}/statuses/{parent}" if local else None,
            "target": fediverse.account(answered),
        }
    quote = within(status, "quote")
    if quote is not None:
        quoted = quote if word(quote, "uri") else within(quote, "quoted_status")
        known = {"object": {"id": word(quoted, "uri")}} if word(quoted, "uri") else {}
        return "quote", {**told, **known, "target": _owner(quoted)}
    kind = "note" if within(status, "poll") is None else "question"
    itself = {"id": word(status, "uri"), "kind": kind}
    url = word(status, "url")
    return "post", {**told, "object": itself if url is None else {**itself, "url": url}}


def _answered(status: object, by: By) -> str | None:
    """Return whom a reply answers. The server's number of them is among those it mentions."""
    number = word(status, "in_reply_to_account_id")
    if number is None or number == word(status, "account.id"):
        return by.id if number else None
    for one in listed(status, "mentions"):
        if word(one, "id") == number and (found := _account(one)):
            return found.id
    return None


def _here(status: object) -> bool:
    """Whether it was written on the server that speaks: its numbers are in addresses only there."""
    return "@" not in (word(status, "account.acct") or "@")


def _same_server(one: str, other: str) -> bool:
    return fediverse.host(one) == fediverse.host(other)


def _owner(status: object) -> str | None:
    wrote = _account(within(status, "account"), word(status, "uri"))
    return fediverse.account(wrote.id if wrote else None)


def _account(account: object, status: str | None = None) -> By | None:
    """Return who that is: by their own word, that of their status, or that of their page."""
    page = PAGE.fullmatch(word(account, "url") or "")
    address = word(account, "uri") or fediverse.owner(status)
    address = address or (f"{page[1]}/users/{page[2]}" if page else word(account, "url"))
    if address is None:
        return None
    name, _, at = (word(account, "acct") or "").partition("@")
    own = fediverse.label(address, name or None)
    kind = "bot" if within(account, "bot") is True else "person"
    kind = "system" if within(account, "group") is True else kind
    return By(address, f"{name}@{at}" if at else own, kind)


def _second(thing: object) -> Any:  # noqa: ANN401 - what is no time is for ingest to refuse
    time = moment(within(thing, "created_at"))
    return time if time is None or isinstance(time, str) else time.replace(microsecond=0)


def _events(body: bytes) -> Iterator[dict[str, str]]:
    """Read a piece of a stream: blocks of `event: ` and `data: `, an empty line behind each."""
    for block in re.split(r"\r?\n\r?\n", body.decode(errors="replace")):
        fields = [line.partition(":")[::2] for line in block.splitlines() if line[:1] != ":"]
        event = next((value.strip() for name, value in fields if name == "event"), "")
        data = "\n".join(value.removeprefix(" ") for name, value in fields if name == "data")
        if event:
            yield {"event": event, "payload": data}
