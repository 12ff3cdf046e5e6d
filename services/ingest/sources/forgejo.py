"""The webhooks of Forgejo and Gitea, which look like GitHub's and tell less: a review has neither
id nor time, a push has no time of the server's, and of stars nothing is said.

https://forgejo.org/docs/latest/user/webhooks/
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from services.ingest.domain.activity import Sighting, Skipped
from services.ingest.sources.payload import Payload, each, header, line, read
from services.ingest.sources.sightings import Seen, length, retraction, sighting

PLATFORM: Final = "forgejo"


def translate(headers: Mapping[str, str], body: bytes) -> list[Seen]:
    """Raises UnreadableMessage: `malformed`, `no_event`."""
    event = headers.get("x-gitea-event") or header(headers, "X-Forgejo-Event")
    return each([read(headers, body)], lambda said: _seen(event, said))


def _seen(event: str, said: Payload) -> Iterable[Seen]:
    match event, said.get("action"):
        case (("issues" | "pull_request"), "opened"):
            yield _written("post", said.at(event.removesuffix("s")))
        case "issue_comment", "created":
            yield _written("comment", said.at("comment"), **_reply(said, "issue", "comment.user"))
        case "issue_comment", "deleted":
            comment, who = f"comment:{said.id('comment.id')}", _who(said.at("comment.user"))
            yield retraction(platform=PLATFORM, id=f"{comment}#undo", retracts=comment, **who)
        case _, "reviewed":
            yield _reviewed(said)
        case "release", "published":
            yield _written("publish", said.at("release"), "author")
        case "fork", _:
            repository = {"id": f"repository:{said.id('repository.id')}", "kind": "repository"}
            yield _did("share", f"fork:{said.id('forkee.id')}", said.at("sender"), repository)
        case "push", _ if said.get("commits"):
            push = f"push:{said.id('repository.id')}:{said.text('after')}"
            yield _did("post", push, said.at("sender"), {"id": push, "kind": "commits"})
        case _, ("edited" | "updated"):
            yield Skipped("edit", "it counts as it was first written")
        case _:
            yield Skipped("no_act", "nobody wrote or shared anything that is new")


def _written(kind: str, own: Payload, author: str = "user", **data: str | int) -> Sighting:
    what = own.place
    thing = {"id": f"{what}:{own.id('id')}", "kind": what, "url": own.maybe("html_url")}
    if kind == "publish":
        thing["title"] = line(own.maybe("name") or own.maybe("tag_name"))
    time = own.text("published_at" if kind == "publish" else "created_at")
    data["text_length"] = length(own.maybe("body") or "")
    return _did(kind, str(thing["id"]), own.at(author), thing, time=time, **data)


def _reviewed(said: Payload) -> Sighting:
    """Whoever reviews it a second time does so after it has changed."""
    time, who = said.text("pull_request.updated_at"), said.at("sender")
    review = f"review:{said.id('pull_request.id')}:{who.id('id')}:{time}"
    reply = _reply(said, "pull_request", "sender")
    text_length = length(said.maybe("review.content") or "")
    thing = {"id": review, "kind": "review"}
    return _did("comment", review, who, thing, time=time, text_length=text_length, **reply)


def _reply(said: Payload, about: str, by: str) -> dict[str, str]:
    thread = f"{said.id('repository.id')}#{said.id(f'{about}.number')}"
    author = said.id(f"{about}.user.id")
    target = {} if author == said.id(f"{by}.id") else {"target": f"{PLATFORM}:{author}"}
    return {"in_reply_to": thread, "conversation": thread, **target}


def _did(
    kind: str,
    id: str,
    who: Payload,
    thing: Mapping[str, object],
    *,
    time: str | None = None,
    **data: str | int,
) -> Sighting:
    said = {"object": {name: value for name, value in thing.items() if value}, **data}
    return sighting(kind, platform=PLATFORM, id=id, time=time, data=said, **_who(who))


def _who(user: Payload) -> dict[str, Any]:
    """Those who have gone, and the actions, have ids below zero."""
    by = user.whole("id")
    actor = "system" if by < 0 else "person"
    return {"by": str(by), "label": user.maybe("login"), "actor": actor}
