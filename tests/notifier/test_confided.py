"""What concerns somebody closely is told to one person, while it holds, and to nobody else."""

from datetime import timedelta
from pathlib import Path

from services.notifier.adapters.consent import set_consent
from services.notifier.domain.notices import NoticeSent
from services.notifier.domain.respect import NoticeDropped, NoticeHeld
from services.notifier.projections.entries import CODEC
from services.notifier.publishing import message
from tests.notifier.examples import (
    HOURS,
    NINE,
    Notifier,
    a_notifier,
    engaged,
    happened,
    recognised,
    requested,
    turned,
)
from tests.notifier.test_circles import passes, sponsored
from tests.notifier.test_http import asking

DAY = timedelta(days=1)


async def care_waits_over_the_night(notifier: Notifier) -> None:
    """Ann has turned quiet, and it is night where her sponsor is."""
    await sponsored(notifier)
    await notifier.hears(happened("member_registered", "sue", timezone="America/New_York"))
    await notifier.hears(turned("ann", "quiet"))
    await passes(notifier, NINE + DAY)


async def test_what_is_confided_is_in_no_digest(tmp_path: Path) -> None:
    """A digest is named by one of its notices, and the name is on the bus."""
    async with a_notifier(tmp_path) as notifier:
        await care_waits_over_the_night(notifier)
        await notifier.hears(recognised("sue", at=NINE + DAY), recognised("sue", at=NINE + DAY))
        await passes(notifier, NINE + DAY + 5 * HOURS)

        sent = [it for it in await notifier.outcomes("sue") if isinstance(it, NoticeSent)]
        assert "retention_care" in {it.notice.kind for it in sent}
        said = [message(CODEC.decode(row)) for row in await notifier.store.read(0, 1000)]
        assert not [it for it in said if it is not None and b"retention_care" in it.body]


async def test_what_is_confided_is_no_notice_to_whoever_asks_for_one(tmp_path: Path) -> None:
    """While it is held, once it is sent, and whoever knows its name: their sponsor has it."""
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        await care_waits_over_the_night(notifier)
        [held] = [it for it in await notifier.outcomes("sue") if isinstance(it, NoticeHeld)]
        path = f"/v1/notices/{held.id}/deliveries"
        answers = [await client.get(path)]
        await passes(notifier, NINE + DAY + 5 * HOURS)
        answers.append(await client.get(path))

        for answer in answers:
            assert answer.status_code == 404
            assert answer.json()["error"] == f"there is no notice {held.id}"
        for listed in ("/v1/notices?recipient=sue", "/v1/members/sue/notices"):
            assert (await client.get(listed)).json()["notices"] == []
        assert [it["id"] for it in await notifier.letters("sue")] == [held.id]


async def test_who_agrees_no_more_is_not_spoken_of(tmp_path: Path) -> None:
    """Not even where it was decided before, and waits for the morning."""
    async with a_notifier(tmp_path) as notifier:
        await care_waits_over_the_night(notifier)
        await set_consent(notifier.store, "ann", care=False)
        await passes(notifier, NINE + DAY + 5 * HOURS)

        told = await notifier.outcomes("sue")
        [held, care] = [it for it in told if it.notice.kind == "retention_care"]
        assert isinstance(held, NoticeHeld)
        assert isinstance(care, NoticeDropped)
        assert care.why == "over"


async def test_history_makes_nobody_active_again(tmp_path: Path) -> None:
    """Who has turned quiet is quiet until they are active."""
    async with a_notifier(tmp_path) as notifier:
        await sponsored(notifier)
        await notifier.hears(turned("ann", "quiet"))
        await notifier.hears(turned("ann", "dormant", at=NINE + HOURS, historical=True))

        assert await notifier.store.fetchall("SELECT member FROM quiet") == [("ann",)]


async def test_who_wants_to_hear_nothing_of_it_is_not_asked(tmp_path: Path) -> None:
    """Nobody waits for their answer, and nobody meets them."""
    people = ("ann", "bob", "cyd", "dee")
    async with a_notifier(tmp_path) as notifier:
        await notifier.is_told_what_is_wanted("ann", {"topic_request": "off", "circle": "off"})
        await notifier.hears(*engaged(*people))
        await notifier.hears(*(happened("share", who, topics=["tea"]) for who in people))
        await notifier.hears(requested("tea"))
        await passes(notifier, NINE + 31 * DAY)

        asked = await notifier.store.read(0, 1000, types=["members-asked"])
        assert all("ann" not in CODEC.decode(row).members for row in asked)
        assert asked
        assert await notifier.store.read(0, 1000, types=["circle-proposed"]) == []
