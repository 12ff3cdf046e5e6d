"""What ingest says: one kind of event for everything that people do.

`Reported` events are typed, with every limit: ingest validates and writes them. Readers take
`Activity`, the same event with its data as it came, since ingest alone writes to the bus.
"""

from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import BeforeValidator, Field, TypeAdapter

from shared.contracts.acts import (
    Account,
    Answer,
    Contribution,
    Draft,
    Edit,
    Following,
    Offer,
    Profile,
    Reach,
    Reception,
    Request,
    Result,
    Retraction,
    Sharing,
    Talking,
    Viewing,
    Work,
)
from shared.contracts.envelope import CloudEvent
from shared.contracts.pieces import identity
from shared.contracts.words import AT_FIRST_USE, Instant, Maybe, Member, Told, Written

FAMILIES: Final[dict[str, tuple[str, ...]]] = {
    "onboarding": ("link_account", "unlink_account"),
    "consume": ("follow", "view"),
    "share": ("like", "share", "quote", "post"),
    "interact": ("comment", "converse"),
    "create": ("publish",),
    "undo": ("retract",),
    "measure": ("network", "performance", "outcome"),
    "programme": (
        "member_registered",
        "member_updated",
        "member_paused",
        "member_resumed",
        "member_departed",
        "draft_submitted",
        "draft_edited",
        "draft_approved",
        "draft_withdrawn",
        "topic_requested",
        "topic_answered",
        "training_completed",
        "peer_review_given",
        "talk_given",
        "content_available",
    ),
}
OWN_ACTS: Final = frozenset(
    kind for family in ("consume", "share", "interact", "create") for kind in FAMILIES[family]
)
"""What somebody does, as against what is reported of them: `any` in a policy."""
MEASUREMENTS: Final = frozenset(FAMILIES["measure"])

PLATFORM: Final = "urn:zones:platform:"
"""A platform's `source` is this and its name."""


Flag = Annotated[
    bool,
    BeforeValidator(lambda said: False if said is None else said),
    Field(exclude_if=lambda said: not said),
]
"""What is written only where it is so."""


def kind_of(type: str) -> str:
    """Return `share` for `zones.activity.share.v1`."""
    return type.removeprefix("zones.activity.").removesuffix(".v1")


class Happened(CloudEvent):
    """`historical` was imported as history; `claimedtime` is what the publisher said `time` was;
    `undated`: the publisher said no time, and `time` is when ingest heard of it.
    """

    FAMILY: ClassVar[str] = "activity.v1"

    historical: Flag = False
    undated: Flag = False
    claimedtime: Maybe[Instant] = None

    @property
    def kind(self) -> str:
        return kind_of(self.type)

    @property
    def platform(self) -> str:
        return self.source.removeprefix(PLATFORM)

    @property
    def address(self) -> str:
        return f"{self.kind}.{self.subject}"


class Activity(Happened):
    """Any activity, its data untouched."""

    time: Written
    data: dict[str, Any]


class Moment(Told):
    """Any activity, for who wants no more of it than when it was."""

    time: Written


class Reported(Happened):
    subject: Member


class LinkAccount(Reported):
    type: Literal["zones.activity.link_account.v1"] = "zones.activity.link_account.v1"
    data: Account


class UnlinkAccount(Reported):
    type: Literal["zones.activity.unlink_account.v1"] = "zones.activity.unlink_account.v1"
    data: Account


class Follow(Reported):
    type: Literal["zones.activity.follow.v1"] = "zones.activity.follow.v1"
    data: Following


class View(Reported):
    type: Literal["zones.activity.view.v1"] = "zones.activity.view.v1"
    data: Viewing


class Like(Reported):
    type: Literal["zones.activity.like.v1"] = "zones.activity.like.v1"
    data: Sharing


class Share(Reported):
    type: Literal["zones.activity.share.v1"] = "zones.activity.share.v1"
    data: Sharing


class Quote(Reported):
    """Shared with own words."""

    type: Literal["zones.activity.quote.v1"] = "zones.activity.quote.v1"
    data: Sharing


class Post(Reported):
    """Own short content, of 10 to 15 minutes of work at most."""

    type: Literal["zones.activity.post.v1"] = "zones.activity.post.v1"
    data: Sharing


