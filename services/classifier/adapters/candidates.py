"""A candidate policy, and what it takes to rehearse it on a log as it is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from services.classifier.adapters import linting, policyfile
from services.classifier.domain.clock import ClockStarted, day_of
from services.classifier.domain.eras import dated
from services.classifier.domain.policy import Policy, PolicyAdopted
from services.classifier.domain.regimes import Policies, always
from services.classifier.domain.simulation import sampled, written
from services.classifier.projections import rehearsing
from services.classifier.projections.entries import CODEC, adoptions
from services.classifier.projections.rehearsing import Rehearsal
from shared.eventlog.log import View
from shared.runtime.errors import WrongUse


class Candidate(NamedTuple):
    """The text of a policy, the name of its file, and the day from which it is to govern. Without
    one it governs every day, as if always so, and whoever is in force already changes nothing.
    """

    text: str
    name: str = "policy.toml"
    from_day: date | None = None


class Planned(NamedTuple):
    plan: Rehearsal
    policy: Policy
    in_force: bool
    adopted: int


async def plan(moment: View, candidate: Candidate, limit: int) -> Planned:
    """Read what the candidate is to be compared with. Raises PolicyInvalid and WrongUse."""
    position = await moment.last_position()
    started = CODEC.decode((await moment.read(0, 1))[0])
    assert isinstance(started, ClockStarted)  # noqa: S101 - it always is the first
    adopted = await adoptions(moment)
    baseline = policyfile.in_force(adopted)
    offered = linting.sound(candidate.text, candidate.name)
    policy = replace(offered, version=baseline.newest.version + 1)
    policies = candidate_for(adopted, policy, candidate.from_day)
    ticks = await rehearsing.ticks(moment, started.mode, position, (baseline, policies))
    if not ticks:
        raise WrongUse("nothing has been recorded yet, so there is nothing to rehearse on")
    today = day_of(ticks[-1].now)
    if candidate.from_day is not None and candidate.from_day.toordinal() > today:
        raise WrongUse(f"from: {candidate.from_day} is after the log's today, {written(today)}")
    first = await rehearsing.first_day(moment, position)
    days = sampled(min(today, today if first is None else first), today)
    in_force = candidate.from_day is None and _same(policy, baseline.newest)
    return Planned(
        Rehearsal(baseline, policies, position, ticks, days, limit), policy, in_force, len(adopted)
    )


def candidate_for(
    adopted: Sequence[PolicyAdopted], policy: Policy, from_day: date | None
) -> Policies:
    """Return which policy would govern which day, if the candidate were adopted."""
    in_force = policyfile.in_force(adopted)
    if from_day is None:
        return in_force if _same(policy, in_force.newest) else always(policy)
    forward = replace(adopted[-1], mode="forward", effective_on=from_day, until=None)
    before = ((each, policyfile.parse(each.text, each.version)) for each in adopted)
    return dated([*before, (forward, policy)])


def _same(one: Policy, other: Policy) -> bool:
    return replace(one, version=other.version) == other
