"""What a policy is told by the log: read a little at a time, so that nobody has to wait for it.

What arrives is counted over the whole log. Whether a criterion ever holds is asked of every member
where they are few, and where they are many of those who did most, who could meet it, and of some
others, who could not; most criteria are known to decide something long before that.
"""

from itertools import zip_longest
from typing import Any, Final, NamedTuple

from services.classifier.domain.clock import EPOCH, day_of
from services.classifier.domain.experience import Arrivals, Sightings, of_arrivals
from services.classifier.domain.facts import fold
from services.classifier.domain.findings import Finding
from services.classifier.domain.policy import Policy
from services.classifier.projections import answers, journeys
from services.classifier.projections.entries import ACTIVITY
from shared.eventlog.log import View

STRETCH: Final = 20_000
"""Positions of the log that are counted in one question."""
SAMPLE: Final = 500
"""Members who are looked at because they did most, and as many from all over the alphabet."""
ENOUGH: Final = 200_000
"""Activities after which nobody else is looked at."""

KINDS: Final = """
    SELECT json_extract(body, '$.kind') AS kind, json_extract(body, '$.data.outcome') AS outcome,
      json_extract(body, '$.occurred_at') / 86400000 AS day, count(*)
    FROM log WHERE position > :after AND position <= :through AND type = :activity
    GROUP BY kind, outcome, day
"""
BUSIEST: Final = """
    SELECT member, (SELECT max(version) FROM log WHERE stream = member) AS length
    FROM members ORDER BY length DESC, member LIMIT :sample
"""
SPREAD: Final = """
    SELECT member FROM
      (SELECT member, row_number() OVER (ORDER BY member) - 1 AS place, count(*) OVER () AS total
       FROM members)
    WHERE place % (total / :sample) = 0 ORDER BY member LIMIT :sample
"""


class Experience(NamedTuple):
    """How much of the log the findings rest on."""

    findings: tuple[Finding, ...]
    events: int
    members: int
    looked_at: int


async def of_log(view: View, policy: Policy) -> Experience:
    """Hold a policy against the log. The view should be a snapshot."""
    now = await answers.clock(view)
    if now is None:
        return Experience((), 0, 0, 0)
    arrivals = await _arrivals(view)
    sightings, total = await _sightings(view, policy, day_of(now))
    findings = (*sightings.findings(total), *of_arrivals(policy, arrivals, day_of(now)))
    return Experience(findings, arrivals.events, total, sightings.members)


async def _arrivals(view: View) -> Arrivals:
    arrivals = Arrivals()
    last = await view.last_position()
    for after in range(0, last, STRETCH):
        asked: dict[str, Any] = {"after": after, "through": after + STRETCH, "activity": ACTIVITY}
        for kind, outcome, day, count in await view.fetchall(KINDS, asked):
            arrivals.hear(kind, EPOCH + day, count, outcome)
    return arrivals


async def _sightings(view: View, policy: Policy, today: int) -> tuple[Sightings, int]:
    """Look at members one after the other. Return what was seen, and how many members there are."""
    sightings = Sightings(policy)
    [(total,)] = await view.fetchall("SELECT count(*) FROM members")
    busiest = await view.fetchall(BUSIEST, {"sample": SAMPLE})
    few = total <= 2 * SAMPLE
    spread = await view.fetchall(SPREAD, {"sample": total if few else SAMPLE})
    pairs = zip_longest((row[0] for row in busiest), (row[0] for row in spread))
    read = 0
    for member in dict.fromkeys(member for pair in pairs for member in pair):
        if member is None:
            continue
        if sightings.settled() or read > ENOUGH:
            break
        past = (await journeys.pasts(view, [member]))[member]
        sightings.see(fold(past), today)
        read += len(past)
    return sightings, total
