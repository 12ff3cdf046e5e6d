"""Jetstream's lines and frames."""

import json
from datetime import datetime
from typing import Any

import pytest

from services.ingest.domain.activity import Named, Refused, Sighting
from services.ingest.sources.bluesky import translate
from shared.messaging.errors import UnreadableMessage
from tests.ingest.sources.saying import Act, Json, acts, the_act

DID = "did:plc:user1aaaaaaaaaaaaaaaaaaaa"
OTHER = "did:plc:user2bbbbbbbbbbbbbbbbbbbb"
THEIRS = f"at://{OTHER}/app.bsky.feed.post/3mptbyothr22k"
REV = "3mptbypcq372f"
REV_TIME = "2026-07-04T14:38:07.214629Z"
TIME = "2026-07-04T14:38:06.240000Z"
TIME_US = 1783175888090631
V2 = "network.bsky.jetstream.subscribeEvents"


def a_commit(
    collection: str = "app.bsky.feed.post",
    record: object = None,
    *,
    rkey: str = "3mptbyoeyc22k",
    **instead: Any,  # noqa: ANN401 - JSON
) -> Json:
    return {
        "rev": REV,
        "operation": "create",
        "collection": collection,
        "rkey": rkey,
        "record": a_post() if record is None else record,
        "cid": "bafyreiaaaa",
        **instead,
    }


def a_post(**instead: Any) -> Json:  # noqa: ANN401 - JSON
    return {
        "$type": "app.bsky.feed.post",
        "createdAt": "2026-07-04T14:38:06.240Z",
        "langs": ["en"],
        "text": "Hello",
        **instead,
    }


def about(subject: object, type: str = "like") -> Json:
    return {"$type": f"app.bsky.feed.{type}", "createdAt": TIME, "subject": subject}


def a_line(commit: Json | None = None, **instead: Any) -> Json:  # noqa: ANN401 - JSON
    return {
        "did": DID,
        "time_us": TIME_US,
        "kind": "commit",
        "commit": a_commit() if commit is None else commit,
        **instead,
    }


def a_frame(kind: str = "commit", **payload: Any) -> Json:  # noqa: ANN401 - JSON
    return {
        "$type": "message",
        "payload": {
            "$type": f"{V2}#{kind}",
            "seq": 17,
            "did": DID,
            "time": "2026-07-04T14:38:08.090631Z",
            **payload,
        },
    }


def strong(uri: str = THEIRS) -> Json:
    return {"cid": "bafyreibbbb", "uri": uri}


def test_a_record_is_a_post_known_by_its_address() -> None:
    uri = f"at://{DID}/app.bsky.feed.post/3mptbyoeyc22k"

    assert the_act(translate, a_line()) == Act(
        kind="post",
        id=uri,
        by=DID,
        data={"object": {"id": uri, "kind": "post"}, "text_length": 5},
        time=TIME,
    )


def test_a_frame_of_the_second_version_says_the_same() -> None:
    assert the_act(translate, a_frame(**a_commit())) == the_act(translate, a_line())


@pytest.mark.parametrize(("type", "kind"), [("like", "like"), ("repost", "share")])
def test_likes_and_reposts_name_a_record_and_its_owner(type: str, kind: str) -> None:
    act = the_act(translate, a_line(a_commit(f"app.bsky.feed.{type}", about(strong(), type))))

    assert (act.kind, act.id) == (kind, f"at://{DID}/app.bsky.feed.{type}/3mptbyoeyc22k")
    assert act.data == {"object": {"id": THEIRS}, "target": f"bluesky:{OTHER}"}


def test_liking_oneself_is_recorded() -> None:
    own = f"at://{DID}/app.bsky.feed.post/3mptbyoeyc22k"
    like = the_act(translate, a_line(a_commit("app.bsky.feed.like", about(strong(own)))))

    assert like.data["target"] == f"bluesky:{DID}"


def test_a_follow_names_an_account() -> None:
    follow = the_act(translate, a_line(a_commit("app.bsky.graph.follow", about(OTHER))))

    assert follow.kind == "follow"
    assert follow.data == {"object": {"id": OTHER}, "target": f"bluesky:{OTHER}"}


