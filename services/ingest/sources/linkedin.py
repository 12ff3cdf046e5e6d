"""What LinkedIn reports: what is done on an organisation's page, and the archive of members who
have agreed to one (compliance events, an item or a page of them).

https://learn.microsoft.com/linkedin/marketing/community-management/organizations/organization-social-action-notifications
https://learn.microsoft.com/linkedin/compliance/integrations/compliance-events

`subscriber` is the administrator who has asked for notifications, and `owner` of a compliance
event the member whose archive it is in: neither need have done anything.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from services.ingest.domain.activity import Skipped
from services.ingest.sources.linkedin_acts import (
    PEOPLE,
    Act,
    commented,
    liked,
    posted,
    uncommented,
    undone,
    unliked,
)
from services.ingest.sources.linkedin_urns import Urn, created, post_in, urn_in
from services.ingest.sources.payload import Payload, each, read
from services.ingest.sources.sightings import Seen

PRIVATE: Final = frozenset({"messages", "invitations"})
LIKES: Final = "socialActions/likes"
COMMENTS: Final = "socialActions/comments"
REPOSTS: Final = "instantReposts"
POSTS: Final = frozenset({"ugcPosts", "shares", "posts"})
EDIT: Final = Skipped("edit", "it counts as it was first written")
NO_ACT: Final = Skipped("no_act", "nobody wrote, shared or liked anything")
A_PAGE: Final = Skipped("organisation", "a page did it, and no member")


def translate(headers: Mapping[str, str], body: bytes) -> list[Seen]:
    """Raises UnreadableMessage: `malformed`."""
    said = read(headers, body)
    if said.get("notifications") is not None:
        return each([said], lambda page: each(page.items("notifications"), _notified))
    if said.get("elements") is not None:
        return each([said], lambda page: each(page.items("elements"), _archived))
    return each([said], _archived)


def _notified(said: Payload) -> Iterable[Seen]:
    match said.text("action"):
        case "LIKE":
            yield Skipped("no_actor", "LinkedIn does not tell who likes the posts of a page")
        case "COMMENT_EDIT":
            yield EDIT
        case "COMMENT" | "ADMIN_COMMENT" | "COMMENT_DELETE" | "SHARE" | "SHARE_MENTION" as action:
            yield _generated(said, action)
        case _:
            yield NO_ACT


def _generated(said: Payload, action: str) -> Seen:
    """The comment or share itself stands in the decoration, whose urns are whole."""
    own = said.at("decoratedGeneratedActivity.comment")
    if action.startswith("SHARE"):
        own = said.at("decoratedGeneratedActivity.share")
    urn = urn_in(own.get("entity")) or _urn(said, "generatedActivity")
    act = Act(
        by=_urn(own, "owner"),
        time=said.milliseconds("lastModifiedAt"),
        text=own.maybe("text"),
        on=None if action == "SHARE_MENTION" else _urn(said, "sourcePost"),
        author=urn_in(said.get("decoratedSourcePost.owner")),
    )
    if act.by.kind not in PEOPLE:
        return A_PAGE
    if action == "COMMENT_DELETE":
        return uncommented(urn, act)
    if action in ("COMMENT", "ADMIN_COMMENT"):
        return commented(urn, act)
    act = act._replace(time=created(urn) or act.time, author=act.author if act.on else None)
    return posted(str(urn), act)


def _archived(said: Payload) -> Iterable[Seen]:
    resource, method = said.text("resourceName"), said.text("method")
    activity = said.at("activity")
    if resource in PRIVATE:
        yield Skipped("private", "what members write to each other is nobody's business")
    elif method in ("UPDATE", "PARTIAL_UPDATE"):
        yield EDIT
    elif method not in ("CREATE", "DELETE"):
        yield NO_ACT
    elif said.get("activityStatus") == "FAILURE" or activity.get("lifecycleState") == "DRAFT":
        yield Skipped("unpublished", "a draft, or what did not succeed")
    elif resource in {*POSTS, LIKES, COMMENTS, REPOSTS}:
        yield _done(said, activity, resource, gone=method == "DELETE")
    else:
        yield NO_ACT


def _done(said: Payload, activity: Payload, resource: str, *, gone: bool) -> Seen:
    """`activity` may be empty where something was deleted; `resourceUri` names it then."""
    acting = activity if said.get("actor") is None else said
    act = Act(_urn(acting, "actor"), time=said.milliseconds("capturedAt"))
    if act.by.kind not in PEOPLE:
        return A_PAGE
    if not gone and activity.get("created.time") is not None:
        act = act._replace(time=activity.milliseconds("created.time"))
    if resource in POSTS:
        urn = urn_in(activity.get("id")) or _urn(said, "resourceId")
        return undone(str(urn), act) if gone else posted(str(urn), _worded(activity, urn, act))
    if resource == REPOSTS:
        repost = f"repost:{said.id('resourceId')}"
        return undone(repost, act) if gone else posted(repost, act._replace(on=_content(activity)))
    on = urn_in(activity.get("object")) or urn_in(activity.get("root")) or _urn(said, "resourceUri")
    if resource == LIKES:
        return unliked(act, on) if gone else liked(act, on)
    urn = Urn("comment", activity.maybe_id("id") or said.id("resourceId"), str(post_in(str(on))))
    if gone:
        return uncommented(urn, act)
    text = activity.maybe("message.text") or activity.maybe("message")
    return commented(urn, act._replace(text=text, on=on))


def _worded(activity: Payload, urn: Urn, act: Act) -> Act:
    text = activity.maybe("commentary")
    if isinstance(content := activity.get("specificContent"), dict):
        for kind in content.values():  # one, whose name has dots in it
            text = text or Payload(kind).maybe("shareCommentary.text")
    shared = activity.get("responseContext.parent") or activity.get("reshareContext.parent")
    return act._replace(time=created(urn) or act.time, text=text, on=urn_in(shared))


def _content(activity: Payload) -> Urn:
    content = activity.get("repostedContent")
    urns = map(urn_in, content.values()) if isinstance(content, dict) else ()
    if found := next(filter(None, urns), None):
        return found
    raise activity.unfit("repostedContent", "what was reposted")


def _urn(said: Payload, path: str) -> Urn:
    """Raises Unfit."""
    if found := urn_in(said.get(path)):
        return found
    raise said.unfit(path, "a urn of LinkedIn's")
