"""Judging: what the criteria of a zone find on a day, until when they hold, and by which policy."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from services.classifier.domain.activities import Activity
from services.classifier.domain.clock import FOREVER
from services.classifier.domain.evidence import Counted, count
from services.classifier.domain.facts import Facts
from services.classifier.domain.measures import lapse_of
from services.classifier.domain.policy import Policy
from services.classifier.domain.regimes import Asked, Regime


class Past(NamedTuple):
    """What a member did, from old to new, apart from what was `retracted`, and what it adds up
    to.
    """

    left: Sequence[Activity]
    retracted: Sequence[Activity]
    facts: Facts


class Judged(NamedTuple):
    """A criterion on a day. If nothing happens it holds up to the day `until`, which is None where
    it does not hold, and where no day ends it. Of what is `retracted` so much would have counted.
    """

    counted: Counted
    until: int | None
    retracted: int

    @property
    def holds(self) -> bool:
        return self.counted.evidence.met or self.counted.evidence.left_out


class Option(NamedTuple):
    """The criteria of one policy. All of them have to hold."""

    policy: Policy
    judged: tuple[Judged, ...]

    @property
    def holds(self) -> bool:
        return all(each.holds for each in self.judged)


class Kept(NamedTuple):
    """What keeps a zone: one of the options, of which the governing policy's is the first."""

    zone: int
    options: tuple[Option, ...]

    @property
    def holds(self) -> bool:
        return any(option.holds for option in self.options)


def keeping(regime: Regime, zone: int, past: Past, day: int) -> Kept:
    policies = (regime.policy, *regime.mild)
    ways = zip(policies, regime.keeping(zone), strict=True)
    return Kept(zone, tuple(Option(policy, judged(way, past, day)) for policy, way in ways))


def entering(regime: Regime, zone: int, past: Past, day: int) -> Option:
    """Judge what `zone` asks for itself, without what it requires of others."""
    policy = regime.policy
    asked = (Asked(policy, each) for each in policy.zones[zone].enter)
    return Option(policy, judged(asked, past, day))


def judged(asked: Iterable[Asked], past: Past, day: int) -> tuple[Judged, ...]:
    return tuple(_judged(each, past, day) for each in asked)


def _judged(asked: Asked, past: Past, day: int) -> Judged:
    policy, criterion = asked
    counted = count(criterion, policy, past.left, day)
    until = None
    if counted.evidence.met and criterion.measure != "network_growth":
        lapse = lapse_of(criterion, policy.minutes)
        lapses = lapse(past.facts, day)
        # Of what is known of days to come, as a clock that stands may have it, some may count.
        known = past.facts.next_with(criterion.marks, day)
        while known <= lapses and known < FOREVER:
            lapses = lapse(past.facts, known)
            known = past.facts.next_with(criterion.marks, known)
        until = None if lapses == FOREVER else lapses - 1
    return Judged(counted, until, len(count(criterion, policy, past.retracted, day).activities))
