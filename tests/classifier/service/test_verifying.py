"""`verify` recounts everybody from nothing, finds whatever differs, and says it in words."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from services.classifier.adapters import crew
from services.classifier.adapters.verification import verify
from services.classifier.projections.entries import BEYOND
from services.classifier.projections.recount import recount
from tests.classifier.service.examples import Classifier, a_classifier, a_sharer, a_year, an_event


async def verified(classifier: Classifier, **options: int) -> list[dict[str, Any]]:
    lines = verify(classifier.store, classifier.hearing.still, **options)
    return [line async for line in lines]


async def test_the_recount_equals_what_came_about_entry_by_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the shares in which the workers take it. The digest is of the export's lines."""
    monkeypatch.setattr(crew, "RANGE", 3)
    async with a_classifier(tmp_path, journeys=2, snapshot_every=7) as classifier:
        await classifier.hear(a_year(members=10), batch=100)
        members, _ = await classifier.exports()
        for workers in (1, 3):
            *progress, result = await verified(classifier, workers=workers)
            assert result == {
                "events": (await classifier.types()).count("activity-recorded"),
                "members": 10,
                "digest": sha256(members.encode()).hexdigest(),
                "equal": True,
            }
            assert [line["done"] for line in progress] == [3, 6, 9, 10]
            assert {line["of"] for line in progress} == {10}


async def test_an_empty_log_is_equal_too(tmp_path: Path) -> None:
    async with a_classifier(tmp_path) as classifier:
        *_, result = await verified(classifier, workers=1)
        assert (result["events"], result["members"], result["equal"]) == (0, 0, True)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE members SET zone = 'content_creator'", "zone is content_creator"),
        ("UPDATE members SET since = '2020-01-01'", "since is 2020-01-01"),
        ("UPDATE members SET vitality = 'dormant'", "vitality is dormant"),
        ("UPDATE members SET changes = 9", "changes is 9"),
        ("UPDATE members SET due_at = 9000000000000000", "would be reviewed at"),
        ("DELETE FROM members WHERE member = 'ada'", "ada is in the log, and has no row"),
        (
            "UPDATE zone_stretches SET from_day = '2026-01-07' WHERE zone = 'content_sharer'",
            "content_sharer from 2026-01-07, recounted it is content_sharer from 2026-01-08",
        ),
        (
            "INSERT INTO vitality_stretches VALUES ('ada', '2026-02-01', 'quiet')",
            "the vitality is quiet from 2026-02-01, recounted it is nothing more",
        ),
        (
            "INSERT INTO members VALUES ('zoe', 9e15, 9e15, NULL, NULL, NULL, 0, 1)",
            "zoe has a row, and nothing of them is in the log",
        ),
        ("DELETE FROM groups WHERE member = 'ada'", "ada: the groups are not those"),
        ("UPDATE groups SET grp = NULL", "ada: the groups are not those"),
        ("INSERT INTO groups VALUES ('ada', 7, 'k', 'it')", "ada: the groups are not those"),
        (
            (
                "UPDATE snapshots SET state ="
                " CAST(replace(CAST(state AS TEXT), '\"active\"', '\"quiet\"') AS BLOB)"
            ),
            "vitality in the snapshot",
        ),
    ],
)
async def test_any_difference_is_found_and_said(tmp_path: Path, sql: str, words: str) -> None:
    async with a_classifier(tmp_path, snapshot_every=2) as classifier:
        await classifier.hear([an_event("member_updated", 0.1, group="law"), *a_sharer()])
        now, policy = classifier.hearing.time.now, classifier.hearing.policies
        assert now is not None
        before = await recount(classifier.store, policy, now, "", BEYOND)
        assert before.difference is None
        await classifier.store._writer.execute_fetchall(sql)
        after = await recount(classifier.store, policy, now, "", BEYOND)
        assert after.difference is not None
        assert words in after.difference
        assert after.lines == before.lines


async def test_a_difference_is_not_equal(tmp_path: Path) -> None:
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear([*a_sharer(), an_event("view", 3.9, member="bob")])
        await classifier.store._writer.execute_fetchall("UPDATE members SET zone = NULL")
        *_, result = await verified(classifier, workers=2)
        assert not result["equal"]
        assert result["difference"].startswith("ada: zone is None")


async def test_what_is_due_is_reviewed_before_it_is_verified(tmp_path: Path) -> None:
    """The clock has moved, and nobody has got round to its effects: that is no difference."""
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear(a_sharer())
        classifier.hearing.time.unreviewed = True
        async with classifier.store.transaction() as transaction:
            now = (classifier.hearing.time.now or 0) + 90 * 86_400_000
            await classifier.hearing._set_clock(transaction, now, unreviewed=True)
        assert await classifier.hearing.waiting() == 1
        *_, result = await verified(classifier, workers=1)
        assert result["equal"]
        assert await classifier.hearing.waiting() == 0


async def test_the_service_goes_on_while_it_is_verified(tmp_path: Path) -> None:
    """The recount is of one moment; what is heard meanwhile is no difference."""
    bodies = a_year(members=6)
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear(bodies[:500])
        known = (await classifier.types()).count("activity-recorded")
        lines = verify(classifier.store, classifier.hearing.still, workers=1)
        first = await anext(lines)
        assert "done" in first
        await classifier.hear(bodies[500:])
        *_, result = [line async for line in lines]
        assert (result["events"], result["equal"]) == (known, True)


async def test_a_worker_that_dies_is_an_error_and_no_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @asynccontextmanager
    async def dying() -> AsyncIterator[None]:
        for worker in processes:
            worker.kill()
        yield

    processes: list[Any] = []
    start = asyncio.create_subprocess_exec

    async def started(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 -- passed on
        processes.append(await start(*arguments, **options))
        return processes[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", started)
    async with a_classifier(tmp_path) as classifier:
        await classifier.hear(a_sharer())
        [line] = [line async for line in verify(classifier.store, dying, workers=2)]
        assert "a worker process has died" in line["error"]
        assert json.dumps(line)
    for worker in processes:
        assert worker.returncode is not None
