"""So many of a kind count on a day, the first ones: the others are recorded, and do not count."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from services.rewards.domain.acts import ActCapped, ActFreed, ActRecorded
from services.rewards.domain.rules import Rules
from shared.contracts.activity import Happened
from tests.rewards.examples import RULES, SHIPPED, a_piece
from tests.rewards.messages import (
    a_comment,
    a_publish,
    a_retraction,
    a_share,
    an_outcome,
)
from tests.rewards.running import Rewards, a_rewards

A_DAY = 24 * 60
TWO: Rules = replace(RULES, caps={"share": 2, "publish": 5, "conversation": 1})
PIECES = [a_publish(number) for number in range(1, 6)]


def bob_shares(*numbers: int) -> list[Happened]:
    """Piece after piece of Ada's, each in the minute of its number."""
    return [a_share(number, of=number, minute=number) for number in numbers]


async def capped(rewards: Rewards) -> list[str]:
    """Return what is recorded and does not count."""
    rows = await rewards.store.fetchall("SELECT body ->> 'event' FROM acts WHERE capped ORDER BY 1")
    return [event for (event,) in rows]


async def left_out(rewards: Rewards) -> list[str]:
    """Return which pieces are shown with something that is capped."""
    rows = await rewards.store.fetchall(
        "SELECT unit FROM parts WHERE body ->> '$.left_out.capped' ORDER BY 1"
    )
    return [unit for (unit,) in rows]


async def helped(rewards: Rewards) -> dict[str, str]:
    """Return how it stands with what was helped along, by piece."""
    rows = [row for row in await rewards.shown() if row["kind"] == "assist"]
    return {row["pieces"][0]: row["state"] for row in rows}


async def test_what_comes_after_so_many_is_recorded_as_capped(tmp_path: Path) -> None:
    """It is shown with what it would have been for, and adds nothing."""
    async with a_rewards(tmp_path, TWO) as rewards:
        await rewards.hear(*PIECES, *bob_shares(1, 2, 3))

        told = [event for member, event in await rewards.log() if member == "bob"]
        assert [type(event) for event in told] == [*[ActRecorded] * 3, ActCapped]
        assert await capped(rewards) == ["bob-shares-3"]
        assert await left_out(rewards) == [a_piece(3)]
        assert await rewards.scores() == {"ada": 4}


async def test_a_retraction_frees_the_place_for_the_next_one(tmp_path: Path) -> None:
    """Whichever was taken back, the first of those that stand count."""
    async with a_rewards(tmp_path, TWO) as rewards:
        await rewards.hear(*PIECES, *bob_shares(1, 2, 3, 4))
        await rewards.hear(a_retraction("bob-shares-1", member="bob"))

        [*_, freed] = [event for member, event in await rewards.log() if member == "bob"]
        assert isinstance(freed, ActFreed)
        assert await capped(rewards) == ["bob-shares-4"]
        assert await left_out(rewards) == [a_piece(4)]
        assert await rewards.scores() == {"ada": 4}


async def test_to_take_back_what_is_capped_frees_nothing(tmp_path: Path) -> None:
    async with a_rewards(tmp_path, TWO) as rewards:
        await rewards.hear(*PIECES, *bob_shares(1, 2, 3, 4))
        await rewards.hear(a_retraction("bob-shares-3", member="bob"))

        assert await capped(rewards) == ["bob-shares-4"]
        assert await rewards.scores() == {"ada": 4}


async def test_the_first_of_the_day_count_and_not_the_first_that_were_heard_of(
    tmp_path: Path,
) -> None:
    """An earlier one that comes to light takes its place from the last."""
    async with a_rewards(tmp_path, TWO) as rewards:
        await rewards.hear(*PIECES, *bob_shares(2, 3))
        assert await capped(rewards) == []

        await rewards.hear(*bob_shares(1))
        assert await capped(rewards) == ["bob-shares-3"]


@pytest.mark.parametrize("batch", [1, 2, 100])
async def test_the_order_in_which_things_are_heard_makes_no_difference(
    tmp_path: Path, batch: int
) -> None:
    """A retraction may come first, between, or last."""
    events = [*bob_shares(1, 2, 3, 4), a_retraction("bob-shares-2", member="bob")]
    for number, order in enumerate(itertools.islice(itertools.permutations(events), 0, None, 5)):
        async with a_rewards(tmp_path / str(number), TWO) as rewards:
            await rewards.hear(*PIECES, *order, batch=batch)

            assert await capped(rewards) == ["bob-shares-4"]
            assert await left_out(rewards) == [a_piece(4)]
            assert await rewards.scores() == {"ada": 4}


