"""The tables follow the log, and can be built from it again."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.rewards.projections import shown, tables
from services.rewards.projections.entries import CODEC
from shared.eventlog.log import Store
from tests.rewards.examples import RULES
from tests.rewards.messages import (
    a_change,
    a_comment,
    a_performance,
    a_publish,
    a_retraction,
    a_share,
    a_wish,
    an_outcome,
)
from tests.rewards.running import Rewards, a_rewards

DROPPED = (
    "DROP TABLE recognitions",
    "DROP TABLE acts",
    "DROP TABLE parts",
    "DELETE FROM recognitions; DELETE FROM checkpoints WHERE reader = 'tables'",
)
LATER = datetime(2026, 7, 20, tzinfo=UTC)


async def a_little_history(rewards: Rewards) -> None:
    await rewards.hear(
        *(a_publish(number) for number in range(1, 12)),
        *(a_publish(number, member="bob", minute=0) for number in range(1, 4)),
        a_publish(4, member="bob", minute=99),
        a_retraction("ada-9"),
        a_retraction(of=1, member="bob"),
        a_wish(public=False, member="bob"),
        *(a_comment(number, member="cy", of=5, minute=60) for number in range(1, 33)),
        an_outcome(of=5, via="cy"),
        a_performance(of=6, minute=70, readers=70),
        a_change(None, "content_creator", member="bob"),
        batch=4,
    )


async def half_a_year(rewards: Rewards) -> None:
    """A little history, closed, and a share that came too late."""
    await a_little_history(rewards)
    await rewards.is_told_the_time(LATER)
    await rewards.hear(a_share(of=5, minute=61))


@pytest.mark.parametrize("dropping", DROPPED)
async def test_tables_that_were_dropped_are_built_again_from_the_log(
    tmp_path: Path, dropping: str
) -> None:
    """At the next start they hold what they held."""
    async with a_rewards(tmp_path) as rewards:
        await half_a_year(rewards)
        before = await rewards.tables()
        log = await rewards.log()
        async with rewards.store.transaction() as transaction:
            for statement in dropping.split(";"):
                await transaction.execute(statement)

    async with a_rewards(tmp_path) as rewards:
        assert await rewards.tables() == before
        assert await rewards.log() == log
        assert {name: len(rows) for name, rows in before.items()} == {
            "acts": 50,
            "void_acts": 1,
            "void_objects": 1,
            "profiles": 1,
            "recognitions": 7,
            "parts": 5,
            "periods": 1,
        }


async def test_tables_of_another_form_are_built_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release that shows something else finds it in the log."""
    async with a_rewards(tmp_path) as rewards:
        await a_little_history(rewards)
        before = await rewards.tables()
        async with rewards.store.transaction() as transaction:
            await transaction.execute("UPDATE recognitions SET body = '{}'")

    monkeypatch.setattr(tables, "FORM", "next")
    async with a_rewards(tmp_path) as rewards:
        assert await rewards.tables() == before


async def test_scores_follow_the_rules_of_today_and_what_is_closed_does_not(
    tmp_path: Path,
) -> None:
    """Whoever weighs something else finds every open score weighed so at the next start."""
    twice = {what: 2 * weight for what, weight in RULES.impact.weights.items()}
    rules = replace(RULES, version=2, impact=replace(RULES.impact, weights=twice))
    async with a_rewards(tmp_path) as rewards:
        await half_a_year(rewards)
        before = await rewards.scores()

    async with a_rewards(tmp_path, rules) as rewards:
        ranking = await rewards.ranking()
        assert await rewards.scores() == {member: 2 * now for member, now in before.items()}
        assert ranking.closed is not None
        assert ranking.closed.rule_version == 1


async def test_what_comes_to_light_after_a_period_was_closed_is_shown_beside_it(
    tmp_path: Path,
) -> None:
    """Places and scores stay what they were."""
    async with a_rewards(tmp_path) as rewards:
        await half_a_year(rewards)

        lines = {line.member: line for line in (await rewards.ranking()).lines}
        assert (lines["ada"].now or 0) - lines["ada"].score == RULES.impact.weights["share"]
        assert lines["cy"].now == lines["cy"].score


async def test_work_goes_on_from_what_was_built_again(tmp_path: Path) -> None:
    """Whose a piece is, is known as before."""
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(*(a_publish(number) for number in range(1, 6)))
        async with rewards.store.transaction() as transaction:
            await transaction.execute("DROP TABLE acts")

    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(
            a_publish(1, member="bob", minute=50), a_publish(2, member="bob", minute=0)
        )

        assert [row["id"] for row in await rewards.shown() if row["state"] == "adjusted"] == [
            "effort/ada/1"
        ]


async def test_an_export_is_the_same_for_the_same_log(tmp_path: Path) -> None:
    """One object a line, by id, of what others rely on: nothing of the machine, or of when."""
    exports = []
    for folder in ("one", "other"):
        async with a_rewards(tmp_path / folder) as rewards:
            await half_a_year(rewards)
            exports.append([line async for line in shown.exported(rewards.store)])

    assert exports[0] == exports[1]
    assert exports[0][3] == (
        '{"id":"effort/ada/1","member":"ada","kind":"effort","block":1,"larger":false,'
        '"pieces":["https://example.org/001","https://example.org/002",'
        '"https://example.org/003","https://example.org/004","https://example.org/005"],'
        '"rule_version":1,"state":"granted"}\n'
    )
    assert exports[0] == sorted(exports[0])


@pytest.mark.parametrize("chunk", [1, 3])
async def test_an_export_of_many_is_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    """It is read in pieces, and nothing falls between them."""
    monkeypatch.setattr(shown, "CHUNK", chunk)
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(*(a_publish(number) for number in range(1, 51)))

        lines = [line async for line in shown.exported(rewards.store)]

    assert len(set(lines)) == len(lines) == 10


async def test_a_log_can_be_read_while_it_is_written(tmp_path: Path) -> None:
    """What is exported is one moment of it."""
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(*(a_publish(number) for number in range(1, 6)))
        async with Store.reading(tmp_path / "rewards.db", codec=CODEC) as view:
            async with view.snapshot() as moment:
                await rewards.hear(*(a_publish(number) for number in range(6, 11)))
                assert len([line async for line in shown.exported(moment)]) == 1
            assert len([line async for line in shown.exported(view)]) == 2
