"""The link in an alert by which to take up a draft: a page that asks, and a button."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from services.notifier.adapters.links import Links
from services.notifier.adapters.pages import nowhere, page
from services.notifier.adapters.wording import Button, Wording
from services.notifier.projections import shown
from services.notifier.projections.recipients import recipient
from shared.contracts.words import ORGANISATION
from shared.eventlog.log import Store

Acknowledge = Callable[[str, str | None, datetime], Awaitable[bool]]


def router(store: Store, links: Links, wording: Wording, acknowledge: Acknowledge) -> APIRouter:
    """Return `/v1/acknowledge/{token}`, for people."""
    router = APIRouter(prefix="/v1", tags=["links"], default_response_class=HTMLResponse)

    @router.get("/acknowledge/{token}", summary="Ask whether to take up a draft")
    async def ask_to_acknowledge(token: str) -> Response:
        return await _of_draft(token, ask=True)

    @router.post("/acknowledge/{token}", summary="Take up a draft: its alert is resolved")
    async def take_up(token: str) -> Response:
        return await _of_draft(token, ask=False)

    async def _of_draft(token: str, *, ask: bool) -> Response:
        named = links.acknowledged_by(token)
        found = await shown.alert(store, named[1]) if named else None
        if named is None or found is None:
            return nowhere(wording)
        reader = await recipient(store, named[0])
        drafts, event = found
        facts = {"draft": event.alert.draft_id, "about": event.alert.member}
        if ask:
            return page(
                wording.page(
                    reader, "acknowledge_ask", "acknowledge_hint", Button("acknowledge"), **facts
                )
            )
        by = None if reader.member == ORGANISATION else reader.member
        changed = await acknowledge(drafts, by, await shown.now(store))
        return page(wording.page(reader, "acknowledged" if changed else "resolved", **facts))

    return router
