"""The changes of a member as they were announced: the last one up to a day, what it rests on, and
what it put right.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from services.classifier.domain.activities import Activity
from services.classifier.domain.announcements import ZoneChanged
from services.classifier.domain.evidence import Evidence
from services.classifier.domain.measures import MEASURES, Criterion
from services.classifier.domain.policy import PolicyAdopted
from services.classifier.domain.retractions import RETRACT, netted
from services.classifier.projections.entries import ACTIVITY, CODEC, ZONE, happened
from services.classifier.publishing import zone_change
from shared.eventlog.entries import Recorded


class Adopted(NamedTuple):
    position: int
    policy: PolicyAdopted


def adoptions(rows: Iterable[Recorded]) -> list[Adopted]:
    decoded = ((row.position, CODEC.decode(row)) for row in rows)
    return [Adopted(at, event) for at, event in decoded if isinstance(event, PolicyAdopted)]


class Announced:
    """All that the log has of a member, and of the policies adopted."""

    def __init__(self, rows: Sequence[Recorded], adopted: Sequence[Adopted]) -> None:
        self._adopted = adopted
        self._heard = [(row.position, happened(row)) for row in rows if row.type == ACTIVITY]
        said = [(row.position, CODEC.decode(row)) for row in rows if row.type == ZONE]
        self._changes = [(at, each) for at, each in said if isinstance(each, ZoneChanged)]

    @property
    def activities(self) -> list[Activity]:
        return [activity for _, activity in self._heard]

    @property
    def version(self) -> int:
        return len(self._changes)

    def last(self, member: str, as_of: date) -> dict[str, Any] | None:
        """Return the change announced last of those that took effect up to a day."""
        found = [place for place, each in enumerate(self._changes) if each[1].effective_on <= as_of]
        if not found:
            return None
        at, change = self._changes[found[-1]]
        told = zone_change(member, change).model_dump(mode="json", by_alias=True)
        named: dict[str, list[Activity]] = {}
        for activity in self.activities:
            named.setdefault(activity.id, []).append(activity)
        counting = {each.key for each in netted(self.activities).left}
        retracted = set()
        for reason, evidence in zip(told["evidence"], change.evidence, strict=False):
            counted = [_of(evidence, named.get(name, [])) for name in reason["event_ids"]]
            reason["activities"] = [act(each) for each in counted if each is not None]
            retracted |= {each.key for each in counted if each and each.key not in counting}
        return {
            **told,
            "corrects": self._corrects(at, change),
            "corrected_by": next(
                (each.version for _, each in self._changes if each.supersedes == change.version),
                None,
            ),
            "retracted": len(retracted),
        }

    def _corrects(self, at: int, change: ZoneChanged) -> dict[str, Any] | None:
        if change.supersedes is None:
            return None
        said, wrong = next(each for each in self._changes if each[1].version == change.supersedes)
        day = wrong.effective_on.toordinal()
        # Where the change did not show at once, what was heard last may have nothing to do with it.
        heard = [
            (position, each)
            for position, each in self._heard
            if said < position < at and (each.day <= day or each.kind == RETRACT)
        ]
        since, activity = heard[-1] if heard else (said, None)
        recomputed = [
            each.policy
            for each in self._adopted
            if since < each.position < at and each.policy.mode == "recompute"
        ]
        because = "activity"
        if recomputed:
            because, activity = "policy", None
        elif activity is not None and activity.kind == RETRACT:
            because = "retraction"
        return {
            "version": wrong.version,
            "to": wrong.to,
            "effective_on": wrong.effective_on.isoformat(),
            "because": because,
            "activity": None if activity is None else act(activity),
            "policy_version": recomputed[-1].version if recomputed else None,
        }


def act(activity: Activity) -> dict[str, Any]:
    day = date.fromordinal(activity.day).isoformat()
    return {"id": activity.id, "kind": activity.kind, "day": day}


def _of(evidence: Evidence, named: Sequence[Activity]) -> Activity | None:
    """Return which of the activities of that name counted: two sources may name theirs alike."""
    marks = 0
    if evidence.measure in MEASURES:
        marks = Criterion(
            name=evidence.criterion, measure=evidence.measure, at_least=0, of=evidence.of
        ).marks
    fitting = (each for each in named if each.mark & marks or not marks)
    return next(fitting, None)


def by_version(adopted: Iterable[Adopted]) -> Mapping[int, PolicyAdopted]:
    return {each.policy.version: each.policy for each in adopted}
