"""One member's classifier without bus and log: how its parts are put together, and no more."""

import json
from dataclasses import dataclass, field

from services.classifier.domain.activities import Activity
from services.classifier.domain.announcing import Announcement, announce, has_news
from services.classifier.domain.journey import (
    Journey,
    advance,
    decides,
    evolve,
    reaches,
    record,
    redecide,
    refold,
)
from services.classifier.domain.policy import Policy
from services.classifier.domain.regimes import Policies, always
from services.classifier.domain.snapshots import from_state, to_state


@dataclass
class Teller:
    policy: Policy
    policies: Policies = field(init=False)
    journey: Journey = field(default_factory=lambda: Journey("ada"))
    activities: dict[str, Activity] = field(default_factory=dict)
    snapshot: str = ""
    tail: list[Activity | Announcement] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.policies = always(self.policy)

    def apply(self, now: int, activity: Activity | None) -> tuple[Announcement, ...]:
        """Apply one entry of the log, and the clock that it implies before it."""
        self.journey = advance(self.journey, self.policies, now)
        said = self.say(now, None)
        if activity is None or activity.key in self.activities:
            return said
        self.activities[activity.key] = activity
        self.tail.append(activity)
        if reaches(self.journey, self.policies, activity):
            self.journey = record(self.journey, self.policies, activity, now)
        else:
            self.journey = refold(self.journey, self.policies, self.activities.values(), now)
            self.keep()
        return said + self.say(now, activity)

    def say(self, now: int, cause: Activity | None) -> tuple[Announcement, ...]:
        if not has_news(self.journey):
            return ()
        said = announce(self.journey, self.policies, self.activities.values(), now, cause)
        for each in said:
            self.journey = evolve(self.journey, each)
        self.tail += said
        return said

    def keep(self) -> None:
        """Write a snapshot."""
        self.snapshot = json.dumps(to_state(self.journey))
        self.tail.clear()

    def forget(self, now: int) -> None:
        """Lose what is in memory: read the last snapshot and what came after it."""
        self.journey = from_state(json.loads(self.snapshot)) if self.snapshot else Journey("ada")
        days = []
        for event in self.tail:
            if isinstance(event, Activity) and decides(self.journey, event):
                days.append(event.day)
            self.journey = evolve(self.journey, event)
        if days:
            self.journey = redecide(self.journey, self.policies, now, min(days))
