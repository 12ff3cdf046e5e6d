"""One member's classifier without bus and log: how its parts are put together, and no more."""

import json
from dataclasses import dataclass, field, replace

from services.classifier.domain.activities import Activity
from services.classifier.domain.announcements import Announcement
from services.classifier.domain.announcing import announce, has_news
from services.classifier.domain.eras import dated
from services.classifier.domain.journey import (
    Journey,
    advance,
    decides,
    evolve,
    reaches,
    record,
    redecide,
    refold,
    undo,
    undone,
)
from services.classifier.domain.policy import Policy, PolicyAdopted
from services.classifier.domain.prospects import Prospect
from services.classifier.domain.regimes import Policies
from services.classifier.domain.retractions import Retractable
from services.classifier.domain.snapshots import from_state, to_state
from tests.classifier.examples import the_first


@dataclass
class Teller:
    policy: Policy
    adoptions: list[tuple[PolicyAdopted, Policy]] = field(init=False)
    policies: Policies = field(init=False)
    journey: Journey = field(default_factory=lambda: Journey("ada"))
    activities: dict[str, Activity] = field(default_factory=dict)
    snapshot: str = ""
    tail: list[Activity | Announcement] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.adoptions = [the_first(self.policy)]
        self.policies = dated(self.adoptions)

    def apply(
        self, now: int, entry: Activity | tuple[PolicyAdopted, Policy] | None
    ) -> tuple[Announcement, ...]:
        """Apply one entry of the log, and the clock that it implies before it."""
        if self.activities:  # until then nobody knows of the member, and nobody looks
            self.journey = advance(self.journey, self.policies, now)
        said = self.say(now, None)
        if entry is None:
            return said
        if not isinstance(entry, Activity):
            self.adoptions.append(entry)
            self.policies = dated(self.adoptions)
            if not self.activities:
                return said
            self.journey = refold(self.journey, self.policies, self.activities.values(), now)
            self.keep()
            return said + self.say(now, None, adopted=True)
        if entry.key in self.activities:
            return said
        undoing = undone(self.journey, Retractable(self.activities.values()), entry)
        self.activities[entry.key] = entry
        self.tail.append(entry)
        if reaches(self.journey, self.policies, entry, undoing):
            self.journey = record(self.journey, self.policies, entry, now, undoing)
        else:
            self.journey = refold(self.journey, self.policies, self.activities.values(), now)
            self.keep()
        return said + self.say(now, entry)

    def say(
        self, now: int, cause: Activity | None, *, adopted: bool = False
    ) -> tuple[Announcement, ...]:
        if not has_news(self.journey, self.policies, now):
            return ()
        told = (self.journey, self.policies, self.activities.values(), now, cause)
        said = announce(*told, adopted=adopted)
        for each in said:
            self.journey = evolve(self.journey, each)
        self.tail += said
        return said

    def keep(self) -> None:
        """Write a snapshot."""
        self.snapshot = json.dumps(to_state(self.journey))
        self.tail.clear()

    def forget(self, now: int) -> None:
        """Lose what is in memory: read the last snapshot and what came after it. When to look at
        the member again is kept beside it.
        """
        due, look_at = self.journey.trajectory.due, self.journey.prospect.due
        self.journey = from_state(json.loads(self.snapshot)) if self.snapshot else Journey("ada")
        later = {event.key for event in self.tail if isinstance(event, Activity)}
        minding = Retractable(act for key, act in self.activities.items() if key not in later)
        days = []
        for event in self.tail:
            undoing: list[Activity] = []
            if isinstance(event, Activity):
                undoing = undone(self.journey, minding, event)
                minding.add(event)
                days += [act.day for act in (event, *undoing) if decides(self.journey, act)]
            self.journey = undo(evolve(self.journey, event), undoing)
        if not self.activities:
            return
        as_of = min(now, due - 1)
        if days:
            self.journey = redecide(self.journey, self.policies, as_of, min(days))
        else:
            self.journey = advance(self.journey, self.policies, as_of)
        self.journey = replace(
            self.journey,
            trajectory=replace(self.journey.trajectory, due=due),
            prospect=Prospect(self.policies.span_at(as_of).closed, look_at),
        )
