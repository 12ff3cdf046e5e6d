"""Prospects: how near the next zone is, looked at whenever a day has closed.

What a member still has to do changes when they do something, and when something they did gets too
old. So nobody is looked at every day.
"""

from dataclasses import dataclass
from typing import Final

from services.classifier.domain.announcements import Near, Said
from services.classifier.domain.clock import NEVER
from services.classifier.domain.facts import Facts
from services.classifier.domain.regimes import Policies
from services.classifier.domain.terms import terms_on
from services.classifier.domain.trajectory import Trajectory
from services.classifier.domain.ways import Way, cheapest, stirs
from services.classifier.domain.zones import ZONES

TOP: Final = len(ZONES) - 1


@dataclass(frozen=True, slots=True)
class Prospect:
    """The last closed day after which somebody looked, and the instant at which to look again,
    which may be early. `news` is how near the next zone is, if nobody has said so.
    """

    looked_through: int = 0
    due: int = NEVER
    news: Near | None = None


UNSEEN: Final = Prospect()


def look(
    prospect: Prospect,
    facts: Facts,
    trajectory: Trajectory,
    said: Said,
    policies: Policies,
    now: int,
) -> Prospect:
    """Look again, where another day has closed."""
    closed = policies.span_at(now).closed
    if closed <= prospect.looked_through:
        return prospect
    if not trajectory.standings:
        return Prospect(closed)
    first = closed + 1
    terms, zone = terms_on(facts, first), trajectory.standings[-1].zone
    again = min(policies.closes(terms.until - 1), NEVER)
    near_minutes = policies.today(now).near_minutes
    if zone is None or zone == TOP or terms.paused or not near_minutes:
        return Prospect(closed, again)
    way = cheapest(facts, policies, zone + 1, first, within=near_minutes * 60)
    again = min(again, policies.closes(stirs(facts, policies, first, way) - 1))
    found = None if way is None or way.beyond else _near(way)
    return Prospect(closed, again, None if found == said.near else found)


def watched(facts: Facts, policies: Policies, now: int) -> Prospect:
    """Return the prospect of somebody whom all who looked up to `now` have forgotten.

    Who has done nothing for so long that nothing counts any more has nothing to lose.
    """
    closed = policies.span_at(now).closed
    counted = facts.days or facts.accounts or facts.networks or facts.profile
    if not counted and facts.enrolled_on <= closed:
        return Prospect(closed)
    return Prospect(closed, policies.closes(closed + 1))


def _near(way: Way) -> Near:
    return Near(ZONES[way.zone], way.minutes, way.steps)
