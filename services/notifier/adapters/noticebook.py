"""Reads the rules from TOML, and says in a line of everything that is wrong with them what it is.

notices.toml: fast_track.at_risk_percent: must not be more than 99
"""

import tomllib
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from services.notifier.adapters.engaged_book import (
    Asks,
    Circle,
    RetentionCare,
    Talk,
    TopicRequest,
    engaged_rules,
)
from services.notifier.domain.alerts import Promise
from services.notifier.domain.notices import CHANNELS, CONFIDENTIAL, KINDS, Channel, Kind, Rules
from services.notifier.domain.occasions import Rhythm
from shared.contracts.refusals import reason
from shared.contracts.words import Ordinal, Zone
from shared.runtime.errors import WrongUse

MOST_MINUTES: Final = 60 * 24 * 365
MOST_DAYS: Final = 3660
MOST_SECONDS: Final = 30 * 24 * 3600

Outgoing: TypeAlias = Literal["email", "chat", "webhook"]
OUTGOING: Final[tuple[Outgoing, ...]] = get_args(Outgoing)
INBOX: Final[Channel] = "inbox"
Pauses: TypeAlias = Annotated[
    tuple[Annotated[int, Field(ge=1, le=MOST_SECONDS)], ...], Field(max_length=100)
]


class RulesInvalid(WrongUse):
    """Nobody is told anything by rules of which a part makes no sense."""


def _known(zone: str) -> str:
    try:
        return ZoneInfo(zone).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise PydanticCustomError(
            "timezone", "must be a time zone by its name, as Europe/Berlin"
        ) from None


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _FastTrack(_Table):
    at_risk_percent: Annotated[int, Field(ge=1, le=99)]
    promise_minutes: dict[Zone, Annotated[int, Field(ge=1, le=MOST_MINUTES)]]


class _Announcement(_Table):
    interest_days: Annotated[int, Field(ge=1, le=MOST_DAYS)]
    most_recipients: Ordinal


class _Rhythm(_Table):
    timezone: Annotated[str, AfterValidator(_known)]
    morning: time


class _Noticebook(_Table):
    rhythm: _Rhythm
    fast_track: _FastTrack
    announcement: _Announcement
    asks: Asks
    topic_request: TopicRequest
    circle: Circle
    talk: Talk
    retention_care: RetentionCare
    channels: dict[Kind, tuple[Outgoing, ...]]
    retries: dict[Outgoing, Pauses]

    @model_validator(mode="after")
    def _names_everything(self) -> "_Noticebook":
        if missing := [kind for kind in KINDS if kind not in self.channels]:
            raise PydanticCustomError("no_channels", f"must list channels for {missing[0]}")
        if lacking := [channel for channel in OUTGOING if channel not in self.retries]:
            raise PydanticCustomError("no_retries", f"must list retries for {lacking[0]}")
        if told := [kind for kind in CONFIDENTIAL if "webhook" in self.channels[kind]]:
            raise PydanticCustomError("confidential", f"must not post {told[0]} to a webhook")
        return self


def load(path: Path, *, reachable: frozenset[Channel] = frozenset(CHANNELS)) -> Rules:
    """Read the rules. A channel that cannot be reached is left out. Raises RulesInvalid."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        book = _Noticebook.model_validate(document)
    except OSError as error:
        raise RulesInvalid(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulesInvalid(f"{path.name}: not TOML: {error}") from error
    except ValidationError as error:
        raise RulesInvalid(f"{path.name}: {reason(error)}") from error
    return Rules(
        rhythm=Rhythm(timezone=book.rhythm.timezone, morning=book.rhythm.morning),
        promises={
            zone: Promise(minutes=minutes, at_risk_percent=book.fast_track.at_risk_percent)
            for zone, minutes in book.fast_track.promise_minutes.items()
        },
        channels={
            kind: (INBOX, *(each for each in dict.fromkeys(channels) if each in reachable))
            for kind, channels in book.channels.items()
        },
        retries={
            channel: tuple(timedelta(seconds=it) for it in pauses)
            for channel, pauses in book.retries.items()
        },
        interest=timedelta(days=book.announcement.interest_days),
        most_recipients=book.announcement.most_recipients,
        engaged=engaged_rules(
            book.asks, book.topic_request, book.circle, book.talk, book.retention_care
        ),
    )
