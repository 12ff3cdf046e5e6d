"""A service's HTTP side: the application, its errors, and uvicorn inside the service's own tasks.

Every error has one shape, `{"error": "a sentence"}`.
"""

import asyncio
import contextlib
import socket
import time
from collections.abc import Iterator, Sequence
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from prometheus_client import Histogram
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.runtime.access import Access
from shared.runtime.guard import Guard
from shared.runtime.health import Health
from shared.runtime.listener import address
from shared.runtime.process import version

PARTING = 2
"""Seconds that requests in flight have when the service stops."""

NOT_MODIFIED = 304


class Refusal(BaseModel):
    """What is wrong, and what to do about it."""

    error: str


REFUSALS: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": Refusal, "description": "Refused, and why"},
    "5XX": {"model": Refusal, "description": "Not possible at present, and why"},
}

log = structlog.get_logger()


def application(
    service: str,
    *,
    summary: str,
    health: Health,
    access: Access,
    publishing: Sequence[str] = (),
    signed: Sequence[str] = (),
    private: Sequence[str] = (),
) -> FastAPI:
    """Return an application that has health, errors, metrics, OpenAPI and its guard in place.

    The service includes its own routers. For `publishing`, `signed` and `private` see `Guard`.
    """
    app = FastAPI(
        title=f"zones {service}",
        summary=summary,
        version=version(),
        redoc_url=None,
        responses=REFUSALS,
    )
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unforeseen)
    app.add_middleware(_Heads)
    app.add_middleware(Guard, access=access, publishing=publishing, signed=signed, private=private)
    app.add_middleware(_Measured, health=health)
    app.include_router(health.router())
    _describe(app, access)
    return app


async def serve(app: FastAPI, listener: socket.socket) -> None:
    """Serve until cancelled, then let requests in flight finish for up to two seconds."""
    config = uvicorn.Config(
        app,
        access_log=False,
        lifespan="off",
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=PARTING,
        ws="none",
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    log.info("http.listening", address=address(listener))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise


class _Server(uvicorn.Server):
    """uvicorn, leaving the signals to the process it is a part of."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Heads:
    """Answers HEAD as it would GET, and no more than the head: a long answer is broken off."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        asked, told = asyncio.Event(), asyncio.Event()

        async def head(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body", "body": b""})
                told.set()

        async def gone() -> Message:
            if not asked.is_set():
                asked.set()
                return await receive()
            await told.wait()
            return {"type": "http.disconnect"}

        get = {**scope, "method": "GET"}
        await self._app(get, gone, head)
        scope["route"] = get.get("route")


class _Measured:
    """Counts requests and times them by route, method and status."""

    def __init__(self, app: ASGIApp, *, health: Health) -> None:
        self._app = app
        self._seconds = Histogram(
            "zones_http_request_seconds",
            "How long requests took.",
            ["route", "method", "status"],
            registry=health.registry,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            self._seconds.labels(route, scope["method"], status).observe(
                time.perf_counter() - began
            )


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    if error.status_code == NOT_MODIFIED:
        return Response(status_code=NOT_MODIFIED, headers=error.headers)
    return JSONResponse(
        {"error": str(error.detail)}, status_code=error.status_code, headers=error.headers
    )


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return JSONResponse({"error": f"{where}: {first['msg']}"}, status_code=422)


async def _unforeseen(_request: Request, _error: Exception) -> JSONResponse:
    """Answer only: the error goes on to uvicorn, which logs it."""
    return JSONResponse(
        {"error": "this failed in a way nobody foresaw: the service's log says how"},
        status_code=500,
    )


def _describe(app: FastAPI, access: Access) -> None:
    """Say in the OpenAPI document that calls carry a token, where they have to."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title, version=app.version, summary=app.summary, routes=app.routes
            )
            _show_refusals(schema)
            if not access.open:
                schema.setdefault("components", {})["securitySchemes"] = {
                    "token": {"type": "http", "scheme": "bearer"}
                }
                schema["security"] = [{"token": []}]
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _show_refusals(schema: dict[str, Any]) -> None:
    """Give every error that is said to be possible the shape that all of them have."""
    shape = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    for path in schema["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                if status[0] in "45":
                    response.setdefault("content", shape)
