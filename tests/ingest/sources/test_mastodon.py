"""Mastodon's webhooks, streams, statuses and notifications, and that an inbox says the same."""

import json
from typing import Any

import pytest

from services.ingest.sources import activitystreams
from services.ingest.sources.mastodon import translate
from tests.ingest.sources.saying import Act, Json, acts, the_act
from tests.ingest.sources.test_activitystreams import (
    ACTOR,
    OTHER,
    STATUS,
    THEIRS,
    TIME,
    a_create,
    a_note,
    an_act,
)

CREATED = "2026-07-04T14:38:06.789Z"


def an_account(**instead: Any) -> Json:  # noqa: ANN401 - JSON
    return {
        "id": "1",
        "username": "user-1",
        "acct": "user-1",
        "bot": False,
        "group": False,
        "url": "https://social.example/@user-1",
        "uri": ACTOR,
        **instead,
    }


def another() -> Json:
    page = "https://elsewhere.example/@user-2"
    return an_account(id="2", acct="user-2@elsewhere.example", uri=OTHER, url=page)


def a_status(**instead: Any) -> Json:  # noqa: ANN401 - JSON
    return {
        "id": "111",
        "created_at": CREATED,
        "in_reply_to_id": None,
        "in_reply_to_account_id": None,
        "visibility": "public",
        "uri": STATUS,
        "url": "https://social.example/@user-1/111",
        "edited_at": None,
        "content": "<p>Hello &amp; <b>welcome</b></p>",
        "reblog": None,
        "account": an_account(),
        "mentions": [],
        "tags": [{"name": "Hiring", "url": "https://social.example/tags/hiring"}],
        "poll": None,
        **instead,
    }


def a_webhook(event: str, object: object) -> Json:
    return {"event": event, "created_at": CREATED, "object": object}


def streamed(event: str, payload: object) -> Json:
    said = payload if isinstance(payload, str) else json.dumps(payload)
    return {"stream": ["user"], "event": event, "payload": said}


def a_notification(type: str, **instead: Any) -> Json:  # noqa: ANN401 - JSON
    return {
        "id": "9",
        "type": type,
        "created_at": CREATED,
        "account": another(),
        "status": a_status(),
        **instead,
    }


def test_a_webhook_says_what_the_inbox_says() -> None:
    note = a_note(
        url="https://social.example/@user-1/111", tag=[{"type": "Hashtag", "name": "#hiring"}]
    )

    webhook = the_act(translate, a_webhook("status.created", a_status()))

    assert webhook == the_act(activitystreams.translate, a_create(note))
    assert webhook == Act(
        kind="post",
        id=STATUS,
        by=ACTOR,
        data={
            "object": {"id": STATUS, "kind": "note", "url": "https://social.example/@user-1/111"},
            "text_length": 15,
            "topics": ["hiring"],
        },
        time=TIME,
        label="user-1@social.example",
    )


@pytest.mark.parametrize(
    "said",
    [
        a_status(),
        [a_status()],
        streamed("update", a_status()),
        a_notification("status"),
        a_notification("mention"),
        streamed("notification", a_notification("mention")),
    ],
)
def test_a_status_is_the_same_wherever_it_is_heard_of(said: object) -> None:
    assert the_act(translate, said) == the_act(translate, a_webhook("status.created", a_status()))


def test_a_stream_is_read_as_the_server_sends_it() -> None:
    body = (
        f":thump\n\nevent: update\ndata: {json.dumps(a_status())}\n\n"
        "event: delete\ndata: 111\n\nevent: update\n\ndata: {}\n\n"
    ).encode()

    [post, deleted, broken] = acts(translate, body, content_type="text/event-stream")

    assert post == the_act(translate, a_status())
    assert (deleted, broken) == ("delete", "not_an_event")


def test_a_boost_says_what_the_inbox_says() -> None:
    uri = f"{ACTOR}/statuses/333/activity"
    boosted = a_status(uri=THEIRS, account=another())
    boost = the_act(translate, a_status(uri=uri, reblog=boosted, content=""))

    announce = an_act("Announce", id=uri, published=TIME)
    assert boost == the_act(activitystreams.translate, announce)


def test_a_reply_to_oneself_says_what_the_inbox_says() -> None:
    reply = a_status(in_reply_to_id="110", in_reply_to_account_id="1", tags=[])

    note = a_note(inReplyTo=f"{ACTOR}/statuses/110")
    assert the_act(translate, reply) == the_act(activitystreams.translate, a_create(note))


def test_a_reply_names_whom_it_answers_and_no_number_of_the_servers() -> None:
    mention = {"id": "2", "acct": "user-2@elsewhere.example", "url": another()["url"]}
    reply = a_status(in_reply_to_id="222", in_reply_to_account_id="2", mentions=[mention], tags=[])

    comment = the_act(translate, reply)

    assert comment.kind == "comment"
    assert comment.data == {"target": f"fediverse:{OTHER}", "text_length": 15}


