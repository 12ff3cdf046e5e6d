"""The tables follow the log, and can be built from it again."""

from pathlib import Path

import pytest

from services.rewards import projections
from shared.eventlog.log import Store
from tests.rewards.messages import a_change, a_publish, a_retraction
from tests.rewards.running import Rewards, a_rewards

DROPPED = (
    "DROP TABLE recognitions",
    "DROP TABLE claims",
    "DELETE FROM recognitions; DELETE FROM checkpoints WHERE reader = 'tables'",
)


async def a_little_history(rewards: Rewards) -> None:
    await rewards.hear(
        *(a_publish(number) for number in range(1, 12)),
        *(a_publish(number, member="bob", minute=0) for number in range(1, 4)),
        a_publish(4, member="bob", minute=99),
        a_retraction("ada-9"),
        a_retraction(of=1, member="bob"),
        a_change(None, "content_creator", member="bob"),
        batch=4,
    )


@pytest.mark.parametrize("dropping", DROPPED)
async def test_tables_that_were_dropped_are_built_again_from_the_log(
    tmp_path: Path, dropping: str
) -> None:
    """At the next start they hold what they held."""
    async with a_rewards(tmp_path) as rewards:
        await a_little_history(rewards)
        before = await rewards.tables()
        log = await rewards.log()
        async with rewards.store.transaction() as transaction:
            for statement in dropping.split(";"):
                await transaction.execute(statement)

    async with a_rewards(tmp_path) as rewards:
        assert await rewards.tables() == before
        assert await rewards.log() == log
        recognitions, claims = before
        assert len(recognitions) == 4
        assert len(claims) == 13


async def test_tables_of_another_form_are_built_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release that shows something else finds it in the log."""
    async with a_rewards(tmp_path) as rewards:
        await a_little_history(rewards)
        before = await rewards.tables()
        async with rewards.store.transaction() as transaction:
            await transaction.execute("UPDATE recognitions SET body = '{}'")

    monkeypatch.setattr(projections, "FORM", "next")
    async with a_rewards(tmp_path) as rewards:
        assert await rewards.tables() == before


async def test_work_goes_on_from_what_was_built_again(tmp_path: Path) -> None:
    """Whose a piece is, is known as before."""
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(*(a_publish(number) for number in range(1, 6)))
        async with rewards.store.transaction() as transaction:
            await transaction.execute("DROP TABLE claims")

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
            await a_little_history(rewards)
            exports.append([line async for line in projections.exported(rewards.store)])

    assert exports[0] == exports[1]
    assert exports[0][-2] == (
        '{"id":"effort/ada/1","member":"ada","kind":"effort","block":1,"larger":false,'
        '"pieces":["https://example.org/001","https://example.org/002",'
        '"https://example.org/003","https://example.org/004","https://example.org/005"],'
        '"rule_version":1,"state":"granted"}\n'
    )
    assert exports[0] == sorted(exports[0])


async def test_an_export_of_many_is_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read in pieces, and nothing falls between them."""
    monkeypatch.setattr(projections, "CHUNK", 3)
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(*(a_publish(number) for number in range(1, 51)))

        lines = [line async for line in projections.exported(rewards.store)]

    assert len(set(lines)) == len(lines) == 10


async def test_a_log_can_be_read_while_it_is_written(tmp_path: Path) -> None:
    """What is exported is one moment of it."""
    async with a_rewards(tmp_path) as rewards:
        await rewards.hear(*(a_publish(number) for number in range(1, 6)))
        async with Store.reading(tmp_path / "rewards.db", codec=projections.CODEC) as view:
            async with view.snapshot() as moment:
                await rewards.hear(*(a_publish(number) for number in range(6, 11)))
                assert len([line async for line in projections.exported(moment)]) == 1
            assert len([line async for line in projections.exported(view)]) == 2
