"""The rules by which something is said: those of notices.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from services.notifier.domain.engaged_rules import EngagedRules
from services.notifier.domain.interest import Fading
from services.notifier.domain.kinds import Channel, Kind
from services.notifier.domain.manners import Manners
from services.notifier.domain.occasions import Rhythm
from services.notifier.domain.promises import Promise
from services.notifier.domain.steps import DigestTo, Nudging, Suggesting
from services.notifier.domain.waiting import Answering
from services.notifier.domain.working_hours import WorkingHours


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`promises` are by zone: who is in one of them is on the fast track. `channels` are by kind,
    `retries` by channel: the pauses after each failure.
    """

    promises: Mapping[str, Promise]
    answering: Answering
    rhythm: Rhythm
    channels: Mapping[Kind, tuple[Channel, ...]]
    manners: Manners
    retries: Mapping[Channel, tuple[timedelta, ...]]
    interest: Fading
    most_recipients: int
    """Of one announcement; followers come first."""
    suggesting: Suggesting
    nudging: Nudging
    digest_to: DigestTo
    engaged: EngagedRules
    hours: WorkingHours | None = None
    """Without them all hours are worked."""

    def promise(self, zone: str | None) -> Promise | None:
        return None if zone is None else self.promises.get(zone)
