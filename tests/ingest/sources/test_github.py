"""GitHub's webhooks: which deliveries are acts, whose, and under which ids."""

from typing import Any
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.activity import Refused
from services.ingest.sources.github import translate
from shared.messaging.errors import UnreadableMessage
from tests.ingest.sources.mangling import JSON, mangled, survives
from tests.ingest.sources.saying import Act, Json, acts, the_act

OWNER = {"login": "org-1", "id": 900, "type": "Organization"}
USER: Json = {"login": "user-1", "id": 101, "type": "User"}
OTHER: Json = {"login": "user-2", "id": 102, "type": "User"}
BOT: Json = {"login": "helper[bot]", "id": 103, "type": "Bot"}
WEB = "https://github.example/org-1/repo-1"
REPOSITORY = {
    "id": 7000,
    "full_name": "org-1/repo-1",
    "private": False,
    "html_url": WEB,
    "owner": OWNER,
    "pushed_at": 1_783_000_000,
}
TIME = "2026-03-01T09:30:00Z"


def a_delivery(action: str | None = None, **parts: Any) -> Json:  # noqa: ANN401 - JSON
    said: Json = {"sender": USER, "repository": REPOSITORY, **parts}
    return said if action is None else {"action": action, **said}


def a_text(id: int, by: Json | None = USER, **instead: Any) -> Json:  # noqa: ANN401 - JSON
    """An issue, a pull request, a comment, a review: whatever somebody writes."""
    return {
        "id": id,
        "number": 5,
        "user": by,
        "body": "Hello 🦜",
        "html_url": f"{WEB}/x/{id}",
        "created_at": TIME,
        **instead,
    }


def a_comment(action: str = "created", **parts: Any) -> Json:  # noqa: ANN401 - JSON
    return a_delivery(action, **{"issue": a_text(31, OTHER), "comment": a_text(55), **parts})


def a_push(*distinct: bool, **parts: Any) -> Json:  # noqa: ANN401 - JSON
    commits = [{"id": f"c{place}", "distinct": new} for place, new in enumerate(distinct)]
    return a_delivery(ref="refs/heads/main", after="c0ffee", commits=commits, **parts)


STAR = a_delivery("created", starred_at=TIME)
UNSTAR = a_delivery("deleted", starred_at=None)
FORK = a_delivery(forkee={"id": 7001, "owner": USER, "created_at": TIME})
ISSUE = a_delivery("opened", issue=a_text(31))
PULL = a_delivery("opened", pull_request=a_text(41))
DISCUSSION = a_delivery("created", discussion=a_text(61))
REVIEW = a_delivery(
    "submitted",
    review=a_text(71, state="approved", submitted_at=TIME),
    pull_request=a_text(41, OTHER),
)
RELEASE = a_delivery(
    "published",
    release={
        "id": 81,
        "author": USER,
        "name": "Version 1\n  of it",
        "tag_name": "v1",
        "body": "New things",
        "published_at": TIME,
        "html_url": f"{WEB}/releases/81",
    },
)
DELIVERIES: list[tuple[str, Json]] = [
    ("star", STAR),
    ("star", UNSTAR),
    ("fork", FORK),
    ("issues", ISSUE),
    ("pull_request", PULL),
    ("discussion", DISCUSSION),
    ("issue_comment", a_comment()),
    ("issue_comment", a_comment("deleted")),
    ("commit_comment", a_delivery("created", comment=a_text(55, commit_id="c0ffee"))),
    ("pull_request_review", REVIEW),
    ("push", a_push(True, False)),
    ("release", RELEASE),
]


def seen(event: str, delivery: Json) -> Act:
    return the_act(translate, delivery, x_github_event=event)


def why(event: str, delivery: Json) -> str:
    [reason] = acts(translate, delivery, x_github_event=event)
    assert isinstance(reason, str), reason
    return reason


def test_a_star_is_a_like_by_who_cannot_change() -> None:
    """Logins change, ids do not."""
    assert seen("star", STAR) == Act(
        "like",
        f"star:101:7000:{TIME}",
        "101",
        {
            "object": {"id": "repository:7000", "kind": "repository", "url": WEB},
            "target": "github:900",
        },
        TIME,
        "user-1",
    )


