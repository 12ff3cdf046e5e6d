"""What is said to the world: every event of the log is translated, or is nobody's business."""

import json
from dataclasses import replace
from datetime import date
from typing import Any, get_args

import pytest

from services.rewards.domain import acts, awards, memory, recognitions
from services.rewards.domain.acts import (
    ActCapped,
    ActFreed,
    ActRecorded,
    ActRetracted,
    ActWithdrawn,
    ObjectRetracted,
)
from services.rewards.domain.awards import (
    AssistCredited,
    AssistWithdrawn,
    CreditWithdrawn,
    MemberDescribed,
)
from services.rewards.domain.halfyears import PeriodClosed, Standing
from services.rewards.domain.memory import RefillBegun, RefillCompleted
from services.rewards.domain.recognitions import (
    ArrivalGranted,
    Deed,
    DeedAdjusted,
    DeedGranted,
    DeedRestored,
    EffortAdjusted,
    EffortGranted,
    EffortRestored,
    ImpactGranted,
    Recognised,
)
from services.rewards.domain.rules import OUTCOMES, Rules, Words
from services.rewards.domain.versions import RulesAdopted
from services.rewards.projections.entries import CODEC
from services.rewards.publishing import message, publish
from shared.clock import ClockAdvanced, ClockStarted
from shared.contracts.envelope import MAX_EVENT_BYTES
from shared.contracts.recognitions import RECOGNITION_EVENT
from tests.rewards.examples import RULES, SHIPPED, a_block, a_claim, a_piece, at, credited, on

GRANTED = EffortGranted(block=a_block(5), occasion=on("e-25", 25), public=True)
ADJUSTED = EffortAdjusted(block=a_block(5), revision=1, occasion=on("r-1", 26), public=True)
RESTORED = EffortRestored(block=a_block(5), revision=2, occasion=on("e-26", 27), public=True)
ARRIVED = ArrivalGranted(
    zone="content_sharer", rule_version=1, occasion=on("zone.changed/ada/2"), public=False
)
FIRST = Deed(kind="first", which="piece", piece=a_piece(1), rule_version=1)
HELP = Deed(kind="assist", which="lead-1", piece=None, rule_version=1)
DONE = DeedGranted(deed=FIRST, occasion=on("e-1", 1), public=True)
UNDONE = DeedAdjusted(deed=HELP, revision=1, occasion=on("r-1", 26), public=True)
REDONE = DeedRestored(deed=FIRST, revision=2, occasion=on("e-26", 27), public=True)
HONOURED = ImpactGranted(
    period="2026H1",
    place=2,
    impact=120_100,
    pieces=(a_piece(3), a_piece(1)),
    rule_version=1,
    occasion=on("recognition.period_closed/2026H1"),
    public=True,
)
CLOSED = PeriodClosed(
    period="2026H1",
    timezone="Europe/Berlin",
    on=date(2026, 7, 15),
    standings=(),
    places=3,
    minimum=20_000,
    rule_version=1,
    at=at(0),
    historical=False,
)
SAID: list[Recognised] = [
    *(GRANTED, ADJUSTED, RESTORED, ARRIVED),
    *(DONE, UNDONE, REDONE, HONOURED),
]
PRIVATE: list[awards.Event] = [
    ActRecorded(act=a_claim(1), void=False),
    ActWithdrawn(name="ada-1", kind="publish"),
    ActCapped(name="ada-1", kind="publish"),
    ActFreed(name="ada-1", kind="publish"),
    ActRetracted(name="ada-1"),
    ObjectRetracted(source="s", object="o", kind="publish", until=at(1)),
    credited(1),
    CreditWithdrawn(piece=a_piece(1)),
    AssistCredited(name="lead-1", piece=None),
    AssistWithdrawn(name="lead-1"),
    MemberDescribed(field="public", value=None, at=at(1), key="k"),
]
TIME = (ClockStarted(mode="events"), ClockAdvanced(at=at(1)))
MEMORY = (
    RulesAdopted(version=1, digest="d", caps={"share": 20}, since=None),
    RefillBegun(),
    RefillCompleted(said=7, zones=3),
)


