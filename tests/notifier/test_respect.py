"""People are left in peace: when what has been decided reaches somebody, and what never does."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import pytest

from services.notifier.domain.manners import How
from services.notifier.domain.notices import NoticeSent
from services.notifier.domain.respect import NoticeDropped, NoticeHeld, Outcome
from services.notifier.domain.steps import DigestTo
from tests.notifier.examples import (
    HOURS,
    NINE,
    RULES,
    Notifier,
    a_notifier,
    editor,
    follow,
    happened,
    moved,
    published,
    recognised,
    submitted,
    without,
)

DAYS = 24 * HOURS
MONDAY, EIGHT = NINE + 7 * DAYS, NINE - HOURS
Told: TypeAlias = tuple[str, datetime | None, str | None]


def told(outcomes: Iterable[Outcome]) -> list[Told]:
    """Return of each outcome what it is, until or since when, and why."""
    known: list[Told] = []
    for it in outcomes:
        match it:
            case NoticeSent():
                known.append(("sent", it.at, None))
            case NoticeHeld():
                known.append(("held", it.until, it.why))
            case NoticeDropped():
                known.append(("dropped", it.at, it.why))
    return known


async def pieces(notifier: Notifier, number: int, *, at: datetime = NINE, by: str = "ann") -> None:
    names = [f"{by}/{at:%d%H}/{n}" for n in range(number)]
    await notifier.hears(*(published(by, piece, at=at) for piece in names))


@pytest.mark.parametrize(("to", "second"), [("organisation", "sent"), ("everybody", "held")])
async def test_a_digest_of_the_week_that_everybody_gets_takes_of_their_attention(
    tmp_path: Path, to: DigestTo, second: str
) -> None:
    """A consumer is told twice a week, and of pieces on the fast track at once."""
    async with a_notifier(tmp_path, rules=replace(RULES, digest_to=to)) as notifier:
        await notifier.hears(happened("member_registered", "fay"), follow("fay"))
        await notifier.hears(moved("ann"))
        await pieces(notifier, 1)
        await notifier.lets_pass(7 * 24)
        await pieces(notifier, 2, at=MONDAY)

        fates = [what for what, *_ in told(await notifier.outcomes("fay"))]
        assert fates[-2:] == ["sent", second]
        assert "organisation_digest" in {it.notice.kind for it in await notifier.outcomes("_org")}


async def test_what_is_no_hurry_is_told_together_in_the_morning(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(follow("fay"))
        await pieces(notifier, 2)
        await pieces(notifier, 1, at=NINE + 2 * HOURS)
        assert await notifier.notices() == []

        await notifier.lets_pass(24)
        sent = await notifier.notices()
        assert [it.digest for it in sent] == [sent[0].id] * 3
        assert {it.sent_at for it in sent} == {NINE + DAYS}
        assert [it.counts for it in sent] == [True, False, False]


async def test_a_morning_is_where_the_recipient_is(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(
            follow("fay"), happened("member_registered", "fay", timezone="America/New_York")
        )
        await pieces(notifier, 1)

        [held] = await notifier.outcomes("fay")
        assert told([held]) == [("held", NINE + 4 * HOURS, "digest")]


async def test_a_digest_comes_on_mondays_to_whoever_says_so(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.is_told_what_is_wanted("fay", often="week")
        await notifier.hears(follow("fay"))
        await pieces(notifier, 1, at=NINE + DAYS)

        assert told(await notifier.outcomes("fay")) == [("held", MONDAY - HOURS, "digest")]


async def test_a_piece_by_somebody_on_the_fast_track_is_announced_at_once(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.is_told_what_is_wanted("gus", {"announcement": "digest"})
        await notifier.hears(follow("fay"), follow("gus"))
        await notifier.hears(moved("ann"))
        await pieces(notifier, 1)

        assert told(await notifier.outcomes("fay")) == [("sent", NINE, None)]
        assert told(await notifier.outcomes("gus")) == [("held", EIGHT + DAYS, "digest")]


async def test_nobody_is_told_at_night_and_all_in_the_morning(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(recognised(at=NINE + 12 * HOURS))
        await notifier.hears(recognised(block=2, at=NINE + 13 * HOURS))
        await notifier.lets_pass(22.9)
        assert told(await notifier.outcomes("ann")) == [("held", EIGHT + DAYS, "quiet_hours")] * 2

        await notifier.lets_pass(23)
        causes = [it.notice.cause for it in await notifier.notices()]
        assert causes == [it.notice.cause for it in (await notifier.outcomes("ann"))[:2]]


async def test_what_is_heard_at_night_after_an_outage_waits_for_the_morning(
    tmp_path: Path,
) -> None:
    """Although all of it happened by day: only on the wall is there another time to go by."""
    async with a_notifier(tmp_path, clock="wall") as notifier:
        await notifier.hears(follow("fay"))
        notifier.wall = NINE + 12 * HOURS
        await notifier.hears(recognised("rex"))
        await notifier.hears(moved("ann"))
        await notifier.hears(published())
        in_the_morning = [("held", EIGHT + DAYS, "quiet_hours")]
        assert told(await notifier.outcomes("rex")) == in_the_morning
        assert told(await notifier.outcomes("ann")) == in_the_morning
        assert told(await notifier.outcomes("fay")) == in_the_morning

    async with a_notifier(tmp_path / "played") as notifier:
        notifier.wall = NINE + 12 * HOURS
        await notifier.hears(recognised("rex"))
        assert told(await notifier.outcomes("rex")) == [("sent", NINE, None)]


async def test_what_comes_out_of_the_night_into_the_night_waits_again(tmp_path: Path) -> None:
    """Nothing happened all day, so the log did not come to hear that it was day."""
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(recognised(at=NINE + 12 * HOURS))
        await notifier.lets_pass(38)
        await notifier.lets_pass(47)

        assert told(await notifier.outcomes("ann")) == [
            ("held", EIGHT + DAYS, "quiet_hours"),
            ("held", EIGHT + 2 * DAYS, "quiet_hours"),
            ("sent", EIGHT + 2 * DAYS, None),
        ]


async def test_the_organisation_itself_does_not_sleep(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(moved("ann", at=NINE + 12 * HOURS))

        assert told(await notifier.outcomes("_org")) == [("sent", NINE + 12 * HOURS, None)]


@pytest.mark.parametrize("wish", ["off", "digest", "at_once"])
async def test_an_alert_is_never_held(tmp_path: Path, wish: How) -> None:
    """In the middle of the night, with no attention left, and whatever the editor wants."""
    three = NINE + 18 * HOURS
    async with a_notifier(tmp_path) as notifier:
        kinds = ("fast_track_alert", "fast_track_at_risk", "fast_track_breached")
        wishes = dict.fromkeys(kinds, wish)
        await notifier.is_told_what_is_wanted("eddi", wishes, quiet="00:00-23:59")
        await notifier.hears(editor(), follow("eddi", "bea"))
        await notifier.hears(moved("ann"), moved("bea"))
        await pieces(notifier, 20, by="bea", at=NINE + HOURS)
        await notifier.hears(submitted(at=three))
        await notifier.hears(happened("like", "bob", at=three + 5 * HOURS))

        alerts = [it for it in await notifier.outcomes("eddi") if it.notice.kind in kinds]
        assert [(it.notice.kind, *told([it])[0][:2]) for it in alerts] == [
            ("fast_track_alert", "sent", three),
            ("fast_track_at_risk", "sent", EIGHT + DAYS),
            ("fast_track_breached", "sent", EIGHT + DAYS),
        ]
        assert not any(isinstance(it, NoticeSent) and it.counts for it in alerts)


async def test_what_is_beyond_the_budget_waits_for_the_next_week(tmp_path: Path) -> None:
    """A consumer is told twice a week; what comes then is told together on Monday."""
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(follow("fay"))
        await notifier.hears(moved("ann"))
        await pieces(notifier, 4)

        assert told(await notifier.outcomes("fay")) == [
            *[("sent", NINE, None)] * 2,
            *[("held", MONDAY - HOURS, "budget")] * 2,
        ]
        await notifier.lets_pass(7 * 24)
        fays = [it for it in await notifier.notices() if it.notice.recipient == "fay"]
        alone, too, *later = (it.digest for it in fays)
        assert (alone, too, len(later)) == (None, None, 2)
        assert len({*later}) == 1


async def test_what_would_wait_too_long_is_dropped(tmp_path: Path) -> None:
    short = replace(RULES, manners=replace(RULES.manners, wait=timedelta(days=3)))
    async with a_notifier(tmp_path, rules=short) as notifier:
        await notifier.hears(follow("fay"))
        await notifier.hears(moved("ann"))
        await pieces(notifier, 3)
        await pieces(notifier, 1, at=NINE + 4 * DAYS)

        assert told((await notifier.outcomes("fay"))[2:]) == [
            ("dropped", NINE, "budget"),
            ("held", MONDAY - HOURS, "budget"),
        ]


async def test_a_digest_takes_of_the_attention_once_and_answers_take_none(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(follow("ann", "bea"))
        for day in range(2):
            await pieces(notifier, 5, by="bea", at=NINE + day * DAYS)
        await notifier.lets_pass(49)
        assert len(await notifier.notices()) == 10
        await notifier.hears(recognised(at=NINE + 49 * HOURS))

        assert told(await notifier.outcomes("ann"))[-1] == ("sent", NINE + 49 * HOURS, None)
        await pieces(notifier, 1, by="bea", at=NINE + 50 * HOURS)
        await notifier.lets_pass(80)
        assert told(await notifier.outcomes("ann"))[-1] == ("held", MONDAY - HOURS, "budget")


@pytest.mark.parametrize("status", ["paused", "departed"])
async def test_whoever_is_away_is_told_nothing_and_what_waited_is_dropped(
    tmp_path: Path, status: str
) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(follow("ann", "bea"))
        await pieces(notifier, 1, by="bea")
        await notifier.hears(happened(f"member_{status}", "ann", at=NINE + HOURS))
        await notifier.lets_pass(24)

        assert told(await notifier.outcomes("ann"))[1:] == [("dropped", NINE + DAYS, status)]


async def test_whoever_comes_back_in_time_is_told(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(follow("ann", "bea"))
        await pieces(notifier, 1, by="bea")
        await notifier.hears(happened("member_paused", "ann", at=NINE + HOURS))
        await notifier.hears(happened("member_resumed", "ann", at=NINE + 2 * HOURS))
        await notifier.lets_pass(24)

        assert told(await notifier.outcomes("ann"))[1:] == [("sent", NINE + DAYS, None)]


async def test_what_somebody_has_switched_off_is_dropped_unless_it_is_no_option(
    tmp_path: Path,
) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.is_told_what_is_wanted(
            "ann", {"recognition": "off", "fast_track_granted": "off"}
        )
        await notifier.hears(recognised())
        await notifier.hears(moved("ann"))

        assert told(await notifier.outcomes("ann")) == [
            ("dropped", NINE, "not_wanted"),
            ("sent", NINE, None),
        ]


@pytest.mark.parametrize("wish", [None, "at_once", "digest"])
async def test_what_the_organisation_has_switched_off_is_told_to_nobody(
    tmp_path: Path, wish: How | None
) -> None:
    """Whatever they want, and though it is news that waits for no digest."""
    async with a_notifier(tmp_path, rules=without("announcement")) as notifier:
        await notifier.is_told_what_is_wanted("fay", {"announcement": wish} if wish else {})
        await notifier.hears(follow("fay"))
        await notifier.hears(moved("ann"))
        await notifier.hears(published())

        assert told(await notifier.outcomes("fay")) == [("dropped", NINE, "switched_off")]


async def test_what_is_switched_off_while_it_waits_is_dropped(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(follow("fay"))
        await pieces(notifier, 2)
        await notifier.is_told_what_is_wanted("fay", {"announcement": "off"})
        await notifier.lets_pass(24)

        assert (
            told(await notifier.outcomes("fay"))[2:]
            == [
                ("dropped", NINE + DAYS, "not_wanted"),
            ]
            * 2
        )


async def test_what_is_held_or_dropped_is_not_decided_again(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.is_told_what_is_wanted("bea", {"recognition": "off"})
        for _ in range(2):
            await notifier.hears(recognised(at=NINE + 12 * HOURS))
            await notifier.hears(recognised("bea"))

        assert len(await notifier.outcomes()) == 2


async def test_own_quiet_hours_go_before_the_organisations(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.is_told_what_is_wanted("ann", quiet="00:00-00:00")
        await notifier.is_told_what_is_wanted("bea", quiet="09:00-17:00")
        await notifier.hears(recognised("ann", at=NINE + 12 * HOURS))
        await notifier.hears(recognised("bea"))

        assert told(await notifier.outcomes()) == [
            ("sent", NINE + 12 * HOURS, None),
            ("held", NINE + 8 * HOURS, "quiet_hours"),
        ]


async def test_the_wall_brings_the_morning(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, clock="wall") as notifier:
        await notifier.is_told_the_time(NINE)
        await notifier.hears(follow("fay"))
        await pieces(notifier, 2)
        await notifier.is_told_the_time(NINE + 22 * HOURS)
        assert await notifier.notices() == []
        await notifier.is_told_the_time(EIGHT + DAYS + HOURS / 3600)

        assert len(await notifier.notices()) == 2


async def test_what_is_held_may_come_to_its_moment_in_the_same_batch(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.is_told_what_is_wanted("fay", quiet="09:00-12:00")
        await notifier.hears(follow("fay"))
        await notifier.hears(moved("ann"))
        await notifier.hears(
            published(at=NINE + HOURS),
            happened("like", "bob", at=NINE + 3 * HOURS),
            happened("like", "bob", at=NINE + 4 * HOURS),
        )

        assert told(await notifier.outcomes("fay")) == [
            ("held", NINE + 3 * HOURS, "quiet_hours"),
            ("sent", NINE + 3 * HOURS, None),
        ]
