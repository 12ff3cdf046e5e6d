"""A small service, really listening."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx2
from fastapi import APIRouter, HTTPException
from fastapi.responses import StreamingResponse

from shared.runtime import http, listener
from shared.runtime.access import Access
from shared.runtime.health import Health


def routes() -> APIRouter:
    router = APIRouter()

    @router.get("/v1/members/{member}")
    async def member(member: int) -> dict[str, int]:
        if not member:
            raise HTTPException(404, "no member 0 is known")
        return {"member": member}

    @router.post("/v1/events")
    async def events() -> dict[str, bool]:
        return {"accepted": True}

    @router.post("/v1/webhooks/{platform}")
    async def webhooks(platform: str) -> dict[str, str]:
        return {"platform": platform}

    @router.get("/v1/slow")
    async def slow(seconds: float) -> dict[str, bool]:
        await asyncio.sleep(seconds)
        return {"slept": True}

    @router.get("/v1/lines")
    async def lines(*, broken: bool = False) -> StreamingResponse:
        async def counting() -> AsyncIterator[str]:
            for number in range(3):
                yield f'{{"n": {number}}}\n'
            if broken:
                raise ConnectionResetError("the disk is on fire")

        return StreamingResponse(counting(), media_type="application/x-ndjson")

    @router.get("/v1/broken")
    async def broken() -> None:
        raise KeyError("nobody foresaw this")

    return router


@asynccontextmanager
async def serving(
    health: Health | None = None, access: Access | None = None, *routers: APIRouter
) -> AsyncIterator[httpx2.AsyncClient]:
    health, access = health or Health("ingest"), access or Access()
    app = http.application(
        "ingest",
        summary="Takes activity.",
        health=health,
        access=access,
        publishing=["/v1/events", "/v1/webhooks/"],
        signed=["/v1/webhooks/x"],
    )
    for router in (routes(), *routers):
        app.include_router(router)
    socket = listener.listen("127.0.0.1", 0, access=access)
    base = listener.address(socket)
    served = asyncio.create_task(http.serve(app, socket))
    async with httpx2.AsyncClient(base_url=base) as client:
        try:
            yield client
        finally:
            served.cancel()
            with suppress(asyncio.CancelledError):
                await served
