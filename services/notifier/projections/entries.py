"""The private events by the names that stand in the log, and instants as the tables have them."""

from datetime import UTC, datetime
from importlib import resources
from typing import Any, Final

from services.notifier.domain import (
    acts,
    alerts,
    audience,
    care,
    circles,
    notices,
    reach,
    requests,
    respect,
    standing,
    submissions,
    talks,
    voice,
    waiting,
)
from shared import clock
from shared.eventlog.codec import Codec, Kind
from shared.messaging.tails import RELAY_SCHEMA

CODEC: Final[Codec[Any]] = Codec(
    [
        Kind(event=clock.ClockStarted, name="clock-started"),
        Kind(event=clock.ClockAdvanced, name="clock-advanced"),
        Kind(event=audience.MemberDescribed, name="member-described"),
        Kind(event=audience.MemberMoved, name="member-moved"),
        Kind(event=audience.AuthorFollowed, name="author-followed"),
        Kind(event=audience.ActRetracted, name="act-retracted"),
        Kind(event=audience.PieceRecorded, name="piece-recorded"),
        Kind(event=audience.HeardInVain, name="heard-in-vain"),
        Kind(event=acts.ActRecorded, name="act-recorded"),
        Kind(event=acts.ReceptionMeasured, name="reception-measured"),
        Kind(event=acts.OutcomeReported, name="outcome-reported"),
        Kind(event=acts.ObjectRetracted, name="object-retracted"),
        Kind(event=acts.ContentOffered, name="content-offered"),
        Kind(event=acts.AccountLinked, name="account-linked"),
        Kind(event=standing.ZoneNeared, name="zone-neared"),
        Kind(event=standing.DemotionForetold, name="demotion-foretold"),
        Kind(event=submissions.DraftSubmitted, name="draft-submitted"),
        Kind(event=submissions.DraftClosed, name="draft-closed"),
        Kind(event=waiting.DraftReceived, name="draft-received"),
        Kind(event=waiting.DraftStillWaits, name="draft-still-waits"),
        Kind(event=voice.VoiceAsked, name="voice-asked"),
        Kind(event=voice.VoiceAnswered, name="voice-answered"),
        Kind(event=alerts.AlertRaised, name="alert-raised"),
        Kind(event=alerts.AlertAtRisk, name="alert-at-risk"),
        Kind(event=alerts.AlertBreached, name="alert-breached"),
        Kind(event=alerts.AlertResolved, name="alert-resolved"),
        Kind(event=requests.RequestOpened, name="request-opened"),
        Kind(event=requests.MembersAsked, name="members-asked"),
        Kind(event=requests.EverybodyAsked, name="everybody-asked"),
        Kind(event=requests.AskAnswered, name="ask-answered"),
        Kind(event=requests.RequestClosed, name="request-closed"),
        Kind(event=circles.CircleProposed, name="circle-proposed"),
        Kind(event=talks.TalkGiven, name="talk-given"),
        Kind(event=talks.TalkSuggested, name="talk-suggested"),
        Kind(event=care.CareConsented, name="care-consented"),
        Kind(event=care.TurnedQuiet, name="turned-quiet"),
        Kind(event=care.BecameActive, name="became-active"),
        Kind(event=care.CareSuggested, name="care-suggested"),
        Kind(event=notices.NoticeSent, name="notice-sent"),
        Kind(event=respect.NoticeHeld, name="notice-held"),
        Kind(event=respect.NoticeDropped, name="notice-dropped"),
        Kind(event=respect.PreferencesSet, name="preferences-set"),
        Kind(event=notices.NoticeDelivered, name="notice-delivered"),
        Kind(event=notices.NoticeFailed, name="notice-failed"),
        Kind(event=notices.DeliveryDropped, name="delivery-dropped"),
        Kind(event=notices.NoticeRead, name="notice-read"),
        Kind(event=reach.KindStopped, name="kind-stopped"),
        Kind(event=reach.KindResumed, name="kind-resumed"),
        Kind(event=reach.ReceiverGone, name="receiver-gone"),
        Kind(event=reach.ReceiverBack, name="receiver-back"),
    ]
)


def _script(name: str) -> str:
    return resources.files("services.notifier").joinpath(name).read_text("utf-8")


SCHEMA: Final = (_script("schema.sql"), _script("addresses.sql"), RELAY_SCHEMA)


def milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def instant(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)
