"""Who stands where, as the API tells it: to everybody, and to whoever asks about one member."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.activity import MemberDeparted, MemberResumed, MemberUpdated
from shared.contracts.acts import Profile
from tests.nats import NatsServer
from tests.rewards.examples import SHIPPED, at
from tests.rewards.messages import a_publish, a_share, a_wish, an_outcome
from tests.rewards.running import Rewards, a_rewards
from tests.rewards.whole import Service, a_service

CLOSED = datetime(2026, 7, 15, 1, tzinfo=UTC)
H1 = {"period": "2026H1"}


def in_group(member: str, group: str) -> MemberUpdated:
    return MemberUpdated(
        id=f"{member}-in-{group}",
        source="urn:zones:directory",
        subject=member,
        time=at(0),
        data=Profile(group=group),
    )


def departed(member: str, minute: int) -> MemberDeparted:
    return MemberDeparted.model_validate(
        {
            "id": f"{member}-leaves-{minute}",
            "source": "urn:zones:directory",
            "subject": member,
            "time": at(minute),
            "data": {},
        }
    )


def resumed(member: str, minute: int) -> MemberResumed:
    return MemberResumed.model_validate(departed(member, minute).model_dump(exclude={"type"}))


async def six_with_impact(rewards: Rewards) -> None:
    """From ada, the first, to fay, the last; dee has opted out, and every other one is in sales."""
    members = ("ada", "bob", "cy", "dee", "eve", "fay")
    for number, member in enumerate(members):
        await rewards.hear(
            in_group(member, ("sales", "people")[number % 2]),
            *(
                an_outcome(lead, outcome="inbound", member=member, of=None)
                for lead in range(6 - number)
            ),
        )
    await rewards.hear(a_wish(public=False, member="dee"))


@asynccontextmanager
async def told(folder: Path) -> AsyncIterator[Service]:
    nothing = NatsServer(folder / "nats")
    async with a_service(folder, nothing.url, path="/healthz") as service:
        yield service


async def board(folder: Path, **asked: Any) -> Any:  # noqa: ANN401 - JSON
    async with told(folder) as service:
        return await service.get("/v1/leaderboard", **H1 | asked)


def listed(told: dict[str, Any]) -> list[tuple[int | None, str]]:
    return [(row["place"], row["member"]) for row in told["rows"]]


async def test_who_has_opted_out_is_counted_and_not_named(tmp_path: Path) -> None:
    """And holds the place all the same."""
    async with a_rewards(tmp_path, SHIPPED) as rewards:
        await six_with_impact(rewards)

    shown = await board(tmp_path)
    assert listed(shown) == [(1, "ada"), (2, "bob"), (3, "cy"), (5, "eve"), (6, "fay")]
    assert shown["members"] == 6
    assert [row["member"] for row in shown["rows"] if row["honoured"]] == ["ada", "bob", "cy"]


async def test_a_group_has_places_of_its_own(tmp_path: Path) -> None:
    async with a_rewards(tmp_path, SHIPPED) as rewards:
        await six_with_impact(rewards)

    assert listed(await board(tmp_path, group="sales")) == [(1, "ada"), (2, "cy"), (3, "eve")]
    assert listed(await board(tmp_path, group="people")) == [(1, "bob"), (3, "fay")]
    assert listed(await board(tmp_path, group="nobody")) == []


async def test_around_somebody_are_the_next_places(tmp_path: Path) -> None:
    """Nobody is found next to others who does not want to be."""
    async with a_rewards(tmp_path, SHIPPED) as rewards:
        await six_with_impact(rewards)

    assert [member for _, member in listed(await board(tmp_path, around="fay"))] == [
        *("bob", "cy", "eve", "fay")
    ]
    async with told(tmp_path) as service:
        answer = await service.http.get("/v1/leaderboard", params=H1 | {"around": "dee"})
    assert answer.status_code == 404


async def test_honours_of_who_has_opted_out_are_theirs_alone(tmp_path: Path) -> None:
    """They are asked for by name; the list of everybody leaves them out."""
    async with a_rewards(tmp_path, SHIPPED) as rewards:
        await rewards.hear(
            a_wish(public=False),
            an_outcome(of=None),
            an_outcome(of=None, member="bob"),
        )
        await rewards.is_told_the_time(CLOSED)
    async with told(tmp_path) as service:
        everybody = (await service.get("/v1/recognitions", kind="impact"))["recognitions"]
        own = (await service.get("/v1/recognitions", member="ada"))["recognitions"]

    assert [(it["member"], it["public"]) for it in everybody] == [("bob", True)]
    assert [(it["kind"], it["place"], it["public"]) for it in own] == [("impact", 1, False)]


async def test_a_closed_half_year_says_the_day_in_its_own_time_zone(tmp_path: Path) -> None:
    """Whenever the clock came to it."""
    async with a_rewards(tmp_path, SHIPPED) as rewards:
        await rewards.hear(an_outcome(of=None))
        await rewards.is_told_the_time(datetime(2026, 9, 1, tzinfo=UTC))

    assert (await board(tmp_path))["closes_on"] == "2026-07-15"


async def test_who_left_after_it_was_closed_keeps_the_place(tmp_path: Path) -> None:
    """What they had is not disproved by it."""
    async with a_rewards(tmp_path, SHIPPED) as rewards:
        await rewards.hear(an_outcome(of=None), an_outcome(of=None, member="bob"))
        await rewards.is_told_the_time(CLOSED)
        await rewards.hear(departed("ada", 500_000))

    [ada, bob] = (await board(tmp_path))["rows"]
    assert (ada["place"], ada["now"], ada["left"]) == (1, None, True)
    assert (bob["place"], bob["now"], bob["left"]) == (1, None, False)


async def test_a_break_brings_nobody_back_who_has_left(tmp_path: Path) -> None:
    """Only to be registered does."""
    async with a_rewards(tmp_path, SHIPPED) as rewards:
        await rewards.hear(an_outcome(of=None), departed("ada", 90), resumed("ada", 91))

        assert await rewards.scores() == {}


async def test_a_piece_is_found_by_all_of_its_names(tmp_path: Path) -> None:
    async with a_rewards(tmp_path, SHIPPED) as rewards:
        await rewards.hear(a_publish(1), a_share(of=1))
    async with told(tmp_path) as service:
        by_url = await service.get("/v1/impact", piece="https://example.org/001")
        by_id = await service.get("/v1/impact", piece="blog:post-1")

    assert by_url == by_id
    assert by_url["impact"] == {"2026H1": 2}


@pytest.mark.parametrize("period", ["0000H1", "9999H2", "2026H3", "now"])
async def test_a_period_that_is_none_is_refused(tmp_path: Path, period: str) -> None:
    async with a_rewards(tmp_path, SHIPPED):
        pass
    async with told(tmp_path) as service:
        answer = await service.http.get("/v1/leaderboard", params={"period": period})

    assert answer.status_code == 422


@pytest.mark.parametrize("via", ["somebody outside", "_periods", "me@example.org", "blog:other"])
async def test_a_way_that_led_through_nobody_we_know_is_no_help(tmp_path: Path, via: str) -> None:
    """What publishers call people outside is theirs to choose."""
    async with a_rewards(tmp_path, SHIPPED) as rewards:
        await rewards.hear(a_publish(1), an_outcome(of=1, via=via))

        assert {stream for stream, _ in await rewards.log()} == {"ada"}


async def test_help_follows_whose_the_piece_is(tmp_path: Path) -> None:
    """Bob helped Ada, until it turns out that the piece was his."""
    async with a_rewards(tmp_path, SHIPPED) as rewards:
        await rewards.hear(a_publish(1), an_outcome(of=1, via="bob"))
        before = {row["id"].split("/")[0]: row["state"] for row in await rewards.shown()}
        assert before["assist"] == "granted"
        await rewards.hear(a_publish(1, member="bob", minute=0))
        [assist] = [row for row in await rewards.shown() if row["kind"] == "assist"]

        assert assist["state"] == "adjusted"
        assert await rewards.scores() == {"bob": 100}
