"""The link in a message by which to stop its kind over its channel: a page that asks, and a button.
Mail programs press it by themselves (RFC 8058).
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from services.notifier.adapters.links import Links
from services.notifier.adapters.pages import nowhere, page
from services.notifier.adapters.wording import Button, Wording
from services.notifier.domain.kinds import ASKS, Channel, Kind
from services.notifier.domain.notices import stream
from services.notifier.domain.reach import KindResumed, KindStopped
from services.notifier.projections import knowledge, tables
from services.notifier.projections.recipients import Recipient, recipient
from shared.eventlog.log import Entry, Store

AGAIN: Final = "?again=true"


def router(store: Store, links: Links, wording: Wording) -> APIRouter:
    """Return `/v1/stop/{token}`, for people."""
    router = APIRouter(prefix="/v1", tags=["links"], default_response_class=HTMLResponse)

    @router.get("/stop/{token}", summary="Ask whether to stop a kind over a channel")
    async def ask_to_stop(token: str) -> Response:
        found = links.stopped_by(token)
        if found is None:
            return nowhere(wording)
        reader = await recipient(store, found.member)
        return page(
            wording.page(
                reader,
                "stop_ask",
                hint_on(found.kinds),
                Button("stop_button"),
                name=_names(wording, found.kinds, reader),
                channel=found.channel,
            )
        )

    @router.post("/stop/{token}", summary="Stop a kind over a channel, or send it again")
    async def stop(token: str, again: bool = False) -> Response:
        found = links.stopped_by(token)
        if found is None:
            return nowhere(wording)
        member, kinds, channel = found
        for kind in kinds:
            await set_stopped(store, member, kind, channel, stopped=not again)
        reader = await recipient(store, member)
        facts = {"name": _names(wording, kinds, reader), "channel": channel}
        if again:
            return page(wording.page(reader, "resumed", **facts))
        again_button = Button("resume_button", AGAIN)
        return page(wording.page(reader, "stopped", hint_on(kinds), again_button, **facts))

    return router


def _names(wording: Wording, kinds: Iterable[Kind], reader: Recipient) -> str:
    return ", ".join(wording.name(kind, reader) for kind in kinds)


def hint_on(kinds: Iterable[Kind]) -> str:
    """Return the block that says what it means to stop these kinds."""
    return "unasked_hint" if any(kind in ASKS for kind in kinds) else "stop_hint"


async def set_stopped(
    store: Store, member: str, kind: Kind, channel: Channel, *, stopped: bool
) -> None:
    """Remember what somebody wants no more of over a channel, or does again."""
    async with store.transaction() as transaction:
        before = (member, kind, channel) in await knowledge.stopped(transaction, [member])
        if before == stopped:
            return
        now = datetime.now(UTC)
        event = (
            KindStopped(kind=kind, channel=channel, at=now)
            if stopped
            else KindResumed(kind=kind, channel=channel, at=now)
        )
        await tables.write(transaction, [Entry(stream(member), event)])
