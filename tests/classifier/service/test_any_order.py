"""What is exported of members depends on what happened, and not on when anybody heard of it."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.classifier.adapters import policyfile
from services.classifier.adapters.linting import sound
from services.classifier.domain.adopting import Offer
from services.classifier.stream.adopting import Adopting
from tests.classifier.service.examples import MONDAY, POLICY, Classifier, a_classifier, an_event
from tests.classifier.service.worlds import worlds

FIRST: Final = an_event("view", 0, member="zoe", id="the first")
STRICT: Final = POLICY.replace("days = 60, at_least = 2", "days = 20, at_least = 3")
EASY: Final = POLICY.replace("at_least = 3 }", "at_least = 1 }").replace(
    "days = 30, at_least = 4", "days = 300, at_least = 1"
)


class Way(NamedTuple):
    """How the same things are heard: shuffled, some twice, in batches."""

    chance: Random
    batch: int
    snapshot_every: int


ways = st.builds(
    Way, st.integers(0, 2**32).map(Random), st.integers(1, 12), st.sampled_from((1, 3, 1_000_000))
)


@st.composite
def offers(draw: st.DrawFn) -> list[Offer]:
    """Draw policies to be adopted on the first day, for it and for days to come."""
    offered: list[Offer] = []
    for text in draw(st.sampled_from([[], [STRICT], [EASY], [STRICT, POLICY], [EASY, STRICT]])):
        day = MONDAY.date() + timedelta(days=draw(st.integers(1, 300)))
        offer = Offer(text=text, author="eve", effective_on=day)
        mode = draw(st.sampled_from(["forward", "grandfather", "recompute"]))
        if mode == "grandfather":
            until = day + timedelta(days=draw(st.integers(0, 100)))
            offer = replace(offer, mode="grandfather", until=until)
        elif mode == "recompute":
            offer = replace(offer, mode="recompute", effective_on=None)
        offered.append(offer)
    return offered


def shuffled(bodies: Sequence[bytes], chance: Random) -> list[bytes]:
    """Return all of it in another order, and some of it twice."""
    again = [*bodies, *(body for body in bodies if chance.random() < 0.2)]
    chance.shuffle(again)
    return again


async def adopt(classifier: Classifier, offers: Iterable[Offer]) -> None:
    for offer in offers:
        await Adopting(classifier.hearing, sound, policyfile.in_force).adopt(offer)


async def exported(bodies: Sequence[bytes], offers: Iterable[Offer], way: Way) -> str:
    with TemporaryDirectory() as folder:
        async with a_classifier(
            Path(folder), journeys=2, snapshot_every=way.snapshot_every
        ) as classifier:
            await classifier.hear([FIRST])
            await adopt(classifier, offers)
            await classifier.hear(bodies, batch=way.batch)
            members, _ = await classifier.exports()
            return members


def check(bodies: list[bytes], offered: list[Offer], way: Way) -> None:
    async def both() -> tuple[str, str]:
        plain = Way(way.chance, 1000, 40)
        return (
            await exported(bodies, offered, plain),
            await exported(shuffled(bodies, way.chance), offered, way),
        )

    one, other = asyncio.run(both())
    assert one == other


@pytest.mark.parametrize(
    "examples", [40, pytest.param(10_000, marks=(pytest.mark.long, pytest.mark.timeout(7200)))]
)
def test_members_are_exported_alike_whatever_the_order(examples: int) -> None:
    """Retractions, pauses, departures, floors and dated policies among it: to the byte."""
    run = settings(max_examples=examples, deadline=None)
    run(given(worlds(), offers(), ways)(check))()


@pytest.mark.parametrize(
    "examples", [5, pytest.param(1_000, marks=(pytest.mark.long, pytest.mark.timeout(7200)))]
)
def test_what_was_said_is_read_from_the_log_alone(examples: int) -> None:
    """The tables dropped and built anew, the same is exported of members and of changes."""

    def check(bodies: list[bytes], offered: list[Offer]) -> None:
        async def both(folder: Path) -> tuple[tuple[str, str], tuple[str, str]]:
            async with a_classifier(folder) as classifier:
                await classifier.hear([FIRST])
                await adopt(classifier, offered)
                await classifier.hear(bodies, batch=7)
                before = await classifier.exports()
                await classifier.store._writer.execute_fetchall("DROP TABLE fold")
            async with a_classifier(folder) as classifier:
                return before, await classifier.exports()

        with TemporaryDirectory() as folder:
            before, after = asyncio.run(both(Path(folder)))
            assert before == after

    settings(max_examples=examples, deadline=None)(given(worlds(), offers())(check))()
