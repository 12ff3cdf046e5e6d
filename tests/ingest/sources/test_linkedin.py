"""LinkedIn's notifications about a page, and its archive of members who agreed to one."""

from typing import Any

import pytest
from hypothesis import given

from services.ingest.domain.activity import Refused
from services.ingest.sources.linkedin import translate
from tests.ingest.sources.mangling import JSON, mangled, survives
from tests.ingest.sources.saying import Act, Json, acts, the_act

POST = "urn:li:activity:7094637247890620418"
SHARE = "urn:li:share:7094637247487995904"
COMMENT = f"urn:li:comment:({POST},7094977717598625792)"
COMMENT_ID = f"comment:{POST}:1691574506"
"""The comment's own id tells 09:48:26.187; notified it was at 09:48:26.310."""
TIME = "2023-08-09T09:48:26Z"
MEMBER = "urn:li:person:u-001"
OTHER = "urn:li:person:u-002"
PAGE = "urn:li:organization:900"
ADMIN = "urn:li:person:u-099"


def a_notification(action: str = "COMMENT", **instead: Any) -> Json:  # noqa: ANN401 - JSON
    return {
        "notificationId": 5_600_000_001,
        "action": action,
        "lastModifiedAt": 1_691_574_506_310,
        "sourcePost": POST,
        "generatedActivity": COMMENT.replace("(urn:li:", "("),
        "decoratedGeneratedActivity": {
            "comment": {"owner": MEMBER, "text": "Hello 🦜", "entity": COMMENT, "object": POST}
        },
        "decoratedSourcePost": {"owner": PAGE, "text": "News", "entity": SHARE},
        "organizationalEntity": PAGE,
        "subscriber": ADMIN,
        **instead,
    }


def a_share(action: str = "SHARE", text: str = "", owner: str = MEMBER) -> Json:
    share = {"owner": owner, "text": text, "entity": "urn:li:share:7094977717598625792"}
    return a_notification(
        action,
        generatedActivity="urn:li:activity:7094977717598625793",
        decoratedGeneratedActivity={"share": share},
    )


def notified(*notifications: Json) -> Json:
    return {
        "type": "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS",
        "notifications": list(notifications),
    }


def an_event(resource: str, method: str = "CREATE", **instead: Any) -> Json:  # noqa: ANN401 - JSON
    """A compliance event: `owner` is whose archive it is in, `actor` who did it."""
    return {
        "id": 8001,
        "activityId": "5e8a8f37-0000-4100-97c5-000000000001",
        "owner": OTHER,
        "actor": MEMBER,
        "resourceName": resource,
        "resourceId": "7094977717598625792",
        "resourceUri": f"/socialActions/{POST}/comments/7094977717598625792",
        "method": method,
        "capturedAt": 1_691_574_507_000,
        "processedAt": 1_691_574_520_000,
        "activity": {
            "actor": MEMBER,
            "id": "7094977717598625792",
            "object": POST,
            "message": {"attributes": [], "text": "Hello 🦜"},
            "created": {"actor": MEMBER, "time": 1_691_574_506_187},
        },
        **instead,
    }


def a_like(method: str = "CREATE", **instead: Any) -> Json:  # noqa: ANN401 - JSON
    activity = {
        "actor": MEMBER,
        "object": POST,
        "reactionType": "PRAISE",
        "created": {"actor": MEMBER, "time": 1_691_574_506_187},
    }
    uri = f"/socialActions/{POST}/likes/{MEMBER}"
    said = {"activity": activity, "resourceId": MEMBER, "resourceUri": uri, **instead}
    return an_event("socialActions/likes", method, **said)


def an_update(method: str = "CREATE", **activity: Any) -> Json:  # noqa: ANN401 - JSON
    content = {"shareCommentary": {"attributes": [], "text": "Hello 🦜"}}
    said = {
        "id": SHARE,
        "author": MEMBER,
        "lifecycleState": "PUBLISHED",
        "specificContent": {"com.linkedin.ugc.ShareContent": content},
        "created": {"actor": MEMBER, "time": 1_691_493_331_700},
        **activity,
    }
    return an_event("ugcPosts", method, activity=said, resourceId=SHARE, resourceUri="/ugcPosts/x")


