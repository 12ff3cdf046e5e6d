"""What the classifier says of members, and sees coming, in our own words."""

from services.notifier.domain.audience import Move
from services.notifier.domain.engaged import ENGAGED
from services.notifier.domain.standing import DemotionForetold, Foretold, ZoneNeared
from services.notifier.handlers.heard import Turned
from shared.contracts.evidence import Evidence
from shared.contracts.zones import VitalityChanged, ZoneChanged, ZoneNear, ZoneWarning

QUIET = ("quiet", "dormant")
EASIEST = ("share", "like", "comment", "quote", "post", "converse", "publish")
"""Of kinds that count alike, what asks least of somebody and still shows."""


def move(event: ZoneChanged) -> Move:
    change = event.data
    return Move(
        member=event.subject,
        zone=change.to,
        version=change.version,
        cause=event.id,
        at=change.decided_at,
        historical=change.historical,
        by_policy=change.by_policy,
    )


def turned(event: VitalityChanged) -> Turned | None:
    """Only who is socially engaged turns quiet for us, and nobody by what is history."""
    change = event.data
    if change.historical and change.vitality in QUIET:
        return None
    quiet = change.vitality in QUIET and change.zone == ENGAGED
    return Turned(member=event.subject, key=event.key, at=change.decided_at, quiet=quiet)


def neared(event: ZoneNear) -> Foretold | None:
    """Told by the smallest step of the way; None where no act of theirs is one."""
    way = event.data
    if not way.steps:
        return None
    smallest = min(way.steps, key=lambda step: (step.minutes, step.kind))
    return Foretold(
        member=way.member,
        key=event.key,
        what=ZoneNeared(
            zone=way.zone,
            next=way.next,
            minutes=way.minutes,
            kind=smallest.kind,
            acts=smallest.acts,
            step_minutes=smallest.minutes,
            steps=len(way.steps),
            cause=event.id,
            at=way.decided_at,
            historical=way.historical,
        ),
    )


def foretold(event: ZoneWarning) -> Foretold:
    due = event.data
    kind, acts = _enough(due.because)
    return Foretold(
        member=due.member,
        key=event.key,
        what=DemotionForetold(
            zone=due.zone,
            to=due.to,
            due_on=due.due_on,
            cancelled=due.cancelled,
            kind=kind,
            acts=acts,
            cause=event.id,
            at=due.decided_at,
            historical=due.historical,
        ),
    )


def _enough(because: tuple[Evidence, ...]) -> tuple[str | None, int]:
    """Return how many acts of which kind would keep the zone, where it hangs on one criterion of
    acts.
    """
    lacking = [it for it in because if not it.left_out]
    if len(lacking) != 1 or lacking[0].measure != "acts":
        return None, 0
    [only] = lacking
    easiest = next((kind for kind in EASIEST if kind in only.of), None)
    return easiest, max(1, round(only.need - only.have))