def test_a_reply_is_a_comment_in_a_conversation_even_where_it_quotes() -> None:
    root = f"at://{DID}/app.bsky.feed.post/3mptbyroot22k"
    quoting = {"embed": {"$type": "app.bsky.embed.record", "record": strong()}}
    reply = a_post(reply={"parent": strong(), "root": strong(root)}, **quoting)

    comment = the_act(translate, a_line(a_commit(record=reply)))

    assert comment.kind == "comment"
    assert comment.data == {
        "in_reply_to": THEIRS,
        "conversation": root,
        "target": f"bluesky:{OTHER}",
        "text_length": 5,
    }


@pytest.mark.parametrize(
    "embed",
    [
        {"$type": "app.bsky.embed.record", "record": strong()},
        {
            "$type": "app.bsky.embed.recordWithMedia",
            "record": {"$type": "app.bsky.embed.record", "record": strong()},
            "media": {"$type": "app.bsky.embed.images", "images": []},
        },
    ],
)
def test_a_post_that_embeds_a_post_is_a_quote(embed: Json) -> None:
    quote = the_act(translate, a_line(a_commit(record=a_post(embed=embed))))

    assert quote.kind == "quote"
    assert quote.data["object"] == {"id": THEIRS}
    assert quote.data["target"] == f"bluesky:{OTHER}"


@pytest.mark.parametrize(
    "embed",
    [
        {"$type": "app.bsky.embed.external", "external": {"uri": "https://site.example/"}},
        {
            "$type": "app.bsky.embed.record",
            "record": strong(f"at://{OTHER}/app.bsky.feed.generator/x"),
        },
        {"$type": "app.bsky.embed.record", "record": strong("")},
    ],
)
def test_a_post_that_embeds_anything_else_is_none(embed: Json) -> None:
    assert the_act(translate, a_line(a_commit(record=a_post(embed=embed)))).kind == "post"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        (None, 0),
        ("a\r\nb", 3),
        ("\U0001f1e9" * 50_001, 25_001),
        ("\U0001f469\u200d\U0001f469\u200d\U0001f466\u200d\U0001f466\u270b\U0001f3fd", 2),
        ("e\u0301", 1),
        ("\u5929\u5e55", 2),
    ],
)
def test_text_is_counted_in_what_readers_take_for_characters(text: str | None, length: int) -> None:
    assert the_act(translate, a_line(a_commit(record=a_post(text=text)))).data["text_length"] == (
        length
    )