class Comment(Reported):
    type: Literal["zones.activity.comment.v1"] = "zones.activity.comment.v1"
    data: Talking


class Converse(Reported):
    type: Literal["zones.activity.converse.v1"] = "zones.activity.converse.v1"
    data: Talking


class Publish(Reported):
    """Comprehensive original content."""

    type: Literal["zones.activity.publish.v1"] = "zones.activity.publish.v1"
    data: Work

    @property
    def piece(self) -> str:
        """What the piece is known by, wherever else it is published."""
        return identity(self.platform, self.data.object.id, self.data.object.url)


class Retract(Reported):
    type: Literal["zones.activity.retract.v1"] = "zones.activity.retract.v1"
    data: Retraction


class Network(Reported):
    type: Literal["zones.activity.network.v1"] = "zones.activity.network.v1"
    data: Reach


class Performance(Reported):
    type: Literal["zones.activity.performance.v1"] = "zones.activity.performance.v1"
    data: Reception


class Outcome(Reported):
    type: Literal["zones.activity.outcome.v1"] = "zones.activity.outcome.v1"
    data: Result


class MemberRegistered(Reported):
    type: Literal["zones.activity.member_registered.v1"] = "zones.activity.member_registered.v1"
    data: Profile


class MemberUpdated(Reported):
    type: Literal["zones.activity.member_updated.v1"] = "zones.activity.member_updated.v1"
    data: Profile


class MemberPaused(Reported):
    type: Literal["zones.activity.member_paused.v1"] = "zones.activity.member_paused.v1"
    data: Profile


class MemberResumed(Reported):
    type: Literal["zones.activity.member_resumed.v1"] = "zones.activity.member_resumed.v1"
    data: Profile


class MemberDeparted(Reported):
    type: Literal["zones.activity.member_departed.v1"] = "zones.activity.member_departed.v1"
    data: Profile


class DraftSubmitted(Reported):
    type: Literal["zones.activity.draft_submitted.v1"] = "zones.activity.draft_submitted.v1"
    data: Draft


class DraftEdited(Reported):
    type: Literal["zones.activity.draft_edited.v1"] = "zones.activity.draft_edited.v1"
    data: Edit


class DraftApproved(Reported):
    type: Literal["zones.activity.draft_approved.v1"] = "zones.activity.draft_approved.v1"
    data: Draft


class DraftWithdrawn(Reported):
    type: Literal["zones.activity.draft_withdrawn.v1"] = "zones.activity.draft_withdrawn.v1"
    data: Draft


class TopicRequested(Reported):
    type: Literal["zones.activity.topic_requested.v1"] = "zones.activity.topic_requested.v1"
    subject: Literal["_org"] = "_org"
    data: Request


class TopicAnswered(Reported):
    type: Literal["zones.activity.topic_answered.v1"] = "zones.activity.topic_answered.v1"
    data: Answer


class TrainingCompleted(Reported):
    type: Literal["zones.activity.training_completed.v1"] = "zones.activity.training_completed.v1"
    data: Contribution


class PeerReviewGiven(Reported):
    type: Literal["zones.activity.peer_review_given.v1"] = "zones.activity.peer_review_given.v1"
    data: Contribution


class TalkGiven(Reported):
    type: Literal["zones.activity.talk_given.v1"] = "zones.activity.talk_given.v1"
    data: Contribution


class ContentAvailable(Reported):
    type: Literal["zones.activity.content_available.v1"] = "zones.activity.content_available.v1"
    subject: Literal["_org"] = "_org"
    data: Offer


AnyActivity = Annotated[
    LinkAccount
    | UnlinkAccount
    | Follow
    | View
    | Like
    | Share
    | Quote
    | Post
    | Comment
    | Converse
    | Publish
    | Retract
    | Network
    | Performance
    | Outcome
    | MemberRegistered
    | MemberUpdated
    | MemberPaused
    | MemberResumed
    | MemberDeparted
    | DraftSubmitted
    | DraftEdited
    | DraftApproved
    | DraftWithdrawn
    | TopicRequested
    | TopicAnswered
    | TrainingCompleted
    | PeerReviewGiven
    | TalkGiven
    | ContentAvailable,
    Field(discriminator="type"),
]
ACTIVITY: Final[TypeAdapter[AnyActivity]] = TypeAdapter(AnyActivity, config=AT_FIRST_USE)
