"""What was known at a time is what the service answered when its clock stood there."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.classifier.adapters import policyfile
from services.classifier.domain.adopting import AdoptionRefused
from services.classifier.domain.policy import Mode
from services.classifier.http.asking import instant_of
from services.classifier.projections import answers, hindsight
from services.classifier.projections.hindsight import Moment
from shared.runtime.settings import Clock
from tests.classifier.service.examples import (
    MONDAY,
    POLICY,
    Classifier,
    a_classifier,
    a_sharer,
    an_event,
    at,
    day,
)
from tests.classifier.service.test_adopting import EASIER, LONGER, STRICTER, adopt
from tests.classifier.service.worlds import MEMBERS, worlds


class Stand(NamedTuple):
    """What the service answered at some place in its log, of everybody."""

    moment: Moment
    told: dict[str, Any]


async def stand(classifier: Classifier) -> Stand:
    store, now = classifier.store, classifier.hearing.time.now
    assert now is not None
    version = classifier.hearing.policies.today(now).version
    told = {name: await answers.member(store, name, policy_version=version) for name in MEMBERS}
    return Stand(Moment(await store.last_position(), now), told)


async def believed(classifier: Classifier, then: Moment) -> dict[str, Any]:
    policies = policyfile.in_force(await hindsight.adopted(classifier.store, then))
    return {
        name: await hindsight.believed(classifier.store, name, then, policies) for name in MEMBERS
    }


class Adoption(NamedTuple):
    """What a policy is replaced by, before the body at `place` is heard."""

    place: int
    text: str
    mode: Mode


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[bytes], list[Adoption]]:
    """Draw a world, and which policies are adopted in the course of it."""
    bodies = draw(worlds())
    adopted = st.builds(
        Adoption,
        st.integers(0, len(bodies) - 1),
        st.sampled_from((STRICTER, EASIER, LONGER, POLICY)),
        st.sampled_from(("forward", "grandfather", "recompute")),
    )
    return bodies, draw(st.lists(adopted, max_size=3))


async def adopted_one(classifier: Classifier, adoption: Adoption) -> None:
    now = classifier.hearing.time.now
    until = None
    if adoption.mode == "grandfather":
        until = answers.date_of(now or 0) + timedelta(30)
    with suppress(AdoptionRefused):
        await adopt(classifier, adoption.text, mode=adoption.mode, until=until)


def milliseconds(days: float) -> int:
    return round(at(days).timestamp() * 1000)


@settings(max_examples=25, deadline=None)
@given(history=histories())
def test_every_answer_that_was_given_is_given_again(
    history: tuple[list[bytes], list[Adoption]],
) -> None:
    """At every place in the log, and found by every time of its clock; between two of them the
    earlier one holds.
    """
    bodies, adoptions = history

    async def answered_again(classifier: Classifier) -> None:
        stands = []
        for place, body in enumerate(bodies):
            for adoption in adoptions:
                if adoption.place == place:
                    await adopted_one(classifier, adoption)
                    if classifier.hearing.time.now is not None:
                        stands.append(await stand(classifier))
            await classifier.hear([body])
            stands.append(await stand(classifier))
        for each in stands:
            assert await believed(classifier, each.moment) == each.told
        last = {each.moment.now: each.moment for each in stands}
        times = sorted(last)
        for now, following in zip(times, [*times[1:], times[-1] + 10_000], strict=True):
            for time in {now, (now + following) // 2, following - 1}:
                assert await hindsight.moment(classifier.store, time) == last[now]
        assert await hindsight.moment(classifier.store, times[0] - 1) is None

    async def in_a_folder() -> None:
        with TemporaryDirectory() as folder:
            async with a_classifier(Path(folder)) as classifier:
                await answered_again(classifier)

    asyncio.run(in_a_folder())


@pytest.mark.parametrize("clock", ["wall", at(200)])
async def test_a_clock_that_activity_does_not_move(tmp_path: Path, clock: Clock) -> None:
    """What was recorded between two moments of the clock was known at the first of them."""
    async with a_classifier(tmp_path, clock=clock, wall=at(3)) as classifier:
        stands = [await stand(classifier)]
        for number in range(4):
            if clock == "wall":
                await classifier.hearing.advance(milliseconds(3 + 40 * number))
            for body in a_sharer(MEMBERS[number], first=number):
                await classifier.hear([body])
                stands.append(await stand(classifier))
        last = {each.moment.now: each for each in stands}
        assert len(last) == (4 if clock == "wall" else 1)
        for now, each in last.items():
            found = await hindsight.moment(classifier.store, now + 1)
            assert found == each.moment
            assert await believed(classifier, found) == each.told
        assert await hindsight.moment(classifier.store, min(last) - 1) is None


async def test_a_day_is_known_at_its_end(tmp_path: Path) -> None:
    """What came late was not known by then, and what was known was of days before, too."""
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear([*a_sharer()[:2], an_event("view", 10), *a_sharer()[2:]])
        await classifier.hear([an_event("view", 11)])
        store, policy = classifier.store, classifier.hearing.policies

        async def zone(known_at: int, as_of: int | None = None) -> tuple[Any, ...]:
            then = await hindsight.moment(store, instant_of(day(known_at)))
            assert then is not None
            on = None if as_of is None else at(as_of).date()
            told = await hindsight.believed(store, "ada", then, policy, as_of=on)
            assert told is not None
            return told["zone"], told["since"], told["version"]

        assert await zone(9) == ("content_consumer", day(0), 1)
        assert await zone(10) == ("content_sharer", day(3), 2), "the late ones came that day"
        assert await zone(10, as_of=2) == ("content_consumer", day(0), 2)
        assert await zone(300) == await zone(11)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2026-01-05T00:00:00Z", 0),
        ("2026-01-05T12:00:00+00:00", 0.5),
        ("2026-01-05T12:00:00.250+12:00", 0.25 / 86_400),
        ("2026-01-05", 1 - 0.001 / 86_400),
    ],
)
def test_a_time_is_an_instant_or_the_last_one_of_a_day(text: str, days: float) -> None:
    assert instant_of(text) == round(MONDAY.timestamp() * 1000 + days * 86_400_000)


@pytest.mark.parametrize("text", ["", "now", "2026-01-05T12:00:00", "2026-13-01", "1767571200000"])
def test_a_time_without_an_offset_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="write it as"):
        instant_of(text)