def test_the_numbers_of_the_server_that_speaks_are_not_those_of_another() -> None:
    reply = a_status(
        uri=THEIRS, account=another(), in_reply_to_id="110", in_reply_to_account_id="2"
    )

    assert "in_reply_to" not in the_act(translate, reply).data


@pytest.mark.parametrize(
    ("quote", "data"),
    [
        (
            {"state": "accepted", "quoted_status": a_status(uri=THEIRS, account=another())},
            {"object": {"id": THEIRS}, "target": f"fediverse:{OTHER}"},
        ),
        (
            a_status(uri=THEIRS, account=another()),
            {"object": {"id": THEIRS}, "target": f"fediverse:{OTHER}"},
        ),
        ({"state": "pending", "quoted_status": None}, {}),
    ],
)
def test_a_quote_is_one_whether_or_not_its_object_may_be_seen(quote: Json, data: Json) -> None:
    act = the_act(translate, a_status(quote=quote, tags=[]))

    assert act.kind == "quote"
    assert act.data == {**data, "text_length": 15}


@pytest.mark.parametrize(("type", "kind"), [("favourite", "like"), ("reblog", "share")])
def test_a_notification_tells_what_somebody_did_with_a_status(type: str, kind: str) -> None:
    act = the_act(translate, a_notification(type))

    assert (act.kind, act.by, act.time) == (kind, OTHER, TIME)
    assert act.label == "user-2@elsewhere.example"
    assert act.data == {"object": {"id": STATUS}, "target": f"fediverse:{ACTOR}"}


def test_a_like_without_an_id_is_the_same_in_an_inbox() -> None:
    like = {"type": "Like", "actor": OTHER, "object": STATUS}

    inbox = the_act(activitystreams.translate, like)
    assert inbox.id == the_act(translate, a_notification("favourite")).id


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (a_status(visibility="private"), "private"),
        (a_status(visibility="direct"), "private"),
        (a_status(visibility=None), "private"),
        (a_notification("favourite", status=a_status(visibility="direct")), "private"),
        (a_notification("mention", status=a_status(visibility="direct")), "private"),
        (streamed("conversation", {"id": "4"}), "private"),
        (streamed("status.update", a_status()), "edit"),
        (a_webhook("status.updated", a_status()), "edit"),
        (a_notification("update"), "other_event"),
        (streamed("delete", "111"), "delete"),
        (streamed("filters_changed", ""), "other_event"),
        (a_webhook("account.created", an_account()), "account"),
        (a_webhook("report.created", {"id": "5"}), "moderation"),
        (a_notification("admin.sign_up"), "moderation"),
        (a_notification("follow", status=None), "unnamed_target"),
        (a_notification("poll"), "other_event"),
        (a_status(account=None, uri="https://social.example/x/1"), "no_actor"),
        (a_notification("favourite", account=None), "no_actor"),
        (a_status(reblog={}), "no_object"),
        (a_notification("favourite", status=a_status(uri=None)), "no_object"),
        (a_webhook("status.created", None), "not_an_event"),
        (a_notification("mention", status=None), "not_an_event"),
        (a_notification("favourite", status=None), "private"),
        (a_status(uri=17), "no_id"),
        ({"id": "1"}, "not_an_event"),
        (17, "not_an_event"),
    ],
)
def test_what_does_not_count_says_why(said: object, reason: str) -> None:
    assert acts(translate, said) == [reason]


@pytest.mark.parametrize(
    ("account", "status", "by"),
    [
        (an_account(uri=None), STATUS, ACTOR),
        (an_account(uri=None), "https://social.example/x/1", ACTOR),
        (
            an_account(uri=None),
            "https://social.example/ap/users/17/statuses/1",
            "https://social.example/ap/users/17",
        ),
        (
            an_account(uri=None, url="https://social.example/profile/user-1"),
            "https://social.example/objects/1",
            "https://social.example/profile/user-1",
        ),
    ],
)
def test_an_account_is_known_by_its_actor_even_where_the_server_is_old(
    account: Json, status: str, by: str
) -> None:
    assert the_act(translate, a_status(account=account, uri=status)).by == by


@pytest.mark.parametrize(
    ("account", "kind"), [({"bot": True}, "bot"), ({"group": True}, "system"), ({}, "person")]
)
def test_bots_are_told_from_people(account: Json, kind: str) -> None:
    assert the_act(translate, a_status(account=an_account(**account))).actor == kind


def test_a_poll_is_a_question() -> None:
    poll = the_act(translate, a_status(poll={"id": "1", "options": []}))

    assert poll.data["object"]["kind"] == "question"
