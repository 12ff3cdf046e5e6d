"""Whatever is sent, an adapter answers: with what it saw, or that it cannot read it."""

import json
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.activity import Sighting
from services.ingest.sources import activitystreams, bluesky, mastodon
from shared.messaging.errors import UnreadableMessage
from tests.ingest.sources import test_activitystreams as fediverse
from tests.ingest.sources import test_bluesky as jetstream
from tests.ingest.sources import test_mastodon as masto
from tests.ingest.sources.saying import Translate, heard

REAL: dict[Translate, list[Any]] = {
    activitystreams.translate: [
        fediverse.a_create(),
        fediverse.a_create(
            fediverse.a_note(
                type="Article",
                name="A title",
                url=[{"mediaType": "text/html", "href": "https://social.example/a"}],
                inReplyTo=[{"id": fediverse.THEIRS, "attributedTo": {"id": fediverse.OTHER}}],
                tag=[
                    {"type": "Hashtag", "name": "#hiring"},
                    {"type": "Mention", "href": fediverse.OTHER},
                    {"type": "Link", "mediaType": "application/ld+json", "href": fediverse.THEIRS},
                ],
                quote=fediverse.THEIRS,
                contentMap={"en": "<p>hello</p>"},
            )
        ),
        fediverse.an_act("Announce", fediverse.an_act("Like", published=fediverse.TIME)),
        fediverse.an_act("Undo", {"type": "Follow", "actor": {}, "object": fediverse.OTHER}),
        fediverse.an_act("Delete", {"id": fediverse.STATUS, "type": "Tombstone", "deleted": "x"}),
        {"type": "Collection", "items": [fediverse.a_create()], "first": {"items": []}},
        {"objectType": "activity", "verb": "stop-following", "actor": "a", "object": {"url": "b"}},
    ],
    mastodon.translate: [
        masto.a_webhook("status.created", masto.a_status(quote={"quoted_status": {"uri": "u"}})),
        masto.streamed("update", masto.a_status(reblog=masto.a_status())),
        masto.a_status(in_reply_to_id="1", in_reply_to_account_id="2", mentions=[{"id": "2"}]),
        masto.a_notification("favourite"),
        masto.a_notification("mention"),
    ],
    bluesky.translate: [
        jetstream.a_line(),
        jetstream.a_frame(**jetstream.a_commit("app.bsky.graph.follow", jetstream.about("did:x"))),
        jetstream.a_line(jetstream.a_commit("app.bsky.feed.like", jetstream.about({"uri": "at"}))),
        jetstream.a_line(
            jetstream.a_commit(
                record=jetstream.a_post(
                    createdAt=None,
                    tags=["a"],
                    facets=[{"features": [{"$type": bluesky.TAG, "tag": "b"}]}],
                    embed={"record": {"record": {"uri": jetstream.THEIRS}}},
                    reply={"parent": {"uri": jetstream.THEIRS}},
                )
            )
        ),
        jetstream.a_line(jetstream.a_commit(operation="delete")),
    ],
}
NAMES = sorted(
    {"type", "id", "object", "actor", "kind", "event", "payload", "uri", "url", "verb", "items"}
    | {"commit", "record", "did", "operation", "collection", "rkey", "$type", "account", "status"}
)
ADAPTERS = pytest.mark.parametrize("translate", REAL, ids=["fediverse", "mastodon", "bluesky"])
VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.text(string.printable, max_size=8)
    | st.sampled_from(["Create", "Like", "Undo", "commit", "update", "https://a.example/users/b"])
    | st.sampled_from(["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "2026-W01-1"])
    | st.sampled_from(["https://[a", "https://a.example:x/users/u", 2**70, "x" * 3000, "http://"])
)
JSON = st.recursive(
    VALUES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4), inner, max_size=5)
    ),
    max_leaves=12,
)


def check(translate: Translate, body: bytes) -> None:
    try:
        seen = translate({}, body)
    except UnreadableMessage:
        return
    for one in seen:
        if isinstance(one, Sighting):
            heard(one)


@st.composite
def mutated(draw: st.DrawFn, payloads: list[Any]) -> object:
    """Return one of these payloads with a few of its parts missing, doubled or something else."""
    payload = json.loads(json.dumps(draw(st.sampled_from(payloads))))
    for _ in range(draw(st.integers(1, 4))):
        holder: Any = {"": payload}
        key: Any = ""
        while isinstance(holder[key], dict | list) and holder[key] and draw(st.booleans()):
            holder = holder[key]
            keys = sorted(holder) if isinstance(holder, dict) else range(len(holder))
            key = draw(st.sampled_from(keys))
        instead = draw(JSON | st.just([holder[key], holder[key]]) | st.just({"id": holder[key]}))
        if holder.get("") is payload if isinstance(holder, dict) else False:
            payload = instead
        else:
            holder[key] = instead
    return payload


@ADAPTERS
@given(st.data())
def test_no_json_breaks_an_adapter(translate: Translate, data: st.DataObject) -> None:
    check(translate, json.dumps(data.draw(JSON)).encode())


@ADAPTERS
@given(st.data())
def test_no_change_to_a_real_payload_breaks_an_adapter(
    translate: Translate, data: st.DataObject
) -> None:
    check(translate, json.dumps(data.draw(mutated(REAL[translate]))).encode())


@ADAPTERS
@given(st.binary(max_size=60))
def test_no_bytes_break_an_adapter(translate: Translate, body: bytes) -> None:
    check(translate, body)
    check(translate, b"event: update\ndata: " + body)


@given(st.binary(max_size=60))
def test_no_stream_breaks_mastodons(body: bytes) -> None:
    for piece in (body, b"event: update\ndata: " + body, b"event: notification\ndata: " + body):
        mastodon.translate({"content-type": "text/event-stream"}, piece)


@ADAPTERS
def test_what_is_nested_without_end_is_unreadable(translate: Translate) -> None:
    for begin, end in ((b"[", b"]"), (b'{"object":', b"}"), (b'{"url":', b"}")):
        check(translate, begin * 100_000 + b"1" + end * 100_000)
        check(translate, begin * 150 + b"1" + end * 150)
