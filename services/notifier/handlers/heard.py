"""What is heard, in our own words: what happened, what it tells us, and what others decided."""

from datetime import datetime
from typing import NamedTuple, TypeAlias

from services.notifier.domain import acts, audience, requests, submissions, talks
from services.notifier.domain.recognitions import Recognition
from services.notifier.domain.voice import VoiceAsked


class Edited(NamedTuple):
    """An editor changed what a draft means."""

    asked: VoiceAsked
    historical: bool


class Drafted(NamedTuple):
    """A draft came in, was changed, or was answered. `stream` is the draft's."""

    stream: str
    what: submissions.DraftSubmitted | submissions.DraftClosed | Edited


class Published(NamedTuple):
    """`act` is what a retraction calls it by."""

    act: str
    piece: audience.PieceRecorded
    done: acts.ActRecorded


class Retracted(NamedTuple):
    facts: tuple[audience.ActRetracted | acts.ObjectRetracted, ...]


class Requested(NamedTuple):
    """Somebody would like a topic covered."""

    asked: requests.OpenRequest


class Answered(NamedTuple):
    stream: str
    asked: requests.AnswerRequest


Tells: TypeAlias = (
    audience.Describe
    | audience.AuthorFollowed
    | acts.Event
    | Drafted
    | Published
    | Retracted
    | Requested
    | Answered
    | talks.TalkGiven
)


class Happening(NamedTuple):
    """An activity: when it was, whose, the key by which the log takes it only once, and what it
    tells us. Most tells us no more than the time.
    """

    at: datetime
    member: str = ""
    key: str = ""
    tells: Tells | None = None


class Recognised(NamedTuple):
    member: str
    cause: str
    at: datetime
    historical: bool
    recognition: Recognition


class Turned(NamedTuple):
    """How lively a member of whom we are to take care has become."""

    member: str
    key: str
    at: datetime
    quiet: bool
