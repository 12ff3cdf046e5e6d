"""What a message says, in our own words: from the world's contracts to what the handlers take.

What is told of members is here, and what honours them; all else has its own file beside this one.
"""

from typing import Final, TypeAlias

from services.notifier.domain import audience
from services.notifier.domain.recognitions import Recognition
from services.notifier.handlers.heard import Happening, Recognised, Tells
from services.notifier.stream import doings, drafting, requesting
from shared.contracts.activity import (
    Comment,
    ContentAvailable,
    Converse,
    DraftApproved,
    DraftEdited,
    DraftSubmitted,
    DraftWithdrawn,
    Follow,
    Happened,
    Like,
    LinkAccount,
    MemberDeparted,
    MemberPaused,
    MemberRegistered,
    MemberResumed,
    MemberUpdated,
    Outcome,
    Performance,
    Post,
    Publish,
    Quote,
    Retract,
    Share,
    TalkGiven,
    TopicAnswered,
    TopicRequested,
    UnlinkAccount,
    View,
)
from shared.contracts.recognitions import RecognitionGranted

MemberEvent: TypeAlias = (
    MemberRegistered | MemberUpdated | MemberPaused | MemberResumed | MemberDeparted
)
STATUS: Final = {
    MemberRegistered: "registered",
    MemberResumed: "registered",
    MemberPaused: "paused",
    MemberDeparted: "departed",
}


def happening(event: Happened) -> Happening:
    return Happening(at=event.time, member=event.subject, key=event.key, tells=_tells(event))


def recognised(event: RecognitionGranted) -> Recognised:
    told = event.data
    return Recognised(
        member=told.member,
        cause=event.id,
        at=told.decided_at,
        historical=told.historical,
        recognition=Recognition(
            kind=told.kind, name=told.name, why=told.why, link=told.link, public=told.public
        ),
    )


def _tells(event: Happened) -> Tells | None:
    match event:
        case (
            MemberRegistered()
            | MemberUpdated()
            | MemberPaused()
            | MemberResumed()
            | MemberDeparted()
        ):
            return _described(event)
        case DraftSubmitted():
            return drafting.submitted(event)
        case DraftEdited():
            return drafting.edited(event)
        case DraftApproved():
            return drafting.closed(event, "approved")
        case DraftWithdrawn():
            return drafting.closed(event, "withdrawn")
        case Follow():
            return doings.followed(event)
        case Retract():
            return doings.retracted(event)
        case Publish():
            return doings.published(event)
        case TopicRequested():
            return requesting.requested(event)
        case TopicAnswered():
            return requesting.answered(event)
        case TalkGiven():
            return requesting.talked(event)
        case Like() | Share() | Quote() | Post() | Comment() | Converse() | View():
            return doings.done(event)
        case Performance():
            return doings.measured(event)
        case Outcome():
            return doings.came_of_it(event)
        case ContentAvailable():
            return doings.offered(event)
        case LinkAccount() | UnlinkAccount():
            return doings.linked(event)
        case _:
            return None


def _described(event: MemberEvent) -> audience.Describe:
    """Absent leaves a field as it was, null clears it."""
    said = event.data.model_fields_set
    fields: dict[audience.Field, tuple[str, ...]] = {}
    if "roles" in said:
        fields["roles"] = event.data.roles or ()
    if "topics" in said:
        fields["topics"] = doings.topics(event.data.topics or ())
    if "locale" in said:
        fields["locale"] = (event.data.locale,) if event.data.locale else ()
    if "timezone" in said:
        fields["timezone"] = (event.data.timezone,) if event.data.timezone else ()
    if "group" in said:
        fields["group"] = (event.data.group,) if event.data.group else ()
    if "sponsor" in said:
        fields["sponsor"] = (event.data.sponsor,) if event.data.sponsor else ()
    if status := STATUS.get(type(event)):
        fields["status"] = (status,)
    return audience.Describe(fields=fields, at=event.time, key=event.key)
