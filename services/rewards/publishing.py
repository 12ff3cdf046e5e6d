"""What rewards says to the world of what it has written into its log."""

from typing import Any, assert_never

from services.rewards.domain import awards, works
from services.rewards.domain.rules import Rules
from shared.contracts.envelope import Relayed, guard_of, subject_of
from shared.contracts.recognitions import (
    Recognition,
    RecognitionAdjusted,
    RecognitionGranted,
    recognition_id,
)
from shared.messaging.wire import Message


def publish(
    member: str, event: works.Event | awards.Event, rules: Rules
) -> RecognitionGranted | RecognitionAdjusted | None:
    """Translate. Name and why are what the rules say today."""
    match event:
        case awards.EffortGranted():
            told = _effort(member, event, rules, state="granted")
            return RecognitionGranted.of(told)
        case awards.EffortAdjusted():
            told = _effort(member, event, rules, state="adjusted", revision=event.revision)
            return RecognitionAdjusted.of(told)
        case awards.EffortRestored():
            told = _effort(member, event, rules, state="granted", revision=event.revision)
            return RecognitionAdjusted.of(told)
        case awards.ArrivalGranted():
            return RecognitionGranted.of(_arrival(member, event, rules))
        case (
            works.PieceRecorded()
            | works.ActRetracted()
            | works.ObjectRetracted()
            | awards.PieceCredited()
            | awards.CreditWithdrawn()
            | awards.PublicityRecorded()
        ):
            return None
        case _:
            assert_never(event)


def message(event: Relayed) -> Message:
    return Message(
        subject=subject_of(event), body=event.to_json(), id=event.key, guard=guard_of(event)
    )


def _effort(
    member: str,
    event: awards.EffortGranted | awards.EffortAdjusted | awards.EffortRestored,
    rules: Rules,
    **state: Any,  # noqa: ANN401 - the contract checks it
) -> Recognition:
    words, block = rules.effort.words, event.block
    return Recognition(
        block=block.number,
        larger=block.larger,
        pieces=block.pieces,
        rule_version=block.rule_version,
        name=words.name,
        why=words.why,
        link=words.link,
        **_occasion(member, event),
        **state,
    )


def _arrival(member: str, event: awards.ArrivalGranted, rules: Rules) -> Recognition:
    words = rules.arrival.words
    return Recognition.model_validate(
        {
            "zone": event.zone,
            "rule_version": event.rule_version,
            "name": words.name,
            "why": words.why,
            "link": words.link,
            "state": "granted",
            **_occasion(member, event),
        }
    )


def _occasion(member: str, event: awards.Recognised) -> dict[str, Any]:
    kind, which = awards.named(event)
    occasion = event.occasion
    return {
        "id": recognition_id(kind, member, which),
        "member": member,
        "kind": kind,
        "effective_on": occasion.on,
        "decided_at": occasion.at,
        "cause_ids": (occasion.cause,),
        "historical": occasion.historical,
        "public": event.public,
    }
