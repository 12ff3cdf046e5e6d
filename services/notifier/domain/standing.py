"""What the classifier sees coming for a member: a zone that is near, or a move that is due."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from services.notifier.domain.audience import Member
from services.notifier.domain.kinds import Kind
from services.notifier.domain.notices import Facts, Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneNeared:
    """The cheapest way to the next zone; `kind` and `acts` are its smallest step."""

    zone: str
    next: str
    minutes: float
    kind: str
    acts: int
    step_minutes: float
    steps: int
    cause: str
    at: datetime
    historical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DemotionForetold:
    """A move to another zone is due if nothing happens, or is not any more. So many `acts` of a
    `kind` would be enough, where acts are.
    """

    zone: str
    to: str
    due_on: date
    cancelled: bool
    kind: str | None
    acts: int
    cause: str
    at: datetime
    historical: bool


Event: TypeAlias = ZoneNeared | DemotionForetold


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """`key` is the message's: the log takes what it tells only once."""

    member: str
    key: str
    what: Event


def of_demotion(
    name: str, demotion: DemotionForetold, member: Member, warned: str | None, now: datetime
) -> Iterator[Notice]:
    """Say kindly what is due, and that it is not any more. `warned` is the cause of the warning
    that stands.
    """
    if demotion.historical or not member.there:
        return
    facts: Facts = {
        "zone": demotion.zone,
        "to": demotion.to,
        "due_on": demotion.due_on.isoformat(),
        "act": demotion.kind,
        "acts": demotion.acts,
    }
    kind: Kind = "warning"
    if demotion.cancelled:
        if warned is None:
            return
        kind, facts = "warning_over", {"zone": demotion.zone}
    cause = warned if demotion.cancelled and warned else demotion.cause
    yield Notice(kind=kind, recipient=name, cause=cause, at=now, facts=facts)
