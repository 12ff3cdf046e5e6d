"""Discourse's webhooks: posts as they come and go, and who liked them.

A topic is its first post, so what is said of topics is skipped. A like comes without a time and
without an id of its own. What is deleted keeps its old `updated_at`; recovering gives it a new one.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from services.ingest.domain.activity import Skipped
from services.ingest.sources.payload import Payload, each, header, read
from services.ingest.sources.sightings import Seen, length, plain, retraction, sighting

PLATFORM: Final = "discourse"
REGULAR: Final = 1
"""Other types of post are a moderator's, the system's own, and whispers among staff."""
PRIVATE: Final = "private_message"


def translate(headers: Mapping[str, str], body: bytes) -> list[Seen]:
    """Raises UnreadableMessage: `malformed`, `no_event`."""
    event = headers.get("x-discourse-event") or header(headers, "X-Discourse-Event-Type")
    return each([read(headers, body)], lambda said: _seen(event, said))


def _seen(event: str, said: Payload) -> Iterable[Seen]:
    match event:
        case "post_created" | "post_recovered" | "post_destroyed" | "post_edited":
            post = said.at("post")
            if skipped := _skipped(post):
                yield skipped
            elif event == "post_destroyed" or (event == "post_edited" and _is_withdrawn(post)):
                yield from _destroyed(post)
            elif event == "post_edited":
                yield Skipped("edit", "it counts as it was first written")
            else:
                yield _written(post, again=event == "post_recovered")
        case "post_liked":
            yield _skipped(said.at("like.post")) or _liked(said.at("like"))
        case "ping":
            yield Skipped("ping", "Discourse asked whether anybody listens")
        case "accepted_solution" | "unaccepted_solution":
            yield Skipped("solution", "who accepted it is not told, and the answer counts already")
        case topic if topic.startswith("topic_"):
            yield Skipped("topic", "a topic is its first post, which is reported as a post")
        case _:
            yield Skipped("no_act", "nobody wrote or liked anything")


def _skipped(post: Payload) -> Skipped | None:
    if post.maybe("topic_archetype") == PRIVATE:
        return Skipped("private", "a private message is nobody's business")
    if post.whole("post_type") != REGULAR:
        return Skipped("no_post", "a remark of the forum or its staff")
    return None


def _written(post: Payload, *, again: bool) -> Seen:
    own, time = _id(post), post.text("updated_at" if again else "created_at")
    answers = post.whole("post_number") > 1 or post.get("reply_to_post_number") is not None
    topic = f"topic:{post.id('topic_id')}"
    data: dict[str, Any] = {"object": {"id": own, "kind": "post"}, "text_length": _length(post)}
    if answers:
        to = post.maybe_id("reply_to_post_number")
        data |= {"conversation": topic, "in_reply_to": f"{topic}/{to}" if to else topic}
    return sighting(
        "comment" if answers else "post",
        platform=PLATFORM,
        id=f"{own}#{time}" if again else own,
        time=time,
        data=data,
        **_who(post, "user_id"),
    )


def _destroyed(post: Payload) -> Iterable[Seen]:
    """Take the post back, and what it was since it was last recovered, if it ever was."""
    who, own = _who(post, "user_id"), _id(post)
    updated = post.maybe("updated_at")
    for gone in dict.fromkeys([own, f"{own}#{updated}" if updated else own]):
        yield retraction(platform=PLATFORM, id=f"{gone}#undo", retracts=gone, **who)


def _liked(like: Payload) -> Seen:
    who, post = _who(like.at("user"), "id"), like.at("post")
    data: dict[str, Any] = {"object": {"id": _id(post), "kind": "post"}}
    if (author := post.id("user_id")) != who["by"]:
        data["target"] = f"{PLATFORM}:{author}"
    liked = f"like:{post.id('id')}:{who['by']}"
    return sighting("like", platform=PLATFORM, id=liked, data=data, **who)


def _who(said: Payload, id: str) -> dict[str, Any]:
    """The system and its bots have ids below zero."""
    by = said.whole(id)
    actor = "system" if by < 0 else "person"
    return {"by": str(by), "label": said.maybe("username"), "actor": actor}


def _id(post: Payload) -> str:
    return f"post:{post.id('id')}"


def _is_withdrawn(post: Payload) -> bool:
    """Whether its author has deleted it, which takes a day and begins with an edit."""
    return post.get("user_deleted") is True


def _length(post: Payload) -> int:
    raw = post.maybe("raw")
    return length(raw if raw is not None else plain(post.maybe("cooked") or ""))
