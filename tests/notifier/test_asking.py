"""What the socially engaged are asked, from what is heard to what is said."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.notifier.adapters.stopping import set_stopped
from services.notifier.projections import pending
from services.notifier.projections import requested as shown
from services.notifier.stream.ticking import Ticking
from shared.messaging.provision import provision
from tests.nats import connected, nats_server
from tests.notifier.examples import (
    HOURS,
    NINE,
    RULES,
    SLEEPLESS,
    Notifier,
    a_notifier,
    answered,
    coordinator,
    engaged,
    happened,
    moved,
    requested,
    without,
)

DAY = timedelta(days=1)
GRANTED = "fast_track_granted"
PEOPLE = ("ann", "bob", "cyd", "dee", "eve")


async def five_who_care(notifier: Notifier, topic: str = "tea", at: datetime = NINE) -> None:
    """They are engaged and have shared something of it."""
    await notifier.hears(*engaged(*PEOPLE))
    await notifier.hears(*(happened("share", who, topics=[topic], at=at) for who in PEOPLE))


async def told(notifier: Notifier, *kinds: str) -> list[tuple[str, str]]:
    """Return who was told what of these kinds, in the order of the log."""
    said = [it.notice for it in await notifier.notices()]
    return [(it.recipient, it.kind) for it in said if it.kind in kinds]


async def asked(notifier: Notifier) -> list[str]:
    return [who for who, _ in await told(notifier, "topic_request")]


async def test_a_topic_is_asked_of_those_who_care_until_one_takes_it(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await five_who_care(notifier)
        await notifier.hears(coordinator())
        await notifier.hears(requested("Tea"))
        assert await asked(notifier) == ["ann", "bob"]

        await notifier.hears(happened("like", "zoe", at=NINE + 3 * DAY - HOURS))
        assert await asked(notifier) == ["ann", "bob"]
        await notifier.hears(happened("like", "zoe", at=NINE + 3 * DAY))
        assert await asked(notifier) == ["ann", "bob", "cyd", "dee"]

        await notifier.hears(answered("bob", at=NINE + 4 * DAY))
        await notifier.hears(answered("cyd", at=NINE + 4 * DAY))
        await notifier.hears(happened("like", "zoe", at=NINE + 40 * DAY))
        assert await asked(notifier) == ["ann", "bob", "cyd", "dee"]
        assert await told(notifier, "topic_result") == [("cora", "topic_result")]
        [letter] = [it for it in await notifier.letters("cora") if it["kind"] == "topic_result"]
        assert letter["title"] == "bob takes up Tea"


async def test_nobody_could_is_heard_once(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await five_who_care(notifier)
        await notifier.hears(requested(by="zoe"), happened("member_registered", "zoe"))
        await notifier.hears(
            happened("member_registered", "una"),
            requested(request="r-2", by="una", until=str(NINE.date() + 2 * DAY)),
        )
        for day in range(3, 40):
            await notifier.hears(happened("like", "zoe", at=NINE + day * DAY))

        assert sorted(await asked(notifier)) == sorted([*PEOPLE, "cyd", "dee"])
        assert await told(notifier, "topic_result") == [
            ("una", "topic_result"),
            ("zoe", "topic_result"),
        ]


async def test_where_the_organisation_has_switched_it_off_nobody_is_asked(tmp_path: Path) -> None:
    """And whoever asked for the topic hears at once that nobody could."""
    async with a_notifier(tmp_path, rules=without("topic_request")) as notifier:
        await five_who_care(notifier)
        await notifier.hears(happened("member_registered", "zoe"), requested(by="zoe"))

        notices = [it.notice for it in await notifier.outcomes() if it.notice.kind != GRANTED]
        assert [(it.recipient, it.kind) for it in notices] == [("zoe", "topic_result")]


async def test_who_was_asked_least_comes_first_whatever_it_was_for(tmp_path: Path) -> None:
    """A talk is an ask as well."""
    async with a_notifier(tmp_path) as notifier:
        await five_who_care(notifier)
        await notifier.hears(
            *(happened("member_registered", f"p-{it}", group="press") for it in range(9))
        )
        await notifier.hears(happened("like", "zoe", at=NINE + 30 * DAY))
        talks = await told(notifier, "talk")
        assert {*talks} == {("ann", "talk"), ("_org", "talk")}

        for number in range(3):
            await notifier.hears(requested(request=f"r-{number}", at=NINE + 31 * DAY))
        assert await asked(notifier) == ["bob", "cyd", "dee", "eve", "ann", "bob"]


async def test_who_is_elsewhere_away_or_unwilling_is_not_asked(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await five_who_care(notifier)
        await notifier.hears(
            moved("ann", "content_creator", frm="socially_engaged", version=5), moved("fay")
        )
        await notifier.hears(happened("member_departed", "bob"), happened("member_paused", "cyd"))
        await set_stopped(notifier.store, "dee", "topic_request", "email", stopped=True)
        await notifier.hears(requested(), requested("knitting", "r-2"))

        assert await asked(notifier) == ["eve"]
        assert await told(notifier, "topic_result") == [("_org", "topic_result")]


async def test_an_answer_over_http_counts_as_one_that_is_heard(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await five_who_care(notifier)
        await notifier.hears(requested())
        assert await notifier.answers("r-1", "ann", "declined", NINE + HOURS)
        assert not await notifier.answers("r-1", "ann", "declined", NINE + HOURS)
        assert await asked(notifier) == ["ann", "bob"]
        assert await notifier.answers("r-1", "bob", "declined", NINE + HOURS)
        assert await asked(notifier) == ["ann", "bob", "cyd", "dee"]
        assert await notifier.answers("r-1", "cyd", "accepted", NINE + HOURS)
        assert not await notifier.answers("r-1", "dee", "accepted", NINE + HOURS)

        request = await shown.request(notifier.store, "r-1")
        assert request
        assert (request.state, request.taken_by, request.next_at) == ("taken", "cyd", None)
        assert [(it.member, it.reply) for it in request.asked] == [
            ("ann", "declined"),
            ("bob", "declined"),
            ("cyd", "accepted"),
            ("dee", None),
        ]


async def test_an_answer_that_comes_first_is_an_answer(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await five_who_care(notifier)
        await notifier.hears(answered("zoe"), requested())

        assert await asked(notifier) == []
        assert await told(notifier, "topic_result") == [("_org", "topic_result")]


async def test_an_answer_without_a_word_is_a_yes(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await five_who_care(notifier)
        await notifier.hears(requested(), happened("topic_answered", "ann", request_id="r-1"))

        request = await shown.request(notifier.store, "r-1")
        assert request
        assert request.taken_by == "ann"


async def test_the_next_are_asked_after_a_restart_on_the_wall_clock(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, clock="wall") as notifier:
        await notifier.is_told_the_time(NINE)
        await five_who_care(notifier)
        await notifier.hears(requested())
    async with a_notifier(tmp_path, clock="wall") as notifier:
        assert await pending.asks_at(notifier.store) == NINE + 3 * DAY
        await notifier.is_told_the_time(NINE + 2 * DAY)
        assert len(await asked(notifier)) == 2
    async with a_notifier(tmp_path, clock="wall") as notifier:
        await notifier.is_told_the_time(NINE + 3 * DAY)
        await notifier.is_told_the_time(NINE + 3 * DAY + HOURS)
        assert await asked(notifier) == ["ann", "bob", "cyd", "dee"]


async def test_the_wall_clock_wakes_whoever_asks_the_next(tmp_path: Path) -> None:
    """Though it is no new date, and nothing else is due."""
    soon = replace(RULES.engaged.requests, answer_within=timedelta(milliseconds=500))
    rules = replace(SLEEPLESS, engaged=replace(RULES.engaged, requests=soon))
    async with (
        nats_server(tmp_path / "nats") as server,
        connected(server.url) as client,
        a_notifier(tmp_path, clock="wall", rules=rules) as notifier,
    ):
        await provision(client)
        await notifier.is_told_the_time(datetime.now(UTC))
        await five_who_care(notifier, at=datetime.now(UTC))
        await notifier.hears(requested(at=datetime.now(UTC)))
        assert len(await asked(notifier)) == 2
        ticking = asyncio.create_task(Ticking(client, notifier.store, notifier.notifying).tick())
        async with asyncio.timeout(10):
            while len(await asked(notifier)) < 4:
                await asyncio.sleep(0.05)
        ticking.cancel()


async def test_a_request_may_wait_to_the_end_of_all_time(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await five_who_care(notifier)
        await notifier.hears(requested(until="9999-12-31"))
        for day in (3, 6, 9, 12):
            await notifier.hears(happened("like", "zoe", at=NINE + day * DAY))

        request = await shown.request(notifier.store, "r-1")
        assert request
        assert request.next_at == request.closes_at
        assert request.closes_at.year == 9999


async def test_an_outage_asks_the_next_once_and_not_all_who_might_have_been(
    tmp_path: Path,
) -> None:
    async with a_notifier(tmp_path, clock="wall") as notifier:
        await notifier.is_told_the_time(NINE)
        await five_who_care(notifier)
        await notifier.hears(requested())
        await notifier.is_told_the_time(NINE + 20 * DAY)

        assert await asked(notifier) == ["ann", "bob", "cyd", "dee"]


async def test_what_history_asks_is_asked_of_nobody(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await five_who_care(notifier)
        await notifier.hears(requested(historical=True))
        await notifier.hears(
            requested(request="r-2"), answered("ann", "accepted", "r-2", historical=True)
        )

        assert await shown.request(notifier.store, "r-1") is None
        assert await told(notifier, "topic_result") == []
        assert len(await asked(notifier)) == 2
