"""What is promised and what was said, for whoever asks; and the way to take up a draft."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel

from services.notifier import publishing
from services.notifier.domain.alerts import AlertEvent
from services.notifier.domain.kinds import CONFIDENTIAL
from services.notifier.domain.notices import NoticeSent
from services.notifier.projections import history, shown
from shared.contracts import notices as contracts
from shared.contracts.words import Member
from shared.eventlog.view import View

Acknowledge = Callable[[str, str | None, datetime], Awaitable[bool]]
"""Takes the draft's stream, who, and when; answers whether that changed anything."""


class Alert(contracts.Alert):
    """As it stands. `seconds_left` of the promise are negative once it is broken."""

    seconds_left: float | None = None


class Alerts(BaseModel):
    """From old to new. `next` is the `after` of the next page, null on the last one."""

    alerts: list[Alert]
    next: str | None


class Acknowledged(BaseModel):
    alert: Alert
    changed: bool
    """False where it was resolved already."""


class By(BaseModel):
    by: Member | None = None


class Notices(BaseModel):
    """From old to new. `next` is the `after` of the next page, null on the last one."""

    notices: list[contracts.Notice]
    next: int | None


class Delivery(BaseModel):
    """How far a notice has come over a channel. `problem` is a word for what was wrong with the
    last attempt, or for why it is dropped; `next_at` when it is tried again, null for at once or
    never.
    """

    channel: str
    state: Literal["waiting", "delivered", "failed", "dropped"]
    attempts: int
    problem: str | None
    at: datetime | None
    next_at: datetime | None


class Deliveries(BaseModel):
    notice: contracts.Notice
    deliveries: list[Delivery]
    """None for the inbox, where it is at once."""


def router(view: View, acknowledge: Acknowledge) -> APIRouter:
    """Return `/v1/alerts` and `/v1/notices`."""
    router = APIRouter(prefix="/v1", tags=["notices"])

    @router.get("/alerts", response_model=Alerts, summary="The fast track, from old to new")
    async def alerts(
        open: bool = False,
        after: str | None = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> dict[str, Any]:
        now = await shown.now(view)
        events = await shown.alerts(view, only_open=open, after=after, limit=limit)
        return {
            "alerts": [_alert(event, now) for event in events],
            "next": events[-1].alert.id if len(events) == limit else None,
        }

    @router.get("/alerts/{id:path}", summary="One alert, as it stands")
    async def alert(id: str) -> Alert:
        _, event = await _found(view, id)
        return _alert(event, await shown.now(view))

    @router.post(
        "/alerts/{id:path}/ack",
        response_model=Acknowledged,
        summary="Take up a draft: its alert is resolved",
    )
    async def ack(id: str, said: By | None = None) -> dict[str, Any]:
        stream, _ = await _found(view, id)
        now = await shown.now(view)
        changed = await acknowledge(stream, said.by if said else None, now)
        _, event = await _found(view, id)
        return {"alert": _alert(event, now), "changed": changed}

    @router.get(
        "/notices", response_model=Notices, summary="What was said, not in what words, old to new"
    )
    async def notices(
        after: Annotated[int, Query(ge=0, le=1 << 62)] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        recipient: str | None = None,
        kind: str | None = None,
    ) -> dict[str, Any]:
        rows = await shown.notices(view, after=after, limit=limit, recipient=recipient, kind=kind)
        return {
            "notices": [
                publishing.notice(row.sent)
                for row in rows
                if row.sent.notice.kind not in CONFIDENTIAL
            ],
            "next": rows[-1].position if len(rows) == limit else None,
        }

    @router.get(
        "/notices/{id:path}/deliveries",
        response_model=Deliveries,
        summary="How far a notice has come over each channel",
    )
    async def deliveries(id: str) -> dict[str, Any]:
        found = await shown.notice(view, id) or await history.of_notice(view, id)
        if found is None or found.notice.kind in CONFIDENTIAL:
            raise HTTPException(404, f"there is no notice {id}")
        if not isinstance(found, NoticeSent):
            to = found.notice.recipient
            raise HTTPException(404, f"{id} is not sent: `zones notices history {to}` says why")
        known = await shown.deliveries(view, id)
        return {
            "notice": publishing.notice(found),
            "deliveries": [it._asdict() for it in known],
        }

    return router


async def _found(view: View, id: str) -> tuple[str, AlertEvent]:
    found = await shown.alert(view, id)
    if found is None:
        raise HTTPException(404, f"there is no alert {id}: `zones alerts` lists them")
    return found


def _alert(event: AlertEvent, now: datetime) -> Alert:
    alert = publishing.alert(event)
    left = None if alert.state == "resolved" else (alert.due_at - now).total_seconds()
    return Alert(**alert.model_dump(), seconds_left=left)
