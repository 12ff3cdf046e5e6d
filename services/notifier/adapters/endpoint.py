"""Whether anybody is at the other end of the webhook, over HTTP, and the way to try it again."""

from datetime import UTC, datetime

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

from services.notifier.adapters.webhook import Hook
from services.notifier.domain.reach import ReceiverBack
from services.notifier.projections import tables
from services.notifier.projections.entries import instant
from shared.eventlog.log import Entry, Store, View

STREAM = "receivers/webhook"


class Endpoint(BaseModel):
    """`host` is all that is told of its address: the rest may hold a key. `gone_at` is when the
    receiver said that it wants nothing any more.
    """

    host: str | None
    enabled: bool
    gone_at: datetime | None


async def begin(store: Store, hook: Hook) -> None:
    """Remember at start what the receiver has said; another address is another receiver."""
    gone = await _gone(store)
    if gone and gone[0] != hook.to.name:
        await enable(store, hook)
    else:
        hook.gone = gone is not None


def router(store: Store, hook: Hook | None) -> APIRouter:
    """Return `/v1/webhook`."""
    router = APIRouter(prefix="/v1/webhook", tags=["operation"])

    async def shown() -> Endpoint:
        gone = await _gone(store)
        return Endpoint(
            host=hook.to.url.host if hook else None,
            enabled=hook is not None and gone is None,
            gone_at=gone[1] if gone else None,
        )

    @router.get("", summary="Where notices are posted, and whether")
    async def webhook() -> Endpoint:
        return await shown()

    @router.post("/enable", summary="Post notices again to a receiver that was gone")
    async def enabled() -> Endpoint:
        if hook is None:
            raise HTTPException(409, "there is no webhook: ZONES_NOTIFIER_WEBHOOK_URL names one")
        await enable(store, hook)
        return await shown()

    return router


async def enable(store: Store, hook: Hook) -> None:
    """Let notices go there again."""
    async with store.transaction() as transaction:
        if await transaction.fetchall("SELECT 1 FROM gone WHERE channel = 'webhook'"):
            back = ReceiverBack(channel="webhook", at=datetime.now(UTC))
            await tables.write(transaction, [Entry(STREAM, back)])
    hook.gone = False


async def _gone(view: View) -> tuple[str, datetime] | None:
    rows = await view.fetchall("SELECT receiver, at FROM gone WHERE channel = 'webhook'")
    return next(((receiver, instant(at)) for receiver, at in rows), None)
