"""What rewards says to the world of what it has written into its log."""

from typing import Any, Final, TypeAlias, assert_never

from services.rewards.domain import acts, awards, memory, periods, versions
from services.rewards.domain.halfyears import PeriodClosed
from services.rewards.domain.recognitions import (
    ArrivalGranted,
    DeedAdjusted,
    DeedGranted,
    DeedRestored,
    EffortAdjusted,
    EffortGranted,
    EffortRestored,
    ImpactGranted,
    Recognised,
    named,
)
from services.rewards.domain.rules import THOUSANDTHS, Rules, words_of
from shared.clock import ClockAdvanced, ClockStarted
from shared.contracts import recognitions
from shared.contracts.envelope import Relayed, guard_of, subject_of
from shared.contracts.recognitions import Recognition, recognition_id
from shared.messaging.wire import Message

NAMED: Final = 50
"""Places that a message lists; the others are to be asked for."""


Event: TypeAlias = (
    awards.Event
    | PeriodClosed
    | versions.RulesAdopted
    | memory.Event
    | ClockStarted
    | ClockAdvanced
)


def publish(
    member: str,
    event: Event,
    rules: Rules,
) -> recognitions.RewardsSays | None:
    """Translate. Name and why are what the rules say today."""
    match event:
        case EffortGranted() | ArrivalGranted() | DeedGranted() | ImpactGranted():
            return recognitions.RecognitionGranted.of(_recognition(member, event, rules))
        case EffortAdjusted() | EffortRestored() | DeedAdjusted() | DeedRestored():
            return recognitions.RecognitionAdjusted.of(_recognition(member, event, rules))
        case PeriodClosed():
            return recognitions.PeriodClosed.of(_closed(event))
        case (
            acts.ActRecorded()
            | acts.ActWithdrawn()
            | acts.ActCapped()
            | acts.ActFreed()
            | acts.ActRetracted()
            | acts.ObjectRetracted()
            | awards.PieceCredited()
            | awards.CreditWithdrawn()
            | awards.AssistCredited()
            | awards.AssistWithdrawn()
            | awards.MemberDescribed()
            | versions.RulesAdopted()
            | memory.RefillBegun()
            | memory.RefillCompleted()
            | ClockStarted()
            | ClockAdvanced()
        ):
            return None
        case _:
            assert_never(event)


def message(event: Relayed) -> Message:
    return Message(
        subject=subject_of(event), body=event.to_json(), id=event.key, guard=guard_of(event)
    )


def _recognition(member: str, event: Recognised, rules: Rules) -> Recognition:
    kind, which = named(event)
    words = words_of(rules, kind, which)
    occasion = event.occasion
    return Recognition.model_validate(
        {
            "id": recognition_id(kind, member, which),
            "member": member,
            "kind": kind,
            "name": words and words.name,
            "why": words and words.why,
            "link": words and words.link,
            "effective_on": occasion.on,
            "decided_at": occasion.at,
            "cause_ids": (occasion.cause,),
            "historical": occasion.historical,
            "public": event.public,
            **_earned(event),
        }
    )


def _earned(event: Recognised) -> dict[str, Any]:
    match event:
        case ArrivalGranted():
            return {"zone": event.zone, "rule_version": event.rule_version, "state": "granted"}
        case EffortGranted() | EffortAdjusted() | EffortRestored():
            block = event.block
            return {
                "block": block.number,
                "larger": block.larger,
                "pieces": block.pieces,
                "rule_version": block.rule_version,
                "state": "adjusted" if isinstance(event, EffortAdjusted) else "granted",
                "revision": 0 if isinstance(event, EffortGranted) else event.revision,
            }
        case DeedGranted() | DeedAdjusted() | DeedRestored():
            deed = event.deed
            return {
                "first": deed.which if deed.kind == "first" else None,
                "pieces": () if deed.piece is None else (deed.piece,),
                "rule_version": deed.rule_version,
                "state": "adjusted" if isinstance(event, DeedAdjusted) else "granted",
                "revision": 0 if isinstance(event, DeedGranted) else event.revision,
            }
        case ImpactGranted():
            return {
                "period": event.period,
                "place": event.place,
                "impact": event.impact / THOUSANDTHS,
                "pieces": event.pieces,
                "rule_version": event.rule_version,
                "state": "granted",
            }
        case _:
            assert_never(event)


def _closed(closed: PeriodClosed) -> recognitions.ClosedPeriod:
    """Who opted out is counted and not named."""
    return recognitions.ClosedPeriod(
        period=closed.period,
        first_day=periods.first_day(closed.period),
        last_day=periods.last_day(closed.period),
        timezone=closed.timezone,
        members=len(closed.standings),
        honoured=len(closed.honoured),
        places=tuple(
            recognitions.Place(
                member=it.member,
                place=it.place,
                impact=it.score / THOUSANDTHS,
                counts=dict(it.counts),
                public=True,
            )
            for it in closed.standings
            if it.public
        )[:NAMED],
        minimum_impact=closed.minimum / THOUSANDTHS,
        rule_version=closed.rule_version,
        decided_at=closed.at,
        historical=closed.historical,
    )
