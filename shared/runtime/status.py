"""What every service says about itself, and what it could not process, for whoever operates it."""

import base64
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, HTTPException, Path, Query

from shared.eventlog.parked import ParkedRow
from shared.eventlog.view import View
from shared.runtime.health import Health
from shared.runtime.process import version

Retry: TypeAlias = Callable[[ParkedRow], Awaitable[str | None]]
"""Processes a parked message again and marks it resolved in the same transaction, answering None;
else counts the attempt and answers why it still cannot be processed."""

LARGEST = 2**63 - 1
"""What a database can count to."""
Id = Annotated[int, Path(ge=1, le=LARGEST)]


def router(health: Health, view: View, retry: Retry) -> APIRouter:
    """Return `/v1/status` and `/v1/parked`."""
    router = APIRouter(prefix="/v1", tags=["operation"])

    @router.get("/status", summary="Whether the service is ready, how far behind, and why")
    async def status() -> dict[str, Any]:
        reasons = await health.reasons()
        readers = await health.lags()
        known = [lag for lag in readers.values() if lag is not None]
        return {
            "name": health.service,
            "ready": not reasons,
            "lag": sum(known) if len(known) == len(readers) else None,
            "version": version(),
            "parked": await view.parked_count(),
            "reasons": reasons,
            "remarks": health.remarks,
            "readers": readers,
        }

    @router.get("/parked", summary="What could not be processed, oldest first")
    async def parked(
        after: Annotated[int, Query(ge=0, le=LARGEST)] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        resolved: bool = False,
    ) -> dict[str, Any]:
        rows = await view.parked(after=after, limit=limit, resolved=resolved)
        return {
            "parked": [_listed(row) for row in rows],
            "next": rows[-1].id if len(rows) == limit else None,
        }

    @router.get("/parked/{number}", summary="One parked message, whole")
    async def shown(number: Id) -> dict[str, Any]:
        row = await _found(view, number)
        return {**_listed(row), "headers": dict(row.headers), **_payload(row.payload)}

    @router.post("/parked/{number}/retry", summary="Process a parked message again")
    async def retried(number: Id) -> dict[str, Any]:
        row = await _found(view, number)
        if row.resolved_at is not None:
            return {"id": number, "resolved": True, "reason": None}
        reason = await retry(row)
        return {"id": number, "resolved": reason is None, "reason": reason}

    return router


async def _found(view: View, number: int) -> ParkedRow:
    row = await view.parked_row(number)
    if row is None:
        raise HTTPException(404, f"nothing is parked here under {number}")
    return row


def _listed(row: ParkedRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "reader": row.reader,
        "key": row.key,
        "reason": row.reason,
        "detail": row.detail,
        "subject": row.subject,
        "parked_at": _time(row.parked_at),
        "attempts": row.attempts,
        "resolved_at": None if row.resolved_at is None else _time(row.resolved_at),
    }


def _time(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _payload(payload: bytes) -> dict[str, str]:
    try:
        return {"payload": payload.decode()}
    except UnicodeDecodeError:
        return {"payload_base64": base64.b64encode(payload).decode()}
