"""Beginnings: what a policy does by beginning to govern, whatever anybody does on that day."""

from collections.abc import Iterable

from services.classifier.domain import standings
from services.classifier.domain.activities import Activity
from services.classifier.domain.clock import Span
from services.classifier.domain.facts import fold
from services.classifier.domain.journey import Journey
from services.classifier.domain.reasons import rank
from services.classifier.domain.regimes import Policies


def brought(journey: Journey, policies: Policies, activities: Iterable[Activity], day: int) -> bool:
    """Say whether a policy begins on `day` and has moved the member from where they were said to
    be, and the rules of the eve would not have moved them that way. `activities` are all of the
    member's: the journey may have forgotten what counted on that day.
    """
    eve = policies.on(day - 1)
    if policies.on(day).policy.version == eve.policy.version:
        return False
    going_on = Policies([eve], eve.policy)
    known, facts = journey.trajectory.standings, fold(activities)
    # While the day is open one can only rise, and who rises on it does so whether it is or not.
    *_, otherwise = standings.decide(known, facts, going_on, day, Span(day, day))
    said = journey.said.zone
    return _way(said, otherwise.zone) != _way(said, known[-1].zone)


def _way(said: int | None, to: int | None) -> int:
    """Return whether that is up (1), down (-1) or neither."""
    return (rank(to) > rank(said)) - (rank(to) < rank(said))