def test_hashtags_are_topics_in_the_text_and_beside_it() -> None:
    facets = [
        {"features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "Hiring"}], "index": {}},
        {"features": [{"$type": "app.bsky.richtext.facet#mention", "did": OTHER}]},
    ]
    post = a_post(facets=facets, tags=["hiring", "Growth"])

    assert the_act(translate, a_line(a_commit(record=post))).data["topics"] == ["hiring", "growth"]


@pytest.mark.parametrize(
    ("created_at", "time"),
    [
        ("2026-07-04T14:38:02+00:00", "2026-07-04T14:38:02Z"),
        ("2012-12-05T00:58:26.000Z", "2012-12-05T00:58:26Z"),
        ("2026-07-04T14:38:44Z", "2026-07-04T14:38:44Z"),
        ("yesterday", REV_TIME),
        (None, REV_TIME),
    ],
)
def test_it_happened_when_its_author_says_else_when_it_was_committed(
    created_at: str | None, time: str
) -> None:
    assert the_act(translate, a_line(a_commit(record=a_post(createdAt=created_at)))).time == time


@pytest.mark.parametrize("line", [a_line(a_commit(rev=None)), a_frame(**a_commit(rev="x"))])
def test_without_a_revision_it_is_the_servers_time(line: Json) -> None:
    commit = line.get("commit") or line["payload"]
    commit["record"] = a_post(createdAt=None)

    assert the_act(translate, line).time == "2026-07-04T14:38:08.090631Z"


def test_a_deletion_takes_back_a_record_that_may_come_again() -> None:
    uri = f"at://{DID}/app.bsky.graph.follow/3m3q3ut7jsm2m"
    commit = a_commit("app.bsky.graph.follow", rkey="3m3q3ut7jsm2m", operation="delete")
    del commit["record"], commit["cid"]

    delete = the_act(translate, a_line(commit))

    assert (delete.kind, delete.id, delete.time) == ("retract", f"{uri}#{REV}", REV_TIME)
    assert delete.data == {"retracts": uri}
    later = the_act(translate, a_line({**commit, "rev": "3mptbyzzzz72f"}))
    assert later.id != delete.id


def test_several_acts_of_one_commit_are_several() -> None:
    lines = [a_line(a_commit(rkey=rkey)) for rkey in ("3mptbyospqk2i", "3mptbyou7ls2i")]

    ids = {act.id for act in acts(translate, lines) if isinstance(act, Act)}

    assert len(ids) == 2


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (a_line(kind="identity", identity={"did": DID, "handle": "handle.invalid"}), "identity"),
        (a_line(kind="account", account={"did": DID, "active": False}), "account"),
        (a_frame("identity", identity={"did": DID}), "identity"),
        (a_frame("account", account={"did": DID}), "account"),
        (a_frame("sync", sync={"did": DID}), "sync"),
        (a_frame("info", name="OutdatedCursor"), "notice"),
        ({"$type": "error", "error": "ConsumerTooSlow", "message": "be quick"}, "stream_error"),
        (a_line(a_commit("app.bsky.graph.block")), "foreign"),
        (a_line(a_commit("app.bsky.actor.status", operation="update")), "foreign"),
        (a_line(a_commit("fm.teal.alpha.actor.status", operation="update")), "foreign"),
        (a_line(a_commit("place.stream.broadcast.origin", rkey="a::b")), "foreign"),
        (a_line(a_commit("app.bsky.actor.profile", operation="update")), "profile"),
        (a_line(a_commit(operation="update")), "edit"),
        (a_line(a_commit("app.bsky.feed.like", about(strong("")))), "no_object"),
        (a_line(a_commit("app.bsky.feed.repost", about("at://x"))), "no_object"),
        (a_line(a_commit("app.bsky.graph.follow", about({}))), "no_object"),
        (a_line(a_commit(operation="merge")), "incomplete"),
        (a_line(did=None), "incomplete"),
        (a_line(a_commit(rkey="")), "incomplete"),
        (a_line({}), "incomplete"),
        (a_frame("news"), "not_an_event"),
        ({"did": DID, "kind": 17}, "not_an_event"),
        (17, "not_an_event"),
    ],
)
def test_what_does_not_count_says_why(event: object, reason: str) -> None:
    assert acts(translate, event) == [reason]


@pytest.mark.parametrize("event", [a_line(kind="identity"), a_frame("identity")])
def test_an_account_is_called_something_else_from_then_on(event: Json) -> None:
    told = {"did": DID, "seq": 9, "time": TIME, "handle": "user-1.example"}
    (event.get("payload") or event)["identity"] = told

    [named] = translate({}, json.dumps(event).encode())

    assert named == Named("bluesky", DID, "user-1.example", datetime.fromisoformat(TIME))


@pytest.mark.parametrize("did", ["https://a/@u", "did:a/b", "did:/"])
def test_no_identifier_is_taken_apart(did: str) -> None:
    line = a_line(a_commit("app.bsky.feed.like", about({"uri": THEIRS})), did=did)

    [like] = translate({}, json.dumps(line).encode())

    assert isinstance(like, Refused if did.startswith("https") else Sighting)


def test_many_lines_are_read_each_by_itself() -> None:
    lines = [json.dumps(a_line()), "", "{broken", json.dumps(a_line(kind="account"))]

    [post, broken, account] = acts(translate, "\n".join(lines).encode())

    assert isinstance(post, Act)
    assert (broken, account) == ("malformed", "account")


def test_one_broken_line_is_unreadable() -> None:
    with pytest.raises(UnreadableMessage):
        translate({}, b"{broken")
