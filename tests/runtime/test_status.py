"""What every service says about itself and about what it could not process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

from shared.eventlog.codec import Codec
from shared.eventlog.log import Store
from shared.eventlog.parked import Parked, ParkedRow
from shared.runtime import status
from shared.runtime.health import Health
from tests.runtime.serving import serving


def parked(payload: bytes = b'{"id": 1}') -> Parked:
    return Parked(
        reader="rewards-zones",
        key=None,
        reason="unreadable",
        detail="`time` is missing",
        subject="zone.changed.v1.a.m-1",
        payload=payload,
        headers={"Nats-Msg-Id": "m-1:1"},
    )


@asynccontextmanager
async def operated(
    folder: Path, *items: Parked, heal: bool = True, lag: int = 3
) -> AsyncIterator[httpx2.AsyncClient]:
    async with Store.open(folder / "rewards.db", codec=Codec([])) as store:

        async def retry(row: ParkedRow) -> str | None:
            async with store.transaction() as transaction:
                await transaction.mark_retried(row.id)
                if heal:
                    await transaction.mark_resolved(row.id)
            return None if heal else "`time` is still missing"

        async def behind() -> int:
            if lag < 0:
                raise TimeoutError
            return lag

        health = Health("rewards")
        health.follow("rewards-zones", behind)
        async with store.transaction() as transaction:
            for item in items:
                await transaction.park(item)
        async with serving(health, None, status.router(health, store, retry)) as service:
            yield service


async def test_status_says_how_far_behind_it_is_and_why(tmp_path: Path) -> None:
    async with operated(tmp_path, parked()) as service:
        told = (await service.get("/v1/status")).json()
    assert told == {
        "name": "rewards",
        "ready": True,
        "lag": 3,
        "version": told["version"],
        "parked": 1,
        "reasons": [],
        "remarks": [],
        "readers": {"rewards-zones": 3},
    }


async def test_a_lag_that_is_not_known_is_null(tmp_path: Path) -> None:
    async with operated(tmp_path, lag=-1) as service:
        assert (await service.get("/v1/status")).json()["lag"] is None


async def test_what_is_parked_is_listed_in_pages(tmp_path: Path) -> None:
    async with operated(tmp_path, *(parked(b"%d" % n) for n in range(3))) as service:
        first = (await service.get("/v1/parked", params={"limit": 2})).json()
        rest = (await service.get("/v1/parked", params={"after": first["next"]})).json()
    assert [row["id"] for row in first["parked"]] == [1, 2]
    assert [row["id"] for row in rest["parked"]] == [3]
    assert rest["next"] is None


async def test_a_parked_message_is_shown_whole(tmp_path: Path) -> None:
    async with operated(tmp_path, parked(), parked(b"\xff\x00")) as service:
        text = (await service.get("/v1/parked/1")).json()
        binary = (await service.get("/v1/parked/2")).json()
        missing = await service.get("/v1/parked/3")
    assert text["payload"] == '{"id": 1}'
    assert text["headers"] == {"Nats-Msg-Id": "m-1:1"}
    assert binary["payload_base64"] == "/wA="
    assert missing.status_code == 404


async def test_a_retry_resolves_or_says_why_not(tmp_path: Path) -> None:
    async with operated(tmp_path, parked()) as service:
        done = (await service.post("/v1/parked/1/retry")).json()
        again = (await service.post("/v1/parked/1/retry")).json()
        row = (await service.get("/v1/parked/1")).json()
    assert done == again == {"id": 1, "resolved": True, "reason": None}
    assert row["attempts"] == 1
    async with operated(tmp_path, parked(b"other"), heal=False) as service:
        failed = (await service.post("/v1/parked/2/retry")).json()
    assert failed == {"id": 2, "resolved": False, "reason": "`time` is still missing"}


async def test_a_number_beyond_all_is_refused(tmp_path: Path) -> None:
    async with operated(tmp_path, parked()) as service:
        for path in (f"/v1/parked/{2**63}", f"/v1/parked?after={2**63}"):
            assert (await service.get(path)).status_code == 422
