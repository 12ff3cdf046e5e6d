"""What the classifier says to others: its announcements, and which policy governs.

All else in its log is its own: activity is on the bus already, and the clock is nobody else's.
"""

from datetime import UTC, datetime
from typing import assert_never

from services.classifier.domain.activities import ActivityRecorded
from services.classifier.domain.announcements import (
    Announcement,
    DemotionAverted,
    DemotionForeseen,
    VitalityChanged,
    ZoneChanged,
    ZoneNeared,
)
from services.classifier.domain.clock import ClockAdvanced, ClockStarted
from services.classifier.domain.evidence import Evidence
from services.classifier.domain.policy import PolicyAdopted
from shared.contracts import evidence, zones
from shared.contracts.envelope import guard_of, subject_of
from shared.contracts.words import MOST
from shared.eventlog.entries import Recorded
from shared.messaging.wire import Message

Event = ActivityRecorded | ClockStarted | ClockAdvanced | PolicyAdopted | Announcement
Said = (
    zones.ZoneChanged
    | zones.VitalityChanged
    | zones.ZoneWarning
    | zones.ZoneNear
    | zones.PolicyAdopted
)


def message(row: Recorded, event: Event) -> Message | None:
    """Return what the relay is to send for an entry of the log, None where it is private."""
    said = publish(row.stream, row.version, event)
    if said is None:
        return None
    return Message(subject=subject_of(said), body=said.to_json(), id=said.key, guard=guard_of(said))


def publish(member: str, version: int, event: Event) -> Said | None:
    """Say an event of a member's stream as the world knows it. `version` is its place there."""
    match event:
        case ZoneChanged():
            return zones.ZoneChanged.of(zone_change(member, event))
        case VitalityChanged():
            return _vitality_changed(member, version, event)
        case DemotionForeseen():
            return zones.ZoneWarning.of(_demotion(member, event, event.because), place=version)
        case DemotionAverted():
            return zones.ZoneWarning.of(_demotion(member, event), place=version)
        case ZoneNeared():
            return zones.ZoneNear.of(_way_up(member, event), place=version)
        case PolicyAdopted():
            adoption = zones.Adoption(
                version=event.version,
                mode=event.mode,
                effective_on=event.effective_on,
                until=event.until,
                author=event.author,
                note=event.note,
                decided_at=instant(event.decided_at),
            )
            return zones.PolicyAdopted.of(adoption)
        case ActivityRecorded() | ClockStarted() | ClockAdvanced():
            return None
        case _:
            assert_never(event)


def zone_change(member: str, event: ZoneChanged) -> zones.ZoneChange:
    return zones.ZoneChange.model_validate(
        {
            "member": member,
            "zone": event.to,
            "since": event.effective_on,
            "vitality": event.vitality,
            "version": event.version,
            "from": event.previous,
            "to": event.to,
            "direction": event.direction,
            "effective_on": event.effective_on,
            "decided_at": instant(event.decided_at),
            "policy_version": event.policy_version,
            "evidence": criteria(event.evidence),
            "cause_ids": event.cause_ids,
            "supersedes": None
            if event.supersedes is None
            else zones.zone_changed_id(member, event.supersedes),
            "historical": event.historical,
            "by_policy": event.by_policy,
        }
    )


def criteria(counted: tuple[Evidence, ...]) -> tuple[evidence.Evidence, ...]:
    return tuple(
        evidence.Evidence(
            criterion=each.criterion,
            measure=each.measure,
            of=each.of,
            days=each.days,
            need=each.need,
            have=_sayable(each.have),
            margin=_sayable(each.margin),
            met=each.met,
            left_out=each.left_out,
            events=each.events,
            event_ids=each.event_ids,
        )
        for each in counted
    )


def _sayable(number: float) -> float:
    """Sums over many accounts know no limit, a contract does: what was decided can be said."""
    return max(-MOST, min(number, MOST))


def instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _demotion(
    member: str, event: DemotionForeseen | DemotionAverted, because: tuple[Evidence, ...] = ()
) -> zones.Demotion:
    return zones.Demotion.model_validate(
        {
            "member": member,
            "zone": event.zone,
            "to": event.to,
            "due_on": event.due_on,
            "because": criteria(because),
            "cancelled": isinstance(event, DemotionAverted),
            "effective_on": event.effective_on,
            "decided_at": instant(event.decided_at),
            "policy_version": event.policy_version,
            "historical": event.historical,
        }
    )


def _way_up(member: str, event: ZoneNeared) -> zones.WayUp:
    return zones.WayUp.model_validate(
        {
            "member": member,
            "zone": event.zone,
            "next": event.next,
            "minutes": event.minutes,
            "steps": [
                {
                    "kind": step.kind,
                    "acts": step.acts,
                    "people": step.people,
                    "days": step.days,
                    "weeks": step.weeks,
                    "minutes": step.minutes,
                }
                for step in event.steps
            ],
            "effective_on": event.effective_on,
            "decided_at": instant(event.decided_at),
            "policy_version": event.policy_version,
            "historical": event.historical,
        }
    )


def _vitality_changed(member: str, version: int, event: VitalityChanged) -> zones.VitalityChanged:
    change = zones.VitalityChange.model_validate(
        {
            "member": member,
            "zone": event.zone,
            "since": event.since,
            "vitality": event.vitality,
            "version": event.version,
            "from": event.previous,
            "effective_on": event.effective_on,
            "decided_at": instant(event.decided_at),
            "policy_version": event.policy_version,
            "historical": event.historical,
        }
    )
    return zones.VitalityChanged.of(change, place=version)
