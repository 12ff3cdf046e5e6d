"""The policy: the rules that decide zones, as data. The four zones and their order are fixed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from services.classifier.domain.measures import MEASURES, Criterion
from services.classifier.domain.zones import ZONES

STREAM: Final = "_policy"

Vitality = Literal["active", "quiet", "dormant", "paused"]
Mode = Literal["forward", "grandfather", "recompute"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyAdopted:
    """A policy took effect. `text` is the whole of its TOML: the log needs no file to be read.

    It governs from `effective_on`, or every day if it is to `recompute`; a grandfathering one is
    mild up to `until`.
    """

    version: int
    text: str
    mode: Mode
    effective_on: date
    until: date | None = None
    author: str
    note: str | None = None
    decided_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """`requires` are lower zones whose `keep` has to hold too on the day of entering."""

    name: str
    enter: tuple[Criterion, ...] = ()
    keep: tuple[Criterion, ...] = ()
    requires: tuple[str, ...] = ()
    grace_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """`minutes` estimates acts of unreported length, in seconds by kind. `reports` are the families
    of measurements that the organisation feeds. Up to `active_days` after the last own act a
    member is active, up to `quiet_days` quiet, then dormant. Who could be in the next zone for
    `near_minutes` of acts is near it.
    """

    version: int
    zones: tuple[Zone, ...]
    minutes: Mapping[str, int]
    reports: frozenset[str] = frozenset()
    warn_days: int = 14
    historical_after_days: int = 7
    settle_minutes: int = 60
    active_days: int = 14
    quiet_days: int = 30
    near_minutes: int = 150

    def leaves_out(self, criterion: Criterion) -> bool:
        family = MEASURES[criterion.measure].family
        return family is not None and family not in self.reports

    def entering(self, zone: int) -> tuple[Criterion, ...]:
        """Return what has to hold to be lifted into `zone`, whether it is fed or left out."""
        required = (self.zones[ZONES.index(name)].keep for name in self.zones[zone].requires)
        return (*self.zones[zone].enter, *(each for keep in required for each in keep))

    def vitality(self, silent_days: int) -> Vitality:
        if silent_days <= self.active_days:
            return "active"
        return "quiet" if silent_days <= self.quiet_days else "dormant"
