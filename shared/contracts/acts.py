"""What each kind of activity tells, and nothing besides: lengths, ids, topics and counts.

Whatever else a publisher sends is dropped on reading, so no message text, no address and no
handle can get onto the bus by way of these models.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator
from pydantic_core import PydanticCustomError

from shared.contracts.words import (
    Count,
    Day,
    Id,
    Line,
    Maybe,
    Member,
    Minutes,
    Number,
    Ref,
    Told,
    Topics,
    Url,
    Word,
    Zone,
)


class Object(Told):
    """What was acted on: a post, an article, a talk. `id` is unique on its platform."""

    id: Ref
    kind: Maybe[Word] = None
    url: Maybe[Url] = None
    title: Maybe[Line] = None


class Account(Told):
    """A publisher names a handle, ingest an opaque account. A handle is never written."""

    platform: Word
    account: Maybe[Id] = None
    handle: Annotated[
        Id | None, Field(exclude=True, repr=False, json_schema_extra={"writeOnly": True})
    ] = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if self.account is None and self.handle is None:
            raise PydanticCustomError("unnamed_account", "must name an account or a handle")
        return self


class Following(Told):
    target: Id
    object: Maybe[Object] = None
    minutes: Maybe[Minutes] = None


class Viewing(Told):
    """Platforms do not always say whose work was seen."""

    target: Maybe[Id] = None
    object: Maybe[Object] = None
    minutes: Maybe[Minutes] = None


class Act(Told):
    """What somebody shared, wrote or said. `target` is a member, or else `<platform>:<id>`."""

    object: Maybe[Object] = None
    target: Maybe[Id] = None
    text_length: Maybe[Count] = None
    topics: Topics = ()
    minutes: Maybe[Minutes] = None


class Sharing(Act):
    suggestion_id: Maybe[Id] = None


class Talking(Act):
    in_reply_to: Maybe[Ref] = None
    conversation: Maybe[Ref] = None


class Work(Act):
    """Comprehensive original content: an article, a video, a podcast, a talk."""

    object: Object
    draft_id: Maybe[Id] = None


Retractable = Literal[
    "follow",
    "view",
    "like",
    "share",
    "quote",
    "post",
    "comment",
    "converse",
    "publish",
    "network",
    "performance",
    "outcome",
]


class Retraction(Told):
    """By the id of the earlier event; by object and kind where the platform tells no more."""

    retracts: Maybe[Id] = None
    object: Maybe[Object] = None
    kind: Maybe[Retractable] = None

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if self.retracts is None and (self.object is None or self.kind is None):
            raise PydanticCustomError(
                "retracts_nothing", "must say what it retracts: an id, or an object and a kind"
            )
        return self


class Reach(Told):
    """A snapshot of a member's network on one platform."""

    platform: Word
    followers: Maybe[Count] = None
    connections: Maybe[Count] = None

    @model_validator(mode="after")
    def _counts_something(self) -> Self:
        if self.followers is None and self.connections is None:
            raise PydanticCustomError("no_count", "must count followers or connections")
        return self


class Reception(Told):
    """A cumulative snapshot of how a piece is doing; a later one replaces an earlier one."""

    object: Object
    readers: Maybe[Count] = None
    likes: Maybe[Count] = None
    shares: Maybe[Count] = None
    comments: Maybe[Count] = None

    @model_validator(mode="after")
    def _counts_something(self) -> Self:
        if self.readers is self.likes is self.shares is self.comments is None:
            raise PydanticCustomError("no_count", "must count readers, likes, shares or comments")
        return self


class Result(Told):
    """What came of it. `via`: the sharer it came through."""

    outcome: Literal["lead", "download", "conversation", "speaking", "inbound"]
    object: Maybe[Object] = None
    value: Maybe[Annotated[Number, Field(ge=0)]] = None
    via: Maybe[Id] = None


class Profile(Told):
    """What the organisation says of a member. Absent leaves as it was, null clears."""

    group: Word | None = None
    timezone: Word | None = None
    locale: Word | None = None
    roles: Annotated[tuple[Word, ...], Field(max_length=20)] | None = None
    sponsor: Member | None = None
    topics: Annotated[tuple[Word, ...], Field(max_length=20)] | None = None
    public: bool | None = None
    zone_floor: Zone | None = None
    floor_until: Day | None = None
    merged_into: Member | None = None

    @model_serializer(mode="wrap")
    def _as_said(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {
            field: value for field, value in write(self).items() if field in self.model_fields_set
        }


class Draft(Told):
    draft_id: Id
    object: Maybe[Object] = None
    language: Maybe[Word] = None
    editor: Maybe[Member] = None


class Edit(Draft):
    edit_kind: Literal["language", "meaning"]


class Request(Told):
    """Somebody (`by`: sales, marketing, ...) would like to see a topic covered."""

    request_id: Id
    topic: Word
    by: Word
    until: Maybe[Day] = None


class Answer(Told):
    request_id: Id
    answer: Maybe[Literal["accepted", "declined"]] = None
    topic: Maybe[Word] = None
    by: Maybe[Word] = None
    until: Maybe[Day] = None
    object: Maybe[Object] = None


class Contribution(Told):
    """A training completed, a review given to a peer (`target`), a talk given to a `group`."""

    object: Maybe[Object] = None
    target: Maybe[Id] = None
    group: Maybe[Word] = None
    topics: Topics = ()
    minutes: Maybe[Minutes] = None


class Offer(Told):
    """Something the organisation has for its members to share."""

    object: Object
    target: Maybe[Id] = None
    topics: Topics = ()
    language: Maybe[Word] = None
    until: Maybe[Day] = None
