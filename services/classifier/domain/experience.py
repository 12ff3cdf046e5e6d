"""What a log has to say of a policy: which of its criteria decide anything, and what arrives."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from services.classifier.domain.clock import FOREVER
from services.classifier.domain.facts import Facts
from services.classifier.domain.findings import Finding, fed, spelled
from services.classifier.domain.measures import ANY, FAMILIES, MEASURES, Criterion, lapse_of
from services.classifier.domain.policy import Policy

OFTEN: Final = 9
"""Of ten gaps between two days with a kind, so many are no longer than the usual gap."""
MISSED: Final = 3
"""A kind has stopped arriving when it has been missing for so many usual gaps,"""
PATIENCE: Final = 14
"""but not before so many days,"""
HABIT: Final = 5
"""and only if it arrived on so many days."""

WORDS: Final = {"network_size": "network", "network_growth": "network", "accounts": "link_account"}
"""What arrives for measures that name no kinds."""
FAMILY: Final = {"network": "network", "outcomes": "outcome"}


@dataclass(slots=True)
class Arrivals:
    """How often each kind was recorded, and on which days it happened; outcomes by their own
    words, too, which add nothing to the number of events.
    """

    events: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    days: dict[str, set[int]] = field(default_factory=dict)

    def hear(self, kind: str, day: int, count: int, outcome: str | None = None) -> None:
        self.events += count
        self._count(kind, day, count)
        if outcome is not None:
            self._count(outcome, day, count)

    def _count(self, kind: str, day: int, count: int) -> None:
        self.counts[kind] = self.counts.get(kind, 0) + count
        self.days.setdefault(kind, set()).add(day)

    def usual_gap(self, kind: str) -> int:
        """Return how many days pass between two with this kind, mostly."""
        gaps = sorted(later - day for day, later in pairwise(sorted(self.days[kind])))
        return gaps[len(gaps) * OFTEN // 10] if gaps else FOREVER

    def stopped(self, kind: str, today: int) -> bool:
        silence = today - max(self.days[kind])
        habitual = len(self.days[kind]) >= HABIT
        return habitual and silence > max(PATIENCE, MISSED * self.usual_gap(kind))


def of_arrivals(policy: Policy, arrivals: Arrivals, today: int) -> Iterator[Finding]:
    """Yield what arrives no more or never did, and what arrives though nobody asks for it."""
    if not arrivals.events:
        return
    places: dict[str, str] = {}
    for criterion in _criteria(policy):
        words = [WORDS.get(criterion.measure, ""), *criterion.of]
        for word in words:
            if word and word != ANY:
                places.setdefault(word, criterion.name)
    for word, place in places.items():
        if word not in arrivals.counts:
            yield Finding(
                severity="warning",
                place=place,
                words=f"{word} has never arrived",
                advice=f"publish {word}, or do not count on it",
            )
        elif arrivals.stopped(word, today):
            silence = today - max(arrivals.days[word])
            yield Finding(
                severity="warning",
                place=place,
                words=f"{word} has stopped arriving: none in {silence} days, and there were"
                f" rarely more than {arrivals.usual_gap(word)} days between two before",
                advice=f"see whether what publishes {word} still does",
            )
    asked = {MEASURES[each.measure].family for each in _criteria(policy)}
    for family in FAMILIES:
        count = arrivals.counts.get(FAMILY[family], 0)
        if count and family not in asked:
            yield Finding(
                severity="warning",
                place=f"reports.{family}",
                words=f"{count} measurements of {family} have arrived, and are ignored",
                advice=f"set {family} = true and give a zone a criterion on it, or publish none",
            )


@dataclass(slots=True)
class Sightings:
    """Which criteria were seen to hold, and which not to, on any of the days looked at."""

    policy: Policy
    members: int = 0
    days: int = 0
    _held: set[Criterion] = field(default_factory=set)
    _lacked: set[Criterion] = field(default_factory=set)

    def settled(self) -> bool:
        """Say whether more members can tell nothing more."""
        return not self._open()

    def see(self, facts: Facts, today: int) -> None:
        """Look at every day of a member from their enrolment up to today. `facts` knows them all:
        between two days with something in it, a criterion can only lapse.
        """
        self.members += 1
        self.days += max(0, today + 1 - facts.enrolled_on)
        for criterion in self._open():
            lapse = lapse_of(criterion, self.policy.minutes)
            for day, following in pairwise([*_turns(facts, criterion, today), today + 1]):
                until = lapse(facts, day)
                if until > day:
                    self._held.add(criterion)
                if until < following:
                    self._lacked.add(criterion)

    def findings(self, total: int) -> Iterator[Finding]:
        """Yield which criteria decide nothing. `total` is how many members there are."""
        if not self.days:
            return
        everybody = self.members == total
        for criterion in self._open():
            always = criterion in self._held
            many = "every one" if always else "none"
            if everybody:
                result = "it decides nothing" if always else "nobody ever meets it"
                looked_at = f": on this log {result}"
            else:
                looked_at = f" of {self.members} members out of {total}, the busiest among them"
            yield Finding(
                severity="warning" if everybody else "note",
                place=criterion.name,
                words=f"{spelled(criterion)} holds on {many} of {self.days} days{looked_at}",
                advice="ask for more, or leave it out" if always else "ask for less",
            )

    def _open(self) -> list[Criterion]:
        both = self._held & self._lacked
        return [each for each in _criteria(self.policy) if each not in both]


def _criteria(policy: Policy) -> Iterable[Criterion]:
    """Return every criterion that is fed, once."""
    asked = (fed(policy, (*zone.enter, *zone.keep)) for zone in policy.zones)
    return dict.fromkeys(each for criteria in asked for each in criteria)


def _turns(facts: Facts, criterion: Criterion, today: int) -> list[int]:
    """Return the days on which a criterion may begin to hold: those with anything in them, and for
    growth those that look back to another reading. The first is the one of enrolment.
    """
    days = {facts.enrolled_on, *facts.days}
    if criterion.measure == "network_growth":
        readings = (each for series in facts.networks.values() for each in series)
        days.update(each.day + criterion.days for each in readings)
    return sorted(day for day in days if facts.enrolled_on <= day <= today)
