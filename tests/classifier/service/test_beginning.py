"""The log begins with its clock and its policy, and keeps both."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.classifier.domain.clock import ClockStarted
from services.classifier.projections.entries import CODEC
from services.classifier.stream import hearing
from services.classifier.stream.beginning import begin
from services.classifier.stream.reading import heard
from shared.runtime.errors import WrongUse
from shared.runtime.settings import Clock
from tests.classifier.service.examples import (
    POLICY,
    a_classifier,
    a_sharer,
    a_year,
    an_event,
    at,
    written,
)

FIXED = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("clock", "mode", "stands"),
    [("events", "events", None), ("wall", "wall", 12), (FIXED, "fixed", 55 * 24 + 12)],
)
async def test_the_first_entries_are_the_clock_and_the_policy(
    tmp_path: Path, clock: Clock, mode: str, stands: float | None
) -> None:
    """By the wall and fixed the log has a time from the start; by events the first one gives it."""
    now = None if stands is None else round(at(stands / 24).timestamp() * 1000)
    for _ in range(2):
        async with a_classifier(tmp_path, clock=clock) as classifier:
            assert await classifier.types() == ["clock-started", "policy-adopted"]
            started, adopted = map(CODEC.decode, await classifier.store.read(0, 2))
            assert started == ClockStarted(mode=mode, at=now)  # type: ignore[arg-type]
            assert (adopted.version, adopted.text) == (1, POLICY)  # type: ignore[union-attr]
            assert classifier.hearing.time.now == now


@pytest.mark.parametrize("clock", ["wall", FIXED, datetime(2026, 3, 2, tzinfo=UTC)])
async def test_starting_with_another_clock_is_refused_in_one_line(
    tmp_path: Path, clock: Clock
) -> None:
    """A log whose time meant two things could not be folded again."""
    kept: Clock = "events" if clock != datetime(2026, 3, 2, tzinfo=UTC) else FIXED
    async with a_classifier(tmp_path, clock=kept):
        pass
    words = "events" if kept == "events" else r"2026-03-01T12:00:00\+00:00"
    with pytest.raises(WrongUse, match=f"ZONES_CLOCK={words}"):
        async with a_classifier(tmp_path, clock=clock):
            pass
    async with a_classifier(tmp_path, clock=kept) as classifier:
        assert len(await classifier.types()) == 2


async def test_a_policy_that_was_adopted_stays_whatever_the_file_says_later(
    tmp_path: Path,
) -> None:
    async with a_classifier(tmp_path) as classifier:
        later = await begin(
            classifier.store, "events", wall=FIXED, text=POLICY.replace("= 14", "= 15")
        )
        assert later.adopted[-1].text == POLICY


async def test_a_fixed_clock_never_moves(tmp_path: Path) -> None:
    """What is dated after it is recorded, and counts on a day that does not come."""
    async with a_classifier(tmp_path, clock=at(3.6)) as classifier:
        await classifier.hear([*a_sharer(), *(an_event("publish", 10 + n) for n in range(30))])
        assert (await classifier.member("ada"))["zone"] == "content_sharer"
        assert "clock-advanced" not in await classifier.types()
        _, said = await classifier.exports()
        assert said.count(written(3.6)) == 2


async def test_the_tables_can_be_dropped_and_are_built_again(tmp_path: Path) -> None:
    """They are what the log amounts to: rebuilt, everything goes on as if nothing had happened."""
    bodies = a_year(members=5)
    half = len(bodies) // 2
    async with a_classifier(tmp_path / "undisturbed") as classifier:
        await classifier.hear(bodies)
        expected = await classifier.log(), await classifier.exports()
    async with a_classifier(tmp_path / "rebuilt") as classifier:
        await classifier.hear(bodies[:half])
        before = _but_due(await classifier.rows())
        *_, groups, changes = await classifier.rows()
        assert groups, "a year in which people have groups"
        assert changes
        kept = ("clock", "members", "zone_stretches", "vitality_stretches", "groups", "changes")
        for table in kept:
            await classifier.store._writer.execute_fetchall(f"DROP TABLE {table}")
    async with a_classifier(tmp_path / "rebuilt") as classifier:
        assert _but_due(await classifier.rows()) == before
        await classifier.hear(bodies[half:])
        assert (await classifier.log(), await classifier.exports()) == expected


async def test_what_a_rebuilt_table_has_not_said_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tables were lost while somebody was due: they are reviewed all the same."""
    bodies = [*a_sharer(), an_event("view", 90, member="bob")]
    async with a_classifier(tmp_path / "undisturbed") as classifier:
        await classifier.hear(bodies)
        expected = await classifier.log(), await classifier.exports()
    async with a_classifier(tmp_path / "rebuilt") as classifier:
        await classifier.hear(bodies[:-1])
        with monkeypatch.context() as patch:
            patch.setattr(hearing, "REVIEWS", 0)
            async with classifier.store.transaction() as transaction:
                taken, _ = await classifier.hearing.take(transaction, [heard(bodies[-1])])
        assert taken == 0
        assert (await classifier.types())[-1] == "clock-advanced"
        await classifier.store._writer.execute_fetchall("DROP TABLE clock")
    async with a_classifier(tmp_path / "rebuilt") as classifier:
        await classifier.hear(bodies[-1:])
        assert (await classifier.log(), await classifier.exports()) == expected


def _but_due(tables: list[list[tuple[Any, ...]]]) -> list[list[tuple[Any, ...]]]:
    """Leave out what is due when: rebuilt, that may be later, since it is never late."""
    clock, members, *others = tables
    return [clock, [(row[0], *row[3:]) for row in members], *others]