def a_standing(number: int, *, public: bool = True) -> Standing:
    """So many are before it, and it is made of everything that there is."""
    whats = ("assist", *OUTCOMES, "comment", "share", "like", "reader")
    return Standing(
        member=f"{'m' * 60}-{number:03}",
        place=number,
        score=10_000_000 - number,
        counts=dict.fromkeys(whats, 999_999_999),
        pieces=tuple(map(a_piece, range(20))),
        public=public,
    )


def whole(event: Any, rules: Rules = SHIPPED) -> dict[str, Any]:  # noqa: ANN401 - any of the log's
    """Return the message that is said of it."""
    said = publish("ada", event, rules)
    assert said is not None
    message: dict[str, Any] = json.loads(said.to_json())
    return message


def told(event: Any, rules: Rules = SHIPPED) -> dict[str, Any]:  # noqa: ANN401 - any of the log's
    data: dict[str, Any] = whole(event, rules)["data"]
    return data


def test_a_block_is_said_with_its_pieces_and_the_words_of_its_rule() -> None:
    assert whole(GRANTED) == {
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
            "name": "Kept on publishing",
            "why": RULES.efforts[0].words.why,
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
    arrived = told(ARRIVED)

    assert whole(ARRIVED)["id"] == "recognition.granted/arrival/ada/content_sharer"
    assert arrived["zone"] == "content_sharer"
    assert arrived["cause_ids"] == ["zone.changed/ada/2"]
    assert not arrived["public"]


@pytest.mark.parametrize(
    ("adjusted", "restored"), [(ADJUSTED, RESTORED), (UNDONE, replace(REDONE, deed=HELP))]
)
def test_what_falls_and_what_fills_again_is_an_adjustment(
    adjusted: Recognised, restored: Recognised
) -> None:
    """Each has an id of its own; what was restored is granted, and granted once."""
    recognition = told(adjusted)["id"]

    assert whole(adjusted)["id"] == f"recognition.adjusted/{recognition}/1"
    assert whole(restored)["id"] == f"recognition.adjusted/{recognition}/2"
    assert (told(adjusted)["state"], told(restored)["state"]) == ("adjusted", "granted")


def test_a_first_is_said_by_its_name_with_the_piece_that_it_was() -> None:
    first = told(DONE)

    assert whole(DONE)["id"] == "recognition.granted/first/ada/piece"
    assert (first["first"], first["pieces"]) == ("piece", [a_piece(1)])
    assert first["name"] == "Published a first piece"


def test_a_first_of_no_rule_any_more_has_no_words() -> None:
    """What was granted stays granted when its rule goes."""
    first = told(DONE, RULES)

    assert first["id"] == "first/ada/piece"
    assert not {"name", "why", "link"} & first.keys()


def test_help_is_said_by_the_outcome_that_it_led_to() -> None:
    """It is no first, and where the outcome is of no piece it names none."""
    helped = told(UNDONE)

    assert helped["id"] == "assist/ada/lead-1"
    assert "first" not in helped
    assert helped["pieces"] == []
    assert helped["name"] == "Helped it along"


def test_an_honour_is_said_with_its_place_and_its_points() -> None:
    """Only in here they are thousandths."""
    honour = told(HONOURED)

    assert (honour["id"], honour["place"], honour["impact"]) == ("impact/ada/2026H1", 2, 120.1)
    assert honour["period"] == "2026H1"
    assert honour["pieces"] == [a_piece(3), a_piece(1)]


@pytest.mark.parametrize("event", SAID)
def test_history_is_said_as_history(event: Recognised) -> None:
    occasion = replace(event.occasion, historical=True)

    assert told(replace(event, occasion=occasion))["historical"]
    assert not told(event)["historical"]


@pytest.mark.parametrize("event", [*PRIVATE, *TIME, *MEMORY])
def test_the_rest_is_private(
    event: awards.Event | memory.Event | ClockStarted | ClockAdvanced,
) -> None:
    assert publish("ada", event, RULES) is None


def test_how_a_period_ended_is_said_of_the_organisation() -> None:
    """By its days, in whose time zone, and by which rules."""
    closed = replace(CLOSED, standings=(a_standing(1),), historical=True)

    assert whole(closed) == {
        "specversion": "1.0",
        "id": "recognition.period_closed/2026H1",
        "source": "urn:zones:rewards",
        "type": "zones.recognition.period_closed.v1",
        "subject": "_org",
        "time": "2026-03-01T12:00:00Z",
        "datacontenttype": "application/json",
        "data": {
            "period": "2026H1",
            "first_day": "2026-01-01",
            "last_day": "2026-06-30",
            "timezone": "Europe/Berlin",
            "members": 1,
            "honoured": 1,
            "places": [
                {
                    "member": a_standing(1).member,
                    "place": 1,
                    "impact": 9999.999,
                    "counts": dict(a_standing(1).counts),
                    "public": True,
                }
            ],
            "minimum_impact": 20,
            "rule_version": 1,
            "decided_at": "2026-03-01T12:00:00Z",
            "historical": True,
        },
    }


def test_who_opted_out_is_counted_and_not_named() -> None:
    """Their place stays theirs: nobody moves up for it."""
    standings = (a_standing(1), a_standing(2, public=False), a_standing(3))
    closed = told(replace(CLOSED, standings=standings))

    assert (closed["members"], closed["honoured"]) == (3, 3)
    assert [place["place"] for place in closed["places"]] == [1, 3]
    assert a_standing(2).member not in json.dumps(closed)


def test_however_many_had_impact_fifty_are_listed() -> None:
    """Those who may be named, from the first place on; and a message has its limit."""
    standings = tuple(a_standing(number, public=number % 2 == 0) for number in range(1, 201))
    closed = replace(CLOSED, standings=standings)

    assert told(closed)["members"] == 200
    assert [place["place"] for place in told(closed)["places"]] == [*range(2, 102, 2)]
    assert (said := publish("_periods", closed, RULES)) is not None
    assert len(said.to_json()) < MAX_EVENT_BYTES


def test_a_message_goes_under_the_subject_of_its_kind_and_member() -> None:
    """Guarded by whatever was said of the member last."""
    said = publish("ada", ADJUSTED, RULES)
    assert said is not None
    sent = message(said)

    assert sent.subject == "recognition.adjusted.v1.effort.ada"
    assert sent.guard == "recognition.*.v1.*.ada"
    assert sent.id == said.key
    assert RECOGNITION_EVENT.validate_json(sent.body) == said


def test_the_end_of_a_period_goes_under_a_subject_of_its_own() -> None:
    said = publish("_periods", CLOSED, RULES)
    assert said is not None
    sent = message(said)

    assert sent.subject == "recognition.period_closed.v1"
    assert RECOGNITION_EVENT.validate_json(sent.body) == said


def test_a_link_is_said_where_the_rule_has_one() -> None:
    [effort] = RULES.efforts
    words = Words(name="Kept on", why="It is work.", link="https://example.org/thanks")
    rules = replace(RULES, efforts=(replace(effort, words=words),))

    assert told(GRANTED, rules)["link"] == "https://example.org/thanks"


def test_every_event_has_a_name_in_the_log() -> None:
    """What the service decides it can write down and read again."""
    examples = [*SAID, *PRIVATE, *TIME, *MEMORY, CLOSED]
    assert {type(event) for event in examples} == {
        *get_args(acts.Event),
        *get_args(awards.Event),
        *get_args(recognitions.Recognised),
        *get_args(memory.Event),
        *(PeriodClosed, RulesAdopted, ClockStarted, ClockAdvanced),
    }
    for event in examples:
        CODEC.encode(event)
