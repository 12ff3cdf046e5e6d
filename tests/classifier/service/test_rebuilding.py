"""The tables are built again where they are not what this release makes of the log."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.classifier.adapters.rebuilder import Rebuilder
from services.classifier.projections import tables
from services.classifier.projections.entries import CODEC
from services.classifier.projections.tables import FOLD, TABLES
from shared.eventlog.log import Store
from tests.classifier.service.examples import Classifier, a_classifier, a_sharer, a_year, an_event
from tests.classifier.service.whole import Service, a_service

SILENT = "nats://127.0.0.1:1"
OLDER = "UPDATE fold SET number = number - 1"
KEPT = [name for name in TABLES.names if name != "fold"]
EMPTIED = [name for name in KEPT if name not in {"groups", "snapshots"}]
"""Where nothing says that anything should be in it, only a recount finds out."""
WRONG = "UPDATE vitality_stretches SET vitality = 'dormant'"


async def a_past(folder: Path, *sql: str) -> None:
    """Leave what a classifier has made of two members, and somebody has meddled with."""
    async with a_classifier(folder) as classifier:
        group = an_event("member_registered", 3.8, member="bob", group="sales")
        await classifier.hear([*a_sharer(), group])
        for each in sql:
            await classifier.store._writer.execute_fetchall(each)


async def vitality(classifier: Classifier) -> Any:  # noqa: ANN401 -- or None
    return (await classifier.member("ada"))["vitality"]


@pytest.mark.parametrize(
    ("sql", "readable"),
    [
        (OLDER, True),
        ("DROP TABLE fold", False),
        ("DELETE FROM fold", True),
        ("DROP INDEX members_due", False),
        ("ALTER TABLE members ADD COLUMN shoe_size INTEGER", False),
        *((f"DROP TABLE {name}", False) for name in KEPT),
        *((f"DELETE FROM {name}", False) for name in EMPTIED),  # noqa: S608
    ],
)
async def test_tables_of_another_make_are_noticed(
    tmp_path: Path, sql: str, *, readable: bool
) -> None:
    """Whoever reads can do with those of another fold, but not with those of another shape."""
    await a_past(tmp_path, sql)
    async with Store.open(tmp_path / "classifier.db", codec=CODEC) as store:
        finding = await tables.look(store)
        assert (finding.why is None, finding.readable) == (False, readable)


@pytest.mark.parametrize("sql", [OLDER, "DROP TABLE members"])
async def test_tables_of_another_make_are_built_again(tmp_path: Path, sql: str) -> None:
    await a_past(tmp_path, WRONG, sql)
    async with a_classifier(tmp_path) as classifier:
        assert await vitality(classifier) == "active"
        assert await tables.look(classifier.store) == (None, True)
        assert classifier.hearing.time.now is not None


async def test_tables_of_this_make_are_left_as_they_are(tmp_path: Path) -> None:
    """Whether they are right is for the recount to say."""
    await a_past(tmp_path, WRONG)
    async with a_classifier(tmp_path) as classifier:
        assert await vitality(classifier) == "dormant"


async def test_they_are_the_same_whatever_the_number_of_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.classifier.adapters.crew.RANGE", 3)
    async with a_classifier(tmp_path, snapshot_every=7) as classifier:
        await classifier.hear(a_year(members=10))
        store = classifier.store
        seen: list[tuple[Any, Any]] = []
        for workers in (1, 3):
            await store._writer.execute_fetchall(OLDER)
            rebuilder = Rebuilder(store, "events", classifier.hearing.begin)
            await rebuilder.look()
            await rebuilder.rebuild(workers=workers)
            snapshots = await store.fetchall("SELECT * FROM snapshots ORDER BY member")
            seen.append((await classifier.rows(), snapshots))
        assert seen[0] == seen[1]


@contextlib.asynccontextmanager
async def rebuilding(
    folder: Path, patch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Service, asyncio.Event]]:
    """Serve a folder, whose tables are not swapped for new ones before the event is set."""
    go_on = asyncio.Event()
    replace = Rebuilder._build

    async def held_up(*arguments: Any) -> int:  # noqa: ANN401 -- passed on
        built = await replace(*arguments)
        await go_on.wait()
        return built

    patch.setattr(Rebuilder, "_build", held_up)
    async with a_service(folder, SILENT, path="/healthz") as service:
        yield service, go_on


async def rebuilt(service: Service) -> None:
    async with asyncio.timeout(10):
        while any("rebuilding" in why for why in (await service.get("/readyz"))["reasons"]):
            await asyncio.sleep(0.01)


async def test_while_they_are_built_again_the_old_are_read_and_nothing_is_taken_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_past(tmp_path, WRONG, OLDER)
    async with rebuilding(tmp_path, monkeypatch) as (service, go_on):
        async with asyncio.timeout(10):
            while "2 of 2 members" not in (await service.get("/readyz"))["reasons"][0]:
                await asyncio.sleep(0.01)
        [why, *_] = (await service.get("/v1/status"))["reasons"]
        made = f"(they were made by fold {FOLD - 1}, and this release folds by {FOLD})"
        assert why == f"rebuilding the tables from the log, 2 of 2 members {made}"
        assert (await service.get("/v1/members/ada"))["vitality"] == "dormant"
        assert (await service.get("/v1/distribution"))["members"] == 2
        refused = await service.http.post("/v1/verify")
        assert (refused.status_code, refused.json()) == (503, {"error": why})
        go_on.set()
        await rebuilt(service)
        assert (await service.get("/v1/members/ada"))["vitality"] == "active"
        assert (await service.verified())["equal"]
    assert [file.name for file in tmp_path.glob("*rebuilt*")] == []


async def test_tables_that_cannot_be_read_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_past(tmp_path, "ALTER TABLE members DROP COLUMN since")
    async with rebuilding(tmp_path, monkeypatch) as (service, go_on):
        for path in ("members/ada", "distribution", "export/members"):
            refused = await service.http.get(f"/v1/{path}")
            assert refused.status_code == 503
            assert refused.headers["retry-after"] == "5"
            assert "(members: missing, or of another shape)" in refused.json()["error"]
        assert (await service.get("/v1/status"))["name"] == "classifier"
        go_on.set()
        await rebuilt(service)
        assert (await service.get("/v1/distribution"))["members"] == 2


async def test_what_is_broken_off_is_begun_again_and_has_lost_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_past(tmp_path, WRONG, OLDER)
    with monkeypatch.context() as patch:
        async with rebuilding(tmp_path, patch) as (service, _):
            async with asyncio.timeout(10):
                while not list(tmp_path.glob("*rebuilt*")):
                    await asyncio.sleep(0.01)
            assert (await service.get("/v1/members/ada"))["vitality"] == "dormant"
    async with a_service(tmp_path, SILENT, path="/healthz") as service:
        await rebuilt(service)
        assert (await service.get("/v1/members/ada"))["vitality"] == "active"


async def test_what_the_fold_makes_is_numbered_from_the_first_entry_on(tmp_path: Path) -> None:
    async with a_classifier(tmp_path) as classifier:
        assert await tables.look(classifier.store) == (None, True)
