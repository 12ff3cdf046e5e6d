"""The log is a function of what is heard, entry by entry, whatever happens in between."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.classifier.adapters import policyfile
from services.classifier.adapters.linting import sound
from services.classifier.domain.adopting import Offer, decide
from services.classifier.domain.policy import Mode
from services.classifier.projections.entries import adoptions
from services.classifier.stream import hearing
from services.classifier.stream.reading import heard
from tests.classifier.service.examples import (
    MONDAY,
    POLICY,
    Classifier,
    a_classifier,
    a_year,
    an_event,
)
from tests.classifier.service.test_any_order import EASY, STRICT
from tests.classifier.service.worlds import worlds

KINDS = ("view", "like", "share", "post", "comment", "publish", "follow")


class Killed(Exception):
    """What a test does to a transaction."""


@st.composite
def clashes(draw: st.DrawFn) -> list[bytes]:
    """Draw what a few members did over a year, some of it told in two ways under one id."""
    acts = draw(
        st.lists(
            st.tuples(
                st.sampled_from(("ada", "bob", "cyd", "dot")),
                st.sampled_from(KINDS),
                st.one_of(st.integers(0, 40), st.integers(0, 380)),
                st.sampled_from((0.01, 0.03, 0.5, 0.99)),
                st.integers(0, 6),
                st.booleans(),
            ),
            min_size=1,
            max_size=40,
        )
    )
    in_order = sorted(acts, key=lambda act: act[2] + act[3])
    bodies = [
        an_event(kind, day + part, member=member, target=f"x:{whom}", historical=old)
        for member, kind, day, part, whom, old in (in_order if draw(st.booleans()) else acts)
    ]
    return list(dict.fromkeys(bodies))


@st.composite
def governed(draw: st.DrawFn) -> list[bytes | Offer]:
    """Draw a year of a few members, in which policies are adopted."""
    entries: list[bytes | Offer] = [*draw(worlds())]
    texts = draw(st.sampled_from([[STRICT], [EASY], [EASY, STRICT], [STRICT, EASY, POLICY]]))
    places = st.lists(st.integers(1, len(entries)), min_size=len(texts), max_size=len(texts))
    for text, place in [*zip(texts, sorted(draw(places)), strict=True)][::-1]:
        mode: Mode = draw(st.sampled_from(["forward", "forward", "grandfather", "recompute"]))
        until = MONDAY.date() + timedelta(days=500) if mode == "grandfather" else None
        entries.insert(place, Offer(text=text, author="eve", mode=mode, until=until))
    return entries


async def undisturbed(entries: Sequence[bytes | Offer]) -> tuple[Any, ...]:
    with TemporaryDirectory() as folder:
        async with a_classifier(Path(folder)) as classifier:
            left = list(entries)
            while left:
                bodies = the_next_bodies(left)
                await classifier.hear(bodies)
                for offer in left[len(bodies) : len(bodies) + 1]:
                    assert isinstance(offer, Offer)
                    await adopt(classifier, offer)
                    await classifier.hearing.review()
                left = left[len(bodies) + 1 :]
            return await outcome(classifier)


def the_next_bodies(entries: Sequence[bytes | Offer]) -> list[bytes]:
    """Return what is heard up to the next adoption."""
    offered = [place for place, entry in enumerate(entries) if isinstance(entry, Offer)]
    return [entry for entry in entries[: min(offered, default=None)] if isinstance(entry, bytes)]


async def adopt(classifier: Classifier, offer: Offer) -> None:
    """Write the adoption down. Who is due by it is left for reviews."""
    hearing = classifier.hearing
    async with hearing.still() as transaction:
        before = await adoptions(transaction)
        newest = before[-1], hearing.policies.newest
        adoption = decide(offer, sound(offer.text), newest, hearing.time.now)
        policies = policyfile.in_force([*before, adoption])
        await hearing.adopt(transaction, adoption, policies)


async def outcome(classifier: Classifier) -> tuple[Any, ...]:
    return await classifier.log(), await classifier.rows(), await classifier.exports()


@given(
    entries=clashes() | worlds() | governed(),
    batch=st.integers(1, 12),
    journeys=st.integers(1, 3),
    snapshot_every=st.sampled_from((1, 3, 40, 1_000_000)),
    reviews=st.sampled_from((1, 2, 500)),
    restarts=st.sampled_from((1, 2, 1000)),
)
@settings(max_examples=25, deadline=None)
def test_batches_caches_snapshots_and_restarts_change_nothing(
    *,
    entries: list[bytes | Offer],
    batch: int,
    journeys: int,
    snapshot_every: int,
    reviews: int,
    restarts: int,
) -> None:
    """Neither the log nor any exact row, nor the exports: all are the same to the byte."""

    async def disturbed(folder: Path) -> tuple[Any, ...]:
        left = list(entries)
        while left:
            async with a_classifier(
                folder, journeys=journeys, snapshot_every=snapshot_every
            ) as classifier:
                for _ in range(restarts):
                    left = await one_transaction(classifier, left)
        async with a_classifier(folder, journeys=journeys) as classifier:
            await classifier.hearing.review()
            return await outcome(classifier)

    async def one_transaction(
        classifier: Classifier, left: list[bytes | Offer]
    ) -> list[bytes | Offer]:
        """Review some, or take one batch, or adopt a policy; the next transaction may be another
        process's.
        """
        if await classifier.hearing.waiting():
            async with classifier.store.transaction() as transaction:
                await classifier.hearing._review_some(transaction)
            return left
        await classifier.hearing.review()
        if left and isinstance(left[0], Offer):
            await adopt(classifier, left[0])
            return left[1:]
        bodies = the_next_bodies(left[:batch])
        async with classifier.store.transaction() as transaction:
            taken, _ = await classifier.hearing.take(transaction, [*map(heard, bodies)])
        return left[taken:]

    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        expected = asyncio.run(undisturbed(entries))
        patch.setattr(hearing, "REVIEWS", reviews)
        assert asyncio.run(disturbed(Path(folder))) == expected


async def test_a_transaction_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    """Not in the database, and not in memory: the same batch, taken again, says the same."""
    bodies = a_year(members=6)[:400]
    async with a_classifier(tmp_path, journeys=3) as classifier:
        for start in range(0, len(bodies), 50):
            items = [heard(body) for body in bodies[start : start + 50]]
            await classifier.hearing.review()
            before = await classifier.log(), await classifier.rows(), classifier.hearing.time.now
            with suppress(Killed):
                async with classifier.store.transaction() as transaction:
                    taken, _ = await classifier.hearing.take(transaction, items)
                    raise Killed
            assert taken
            after = await classifier.log(), await classifier.rows(), classifier.hearing.time.now
            assert after == before
            await classifier.hear(bodies[start : start + 50])
        assert await outcome(classifier) == await undisturbed(bodies)


async def test_reviews_of_many_members_are_resumed_where_they_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between two chunks of reviews loses none and repeats none."""
    bodies = [
        an_event(kind, number / 100, member=f"m-{number:02}", target="x:1")
        for number in range(30)
        for kind in ("like", "share")
    ]
    later = [an_event("view", 90, member="zoe")]
    expected = await undisturbed([*bodies, *later])
    monkeypatch.setattr(hearing, "REVIEWS", 4)
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear(bodies)
        async with classifier.store.transaction() as transaction:
            taken, _ = await classifier.hearing.take(transaction, [heard(later[0])])
        assert taken == 0, "the clock was moved, the activity waits for the reviews"
        assert await classifier.hearing.waiting() == 30
    for left in (26, 22, 18):
        async with a_classifier(tmp_path) as classifier:
            async with classifier.store.transaction() as transaction:
                await classifier.hearing._review_some(transaction)
            assert await classifier.hearing.waiting() == left
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear(later)
        assert await outcome(classifier) == expected
