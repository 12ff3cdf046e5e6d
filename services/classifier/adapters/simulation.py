"""Rehearsing a candidate policy while the service goes on: worker processes live every member's
life twice on the log as it is, and nobody writes anything.
"""

from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import date
from typing import Any

from services.classifier.adapters.candidates import Candidate, Planned, plan
from services.classifier.adapters.crew import WorkerDied, crew
from services.classifier.adapters.simulated import told
from services.classifier.domain.moving import Mover, foremost
from services.classifier.domain.simulation import Counts, written
from services.classifier.projections.rehearsing import ANSWER
from shared.eventlog.log import Store


class Simulating:
    """One rehearsal at a time: it takes every core."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._under_way: str | None = None

    def under_way(self) -> str | None:
        """Say why there is no other rehearsal now, None where there can be."""
        return self._under_way

    async def simulate(
        self,
        text: str,
        *,
        name: str = "policy.toml",
        from_day: date | None = None,
        limit: int = 20,
        workers: int | None = None,
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Return what yields `{"done", "of"}` in members, and at last the result; or `{"error"}`
        where it cannot be completed. Raises PolicyInvalid and WrongUse before anything has begun.
        """
        candidate = Candidate(text, name, from_day)
        async with self._store.snapshot() as moment:
            planned = await plan(moment, candidate, limit)
        return self._told(candidate, planned, workers)

    async def _told(
        self, candidate: Candidate, planned: Planned, workers: int | None
    ) -> AsyncGenerator[dict[str, Any], None]:
        if self._under_way is not None:
            yield {"error": self._under_way}
            return
        self._under_way = "another rehearsal is under way: ask again when it is done"
        try:
            async with aclosing(self._rehearsed(candidate, planned, workers)) as lines:
                async for line in lines:
                    yield line
        except WorkerDied as death:
            yield {"error": f"{death}; rehearse again"}
        finally:
            self._under_way = None

    async def _rehearsed(
        self, candidate: Candidate, planned: Planned, workers: int | None
    ) -> AsyncGenerator[dict[str, Any], None]:
        plan = planned.plan
        events = members = 0
        counts: Counts = Counter()
        movers: list[Mover] = []
        setting = {
            "text": candidate.text,
            "from": None if candidate.from_day is None else candidate.from_day.isoformat(),
            "adopted": planned.adopted,
            **{name: getattr(plan, name) for name in ("position", "ticks", "days", "limit")},
        }
        async with crew("rehearse", self._store, setting=setting, workers=workers) as started:
            rehearsing, total = started
            async with aclosing(rehearsing.share_out()) as answers:
                async for said, attached in answers:
                    events += said["events"]
                    members += said["members"]
                    counted, moved = ANSWER.validate_json(attached)
                    counts.update(dict(counted))
                    movers = foremost([*movers, *moved], plan.limit)
                    yield {"done": members, "of": total}
        yield {
            "policy": planned.policy.version,
            "from": setting["from"],
            "in_force": planned.in_force,
            "position": plan.position,
            "today": written(plan.days[-1]),
            "events": events,
            "members": members,
            **told(counts, plan.days, movers),
        }
