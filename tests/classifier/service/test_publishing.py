"""What others hear of the log: each announcement once, under one id, within a message's limits."""

import json
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import get_args

from services.classifier.adapters.policyfile import MOST_CRITERIA
from services.classifier.domain.activities import ActivityRecorded
from services.classifier.domain.announcements import (
    DemotionAverted,
    DemotionForeseen,
    VitalityChanged,
    ZoneChanged,
    ZoneNeared,
)
from services.classifier.domain.clock import ClockAdvanced, ClockStarted
from services.classifier.domain.evidence import Evidence
from services.classifier.domain.policy import PolicyAdopted
from services.classifier.domain.steps import Step
from services.classifier.domain.zones import ZONES
from services.classifier.projections.entries import CODEC, PUBLIC, Event
from services.classifier.publishing import message, publish
from shared.contracts.envelope import MAX_EVENT_BYTES
from shared.contracts.evidence import CRITERIA
from shared.contracts.words import MOST
from shared.contracts.zones import ZONE_EVENT
from shared.eventlog.entries import Recorded
from shared.messaging.wire import Message
from tests.classifier.service.examples import a_classifier, a_sharer, an_event, at

NOW = round(at(3.5).timestamp() * 1000)
EVENTS: tuple[Event, ...] = (
    ZoneChanged(
        version=2,
        previous="content_consumer",
        to="content_sharer",
        direction="promoted",
        effective_on=date(2026, 1, 8),
        decided_at=NOW,
        policy_version=1,
        evidence=(),
        cause_ids=("e-1",),
        vitality="active",
        supersedes=1,
        historical=False,
    ),
    VitalityChanged(
        previous="active",
        vitality="quiet",
        effective_on=date(2026, 1, 23),
        decided_at=NOW,
        policy_version=1,
        zone="content_sharer",
        since=date(2026, 1, 8),
        version=2,
        historical=False,
    ),
    PolicyAdopted(
        version=1,
        text="",
        mode="recompute",
        effective_on=date(1990, 1, 1),
        author="zones",
        decided_at=NOW,
    ),
    DemotionForeseen(
        zone="content_sharer",
        to="content_consumer",
        due_on=date(2026, 2, 6),
        because=(),
        effective_on=date(2026, 1, 23),
        decided_at=NOW,
        policy_version=1,
        historical=False,
    ),
    DemotionAverted(
        zone="content_sharer",
        to="content_consumer",
        due_on=date(2026, 2, 6),
        effective_on=date(2026, 1, 24),
        decided_at=NOW,
        policy_version=1,
        historical=False,
    ),
    ZoneNeared(
        zone="content_consumer",
        next="content_sharer",
        minutes=6,
        steps=(Step(kind="share", acts=3, seconds=360, days=3),),
        effective_on=date(2026, 1, 23),
        decided_at=NOW,
        policy_version=1,
        historical=False,
    ),
    ActivityRecorded(id="e", source="s", kind="view", occurred_at=NOW, historical=False, data={}),
    ClockStarted(mode="events"),
    ClockAdvanced(at=NOW),
)


def said(event: Event, *, member: str = "ada", version: int = 7) -> Message | None:
    name, schema, body = CODEC.encode(event)
    row = Recorded(1, member, version, name, schema, None, body, 0)
    return message(row, CODEC.decode(row))


def test_every_private_event_has_been_thought_of() -> None:
    """It is public and looked at by the relay, or private and passed over by it."""
    assert {type(event) for event in EVENTS} == set(get_args(Event))
    for event in EVENTS:
        assert (said(event) is not None) is (CODEC.encode(event).type in PUBLIC)


def test_announcements_are_guarded_by_all_that_is_said_of_the_member() -> None:
    changed, felt, adopted = (said(event) for event in EVENTS[:3])
    assert changed
    assert felt
    assert adopted
    assert changed.subject == "zone.changed.v1.content_sharer.ada"
    assert felt.subject == "zone.vitality.v1.quiet.ada"
    assert changed.guard == felt.guard == "zone.*.v1.*.ada"
    assert adopted.subject == adopted.guard == "zone.policy.v1"
    for each in (changed, felt, adopted):
        read = ZONE_EVENT.validate_json(each.body)
        assert each.id == read.key
        assert read.to_json() == each.body


