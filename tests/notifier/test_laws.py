"""The laws: whatever is repeated, and wherever a batch ends, the same is said, and once."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.notifier.domain import alerts
from services.notifier.domain.known import Known
from services.notifier.handlers import hearing, members, timing
from shared.clock import Clock, ClockAdvanced
from shared.contracts.activity import Happened
from shared.contracts.envelope import CloudEvent
from tests.notifier.examples import (
    HOURS,
    NINE,
    RULES,
    a_notifier,
    approved,
    editor,
    follow,
    happened,
    happenings,
    moved,
    moves,
    published,
    recognised,
    submitted,
    withdrawn,
)

LAW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PURE = settings(max_examples=200, deadline=None)

NAMES = st.sampled_from(["ann", "bob", "cyd"])
DRAFTS = st.sampled_from(["d-1", "d-2"])
MOMENTS = st.integers(0, 40).map(lambda quarters: NINE + quarters * HOURS / 4)


@st.composite
def activities(draw: st.DrawFn) -> list[Happened]:
    """Return what a few people do in ten hours, in any order, each event with an id of its own."""
    events = []
    for n in range(draw(st.integers(1, 14))):
        name, at = draw(NAMES), draw(MOMENTS)
        told: dict[str, Any] = {"at": at, "id": f"e-{n}", "historical": draw(st.booleans())}
        kind = draw(st.sampled_from("sawrefptl"))
        match kind:
            case "s":
                events.append(submitted(name, draw(DRAFTS), **told))
            case "a":
                events.append(approved(name, draw(DRAFTS), **told))
            case "w":
                events.append(withdrawn(name, draw(DRAFTS), **told))
            case "r":
                earlier = f"e-{draw(st.integers(0, 14))}"
                events.append(happened("retract", name, retracts=earlier, **told))
            case "e":
                roles = draw(st.lists(st.sampled_from(["editor", "coordinator"]), unique=True))
                events.append(happened("member_updated", name, roles=roles, **told))
            case "f":
                events.append(follow(name, draw(NAMES), **told))
            case "p":
                topics = draw(st.lists(st.sampled_from(["tea", "ink"]), unique=True))
                events.append(published(name, draw(DRAFTS), topics=topics, **told))
            case "t":
                status = draw(st.sampled_from(["paused", "resumed", "departed", "registered"]))
                events.append(happened(f"member_{status}", name, **told))
            case _:
                events.append(happened("like", name, topics=["tea"], **told))
    return events


def told_by(
    batches: Iterable[Sequence[CloudEvent]],
) -> tuple[Counter[str], list[tuple[str, bytes]]]:
    """Return how often each notice was said, and all of the log but its times."""

    async def tell() -> tuple[Counter[str], list[tuple[str, bytes]]]:
        with TemporaryDirectory() as folder:
            async with a_notifier(Path(folder)) as notifier:
                await notifier.hears(moved("ann"), moved("bob"))
                await notifier.hears(editor(id="editor"))
                for batch in batches:
                    await notifier.hears(*batch)
                rows = await notifier.store.read(0, 100_000)
                return (
                    Counter(it.id for it in await notifier.notices()),
                    [(row.stream, row.body) for row in rows],
                )

    return asyncio.run(tell())


@LAW
@given(activities(), st.integers(1, 15))
def test_where_a_batch_ends_makes_no_difference(events: list[Happened], size: int) -> None:
    batches = [events[start : start + size] for start in range(0, len(events), size)]

    assert told_by(batches) == told_by([[event] for event in events])


@LAW
@given(activities(), st.randoms(use_true_random=False))
def test_whatever_is_heard_again_is_not_said_again(
    events: list[Happened], chance: random.Random
) -> None:
    """A second sending comes at any time after the first, in any order."""
    again = [*events, *events]
    chance.shuffle(again)
    first = list({event.key: event for event in reversed(again)}.values())[::-1]
    firsts = [event for place, event in enumerate(again) if event not in again[:place]]
    assert len(first) == len(firsts)

    said, _ = told_by([again])
    assert said == told_by([firsts])[0]
    assert all(times == 1 for times in said.values())


async def test_zone_changes_and_recognitions_that_come_again_are_not_said_again(
    tmp_path: Path,
) -> None:
    heard = [moved("ann"), moved("ann", "content_creator", frm="socially_engaged", version=5)]
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(editor())
        for _ in range(3):
            await notifier.hears(*heard)
            await notifier.hears(recognised(), recognised(block=2))
            await notifier.hears_one_by_one(heard)

        assert len(await notifier.notices()) == 6


@st.composite
def steps(draw: st.DrawFn) -> list[datetime]:
    """Return instants from nine on by which the clock goes, at least to the end of a promise."""
    minutes = draw(st.lists(st.integers(0, 600), max_size=12))
    return [NINE + minute * HOURS / 60 for minute in sorted({*minutes, 240})]


def alert_names(entries: Iterable[Any]) -> list[str]:
    return [type(it.event).__name__ for it in entries if isinstance(it.event, alerts.AlertEvent)]


def at_nine() -> Known:
    known = Known(clock=Clock(mode="wall", now=NINE))
    members.move(known, moves(moved("ann")), RULES)
    return known


@PURE
@given(steps())
def test_timers_fire_once_whatever_the_clocks_steps(instants: list[datetime]) -> None:
    known = at_nine()
    said = alert_names(hearing.hear(known, happenings(submitted()), RULES))
    for now in instants:
        said += alert_names(timing.advance(known, now, RULES))

    assert said == ["AlertRaised", "AlertAtRisk", "AlertBreached"]


@PURE
@given(steps(), st.integers(0, 119))
def test_what_is_answered_in_half_the_time_is_neither_at_risk_nor_breached(
    instants: list[datetime], minute: int
) -> None:
    answered = NINE + minute * HOURS / 60
    known = at_nine()
    said = alert_names(hearing.hear(known, happenings(submitted()), RULES))
    for now in [it for it in instants if it < answered]:
        said += alert_names(timing.advance(known, now, RULES))
    said += alert_names(hearing.hear(known, happenings(approved(at=answered)), RULES))
    for now in [it for it in instants if it >= answered]:
        said += alert_names(timing.advance(known, now, RULES))

    assert said == ["AlertRaised", "AlertResolved"]


@PURE
@given(st.lists(MOMENTS, min_size=2, max_size=20))
def test_the_log_never_tells_that_time_went_back(moments: list[datetime]) -> None:
    known = Known(clock=Clock(mode="events"))
    heard = happenings(*(happened("like", "bob", at=at) for at in moments))
    entries = hearing.hear(known, heard, RULES)

    told = [it.event.at for it in entries if isinstance(it.event, ClockAdvanced)]
    assert all(earlier < later for earlier, later in pairwise(told))
    assert known.clock.now == max(moments)
