"""What is recorded of a member, and what the rules ask of it: which events count, who is departed,
paused or held by a floor, which policy governs, whether a day is closed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Self

from services.classifier.domain.activities import OWN_ACTS, Activity
from services.classifier.domain.policy import Policy, PolicyAdopted, Zone
from services.classifier.domain.zones import ZONES
from tests.classifier.recount.measures import by_time, day_of, holds, instant

Adoption = tuple[PolicyAdopted, Policy]

PROFILED = (
    "member_registered",
    "member_updated",
    "member_paused",
    "member_resumed",
    "member_departed",
)


@dataclass(frozen=True)
class Record:
    """All of a member's events, from old to new, and the policies in the order of the log."""

    events: Sequence[Activity]
    adoptions: Sequence[Adoption]

    @classmethod
    def of(cls, events: Iterable[Activity], adoptions: Sequence[Adoption]) -> Self:
        return cls(sorted(events, key=by_time), adoptions)

    @cached_property
    def counting(self) -> list[Activity]:
        """All events that nothing retracts."""
        retractions = [each for each in self.events if each.kind == "retract"]
        return [
            each
            for each in self.events
            if not any(removes(retraction, each) for retraction in retractions)
        ]

    @cached_property
    def enrolled_on(self) -> date:
        return day_of(self.events[0])

    def policy(self, day: date) -> Policy:
        return governing(self.adoptions, day)[-1][1]

    def accepted(self, day: date) -> list[Policy]:
        return accepted(self.adoptions, day)

    def keeping(self, zone: str, day: date) -> Policy | None:
        """Return a policy by which the `keep` of a zone holds, the governing one if it does."""
        for policy in self.accepted(day):
            if holds(named(policy, zone).keep, self.counting, policy, day):
                return policy
        return None

    def departed(self, day: date) -> Activity | None:
        """Return the departure that governs a day."""
        latest = self.latest(day, "member_departed", "member_registered")
        return None if latest is None or latest.kind == "member_registered" else latest

    def is_paused(self, day: date) -> bool:
        resumed = self.latest(day, "member_resumed")
        paused = self.latest(day - timedelta(days=1), "member_paused")
        return paused is not None and (resumed is None or by_time(paused) > by_time(resumed))

    def floor(self, day: date) -> Activity | None:
        """Return the event whose `zone_floor` is in force on a day."""
        floored = self.latest(day, *PROFILED, saying="zone_floor")
        if floored is None or floored.data["zone_floor"] is None:
            return None
        limited = self.latest(day, *PROFILED, saying="floor_until")
        until = None if limited is None else limited.data["floor_until"]
        return floored if until is None or day <= date.fromisoformat(until) else None

    def latest(self, day: date, *kinds: str, saying: str | None = None) -> Activity | None:
        """Return the last event of these kinds dated up to a day, of those that have a field."""
        found = [
            each
            for each in self.events
            if day_of(each) <= day and each.kind in kinds and (not saying or saying in each.data)
        ]
        return found[-1] if found else None

    def silent_days(self, day: date) -> int:
        own = [day_of(each) for each in self.counting if each.kind in OWN_ACTS]
        return (day - max((on for on in own if on <= day), default=self.enrolled_on)).days

    def is_closed(self, day: date, now: int) -> bool:
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
        return instant(now) >= midnight + timedelta(minutes=self.policy(day).settle_minutes)

    def last_closed(self, now: int) -> date:
        day = instant(now).date()
        while not self.is_closed(day, now):
            day -= timedelta(days=1)
        return day


@dataclass(frozen=True)
class GoingOn(Record):
    """The same, but that what governed on the `eve` goes on."""

    eve: date

    def policy(self, day: date) -> Policy:
        return super().policy(min(day, self.eve))

    def accepted(self, day: date) -> list[Policy]:
        return super().accepted(min(day, self.eve))


def removes(retraction: Activity, event: Activity) -> bool:
    if event.kind not in {*OWN_ACTS, "network", "performance", "outcome"}:
        return False
    if (event.member, event.source) != (retraction.member, retraction.source):
        return False
    said = retraction.data
    if said.get("retracts") is not None:
        return name(said["retracts"], event.member) == name(event.id, event.member)
    return (
        event.data.get("object") is not None
        and event.data["object"]["id"] == said["object"]["id"]
        and event.kind == said["kind"]
        and event.at <= retraction.at
    )


def name(id: str, member: str) -> str:
    """Return an event's id; events of a linked account come again, with the member appended."""
    return id.removesuffix(f"~{member}")


def governing(adoptions: Sequence[Adoption], day: date) -> Sequence[Adoption]:
    """Return the adoptions up to the one that governs a day: the last that speaks of it."""
    for place in reversed(range(len(adoptions))):
        adopted, _ = adoptions[place]
        if adopted.mode == "recompute" or adopted.effective_on <= day:
            return adoptions[: place + 1]
    raise AssertionError(day)


def accepted(adoptions: Sequence[Adoption], day: date, on: date | None = None) -> list[Policy]:
    """Return the policies by any of which `keep` may hold: the governing one, and while that
    grandfathers, what governed when it began.
    """
    *earlier, (adopted, policy) = governing(adoptions, day if on is None else on)
    if adopted.mode == "grandfather" and adopted.until is not None and day <= adopted.until:
        eve = adopted.effective_on - timedelta(days=1)
        return [policy, *accepted(earlier, day, eve)]
    return [policy]


def named(policy: Policy, zone: str) -> Zone:
    return policy.zones[ZONES.index(zone)]
