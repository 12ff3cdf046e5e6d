"""The laws of impact: scores are a function of the set of events, and a half-year ends once.

The other side of each law is a brute-force recount.
"""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.rewards.domain.halfyears import PeriodClosed
from services.rewards.domain.recognitions import ImpactGranted
from shared.contracts.activity import Happened, Like
from tests.rewards.examples import SHIPPED
from tests.rewards.histories import HALF, histories, some
from tests.rewards.recount import impact
from tests.rewards.running import Rewards, a_rewards

RULES = replace(SHIPPED, caps={"share": 1, "comment": 1, "lead": 1})
PERIODS = ("2026H1", "2026H2")
SETTLED = HALF + timedelta(days=14)

randoms = st.randoms(use_true_random=False)


def shuffled(events: Sequence[Happened], rng: random.Random) -> list[Happened]:
    """In any order, and some of them more than once."""
    order = [*events, *rng.choices(events, k=len(events) // 3)]
    rng.shuffle(order)
    return order


def tick(days: int) -> Like:
    """Something of which only the time counts."""
    return Like.model_validate(
        {
            "id": f"tick-{days}",
            "source": "urn:zones:platform:blog",
            "subject": "zoe",
            "time": SETTLED + timedelta(days=days),
            "data": {"object": {"id": "any"}},
        }
    )


async def scores(rewards: Rewards) -> dict[str, dict[str, int]]:
    return {
        period: {
            line.member: line.now for line in (await rewards.ranking(period)).lines if line.now
        }
        for period in PERIODS
    }


def recounted(events: Sequence[Happened]) -> dict[str, dict[str, int]]:
    return {period: impact(events, RULES, period) for period in PERIODS}


async def scored(order: Sequence[Happened], *, batch: int, kept: int) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        async with a_rewards(Path(folder), RULES, kept=kept) as rewards:
            await rewards.hear(*order, batch=batch)
            return await scores(rewards)


@given(histories, randoms, st.integers(1, 9), st.sampled_from([1, 100]))
@settings(max_examples=30, deadline=None)
def test_standings_are_what_a_recount_comes_to(
    events: list[Happened], rng: random.Random, batch: int, kept: int
) -> None:
    """In whatever order events are heard, however often, and in whatever batches."""
    order = shuffled(events, rng)

    assert asyncio.run(scored(order, batch=batch, kept=kept)) == recounted(events)


@pytest.mark.long
@given(some(least=30, most=150), randoms, st.integers(1, 60))
@settings(max_examples=2000, deadline=None)
def test_standings_are_what_a_recount_comes_to_for_very_many(
    events: list[Happened], rng: random.Random, batch: int
) -> None:
    """The same law at length."""
    order = shuffled(events, rng)

    assert asyncio.run(scored(order, batch=batch, kept=3)) == recounted(events)


async def closed(
    before: Sequence[Happened], after: Sequence[Happened], batch: int
) -> tuple[list[PeriodClosed], dict[str, list[str]], dict[str, dict[str, int]]]:
    """Return how the first half-year was closed, who was honoured in it, and the scores by now."""
    with TemporaryDirectory() as folder:
        async with a_rewards(Path(folder), RULES) as rewards:
            await rewards.hear(*before, tick(1), *after, tick(2), batch=batch)
            log = await rewards.log()
            honoured: dict[str, list[str]] = {}
            for stream, event in log:
                if isinstance(event, ImpactGranted):
                    honoured.setdefault(event.period, []).append(stream)
            ends = [event for _, event in log if isinstance(event, PeriodClosed)]
            return ends, honoured, await scores(rewards)


@given(histories, histories, randoms, st.integers(1, 9))
@settings(max_examples=25, deadline=None)
def test_a_half_year_is_closed_once_with_what_was_known(
    early: list[Happened], late: list[Happened], rng: random.Random, batch: int
) -> None:
    """What is heard later is shown beside it, also of those of whom nothing was known before.
    Everybody at a place that is honoured, and with enough, is honoured once.
    """
    early = [event for event in early if event.time < SETTLED]
    keys = {event.key for event in early}
    late = [event for event in late if event.key not in keys]
    ends, honoured, now = asyncio.run(
        closed(shuffled(early, rng) if early else [], [*late, *early], batch)
    )

    first = [end for end in ends if end.period == "2026H1"]
    assert len(first) == (1 if early else 0)
    for end in first:
        frozen = {it.member: it.score for it in end.standings}
        assert frozen == impact(early, RULES, "2026H1")
        for it in end.standings:
            better = sum(score > it.score for score in frozen.values())
            assert it.place == better + 1
            due = it.place <= 3 and it.score >= RULES.impact.minimum
            assert honoured.get("2026H1", []).count(it.member) == due
    assert set(honoured) <= {"2026H1"}
    assert now == recounted([*early, *late])