def test_who_stars_it_anew_likes_it_anew() -> None:
    later = "2026-04-01T09:30:00Z"

    assert seen("star", a_delivery("created", starred_at=later)).id == f"star:101:7000:{later}"


def test_taking_a_star_away_takes_back_what_was_given_until_now() -> None:
    """GitHub does not say when it was given."""
    undone = the_act(translate, UNSTAR, x_github_event="star", x_github_delivery="d-1")

    assert (undone.kind, undone.id) == ("retract", "star:101:7000:d-1#undo")
    assert undone.data == {"object": {"id": "repository:7000"}, "kind": "like"}
    assert undone.time is None


def test_a_fork_is_a_share() -> None:
    fork = seen("fork", FORK)

    assert (fork.kind, fork.id, fork.by, fork.time) == ("share", "fork:7001", "101", TIME)


@pytest.mark.parametrize(
    ("event", "delivery", "id"),
    [
        ("issues", ISSUE, "issue:31"),
        ("pull_request", PULL, "pull_request:41"),
        ("discussion", DISCUSSION, "discussion:61"),
    ],
)
def test_who_starts_something_posts(event: str, delivery: Json, id: str) -> None:
    post = seen(event, delivery)

    assert (post.kind, post.id, post.by, post.time) == ("post", id, "101", TIME)
    assert post.data["text_length"] == 7
    assert post.data["target"] == "github:900"
    assert "Hello" not in str(post)


def test_a_comment_is_for_whoever_started_it() -> None:
    comment = seen("issue_comment", a_comment())

    assert (comment.kind, comment.id, comment.time) == ("comment", "issue_comment:55", TIME)
    assert comment.data == {
        "object": {"id": "issue_comment:55", "kind": "issue_comment", "url": f"{WEB}/x/55"},
        "target": "github:102",
        "in_reply_to": "7000#5",
        "conversation": "7000#5",
        "text_length": 7,
    }


def test_a_comment_on_ones_own_is_for_nobody_else() -> None:
    assert "target" not in seen("issue_comment", a_comment(issue=a_text(31))).data


@pytest.mark.parametrize(
    ("event", "about", "on"),
    [
        ("pull_request_review_comment", {"pull_request": a_text(41, OTHER)}, "7000#5"),
        ("discussion_comment", {"discussion": a_text(61, OTHER)}, "7000#5"),
        ("commit_comment", {"comment": a_text(55, commit_id="c0ffee")}, "7000#c0ffee"),
    ],
)
def test_comments_stand_under_many_things(event: str, about: Json, on: str) -> None:
    comment = seen(event, a_delivery("created", **{"comment": a_text(55), **about}))

    assert (comment.kind, comment.id) == ("comment", f"{event}:55")
    assert comment.data["in_reply_to"] == on


def test_a_comment_that_a_moderator_deletes_was_its_authors() -> None:
    undone = seen("issue_comment", a_comment("deleted", sender=OTHER))

    assert (undone.kind, undone.id, undone.by) == ("retract", "issue_comment:55#undo", "101")
    assert undone.data == {"retracts": "issue_comment:55"}


def test_what_is_deleted_was_its_authors() -> None:
    assert seen("issues", {**ISSUE, "action": "deleted"}).data == {"retracts": "issue:31"}
    assert seen("release", {**RELEASE, "action": "deleted"}).data == {"retracts": "release:81"}


def test_closing_with_a_comment_is_one_comment() -> None:
    """GitHub reports the comment and the closing."""
    assert why("issues", {**ISSUE, "action": "closed"}) == "no_act"
    assert seen("issue_comment", a_comment(issue=a_text(31, OTHER, state="closed")))


def test_a_review_says_something_of_its_own_or_its_comments_do() -> None:
    inline = a_text(71, state="commented", submitted_at=TIME, body=None)

    assert seen("pull_request_review", REVIEW).id == "pull_request_review:71"
    assert seen("pull_request_review", REVIEW).data["target"] == "github:102"
    assert why("pull_request_review", {**REVIEW, "review": inline}) == "told_twice"
    approved = {**REVIEW, "review": {**inline, "state": "approved"}}
    assert seen("pull_request_review", approved).data["text_length"] == 0


