"""Circles, talks and care, which nobody has to ask for: they come with the calendar."""

from datetime import datetime, timedelta
from pathlib import Path

from services.notifier.adapters.consent import set_consent
from services.notifier.adapters.stopping import set_stopped
from services.notifier.projections.entries import CODEC
from services.notifier.publishing import message
from tests.notifier.examples import (
    HOURS,
    NINE,
    Notifier,
    a_notifier,
    coordinator,
    engaged,
    happened,
    submitted,
    turned,
)
from tests.notifier.test_http import asking

DAY = timedelta(days=1)
PEOPLE = ("ann", "bob", "cyd", "dee", "eve")


async def passes(notifier: Notifier, now: datetime) -> None:
    """Let it be that time."""
    await notifier.hears(happened("like", "zoe", at=now))


async def told(notifier: Notifier, kind: str) -> list[str]:
    return sorted(it.notice.recipient for it in await notifier.notices() if it.notice.kind == kind)


async def five_who_care(notifier: Notifier) -> None:
    await notifier.hears(*engaged(*PEOPLE))
    await notifier.hears(*(happened("share", who, topics=["tea"]) for who in PEOPLE))


async def test_a_circle_is_proposed_to_each_of_it_once_a_month(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await five_who_care(notifier)
        await passes(notifier, NINE + 20 * DAY)
        assert await told(notifier, "circle") == []

        await passes(notifier, NINE + 30 * DAY)
        await passes(notifier, NINE + 31 * DAY)
        assert await told(notifier, "circle") == [*PEOPLE]
        [letter] = [it for it in await notifier.letters("ann") if it["kind"] == "circle"]
        assert letter["title"] == "A circle on tea"
        assert "You and bob, cyd, dee, eve care about tea." in letter["text"]

        await passes(notifier, NINE + 61 * DAY)
        assert len(await told(notifier, "circle")) == 10


async def test_whoever_stopped_circles_or_is_away_is_in_none(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await five_who_care(notifier)
        await set_stopped(notifier.store, "ann", "circle", "email", stopped=True)
        await passes(notifier, NINE + 30 * DAY)
        assert await told(notifier, "circle") == ["bob", "cyd", "dee", "eve"]

        await notifier.hears(happened("member_paused", "bob", at=NINE + 30 * DAY))
        await passes(notifier, NINE + 61 * DAY)
        assert len(await told(notifier, "circle")) == 4


async def test_who_met_is_remembered_from_month_to_month(tmp_path: Path) -> None:
    """Of six, somebody else is left over every time."""
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(*engaged(*PEOPLE, "fay"))
        await notifier.hears(
            *(happened("member_registered", who, topics=["tea"]) for who in (*PEOPLE, "fay"))
        )
        left: list[str] = []
        before: list[str] = []
        for month in (30, 61, 91):
            await passes(notifier, NINE + month * DAY)
            told_by_now = await told(notifier, "circle")
            fresh = [*told_by_now]
            for who in before:
                fresh.remove(who)
            left += {*PEOPLE, "fay"} - {*fresh}
            before = told_by_now

        assert len({*left}) == 3


async def a_quiet_group(notifier: Notifier) -> None:
    await notifier.hears(
        *(
            happened("member_registered", f"p-{number}", group="press", topics=["tea"])
            for number in range(9)
        )
    )


async def test_a_talk_is_suggested_to_the_speaker_and_to_the_groups_coordinator(
    tmp_path: Path,
) -> None:
    async with a_notifier(tmp_path) as notifier:
        await five_who_care(notifier)
        await a_quiet_group(notifier)
        await notifier.hears(
            coordinator("carl"),
            happened("member_registered", "cora", roles=["coordinator"], group="press"),
        )
        await passes(notifier, NINE + 30 * DAY)

        assert await told(notifier, "talk") == ["ann", "cora"]
        [letter] = [it for it in await notifier.letters("ann") if it["kind"] == "talk"]
        assert letter["title"] == "Would you talk to press?"
        assert "cora can arrange it." in letter["text"]


async def test_after_a_talk_a_group_is_left_alone_for_half_a_year(tmp_path: Path) -> None:
    """Given or suggested, and even if history tells of it."""
    async with a_notifier(tmp_path) as notifier:
        await five_who_care(notifier)
        await a_quiet_group(notifier)
        await notifier.hears(
            happened("talk_given", "ann", group="press", historical=True),
            happened("talk_given", "ann"),
        )
        for days in (30, 61, 91, 122, 153):
            await passes(notifier, NINE + days * DAY)
        assert await told(notifier, "talk") == []

        for days in (184, 214, 245, 275, 306, 337):
            await passes(notifier, NINE + days * DAY)
        assert len(await told(notifier, "talk")) == 2


async def sponsored(notifier: Notifier, *, consented: bool = True) -> None:
    await notifier.hears(*engaged("ann"))
    await notifier.hears(
        happened("member_registered", "ann", sponsor="sue"), happened("like", "ann")
    )
    if consented:
        await set_consent(notifier.store, "ann", care=True)


async def test_a_sponsor_hears_when_a_member_turns_quiet_and_nobody_else(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await sponsored(notifier)
        await notifier.hears(turned("ann", "quiet"))
        await passes(notifier, NINE + DAY)
        await passes(notifier, NINE + 2 * DAY)

        assert await told(notifier, "retention_care") == ["sue"]
        [letter] = await notifier.letters("sue")
        assert letter["title"] == "You may like to ask ann how they are"
        assert not any(digit in letter["text"] for digit in "0123456789%")
        async with asking(notifier) as client:
            assert "retention_care" not in (await client.get("/v1/notices")).text
        said = [message(CODEC.decode(row)) for row in await notifier.store.read(0, 1000)]
        assert not any("retention_care" in it.subject for it in said if it)


async def test_without_consent_nobody_hears_and_it_can_be_taken_back(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await sponsored(notifier, consented=False)
        await notifier.hears(turned("ann", "quiet"))
        await passes(notifier, NINE + DAY)
        await set_consent(notifier.store, "ann", care=True)
        await set_consent(notifier.store, "ann", care=True)
        await set_consent(notifier.store, "ann", care=False)
        await passes(notifier, NINE + 2 * DAY)

        assert await told(notifier, "retention_care") == []
        assert len(await notifier.store.read(0, 1000, types=["care-consented"])) == 2


async def test_whoever_is_active_again_is_not_quiet(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await sponsored(notifier)
        await notifier.hears(turned("ann", "quiet"), turned("ann", "active"))
        await passes(notifier, NINE + DAY)

        assert await told(notifier, "retention_care") == []


async def test_quiet_by_history_is_told_to_nobody(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await sponsored(notifier)
        await notifier.hears(
            turned("ann", "quiet", historical=True), turned("ann", "quiet", zone="content_sharer")
        )
        await passes(notifier, NINE + DAY)

        assert await told(notifier, "retention_care") == []


async def test_a_sponsor_hears_when_promises_keep_breaking_once_a_quarter(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await sponsored(notifier)
        await notifier.hears(submitted(draft="d-1"), happened("like", "zoe", at=NINE + 5 * HOURS))
        await passes(notifier, NINE + DAY)
        assert await told(notifier, "retention_care") == []

        await notifier.hears(submitted(draft="d-2", at=NINE + DAY))
        await passes(notifier, NINE + 2 * DAY)
        assert await told(notifier, "retention_care") == ["sue"]
        await notifier.hears(turned("ann", "dormant"))
        await passes(notifier, NINE + 90 * DAY)
        assert await told(notifier, "retention_care") == ["sue"]
        await passes(notifier, NINE + 93 * DAY)
        assert await told(notifier, "retention_care") == ["sue", "sue"]
