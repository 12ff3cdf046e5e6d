"""Messages are read, and told in our own words. Most activity tells us no more than the time."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias, TypeVar

from pydantic import ValidationError

from services.notifier.domain.audience import Move
from services.notifier.domain.standing import Foretold
from services.notifier.handlers.heard import Happening, Recognised, Turned
from services.notifier.stream import translation, zones
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
    Moment,
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
from shared.contracts.refusals import reason
from shared.contracts.words import Told
from shared.contracts.zones import VitalityChanged, ZoneChanged, ZoneNear, ZoneWarning
from shared.messaging.errors import UnreadableMessage
from shared.messaging.topology import (
    NOTIFIER_ACTIVITY,
    NOTIFIER_RECOGNITIONS,
    NOTIFIER_ZONES,
    Reader,
)

C = TypeVar("C", bound=Told)
Heard: TypeAlias = Happening | Move | Foretold | Turned | Recognised
Read: TypeAlias = Callable[[str, bytes], Heard | None]

KIND: Final = 3
"""The place of the kind in `activity.v1.<partition>.<kind>.<member>`."""
READ: Final[Mapping[str, type[Happened]]] = {
    "like": Like,
    "share": Share,
    "quote": Quote,
    "post": Post,
    "comment": Comment,
    "converse": Converse,
    "view": View,
    "publish": Publish,
    "follow": Follow,
    "retract": Retract,
    "link_account": LinkAccount,
    "unlink_account": UnlinkAccount,
    "performance": Performance,
    "outcome": Outcome,
    "content_available": ContentAvailable,
    "draft_submitted": DraftSubmitted,
    "draft_edited": DraftEdited,
    "draft_approved": DraftApproved,
    "draft_withdrawn": DraftWithdrawn,
    "topic_requested": TopicRequested,
    "topic_answered": TopicAnswered,
    "talk_given": TalkGiven,
    "member_registered": MemberRegistered,
    "member_updated": MemberUpdated,
    "member_paused": MemberPaused,
    "member_resumed": MemberResumed,
    "member_departed": MemberDeparted,
}
"""What is listened to. Of all other activity only the time counts."""


def activity(subject: str, body: bytes) -> Happening:
    """Raises UnreadableMessage."""
    contract = READ.get(subject.split(".")[KIND])
    if contract is None:
        return Happening(at=_read(Moment, body).time)
    return translation.happening(_read(contract, body))


def zone(subject: str, body: bytes) -> Move | Foretold | Turned | None:
    """None tells nobody anything. Raises UnreadableMessage."""
    if subject.startswith(ZoneChanged.FAMILY):
        return zones.move(_read(ZoneChanged, body))
    if subject.startswith(VitalityChanged.FAMILY):
        return zones.turned(_read(VitalityChanged, body))
    if subject.startswith(ZoneWarning.FAMILY):
        return zones.foretold(_read(ZoneWarning, body))
    if subject.startswith(ZoneNear.FAMILY):
        return zones.neared(_read(ZoneNear, body))
    return None


def recognition(subject: str, body: bytes) -> Recognised | None:
    """None is of a kind that nobody is told of. Raises UnreadableMessage."""
    if not subject.startswith(RecognitionGranted.FAMILY):
        return None
    return translation.recognised(_read(RecognitionGranted, body))


def _read(contract: type[C], body: bytes) -> C:
    try:
        return contract.model_validate_json(body)
    except ValidationError as error:
        raise UnreadableMessage("unreadable", reason(error)) from error


READERS: Final[Mapping[Reader, Read]] = {
    NOTIFIER_ACTIVITY: activity,
    NOTIFIER_ZONES: zone,
    NOTIFIER_RECOGNITIONS: recognition,
}
