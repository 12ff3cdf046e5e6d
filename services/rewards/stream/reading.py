"""What rewards hears, in its own words: what members did, what takes it back, what came of it.

Of activity that nobody is recognised for only the time counts.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError

from services.rewards.domain.acts import Act, ActRetracted, ObjectRetracted, Result, Snapshot
from services.rewards.domain.awards import Describe, Field, RecordArrival
from services.rewards.domain.recognitions import Occasion
from services.rewards.handlers import Arrival, Happening, Heard
from shared.contracts.activity import (
    Comment,
    Converse,
    Happened,
    MemberDeparted,
    MemberPaused,
    MemberRegistered,
    MemberResumed,
    MemberUpdated,
    Moment,
    Outcome,
    PeerReviewGiven,
    Performance,
    Post,
    Publish,
    Quote,
    Retract,
    Share,
    TalkGiven,
    TrainingCompleted,
)
from shared.contracts.acts import Object
from shared.contracts.envelope import event_key
from shared.contracts.pieces import identity
from shared.contracts.refusals import reason
from shared.contracts.words import MEMBER_PATTERN
from shared.contracts.zones import ZoneChanged, zone_changed_id
from shared.messaging.errors import UnreadableMessage
from shared.messaging.topology import REWARDS_ACTIVITY, REWARDS_ZONES, Reader

C = TypeVar("C", bound=BaseModel)
Read: TypeAlias = Callable[[str, bytes], Heard]
Described: TypeAlias = (
    MemberRegistered | MemberUpdated | MemberPaused | MemberResumed | MemberDeparted
)

DERIVED: Final = "acct-"
"""So begin the members that stand for an account which nobody had linked."""
KIND: Final = 3
"""The place of the kind in `activity.v1.<partition>.<kind>.<member>`."""
READ: Final[Mapping[str, type[Happened]]] = {
    "share": Share,
    "quote": Quote,
    "post": Post,
    "comment": Comment,
    "converse": Converse,
    "publish": Publish,
    "training_completed": TrainingCompleted,
    "peer_review_given": PeerReviewGiven,
    "talk_given": TalkGiven,
    "retract": Retract,
    "performance": Performance,
    "outcome": Outcome,
    "member_registered": MemberRegistered,
    "member_updated": MemberUpdated,
    "member_paused": MemberPaused,
    "member_resumed": MemberResumed,
    "member_departed": MemberDeparted,
}
"""What is listened to."""
STATUS: Final = {MemberRegistered: "registered", MemberDeparted: "departed"}
"""Whoever has departed is back when they are registered; a break changes nothing here."""


def activity(subject: str, body: bytes) -> Happening:
    """Read a message on ACTIVITY. Raises UnreadableMessage."""
    contract = READ.get(subject.split(".")[KIND])
    if contract is None:
        return Happening(_read(Moment, body).time)
    return happening(_read(contract, body))


def zone(_subject: str, body: bytes) -> Arrival:
    """Read a message on ZONES. Raises UnreadableMessage."""
    change = _read(ZoneChanged, body).data
    occasion = Occasion(
        cause=zone_changed_id(change.member, change.version),
        at=change.decided_at,
        on=change.effective_on,
        historical=change.historical or change.by_policy,
    )
    arrival = RecordArrival(
        previous=change.from_,
        zone=change.to,
        occasion=occasion,
        held=any(each.measure == "floor" for each in change.evidence),
        by_policy=change.by_policy,
    )
    return Arrival(change.member, arrival)


def happening(event: Happened) -> Happening:
    return Happening(event.time, event.subject, _told(event), _occasion(event))


def _told(event: Happened) -> Act | ActRetracted | ObjectRetracted | Describe | None:
    match event:
        case Retract():
            return _retraction(event)
        case (
            MemberRegistered()
            | MemberUpdated()
            | MemberPaused()
            | MemberResumed()
            | MemberDeparted()
        ):
            return _description(event)
        case Outcome():
            result = Result(outcome=event.data.outcome, via=_member(event.data.via))
            return _act(event, event.data.object, result)
        case Performance():
            return _act(event, event.data.object, _snapshot(event))
        case (
            Publish()
            | Share()
            | Quote()
            | Post()
            | Comment()
            | Converse()
            | TrainingCompleted()
            | PeerReviewGiven()
            | TalkGiven()
        ):
            return _act(event, event.data.object)
        case _:
            return None


def _act(event: Happened, on: Object | None, tells: Result | Snapshot | None = None) -> Act:
    return Act(
        name=_name(event, event.id),
        member=event.subject,
        kind=event.kind,
        at=event.time,
        source=event.source,
        event=event.id,
        object=None if on is None else on.id,
        piece=None if on is None else identity(event.platform, on.id, on.url),
        derived=event.subject.startswith(DERIVED),
        historical=event.historical,
        tells=tells,
    )


def _member(via: str | None) -> str | None:
    """Return a member's id. People outside have a platform before theirs, and some are names."""
    return via if via and re.fullmatch(MEMBER_PATTERN, via) else None


def _snapshot(event: Performance) -> Snapshot:
    told = event.data
    return Snapshot(reader=told.readers, like=told.likes, share=told.shares, comment=told.comments)


def _retraction(event: Retract) -> ActRetracted | ObjectRetracted | None:
    told = event.data
    if told.retracts is not None:
        return ActRetracted(name=_name(event, told.retracts))
    if told.object is None or told.kind is None or told.kind not in READ:
        return None
    return ObjectRetracted(
        source=event.source, object=told.object.id, kind=told.kind, until=event.time
    )


def _description(event: Described) -> Describe | None:
    """Absent leaves a field as it was, null clears it."""
    said, fields = event.data.model_fields_set, dict[Field, str | None]()
    if "public" in said:
        public = event.data.public
        fields["public"] = None if public is None else "yes" if public else "no"
    if "group" in said:
        fields["group"] = event.data.group
    if status := STATUS.get(type(event)):
        fields["status"] = status
    return Describe(fields=fields, at=event.time, key=event.key) if fields else None


def _name(event: Happened, id: str) -> str:
    """Return what an event's act is known by. Published again under its member, as `<id>~<member>`,
    it is the same act.
    """
    return event_key(event.source, id.removesuffix(f"~{event.subject}"))


def _occasion(event: Happened) -> Occasion:
    return Occasion(
        cause=event.id, at=event.time, on=event.time.date(), historical=event.historical
    )


def _read(contract: type[C], body: bytes) -> C:
    try:
        return contract.model_validate_json(body)
    except ValidationError as error:
        raise UnreadableMessage("unreadable", reason(error)) from error


READERS: Final[Mapping[Reader, Read]] = {REWARDS_ACTIVITY: activity, REWARDS_ZONES: zone}
