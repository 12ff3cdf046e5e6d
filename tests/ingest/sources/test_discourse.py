"""Discourse's webhooks: what is a post, a reply, a like, and what is none of our business."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.sources.discourse import translate
from shared.messaging.errors import UnreadableMessage
from tests.ingest.sources.mangling import JSON, mangled, survives
from tests.ingest.sources.saying import Act, Json, acts, the_act

TIME = "2026-03-01T09:30:00.123Z"
LATER = "2026-03-02T10:00:00.456Z"


def a_post(**instead: Any) -> Json:  # noqa: ANN401 - JSON
    return {
        "post": {
            "id": 501,
            "username": "user-1",
            "user_id": 11,
            "created_at": TIME,
            "updated_at": TIME,
            "post_number": 1,
            "post_type": 1,
            "reply_to_post_number": None,
            "topic_id": 40,
            "topic_slug": "a-topic",
            "topic_title": "A topic",
            "topic_archetype": "regular",
            "raw": "Hello 🦜",
            "cooked": "<p>Hello <b>🦜</b></p>",
            "version": 1,
            "user_deleted": False,
            "deleted_at": None,
            **instead,
        }
    }


def a_like(by: int = 12, **instead: Any) -> Json:  # noqa: ANN401 - JSON
    return {"like": {**a_post(**instead), "user": {"id": by, "username": f"user-{by}"}}}


def told(event: str, payload: object, family: str = "post") -> list[Act | str]:
    return acts(
        translate,
        payload,
        x_discourse_event=event,
        x_discourse_event_type=family,
        x_discourse_event_id="9001",
    )


def seen(event: str, payload: object) -> Act:
    return the_act(translate, payload, x_discourse_event=event)


def test_the_first_post_of_a_topic_is_a_post() -> None:
    assert seen("post_created", a_post()) == Act(
        "post",
        "post:501",
        "11",
        {"object": {"id": "post:501", "kind": "post"}, "text_length": 7},
        TIME,
        "user-1",
    )


@pytest.mark.parametrize(
    ("where", "to"),
    [
        ({"post_number": 3}, "topic:40"),
        ({"post_number": 3, "reply_to_post_number": 2}, "topic:40/2"),
        ({"post_number": 1, "reply_to_post_number": 2}, "topic:40/2"),
    ],
)
def test_every_other_post_is_a_comment(where: Json, to: str) -> None:
    comment = seen("post_created", a_post(**where))

    assert comment.kind == "comment"
    assert comment.data["conversation"] == "topic:40"
    assert comment.data["in_reply_to"] == to


def test_the_text_is_counted_as_it_was_written_or_else_as_it_is_read() -> None:
    assert seen("post_created", a_post(raw=None)).data["text_length"] == 7


def test_a_like_has_neither_time_nor_id_of_its_own() -> None:
    assert seen("post_liked", a_like()) == Act(
        "like",
        "like:501:12",
        "12",
        {"object": {"id": "post:501", "kind": "post"}, "target": "discourse:11"},
        None,
        "user-12",
    )


def test_liking_ones_own_is_for_nobody() -> None:
    assert "target" not in seen("post_liked", a_like(by=11)).data


def test_an_edit_is_no_second_post() -> None:
    assert told("post_edited", a_post(version=3, updated_at=LATER)) == ["edit"]


def test_what_is_destroyed_is_taken_back_whether_it_was_heard_of_or_not() -> None:
    first, second = told("post_destroyed", a_post())

    assert isinstance(first, Act)
    assert isinstance(second, Act)
    assert (first.kind, first.id, first.by) == ("retract", "post:501#undo", "11")
    assert first.data == {"retracts": "post:501"}
    assert first.time is None
    assert second.data == {"retracts": f"post:501#{TIME}"}


def test_a_post_comes_back_and_can_go_again() -> None:
    """Each time it is recovered it is said anew, and the next deletion means that one."""
    back = seen("post_recovered", a_post(updated_at=LATER))
    gone = told("post_destroyed", a_post(updated_at=LATER))

    assert (back.kind, back.id, back.time) == ("post", f"post:501#{LATER}", LATER)
    assert {"retracts": back.id} in [one.data for one in gone if isinstance(one, Act)]
    assert back.data["object"]["id"] == "post:501"


def test_an_author_who_deletes_edits_first() -> None:
    """The post itself goes a day later, if it does."""
    first, *_ = told("post_edited", a_post(user_deleted=True, updated_at=LATER))

    assert isinstance(first, Act)
    assert first.data == {"retracts": "post:501"}


@pytest.mark.parametrize("id", [-1, -2])
def test_whoever_has_an_id_below_zero_is_the_system(id: int) -> None:
    assert seen("post_created", a_post(user_id=id)).actor == "system"
    assert seen("post_liked", a_like(by=id)).actor == "system"


@pytest.mark.parametrize(
    ("event", "payload", "reason"),
    [
        ("ping", {"ping": "OK"}, "ping"),
        ("post_created", a_post(post_type=2), "no_post"),
        ("post_created", a_post(post_type=3), "no_post"),
        ("post_created", a_post(post_type=4), "no_post"),
        ("post_created", a_post(topic_archetype="private_message"), "private"),
        ("post_destroyed", a_post(topic_archetype="private_message"), "private"),
        ("post_liked", a_like(topic_archetype="private_message"), "private"),
        ("topic_created", {"topic": {"id": 40, "title": "A topic"}}, "topic"),
        ("topic_closed_status_updated", {"topic": {"id": 40}}, "topic"),
        ("accepted_solution", {"solved": a_post()["post"]}, "solution"),
        ("user_badge_granted", {"user_badge": {"id": 1}}, "no_act"),
        ("post_created", {}, "unfit"),
        ("post_created", a_post(user_id=None), "unfit"),
        ("post_liked", {"like": a_post()}, "unfit"),
    ],
)
def test_what_is_no_act_is_skipped_and_what_does_not_fit_is_refused(
    event: str, payload: object, reason: str
) -> None:
    assert told(event, payload) == [reason]


def test_a_ping_has_a_family_only() -> None:
    assert acts(translate, {"ping": "OK"}, x_discourse_event_type="ping") == ["ping"]


def test_json_may_be_called_a_form() -> None:
    """Discourse can be set to call it one, and sends JSON all the same."""
    form = "application/x-www-form-urlencoded"

    assert acts(translate, a_post(), x_discourse_event="post_created", content_type=form)


def test_without_the_name_of_the_event_nothing_can_be_read() -> None:
    with pytest.raises(UnreadableMessage, match="X-Discourse-Event"):
        translate({}, b"{}")


EVENTS = ["post_created", "post_edited", "post_destroyed", "post_recovered", "post_liked"]


@given(st.sampled_from(EVENTS), mangled([a_post(), a_post(post_number=2), a_like()]) | JSON)
def test_nothing_breaks_it(event: str, payload: object) -> None:
    survives(translate, {"x-discourse-event": event}, payload)
