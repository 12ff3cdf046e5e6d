"""What somebody does on LinkedIn, under the ids that every way of hearing of it comes to.

Times are to the second, since an export has no more.
"""

import re
from datetime import datetime
from typing import Any, Final, NamedTuple

from services.ingest.domain.activity import Sighting
from services.ingest.sources.linkedin_urns import (
    PLATFORM,
    Urn,
    comment_id,
    created,
    post_in,
    reaction_id,
)
from services.ingest.sources.sightings import length, retraction, sighting, topics

HASHTAG: Final = re.compile(r"#(\w+)")
PEOPLE: Final = frozenset({"person", "member"})


class Act(NamedTuple):
    """`on` is what was commented on, shared or liked, and `author` whose that was."""

    by: Urn
    time: datetime
    text: str | None = None
    on: Urn | None = None
    author: Urn | None = None


def posted(id: str, act: Act) -> Sighting:
    """A post of one's own; with `on`, somebody else's, quoted where words were added to it."""
    act = act._replace(time=act.time.replace(microsecond=0))
    if act.on is None:
        return _act("post", id, act, _thing(id, "post"), **_words(act))
    kind = "quote" if act.text else "share"
    return _act(kind, id, act, _thing(str(act.on), act.on.kind), **_words(act))


def commented(comment: Urn, act: Act) -> Sighting:
    post, time = _post(comment), (created(comment) or act.time).replace(microsecond=0)
    reply = {"in_reply_to": str(act.on or post), "conversation": str(post)}
    thing = _thing(str(comment), "comment")
    return _act(
        "comment", comment_id(post, time), act._replace(time=time), thing, **reply, **_words(act)
    )


def liked(act: Act, on: Urn) -> Sighting:
    time = act.time.replace(microsecond=0)
    return _act("like", reaction_id(on, time), act._replace(time=time), _thing(str(on), on.kind))


def undone(id: str, act: Act) -> Sighting:
    by = account(act.by)
    return retraction(platform=PLATFORM, id=f"{id}#undo", retracts=id, by=by, time=act.time)


def uncommented(comment: Urn, act: Act) -> Sighting:
    """The comment's own urn tells when it was made, and so its id."""
    return undone(comment_id(_post(comment), created(comment) or act.time), act)


def unliked(act: Act, on: Urn) -> Sighting:
    """When it was liked is not told, so what is taken back is whatever the member liked in it."""
    thing = _thing(str(on), on.kind)
    unlike = f"unlike:{on}:{act.by.id}:{int(act.time.timestamp())}"
    return _act("retract", unlike, act._replace(author=None), thing, kind="like")


def hashtags(text: str) -> list[str]:
    return topics(HASHTAG.findall(text))


def account(urn: Urn) -> str:
    """Return what an account is known by: a person's id, and the whole urn of anything else."""
    return urn.id if urn.kind in PEOPLE else str(urn)


def _act(kind: str, id: str, act: Act, object: dict[str, Any], /, **data: object) -> Sighting:
    target = None if act.author in (None, act.by) else account(act.author)
    return sighting(
        kind,
        platform=PLATFORM,
        id=id,
        by=account(act.by),
        time=act.time,
        data={
            "object": object,
            "target": target and f"{PLATFORM}:{target}",
            **data,
        },
    )


def _words(act: Act) -> dict[str, object]:
    return {"text_length": length(act.text or ""), "topics": hashtags(act.text or "")}


def _thing(id: str, kind: str) -> dict[str, Any]:
    return {"id": id, "kind": kind}


def _post(comment: Urn) -> Urn:
    return post_in(str(comment)) or comment