def test_a_member_who_turns_quiet_twice_on_one_day_is_heard_twice() -> None:
    """The place in the member's stream tells the one from the other, and a repetition from both."""
    ids = [
        message.id
        for version in (7, 9, 7)
        if (message := said(EVENTS[1], version=version)) is not None
    ]
    assert ids[0] == ids[2] != ids[1]


def test_ids_are_nobody_elses() -> None:
    """No two members and no two changes of one share an id."""
    ids = {
        message.id
        for member, event in product(("ada", "bob"), EVENTS[:2])
        if (message := said(event, member=member)) is not None
    }
    assert len(ids) == 4


def test_a_change_supersedes_another_by_its_id() -> None:
    change = publish("ada", 7, EVENTS[0])
    assert change is not None
    assert change.data.supersedes == "zone.changed/ada/1"  # type: ignore[union-attr]


def test_a_message_never_exceeds_64_kib() -> None:
    """However many criteria a policy has, and however long the ids that publishers give."""
    long = tuple("ÿ" * 300 + f"{n:021}" for n in range(20))
    evidence = tuple(
        Evidence(
            criterion=f"socially_engaged.enter.{n}",
            measure="active_weeks",
            of=("like",) * 9,
            days=3660,
            need=10**12,
            have=10**12,
            margin=0,
            met=True,
            left_out=True,
            events=10**6,
            event_ids=long,
        )
        for n in range(24)
    )
    change = EVENTS[0]
    assert isinstance(change, ZoneChanged)
    largest = ZoneChanged(
        version=10**6,
        previous=ZONES[-1],
        to=ZONES[-1],
        direction="promoted",
        effective_on=change.effective_on,
        decided_at=NOW,
        policy_version=10**6,
        evidence=evidence,
        cause_ids=long,
        vitality="dormant",
        supersedes=10**6,
        historical=True,
    )
    message = said(largest, member="m" * 64)
    assert message
    assert len(message.body) <= MAX_EVENT_BYTES


async def test_what_is_said_is_the_same_whenever_the_log_is_read(tmp_path: Path) -> None:
    """Nothing but the log goes into a message: relayed again, it is the same message."""
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear([*a_sharer(), an_event("view", 95, member="bob")])
        rows = [row for row in await classifier.store.read(0, 1000) if row.type in PUBLIC]
        first = [message(row, CODEC.decode(row)) for row in rows]
        assert first == [message(row, CODEC.decode(row)) for row in rows]
        assert len({each.id for each in first if each}) == len(rows) == 6


def test_what_was_recorded_before_anybody_asked_is_no_policys() -> None:
    """A log of an earlier release reads on."""
    change = EVENTS[0]
    encoded = CODEC.encode(change)
    earlier = {name: it for name, it in json.loads(encoded.body).items() if name != "by_policy"}
    row = Recorded(1, "ada", 1, encoded.type, encoded.schema, None, json.dumps(earlier).encode(), 0)
    assert CODEC.decode(row) == change


def test_a_number_beyond_counting_is_said_as_the_largest_there_is() -> None:
    """Networks of many accounts add up without limit, and what was decided must be said."""
    boundless = Evidence(
        criterion="socially_engaged.enter.4",
        measure="network_size",
        of=(),
        days=None,
        need=500,
        have=10**18,
        margin=10**18 - 500,
        met=True,
        left_out=False,
        events=0,
        event_ids=(),
    )
    change = EVENTS[0]
    assert isinstance(change, ZoneChanged)
    message = said(replace(change, evidence=(boundless,)))
    assert message is not None
    assert json.loads(message.body)["data"]["evidence"][0]["have"] == MOST


def test_a_policy_has_no_more_criteria_than_a_change_can_tell() -> None:
    """Beside them there is the enrolment, when somebody enters and rises at once."""
    assert MOST_CRITERIA + 1 <= CRITERIA
