"""Each activity is heard once: what is new goes into the log, with all that comes of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from services.classifier.domain.journey import Journey
from services.classifier.handlers import Followed
from services.classifier.stream import hearing
from services.classifier.stream.reading import heard, milliseconds, read
from shared.messaging.errors import UnreadableMessage
from tests.classifier.service.examples import (
    a_classifier,
    a_sharer,
    an_event,
    at,
    day,
    written,
)
from tests.classifier.service.hearing import a_listener, delivered, parked

ACTIVITY, ZONE, VITALITY, CLOCK = (
    "activity-recorded",
    "zone-changed",
    "vitality-changed",
    "clock-advanced",
)


async def test_the_clock_the_activity_and_what_it_changes_stand_in_this_order(
    tmp_path: Path,
) -> None:
    """The clock an entry implies is applied before it, what is said of it follows it at once."""
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear(a_sharer())
        assert (await classifier.types())[2:] == [
            *(CLOCK, ACTIVITY, ZONE),
            *(CLOCK, ACTIVITY),
            *(CLOCK, ACTIVITY),
            *(CLOCK, ACTIVITY, ZONE),
        ]
        told = await classifier.member("ada")
        assert told["trajectory"] == [
            {"from": day(0), "zone": "content_consumer"},
            {"from": day(3), "zone": "content_sharer"},
        ]
        assert (told["since"], told["vitality"], told["version"]) == (day(3), "active", 2)


async def test_the_clock_speaks_before_a_new_date_and_before_a_day_closes(tmp_path: Path) -> None:
    """A day closes an hour after midnight; within a date nothing else can be due."""
    hours = (9, 10, 24.2, 24.5, 25, 30, 49)
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear([an_event("view", hour / 24) for hour in hours])
        entries = [kind for kind in await classifier.types() if kind in {CLOCK, ACTIVITY}]
        assert entries == [
            *(CLOCK, ACTIVITY, ACTIVITY),
            *(CLOCK, ACTIVITY, ACTIVITY),
            *(CLOCK, ACTIVITY, ACTIVITY),
            *(CLOCK, ACTIVITY),
        ]


async def test_what_was_heard_before_is_ignored_and_counted(tmp_path: Path) -> None:
    """Within a batch and for ever after, whatever the broker has forgotten."""
    bodies = a_sharer()
    async with a_classifier(tmp_path) as classifier, a_listener(classifier) as listener:
        await listener.hear([*bodies, *bodies])
        log = await classifier.log()
        await listener.hear(bodies)
        assert await classifier.log() == log
        assert listener.counted() == {"recorded": 4.0, "known": 8.0, "conflict": 0.0}


@pytest.mark.parametrize(
    "second",
    [
        an_event("like", 1, id="e-1", target="x:1"),
        an_event("share", 1.5, id="e-1", target="x:1"),
        an_event("share", 1, id="e-1", member="bob", target="x:1"),
        an_event("share", 1, id="e-1", target="x:1", minutes=3),
    ],
    ids=["kind", "time", "member", "data"],
)
async def test_another_content_under_a_known_id_is_parked(tmp_path: Path, second: bytes) -> None:
    """The log keeps the first; nobody knows which one is right."""
    first = an_event("share", 1, id="e-1", target="x:1")
    for folder, batches in (("together", [[first, second]]), ("later", [[first], [second]])):
        async with (
            a_classifier(tmp_path / folder) as classifier,
            a_listener(classifier) as listener,
        ):
            for batch in batches:
                await listener.hear(batch)
            assert (await classifier.types()).count(ACTIVITY) == 1
            [row] = await parked(classifier)
            assert (row.reason, row.payload) == ("id_conflict", second)
            assert listener.counted()["conflict"] == 1.0
            assert await listener.retry(row) is not None
            [again] = await parked(classifier)
            assert again.attempts == 1


async def test_what_ingest_says_another_way_is_no_conflict(tmp_path: Path) -> None:
    """A time that was clamped or that nobody said, a target that became a member, an account that
    was linked since.
    """
    once = [
        an_event("share", 1, id="e-1", member="acct-1", target="x:1", claimed=1.5),
        an_event("retract", 2, id="e-2", retracts="e-1"),
        an_event("like", 2, id="e-3", undated=True),
    ]
    again = [
        an_event("share", 1.2, id="e-1", target="bob", claimed=1.5),
        an_event("retract", 2, id="e-2", retracts="e-1~ada"),
        an_event("like", 2.5, id="e-3", undated=True),
    ]
    async with a_classifier(tmp_path) as classifier, a_listener(classifier) as listener:
        await listener.hear([*once, *again])
        assert listener.counted() == {"recorded": 3.0, "known": 3.0, "conflict": 0.0}
        assert not await parked(classifier)


async def test_what_is_parked_can_be_taken_once_it_makes_sense(tmp_path: Path) -> None:
    """A retry hears the message as the bus would have it heard, days that pass included."""
    async with a_classifier(tmp_path) as classifier, a_listener(classifier) as listener:
        await listener.hear(a_sharer())
        await listener.park(an_event("view", 40))
        [row] = await parked(classifier)
        assert await listener.retry(row) is None
        assert not await parked(classifier)
        assert (await classifier.types())[-2:] == [ACTIVITY, VITALITY]
        assert (await classifier.member("ada"))["vitality"] == "active"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"{", "Invalid JSON"),
        (b"[]", "object"),
        (an_event("view", 1).replace(b'"subject": "ada"', b'"subject": "a b"'), "subject"),
        (an_event("view", 1).replace(b"2026-01-06T00", b"2026-01-36T00"), "time"),
    ],
)
def test_what_cannot_be_read_says_why(body: bytes, why: str) -> None:
    """Ingest lets nothing like it through, but an operator has to be able to tell."""
    with pytest.raises(UnreadableMessage, match=why):
        heard(body)
    with pytest.raises(UnreadableMessage, match=why):
        read(delivered(body))


async def test_what_concerns_the_organisation_enrols_nobody(tmp_path: Path) -> None:
    """It is in the log, and moves the clock."""
    request = an_event("topic_requested", 3, member="_org", request_id="r", topic="t", by="sales")
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear([request])
        assert (await classifier.types())[2:] == [CLOCK, ACTIVITY]
        assert await classifier.exports() == ("", "")
        assert classifier.hearing.time.now == heard(request).activity.at


async def test_only_what_is_recorded_moves_the_clock(tmp_path: Path) -> None:
    """Neither what was heard before, nor what contradicts it, nor what cannot be read."""
    first = an_event("view", 1, id="e-1")
    async with a_classifier(tmp_path) as classifier, a_listener(classifier) as listener:
        await listener.hear([first])
        now = classifier.hearing.time.now
        await listener.hear([an_event("view", 50, id="e-1"), first])
        assert classifier.hearing.time.now == now
        assert await classifier.store.fetchall("SELECT now FROM clock") == [(now,)]


async def test_a_silence_costs_reviews_and_not_days(tmp_path: Path) -> None:
    """Ten years without a word, in one step: quiet for a while, then dormant, and a consumer."""
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear([*a_sharer(), an_event("view", 3650, member="bob")])
        told = await classifier.member("ada")
        assert (told["zone"], told["vitality"]) == ("content_consumer", "dormant")
        assert (await classifier.types())[-5:] == [CLOCK, ZONE, VITALITY, ACTIVITY, ZONE]


async def test_members_who_are_due_at_one_moment_speak_by_id(tmp_path: Path) -> None:
    """The log depends neither on who was loaded nor on when they were looked at last."""
    names = ("dot", "ada", "cyd", "bob")
    bodies = [
        an_event("view", 1 + place, member=name) for place, name in enumerate(sorted(names)[::-1])
    ]
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear([*bodies, an_event("view", 60, member="eve")])
        log = await classifier.store.read(0, 1000)
        faded = [row.stream for row in log if row.type == VITALITY]
        assert faded == ["ada", "bob", "cyd", "dot"]


async def test_an_activity_that_is_still_to_happen_counts_when_its_day_comes(
    tmp_path: Path,
) -> None:
    """By the wall an entry may be minutes ahead of the clock; midnight then lifts the member."""
    events = [*a_sharer()[:3], an_event("share", 3.0001, target="x:9")]
    async with a_classifier(tmp_path, clock="wall", wall=at(2.9999)) as classifier:
        await classifier.hear(events)
        assert (await classifier.member("ada"))["zone"] == "content_consumer"
        await classifier.hearing.advance(milliseconds(at(3.0002)))
        assert (await classifier.member("ada"))["since"] == day(3)


async def test_by_the_wall_entries_move_no_clock(tmp_path: Path) -> None:
    """They are decided at the log's time, whatever time they claim."""
    async with a_classifier(tmp_path, clock="wall", wall=at(100)) as classifier:
        await classifier.hear(a_sharer())
        assert CLOCK not in await classifier.types()
        assert (await classifier.member("ada"))["vitality"] == "dormant"
        _, said = await classifier.exports()
        assert written(100) in said


async def test_a_member_who_stays_due_stops_the_reviews(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Better an alarm than a service that reviews somebody for ever."""
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear(a_sharer())
        await classifier.store._writer.execute_fetchall("UPDATE members SET due_at = 0")
        monkeypatch.setattr(hearing, "follow", lambda journey, *_: Followed(_due_now(journey), ()))
        classifier.hearing.time.unreviewed = True
        with pytest.raises(RuntimeError, match="ada is due"):
            await classifier.hearing.review()


def _due_now(journey: Journey) -> Journey:
    return replace(journey, trajectory=replace(journey.trajectory, due=0))
