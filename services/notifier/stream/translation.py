"""What a message says, in our own words: from the world's contracts to what the handlers take."""

from collections.abc import Iterable
from typing import Final, Literal, TypeAlias

from services.notifier.domain import acts, alerts, audience, drafts, requests, submissions, talks
from services.notifier.domain.engaged import ENGAGED
from services.notifier.domain.recognitions import Recognition
from services.notifier.domain.voice import VoiceAsked
from services.notifier.handlers.heard import (
    Answered,
    Drafted,
    Edited,
    Happening,
    Published,
    Recognised,
    Requested,
    Retracted,
    Tells,
    Turned,
)
from services.notifier.stream import doings
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
from shared.contracts.notices import alert_id
from shared.contracts.recognitions import RecognitionGranted
from shared.contracts.zones import VitalityChanged, ZoneChanged

MemberEvent: TypeAlias = (
    MemberRegistered | MemberUpdated | MemberPaused | MemberResumed | MemberDeparted
)
STATUS: Final = {
    MemberRegistered: "registered",
    MemberResumed: "registered",
    MemberPaused: "paused",
    MemberDeparted: "departed",
}


QUIET: Final = ("quiet", "dormant")


def happening(event: Happened) -> Happening:
    return Happening(at=event.time, member=event.subject, key=event.key, tells=_tells(event))


def move(event: ZoneChanged) -> audience.Move:
    change = event.data
    return audience.Move(
        member=event.subject,
        zone=change.to,
        version=change.version,
        cause=event.id,
        at=change.decided_at,
        historical=change.historical,
    )


def turned(event: VitalityChanged) -> Turned | None:
    """Only who is socially engaged turns quiet for us, and nobody by what is history."""
    change = event.data
    if change.historical and change.vitality in QUIET:
        return None
    quiet = change.vitality in QUIET and change.zone == ENGAGED
    return Turned(member=event.subject, key=event.key, at=change.decided_at, quiet=quiet)


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
            return _submitted(event)
        case DraftEdited():
            return _edited(event)
        case DraftApproved():
            return _closed(event, "approved")
        case DraftWithdrawn():
            return _closed(event, "withdrawn")
        case Follow():
            return _followed(event)
        case Retract():
            return Retracted(facts=tuple(_retracted(event)))
        case Publish():
            return _published(event)
        case TopicRequested():
            return _requested(event)
        case TopicAnswered():
            return _answered(event)
        case TalkGiven():
            return _talked(event)
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


def _submitted(event: DraftSubmitted) -> Drafted:
    submitted = submissions.DraftSubmitted(
        member=event.subject,
        draft_id=event.data.draft_id,
        cause=event.id,
        alert_id=alert_id(event.key, alerts.KIND, event.subject),
        at=event.time,
        historical=event.historical,
        work=_work(event),
    )
    return Drafted(stream=drafts.stream(event.subject, event.data.draft_id), what=submitted)


def _work(event: DraftSubmitted) -> submissions.Work | None:
    work = event.data.object
    if work is None:
        return None
    return submissions.Work(id=work.id, kind=work.kind, url=work.url, title=work.title)


def _closed(
    event: DraftApproved | DraftWithdrawn, how: Literal["approved", "withdrawn"]
) -> Drafted:
    closed = submissions.DraftClosed(how=how, at=event.time, by=event.data.editor)
    return Drafted(stream=drafts.stream(event.subject, event.data.draft_id), what=closed)


def _edited(event: DraftEdited) -> Drafted | None:
    """Whose language is mended does not have to be asked."""
    if event.data.edit_kind == "language":
        return None
    work = event.data.object
    asked = VoiceAsked(
        id=alert_id(event.key, "voice", event.subject),
        member=event.subject,
        draft_id=event.data.draft_id,
        editor=event.data.editor,
        title=work.title if work else None,
        url=work.url if work else None,
        cause=event.id,
        edited_at=event.time,
        at=event.time,
    )
    return Drafted(
        stream=drafts.stream(event.subject, event.data.draft_id),
        what=Edited(asked=asked, historical=event.historical),
    )


def _followed(event: Follow) -> audience.AuthorFollowed:
    followed = event.data.object
    return audience.AuthorFollowed(
        target=event.data.target,
        act=doings.own_act(event),
        source=event.source,
        object=followed.id if followed else None,
        at=event.time,
    )


def _retracted(event: Retract) -> Iterable[audience.ActRetracted | acts.ObjectRetracted]:
    if event.data.retracts:
        yield audience.ActRetracted(act=doings.act_named(event, event.data.retracts))
    if event.data.object and event.data.kind:
        yield acts.ObjectRetracted(
            kind=event.data.kind,
            source=event.source,
            object=event.data.object.id,
            until=event.time,
        )


def _published(event: Publish) -> Published:
    piece = audience.PieceRecorded(
        piece=doings.piece_of(event, event.data.object),
        member=event.subject,
        cause=event.id,
        at=event.time,
        historical=event.historical,
        title=event.data.object.title,
        url=event.data.object.url,
        topics=doings.topics(event.data.topics),
    )
    return Published(act=doings.own_act(event), piece=piece, done=doings.done(event))


def _requested(event: TopicRequested) -> Requested:
    said = event.data
    request = requests.Request(id=said.request_id, topic=said.topic, by=said.by, until=said.until)
    return Requested(requests.OpenRequest(request=request, historical=event.historical))


def _answered(event: TopicAnswered) -> Answered:
    """Whoever answers without a word has taken it."""
    return Answered(
        stream=requests.stream(event.data.request_id),
        asked=requests.AnswerRequest(
            member=event.subject,
            reply=event.data.answer or "accepted",
            historical=event.historical,
            at=event.time,
        ),
    )


def _talked(event: TalkGiven) -> talks.TalkGiven | None:
    if event.data.group is None:
        return None
    return talks.TalkGiven(group=event.data.group, at=event.time)