def a_repost(method: str = "CREATE") -> Json:
    activity = {
        "author": MEMBER,
        "repostedContent": {"share": SHARE},
        "created": {"actor": MEMBER, "time": 1_691_574_506_187},
    }
    repost = f"urn:li:instantRepost:({SHARE},7094977717598625792)"
    return an_event("instantReposts", method, activity=activity, resourceId=repost)


def seen(payload: Json) -> Act:
    return the_act(translate, payload)


def test_a_comment_is_its_owners_and_neither_the_pages_nor_its_administrators() -> None:
    assert seen(notified(a_notification())) == Act(
        "comment",
        COMMENT_ID,
        "u-001",
        {
            "object": {"id": COMMENT, "kind": "comment"},
            "target": f"linkedin:{PAGE}",
            "text_length": 7,
            "in_reply_to": POST,
            "conversation": POST,
        },
        TIME,
    )


def test_an_undecorated_urn_lacks_the_beginning_of_the_one_within() -> None:
    bare = a_notification(decoratedGeneratedActivity={"comment": {"owner": MEMBER}})

    assert seen(notified(bare)).id == COMMENT_ID
    assert seen(notified(bare)).data["object"]["id"] == COMMENT


def test_notifications_come_by_the_dozen_and_each_is_judged_by_itself() -> None:
    """LIKE tells nobody's name. What came without an owner is refused alone."""
    ownerless = a_notification(decoratedGeneratedActivity={"comment": {"entity": COMMENT}})

    said = acts(
        translate,
        notified(
            a_notification(),
            a_notification("LIKE", decoratedGeneratedActivity=None),
            a_notification("COMMENT_EDIT"),
            ownerless,
            a_notification("SOMETHING_NEW"),
        ),
    )

    assert isinstance(said[0], Act)
    assert said[1:] == ["no_actor", "edit", "unfit", "no_act"]


def test_a_refusal_names_what_was_missing_and_where() -> None:
    body = b'{"notifications": [{"action": "LIKE"}, {"action": "COMMENT"}]}'

    assert translate({}, body)[1] == Refused(
        reason="unfit", detail="notifications.1.generatedActivity is missing"
    )


def test_a_member_comments_and_a_page_does_not() -> None:
    page = {"comment": {"owner": PAGE, "text": "Thanks", "entity": COMMENT}}

    assert seen(notified(a_notification("ADMIN_COMMENT"))).by == "u-001"
    said = notified(a_notification("ADMIN_COMMENT", decoratedGeneratedActivity=page))
    assert acts(translate, said) == ["organisation"]


def test_a_deleted_comment_is_known_by_its_urn() -> None:
    undone = seen(notified(a_notification("COMMENT_DELETE")))

    assert (undone.kind, undone.id, undone.by) == ("retract", f"{COMMENT_ID}#undo", "u-001")
    assert undone.data == {"retracts": COMMENT_ID}


@pytest.mark.parametrize(("text", "kind"), [("", "share"), ("Look", "quote")])
def test_sharing_with_own_words_is_quoting(text: str, kind: str) -> None:
    share = seen(notified(a_share(text=text)))

    assert (share.kind, share.id) == (kind, "urn:li:share:7094977717598625792")
    assert share.time == TIME
    assert share.data["object"] == {"id": POST, "kind": "activity"}
    assert share.data["target"] == f"linkedin:{PAGE}"


def test_hashtags_are_topics() -> None:
    assert seen(notified(a_share(text="#Hiring at #people"))).data["topics"] == ["hiring", "people"]


def test_mentioning_the_page_is_a_post_of_ones_own() -> None:
    post = seen(notified(a_share("SHARE_MENTION", "We at the page")))

    assert (post.kind, post.id) == ("post", "urn:li:share:7094977717598625792")
    assert post.data["object"]["id"] == post.id
    assert "target" not in post.data


