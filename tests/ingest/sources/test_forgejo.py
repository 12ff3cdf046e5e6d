"""The webhooks of Forgejo and Gitea: what they share with GitHub's, and what they lack."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.sources.forgejo import translate
from shared.messaging.errors import UnreadableMessage
from tests.ingest.sources.mangling import JSON, mangled, survives
from tests.ingest.sources.saying import Act, Json, acts, the_act

USER: Json = {"id": 11, "login": "user-1"}
OTHER: Json = {"id": 12, "login": "user-2"}
ACTIONS: Json = {"id": -2, "login": "forgejo-actions"}
WEB = "https://forge.example/org-1/repo-1"
TIME = "2026-03-01T10:30:00+01:00"


def a_delivery(action: str | None = None, **parts: Any) -> Json:  # noqa: ANN401 - JSON
    said: Json = {"sender": USER, "repository": {"id": 70, "owner": OTHER}, **parts}
    return said if action is None else {"action": action, **said}


def a_text(id: int, by: Json = USER, **instead: Any) -> Json:  # noqa: ANN401 - JSON
    return {
        "id": id,
        "number": 5,
        "user": by,
        "body": "Hello 🦜",
        "html_url": f"{WEB}/issues/5",
        "created_at": TIME,
        "updated_at": TIME,
        **instead,
    }


ISSUE = a_delivery("opened", number=5, issue=a_text(31))
PULL = a_delivery("opened", number=5, pull_request=a_text(41))
COMMENT = a_delivery("created", issue=a_text(31, OTHER), comment=a_text(55), is_pull=False)
REVIEW = a_delivery(
    "reviewed",
    pull_request=a_text(41, OTHER),
    review={"type": "pull_request_review_approved", "content": "Good"},
)
RELEASE = a_delivery(
    "published",
    release={
        "id": 81,
        "author": USER,
        "name": "",
        "tag_name": "v1",
        "body": "New",
        "html_url": f"{WEB}/releases/tag/v1",
        "published_at": TIME,
    },
)
FORK = a_delivery(forkee={"id": 71, "owner": USER})
PUSH = a_delivery(ref="refs/heads/main", after="c0ffee", commits=[{"id": "c0ffee"}])


def seen(event: str, delivery: Json) -> Act:
    return the_act(translate, delivery, x_forgejo_event=event)


@pytest.mark.parametrize(
    ("event", "delivery", "kind", "id", "time"),
    [
        ("issues", ISSUE, "post", "issue:31", TIME),
        ("pull_request", PULL, "post", "pull_request:41", TIME),
        ("issue_comment", COMMENT, "comment", "comment:55", TIME),
        ("pull_request_approved", REVIEW, "comment", f"review:41:11:{TIME}", TIME),
        ("release", RELEASE, "publish", "release:81", TIME),
        ("fork", FORK, "share", "fork:71", None),
        ("push", PUSH, "post", "push:70:c0ffee", None),
    ],
)
def test_what_a_member_does(
    event: str, delivery: Json, kind: str, id: str, time: str | None
) -> None:
    act = seen(event, delivery)

    assert (act.kind, act.id, act.by, act.label, act.time) == (kind, id, "11", "user-1", time)
    assert act.actor == "person"


def test_a_comment_is_for_whoever_opened_it() -> None:
    assert seen("issue_comment", COMMENT).data == {
        "object": {"id": "comment:55", "kind": "comment", "url": f"{WEB}/issues/5"},
        "target": "forgejo:12",
        "in_reply_to": "70#5",
        "conversation": "70#5",
        "text_length": 7,
    }
    assert "target" not in seen("issue_comment", {**COMMENT, "issue": a_text(31)}).data


def test_a_review_is_for_whoever_asked_for_it() -> None:
    assert seen("pull_request_approved", REVIEW).data["target"] == "forgejo:12"
    assert seen("pull_request_approved", REVIEW).data["text_length"] == 4


def test_a_release_without_a_name_is_called_as_its_tag() -> None:
    assert seen("release", RELEASE).data["object"]["title"] == "v1"


def test_a_deleted_comment_was_its_authors_whoever_deletes_it() -> None:
    undone = seen("issue_comment", {**COMMENT, "action": "deleted", "sender": OTHER})

    assert (undone.kind, undone.by, undone.data) == ("retract", "11", {"retracts": "comment:55"})


def test_whoever_has_an_id_below_zero_is_nobody() -> None:
    assert seen("push", {**PUSH, "sender": ACTIONS}).actor == "system"
    assert seen("issue_comment", {**COMMENT, "comment": a_text(55, ACTIONS)}).actor == "system"


@pytest.mark.parametrize(
    ("event", "delivery", "reason"),
    [
        ("issues", {**ISSUE, "action": "edited"}, "edit"),
        ("issues", {**ISSUE, "action": "closed"}, "no_act"),
        ("issues", {**ISSUE, "action": "label_updated"}, "no_act"),
        ("release", {**RELEASE, "action": "updated"}, "edit"),
        ("push", {**PUSH, "commits": []}, "no_act"),
        ("push", {**PUSH, "commits": None}, "no_act"),
        ("create", a_delivery(ref="v1", ref_type="tag"), "no_act"),
        ("issues", a_delivery("opened"), "unfit"),
        ("pull_request_approved", a_delivery("reviewed"), "unfit"),
    ],
)
def test_what_is_no_act_is_skipped_and_what_does_not_fit_is_refused(
    event: str, delivery: Json, reason: str
) -> None:
    assert acts(translate, delivery, x_forgejo_event=event) == [reason]


def test_gitea_calls_itself_by_its_name() -> None:
    assert acts(translate, ISSUE, x_gitea_event="issues") == [seen("issues", ISSUE)]
    with pytest.raises(UnreadableMessage, match="X-Forgejo-Event"):
        translate({}, b"{}")


DELIVERIES = {
    "issues": ISSUE,
    "pull_request": PULL,
    "issue_comment": COMMENT,
    "pull_request_approved": REVIEW,
    "release": RELEASE,
    "fork": FORK,
    "push": PUSH,
}


@given(
    st.sampled_from(sorted(DELIVERIES)).flatmap(
        lambda event: st.tuples(st.just(event), mangled([DELIVERIES[event]]) | JSON)
    )
)
def test_nothing_breaks_it(sent: tuple[str, Any]) -> None:
    event, delivery = sent

    survives(translate, {"x-forgejo-event": event}, delivery)