@pytest.mark.parametrize(
    "other",
    [
        a_share(9, of=3, minute=9, member="cy"),
        a_share(9, of=3, minute=A_DAY),
        a_comment(9, of=3, minute=9),
    ],
)
async def test_each_member_has_a_limit_for_each_kind_on_each_day(
    tmp_path: Path, other: Happened
) -> None:
    """What somebody else does, or another day, or of another kind, takes nobody's place."""
    async with a_rewards(tmp_path, TWO) as rewards:
        await rewards.hear(*PIECES, *bob_shares(1, 2), other)

        assert await capped(rewards) == []


async def test_outcomes_are_limited_by_what_came_of_it(tmp_path: Path) -> None:
    """Whoever helped along what is capped is credited with it no more than the author is."""
    second, first = (
        an_outcome(number, outcome="conversation", of=number, minute=number, via="cy")
        for number in (2, 1)
    )
    async with a_rewards(tmp_path, TWO) as rewards:
        await rewards.hear(*PIECES, an_outcome(of=3, via="cy"), second)
        assert await rewards.scores() == {"ada": 120, "cy": 30}
        assert await helped(rewards) == {a_piece(2): "granted", a_piece(3): "granted"}

        await rewards.hear(first)
        assert await capped(rewards) == ["ada-conversation-2"]
        assert await rewards.scores() == {"ada": 120, "cy": 30}
        assert await helped(rewards) == {
            a_piece(1): "granted",
            a_piece(2): "adjusted",
            a_piece(3): "granted",
        }


async def test_pieces_are_limited_by_the_piece(tmp_path: Path) -> None:
    """To publish one on another platform takes no place; the sixth of a day fills no block."""
    elsewhere = [
        a_publish(number, id=f"again-{number}", minute=50 + number) for number in range(1, 6)
    ]
    async with a_rewards(tmp_path, replace(TWO, caps={"publish": 5})) as rewards:
        await rewards.hear(*PIECES, *elsewhere)
        assert await capped(rewards) == []

        await rewards.hear(*(a_publish(number, minute=100 + number) for number in range(6, 11)))
        assert len(await capped(rewards)) == 5
        assert [row["id"] for row in await rewards.shown()] == ["effort/ada/1"]


async def test_a_capped_piece_is_its_authors_all_the_same(tmp_path: Path) -> None:
    """What others make of it counts, and nobody else comes to be its author."""
    async with a_rewards(tmp_path, replace(TWO, caps={"publish": 1})) as rewards:
        await rewards.hear(
            *PIECES[:2], a_publish(2, member="dee", minute=50), a_share(of=2, member="cy")
        )

        assert await capped(rewards) == ["ada-2"]
        assert await rewards.scores() == {"ada": 2}
        assert not (await rewards.awards("dee")).credited


async def test_a_block_follows_what_counts_on_a_day(tmp_path: Path) -> None:
    """A piece that is capped fills none until a place becomes free, or until it is taken back."""
    async with a_rewards(tmp_path, replace(TWO, caps={"publish": 5})) as rewards:
        await rewards.hear(*PIECES, a_publish(6))
        await rewards.hear(a_retraction("ada-1"))
        [block] = (await rewards.awards()).blocks["effort"]
        assert (block.stands, block.revision) == (True, 0)

        await rewards.hear(a_retraction("ada-6"))
        [block] = (await rewards.awards()).blocks["effort"]
        assert (block.stands, block.revision) == (False, 1)


async def test_where_there_is_no_cap_everything_counts(tmp_path: Path) -> None:
    async with a_rewards(tmp_path, replace(TWO, caps={})) as rewards:
        await rewards.hear(*PIECES, *bob_shares(*range(1, 6)))

        assert await capped(rewards) == []
        assert await rewards.scores() == {"ada": 10}


async def test_as_shipped_twenty_shares_count_on_a_day(tmp_path: Path) -> None:
    pieces: Sequence[Happened] = [a_publish(number) for number in range(1, 23)]
    async with a_rewards(tmp_path, SHIPPED) as rewards:
        await rewards.hear(*pieces, *bob_shares(*range(1, 23)))

        assert await capped(rewards) == ["bob-shares-21", "bob-shares-22"]
