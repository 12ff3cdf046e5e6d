"""How soon drafts on the fast track are answered, and how many promises are kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final, Literal, TypeAlias

from services.notifier.domain.alerts import AlertBreached, AlertEvent, AlertResolved
from services.notifier.domain.working_hours import WorkingHours

PERCENTS: Final = (50, 90, 99)
MOST_SLOWEST: Final = 10

Answer: TypeAlias = Literal["approved", "withdrawn", "acknowledged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turnaround:
    """Of one draft: how long it took, and how much of that was worked."""

    event: AlertResolved
    took: timedelta
    worked: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`promised` are all drafts that were on the fast track. `withdrawn` ones ask for no answer,
    `waiting` ones may still get theirs in time; `late` ones have none, and their time is over.
    `took` and `worked` are percentiles of those that were answered, None where there are none.
    """

    promised: int
    answered: int
    withdrawn: int
    waiting: int
    late: int
    kept: int
    took: Mapping[int, timedelta] | None
    worked: Mapping[int, timedelta] | None
    slowest: tuple[Turnaround, ...]

    @property
    def share_kept(self) -> float | None:
        """Return how many of the promises that are decided were kept."""
        decided = self.answered + self.late
        return self.kept / decided if decided else None


def report(stands: Iterable[AlertEvent], hours: WorkingHours | None, now: datetime) -> Report:
    """Report on alerts by the event that tells how each stands."""
    known = list(stands)
    resolved = [it for it in known if isinstance(it, AlertResolved)]
    waiting = [it for it in known if not isinstance(it, AlertResolved)]
    answered = [_turnaround(it, hours) for it in resolved if it.how != "withdrawn"]
    late = [it for it in waiting if isinstance(it, AlertBreached) or now > it.alert.due_at]
    slowest = sorted(answered, key=lambda it: (-it.took, it.event.alert.id))[:MOST_SLOWEST]
    return Report(
        promised=len(known),
        answered=len(answered),
        withdrawn=len(resolved) - len(answered),
        waiting=len(waiting) - len(late),
        late=len(late),
        kept=sum(it.event.kept for it in answered),
        took=percentiles([it.took for it in answered]),
        worked=percentiles([it.worked for it in answered]),
        slowest=tuple(slowest),
    )


def percentiles(values: Sequence[timedelta]) -> dict[int, timedelta] | None:
    """Return for each percentage a value that so many of them do not exceed: always one of theirs,
    which the nearest rank is.
    """
    ranked = sorted(values)
    if not ranked:
        return None
    return {it: ranked[ceil(it * len(ranked) / 100) - 1] for it in PERCENTS}


def _turnaround(event: AlertResolved, hours: WorkingHours | None) -> Turnaround:
    since, until = event.alert.raised_at, max(event.alert.raised_at, event.resolved_at)
    took = until - since
    return Turnaround(event=event, took=took, worked=hours.between(since, until) if hours else took)
