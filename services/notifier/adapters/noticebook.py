"""Reads the rules from TOML, and says in a line of everything that is wrong with them what it is.

notices.toml:53: fast_track.at_risk_percent: must not be more than 99
"""

from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from services.notifier.adapters.engaged_book import (
    Asks,
    Circle,
    RetentionCare,
    Talk,
    TopicRequest,
    engaged_rules,
)
from services.notifier.adapters.kind_book import OUTGOING, Kinds, Outgoing
from services.notifier.adapters.peace_book import Budget, QuietHours, manners_of
from services.notifier.adapters.steps_book import Digest, Interest, Nudges, Suggestions
from services.notifier.adapters.worktime import WorkingTime
from services.notifier.domain.kinds import CHANNELS, Channel
from services.notifier.domain.occasions import Rhythm
from services.notifier.domain.promises import Promise
from services.notifier.domain.rules import Rules
from services.notifier.domain.waiting import Answering
from shared.contracts.words import Ordinal, Zone
from shared.runtime import rulefile
from shared.runtime.rulefile import Table
from shared.runtime.timezones import TimeZone

MOST_MINUTES: Final = 60 * 24 * 365
MOST_ANSWER_DAYS: Final = 365
MOST_SECONDS: Final = 30 * 24 * 3600

INBOX: Final[Channel] = "inbox"
Pauses: TypeAlias = Annotated[
    tuple[Annotated[int, Field(ge=1, le=MOST_SECONDS)], ...], Field(max_length=100)
]


def _for_every_channel(said: dict[Outgoing, Pauses]) -> dict[Outgoing, Pauses]:
    if lacking := [channel for channel in OUTGOING if channel not in said]:
        raise PydanticCustomError("no_retries", "must list {channel}", {"channel": lacking[0]})
    return said


class _FastTrack(Table):
    at_risk_percent: Annotated[int, Field(ge=1, le=99)]
    promise_minutes: dict[Zone, Annotated[int, Field(ge=1, le=MOST_MINUTES)]]


class _Announcement(Table):
    most_recipients: Ordinal


class _Drafts(Table):
    answer_days: Annotated[int, Field(ge=1, le=MOST_ANSWER_DAYS)]
    remind_after_days: Annotated[int, Field(ge=1, le=MOST_ANSWER_DAYS)]

    @model_validator(mode="after")
    def _reminds_in_time(self) -> "_Drafts":
        if self.remind_after_days > self.answer_days:
            raise PydanticCustomError(
                "reminder", "remind_after_days must not be more than answer_days"
            )
        return self


class _Rhythm(Table):
    timezone: TimeZone | None = None
    morning: time


class _Noticebook(Table):
    rhythm: _Rhythm
    working_hours: WorkingTime | None = None
    quiet_hours: QuietHours | None = None
    budget: Budget
    fast_track: _FastTrack
    drafts: _Drafts
    announcement: _Announcement
    asks: Asks
    topic_request: TopicRequest
    circle: Circle
    talk: Talk
    retention_care: RetentionCare
    interest: Interest
    suggestions: Suggestions
    nudges: Nudges
    organisation_digest: Digest
    kinds: Kinds
    retries: Annotated[dict[Outgoing, Pauses], AfterValidator(_for_every_channel)]


def load(
    path: Path, *, reachable: frozenset[Channel] = frozenset(CHANNELS), timezone: str = "UTC"
) -> Rules:
    """Read the rules. A channel that cannot be reached is left out, and `timezone` is that of the
    organisation where they name no other. Raises RulesInvalid.
    """
    book = rulefile.load(path, _Noticebook)
    timezone = book.rhythm.timezone or timezone
    hours = book.working_hours.hours(timezone) if book.working_hours else None
    return Rules(
        rhythm=Rhythm(timezone=timezone, morning=book.rhythm.morning),
        hours=hours,
        promises={
            zone: Promise(
                minutes=minutes, at_risk_percent=book.fast_track.at_risk_percent, hours=hours
            )
            for zone, minutes in book.fast_track.promise_minutes.items()
        },
        answering=Answering(
            days=book.drafts.answer_days,
            remind_after_days=book.drafts.remind_after_days,
            hours=hours,
        ),
        channels={
            kind: (INBOX, *(each for each in dict.fromkeys(rule.channels) if each in reachable))
            for kind, rule in book.kinds.items()
        },
        manners=manners_of(book.kinds, book.quiet_hours, book.budget),
        retries={
            channel: tuple(timedelta(seconds=it) for it in pauses)
            for channel, pauses in book.retries.items()
        },
        most_recipients=book.announcement.most_recipients,
        engaged=engaged_rules(
            book.asks, book.topic_request, book.circle, book.talk, book.retention_care
        ),
        interest=book.interest.fading(),
        suggesting=book.suggestions.suggesting(),
        nudging=book.nudges.nudging(),
        digest_to=book.organisation_digest.to,
    )