def test_a_compliance_event_is_the_actors_and_not_the_owners() -> None:
    """The push and the archive call the comment the same."""
    comment = seen(an_event("socialActions/comments"))

    assert (comment.id, comment.by, comment.time) == (COMMENT_ID, "u-001", TIME)
    assert comment.data["text_length"] == 7


def test_a_reply_stands_under_a_comment_and_its_post() -> None:
    said = an_event("socialActions/comments")
    said["activity"]["object"] = COMMENT

    reply = seen(said)

    assert reply.data["in_reply_to"] == COMMENT
    assert reply.data["conversation"] == POST
    assert reply.id == COMMENT_ID


def test_every_reaction_is_a_like() -> None:
    like = seen(a_like())

    assert (like.kind, like.id, like.time) == ("like", f"reaction:{POST}:1691574506", TIME)
    assert like.data == {"object": {"id": POST, "kind": "activity"}}


def test_taking_a_like_back_names_what_was_liked() -> None:
    activities: list[Json | None] = [a_like()["activity"], {}, None]
    for activity in activities:
        undone = seen(a_like("DELETE", activity=activity))

        assert undone.kind == "retract"
        assert undone.id == f"unlike:{POST}:u-001:1691574507"
        assert undone.data == {"object": {"id": POST, "kind": "activity"}, "kind": "like"}


@pytest.mark.parametrize("activity", [None, {}])
def test_what_was_deleted_is_named_by_its_address(activity: object) -> None:
    undone = seen(an_event("socialActions/comments", "DELETE", activity=activity))

    assert undone.data == {"retracts": COMMENT_ID}


def test_an_update_is_a_post_and_one_about_another_a_share_or_a_quote() -> None:
    post = seen(an_update())
    quote = seen(an_update(responseContext={"parent": POST}))
    share = seen(an_update(responseContext={"parent": POST}, specificContent={}))

    assert (post.kind, post.id, post.data["text_length"]) == ("post", SHARE, 7)
    assert post.time == "2023-08-08T11:15:31Z"
    assert (quote.kind, quote.data["object"]["id"]) == ("quote", POST)
    assert share.kind == "share"
    assert seen(an_update("DELETE")).data == {"retracts": SHARE}


def test_a_repost_at_once_is_a_share() -> None:
    share, undone = seen(a_repost()), seen(a_repost("DELETE"))

    assert (share.kind, share.data["object"]["id"]) == ("share", SHARE)
    assert undone.data == {"retracts": share.id}


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (an_event("messages"), "private"),
        (an_event("invitations", "ACTION"), "private"),
        (an_event("socialActions/comments", "UPDATE"), "edit"),
        (an_update("PARTIAL_UPDATE"), "edit"),
        (an_update(lifecycleState="DRAFT"), "unpublished"),
        (an_event("socialActions/comments", activityStatus="FAILURE"), "unpublished"),
        (an_event("socialActions/comments", actor=PAGE), "organisation"),
        (an_event("people/skills"), "no_act"),
        (an_event("socialActions/comments", "ACTION"), "no_act"),
        (an_event("socialActions/comments", actor=None, activity={}), "unfit"),
        ({}, "unfit"),
        ({"notifications": 7}, "unfit"),
    ],
)
def test_what_is_no_act_is_skipped_and_what_does_not_fit_is_refused(
    event: Json, reason: str
) -> None:
    assert acts(translate, event) == [reason]


def test_a_page_of_events_is_read_one_by_one() -> None:
    said = acts(translate, {"elements": [an_event("messages"), a_like(), {}], "paging": {}})

    assert [one if isinstance(one, str) else one.kind for one in said] == [
        "private",
        "like",
        "unfit",
    ]


EVERYTHING = [
    notified(a_notification(), a_share(), a_notification("COMMENT_DELETE")),
    {"elements": [an_event("socialActions/comments"), an_update()]},
    a_like(),
    a_like("DELETE"),
    a_repost(),
    an_event("socialActions/comments", "DELETE"),
]


@given(mangled(EVERYTHING) | JSON)
def test_nothing_breaks_it(payload: object) -> None:
    survives(translate, {}, payload)