def test_a_push_is_a_post_if_it_brings_something_new() -> None:
    push = seen("push", a_push(True, False))

    assert (push.kind, push.id) == ("post", "push:7000:c0ffee")
    assert push.time == "2026-07-02T13:46:40Z"
    assert why("push", a_push(False, False)) == "no_commits"
    assert why("push", a_push(deleted=True)) == "no_commits"


def test_a_release_is_published_with_its_title_in_one_line() -> None:
    release = seen("release", RELEASE)

    assert (release.kind, release.id, release.time) == ("publish", "release:81", TIME)
    assert release.data["object"]["title"] == "Version 1 of it"
    assert release.data["text_length"] == 10


@pytest.mark.parametrize(
    ("event", "delivery"),
    [
        ("push", a_push(True, sender=BOT)),
        ("issue_comment", a_comment(comment=a_text(55, BOT))),
        ("issues", a_delivery("opened", issue=a_text(31, {"login": "x[bot]", "id": 1}))),
    ],
)
def test_a_bot_is_said_to_be_one(event: str, delivery: Json) -> None:
    assert seen(event, delivery).actor == "bot"


@pytest.mark.parametrize(
    ("event", "delivery", "reason"),
    [
        ("ping", {"zen": "Keep it simple", "hook_id": 1}, "ping"),
        ("issue_comment", a_comment("edited"), "edit"),
        ("issues", {**ISSUE, "action": "edited"}, "edit"),
        ("issues", {**ISSUE, "action": "labeled"}, "no_act"),
        ("issues", {**ISSUE, "changes": {"old_issue": {"id": 30}}}, "moved"),
        ("release", {**RELEASE, "action": "created"}, "no_act"),
        ("member", a_delivery("added"), "no_act"),
        ("workflow_run", a_delivery("completed"), "no_act"),
        ("fork", a_delivery(), "unfit"),
        ("issue_comment", a_comment(comment=a_text(55, None)), "unfit"),
        ("star", [], "no_act"),
    ],
)
def test_what_is_no_act_is_skipped_and_what_does_not_fit_is_refused(
    event: str, delivery: Json, reason: str
) -> None:
    assert why(event, delivery) == reason


def test_a_refusal_names_what_was_missing() -> None:
    body = b'{"action":"created","repository":{"id":1}}'

    [refused] = translate({"x-github-event": "star"}, body)

    assert refused == Refused(reason="unfit", detail="sender.id is missing")


def test_a_delivery_may_be_a_form() -> None:
    """That is what GitHub sends unless told to send JSON."""
    form = b"payload=" + quote_plus('{"action": "x", "a": "1 + 1 & ü"}').encode()

    [skipped] = translate(
        {"x-github-event": "star", "content-type": "application/x-www-form-urlencoded"}, form
    )

    assert "no_act" in str(skipped)


@pytest.mark.parametrize("body", [b"", b"{", b"payload=", b"\xff", b'{"a": NaN}'])
def test_what_is_no_json_cannot_be_read(body: bytes) -> None:
    with pytest.raises(UnreadableMessage, match="malformed"):
        translate({"x-github-event": "star"}, body)


def test_without_the_name_of_the_event_nothing_can_be_read() -> None:
    with pytest.raises(UnreadableMessage, match="X-GitHub-Event"):
        translate({}, b"{}")


@given(
    st.sampled_from(DELIVERIES).flatmap(lambda one: st.tuples(st.just(one[0]), mangled([one[1]])))
)
def test_nothing_breaks_it(sent: tuple[str, Any]) -> None:
    event, delivery = sent

    survives(translate, {"x-github-event": event}, delivery)


@given(st.sampled_from([event for event, _ in DELIVERIES]), JSON)
def test_any_json_is_taken(event: str, said: object) -> None:
    survives(translate, {"x-github-event": event}, said)
