"""GitHub's webhooks, one delivery an act. Its archive of public events tells the same ids.

https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from services.ingest.domain.activity import Sighting, Skipped
from services.ingest.sources.payload import Payload, each, header, line, read
from services.ingest.sources.sightings import Seen, length, retraction, sighting

PLATFORM: Final = "github"
STARTED: Final = {"discussion": "created", "issues": "opened", "pull_request": "opened"}
COMMENTED: Final = {
    "commit_comment": "commit",
    "discussion_comment": "discussion",
    "issue_comment": "issue",
    "pull_request_review_comment": "pull_request",
}
"""Events of comments, and what was commented on, which stands beside the comment."""


def translate(headers: Mapping[str, str], body: bytes) -> list[Seen]:
    """Raises UnreadableMessage: `malformed`, `no_event`."""
    event = header(headers, "X-GitHub-Event")
    delivery = Delivery(event, read(headers, body), headers.get("x-github-delivery", ""))
    return each([delivery.said], lambda _: [delivery.seen()])


class Delivery:
    """`event` is GitHub's word for what happened, which the body does not repeat; `id` is the same
    when the delivery is repeated.
    """

    def __init__(self, event: str, said: Payload, id: str) -> None:
        self.event, self.said, self.id = event, said, id

    def seen(self) -> Seen:
        said = self.said
        match self.event, said.get("action"):
            case "ping", _:
                return Skipped("ping", "GitHub asked whether anybody listens")
            case "star", "created":
                star, time = self._star(), said.text("starred_at")
                return self._by("sender", "like", f"{star}:{time}", time)
            case "star", "deleted":
                return self._unstarred()
            case "fork", _:
                fork, time = f"fork:{said.id('forkee.id')}", said.text("forkee.created_at")
                return self._by("sender", "share", fork, time)
            case "push", _:
                return self._push()
            case "release", "published":
                return self._release()
            case "pull_request_review", "submitted":
                return self._review()
            case event, action if action == STARTED.get(event, ""):
                return self._started(event.removesuffix("s"))
            case event, "created" if event in COMMENTED:
                return self._comment("comment", event, "created_at")
            case event, "deleted" if event in COMMENTED:
                return self._undone("comment.user", f"{event}:{said.id('comment.id')}")
            case ("discussion" | "issues") as event, "deleted":
                kind = event.removesuffix("s")
                return self._undone(f"{kind}.user", f"{kind}:{said.id(f'{kind}.id')}")
            case "release", "deleted":
                return self._undone("release.author", f"release:{said.id('release.id')}")
            case _, "edited":
                return Skipped("edit", "it counts as it was first written")
            case _:
                return Skipped("no_act", "nobody wrote, shared or liked anything")

    def _star(self) -> str:
        return f"star:{self.said.id('sender.id')}:{self.said.id('repository.id')}"

    def _unstarred(self) -> Sighting:
        """Take back every star before it: GitHub does not say when that was."""
        thing = {"id": self._thing("repository", self.said.at("repository"))["id"]}
        return sighting(
            "retract",
            platform=PLATFORM,
            id=f"{self._star()}:{self.id}#undo",
            data={"object": thing, "kind": "like"},
            **self._who("sender"),
        )

    def _push(self) -> Seen:
        """Commits that were on another branch already were counted when they came there."""
        said = self.said
        if all(commit.get("distinct") is False for commit in said.items("commits")):
            return Skipped("no_commits", "a push without a commit that is new")
        push = f"push:{said.id('repository.id')}:{said.text('after')}"
        thing = {"id": push, "kind": "commits", "url": said.maybe("compare")}
        return self._by("sender", "post", push, said.seconds("repository.pushed_at"), thing)

    def _release(self) -> Sighting:
        release = self.said.at("release")
        thing = self._thing("release", release)
        thing["title"] = line(release.maybe("name") or release.maybe("tag_name"))
        time = release.text("published_at")
        return self._by("release.author", "publish", thing["id"], time, thing, release)

    def _started(self, kind: str) -> Seen:
        if self.said.get("changes.old_issue") is not None:
            return Skipped("moved", "an issue that came from another repository")
        own = self.said.at(kind)
        thing, time = self._thing(kind, own), own.text("created_at")
        return self._by(f"{kind}.user", "post", thing["id"], time, thing, own)

    def _review(self) -> Seen:
        if not self.said.get("review.body") and self.said.get("review.state") == "commented":
            return Skipped("told_twice", "the comments of this review are reported one by one")
        return self._comment("review", "pull_request_review", "submitted_at")

    def _comment(self, place: str, event: str, time: str) -> Sighting:
        said, own = self.said, self.said.at(place)
        about = said.at(COMMENTED.get(event, "pull_request"))
        commented = own.maybe("commit_id") if event == "commit_comment" else about.id("number")
        thing, on = self._thing(event, own), f"{said.id('repository.id')}#{commented}"
        return self._by(
            f"{place}.user",
            "comment",
            thing["id"],
            own.text(time),
            thing,
            own,
            target=about.maybe_id("user.id"),
            in_reply_to=on,
            conversation=on,
        )

    def _thing(self, kind: str, own: Payload) -> dict[str, Any]:
        """Say what somebody has written."""
        return {"id": f"{kind}:{own.id('id')}", "kind": kind, "url": own.maybe("html_url")}

    def _by(
        self,
        place: str,
        kind: str,
        id: str,
        time: str | datetime | None,
        thing: dict[str, Any] | None = None,
        own: Payload | None = None,
        *,
        target: str | None = None,
        **data: Any,  # noqa: ANN401 - what an event of this kind holds
    ) -> Sighting:
        who, said = self._who(place), self.said
        if target is None:
            target = said.maybe_id("repository.owner.id")
        if thing is None:
            thing = self._thing("repository", said.at("repository"))
        if target and target != who["by"]:
            data["target"] = f"{PLATFORM}:{target}"
        data["object"] = {name: value for name, value in thing.items() if value is not None}
        if own is not None:
            data["text_length"] = length(own.maybe("body") or "")
        return sighting(kind, platform=PLATFORM, id=id, time=time, data=data, **who)

    def _undone(self, place: str, id: str) -> Sighting:
        who = self._who(place)
        return retraction(platform=PLATFORM, id=f"{id}#undo", retracts=id, **who)

    def _who(self, place: str) -> dict[str, Any]:
        said = self.said.at(place)
        login = said.maybe("login")
        is_bot = said.get("type") == "Bot" or (login or "").endswith("[bot]")
        return {"by": said.id("id"), "label": login, "actor": "bot" if is_bot else "person"}
