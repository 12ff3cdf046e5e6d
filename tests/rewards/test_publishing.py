"""What is said to the world: every event of the log is translated, or is nobody's business."""

import json
from dataclasses import replace
from typing import get_args

import pytest

from services.rewards.domain import awards, works
from services.rewards.domain.awards import (
    ArrivalGranted,
    CreditWithdrawn,
    EffortAdjusted,
    EffortGranted,
    EffortRestored,
    PublicityRecorded,
)
from services.rewards.domain.rules import Words
from services.rewards.domain.works import ActRetracted, ObjectRetracted, PieceRecorded
from services.rewards.projections import CODEC
from services.rewards.publishing import message, publish
from shared.contracts.recognitions import RECOGNITION_EVENT
from tests.rewards.examples import RULES, a_block, a_claim, a_piece, at, credited, on

GRANTED = EffortGranted(block=a_block(5), occasion=on("e-25", 25), public=True)
ADJUSTED = EffortAdjusted(block=a_block(5), revision=1, occasion=on("r-1", 26), public=True)
RESTORED = EffortRestored(block=a_block(5), revision=2, occasion=on("e-26", 27), public=True)
ARRIVED = ArrivalGranted(
    zone="content_sharer", rule_version=1, occasion=on("zone.changed/ada/2"), public=False
)


def test_a_block_is_said_with_its_pieces_and_the_words_of_its_rule() -> None:
    said = publish("ada", GRANTED, RULES)

    assert said is not None
    assert json.loads(said.to_json()) == {
        "specversion": "1.0",
        "id": "recognition.granted/effort/ada/5",
        "source": "urn:zones:rewards",
        "type": "zones.recognition.granted.v1",
        "subject": "ada",
        "time": "2026-03-01T12:25:00Z",
        "datacontenttype": "application/json",
        "data": {
            "id": "effort/ada/5",
            "member": "ada",
            "kind": "effort",
            "block": 5,
            "larger": True,
            "pieces": [a_piece(number) for number in range(21, 26)],
            "rule_version": 1,
            "name": "Kept on",
            "why": "It is work.",
            "state": "granted",
            "revision": 0,
            "effective_on": "2026-03-01",
            "decided_at": "2026-03-01T12:25:00Z",
            "cause_ids": ["e-25"],
            "public": True,
            "historical": False,
        },
    }


def test_an_arrival_is_said_with_its_zone_and_the_change_that_brought_it() -> None:
    said = publish("ada", ARRIVED, RULES)

    assert said is not None
    assert said.id == "recognition.granted/arrival/ada/content_sharer"
    assert said.data.zone == "content_sharer"
    assert said.data.cause_ids == ("zone.changed/ada/2",)
    assert not said.data.public


def test_what_falls_and_what_fills_again_is_an_adjustment() -> None:
    """Each has an id of its own; what was restored is granted, and granted once."""
    adjusted, restored = (publish("ada", event, RULES) for event in (ADJUSTED, RESTORED))

    assert adjusted is not None
    assert restored is not None
    assert (adjusted.id, adjusted.data.state) == (
        "recognition.adjusted/effort/ada/5/1",
        "adjusted",
    )
    assert (restored.id, restored.data.state) == ("recognition.adjusted/effort/ada/5/2", "granted")


@pytest.mark.parametrize("event", [GRANTED, ADJUSTED, RESTORED, ARRIVED])
def test_history_is_said_as_history(event: awards.Recognised) -> None:
    occasion = replace(event.occasion, historical=True)
    said = publish("ada", replace(event, occasion=occasion), RULES)

    assert said is not None
    assert said.data.historical


@pytest.mark.parametrize(
    "event",
    [
        PieceRecorded(piece=a_piece(1), claim=a_claim(1)),
        ActRetracted(act="ada-1", pieces=()),
        ObjectRetracted(source="s", object="o", until=at(1), pieces=(a_piece(1),)),
        credited(1),
        CreditWithdrawn(piece=a_piece(1)),
        PublicityRecorded(public=None, at=at(1), key="k"),
    ],
)
def test_the_rest_is_private(event: works.Event | awards.Event) -> None:
    assert publish("ada", event, RULES) is None


def test_a_message_goes_under_the_subject_of_its_kind_and_member() -> None:
    """Guarded by whatever was said of the member last."""
    said = publish("ada", ADJUSTED, RULES)
    assert said is not None
    sent = message(said)

    assert sent.subject == "recognition.adjusted.v1.effort.ada"
    assert sent.guard == "recognition.*.v1.*.ada"
    assert sent.id == said.key
    assert RECOGNITION_EVENT.validate_json(sent.body) == said


def test_a_link_is_said_where_the_rule_has_one() -> None:
    words = Words(name="Kept on", why="It is work.", link="https://example.org/thanks")
    rules = replace(RULES, effort=replace(RULES.effort, words=words))

    assert (said := publish("ada", GRANTED, rules)) is not None
    assert said.data.link == "https://example.org/thanks"


def test_every_event_has_a_name_in_the_log() -> None:
    """What the service decides it can write down and read again."""
    examples: list[works.Event | awards.Event] = [
        *(GRANTED, ADJUSTED, RESTORED, ARRIVED, credited(1)),
        PieceRecorded(piece=a_piece(1), claim=a_claim(1)),
        ActRetracted(act="ada-1", pieces=(a_piece(1),)),
        ObjectRetracted(source="s", object="o", until=at(1), pieces=()),
        CreditWithdrawn(piece=a_piece(1)),
        PublicityRecorded(public=None, at=at(1), key="k"),
    ]
    assert {type(event) for event in examples} == {*get_args(works.Event), *get_args(awards.Event)}
    for event in examples:
        CODEC.encode(event)
