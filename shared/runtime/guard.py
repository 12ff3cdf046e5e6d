"""Who may not call a service is answered before anything else is looked at."""

import json
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.runtime.access import PUBLISH, READ, WRITE, Access


class Guard:
    """Middleware that asks `access` before a request goes on, and says in its state whose it is.

    `publishing` are the paths whose POST needs the scope publish, and those that begin with one
    which ends in `/`; `signed` are the paths that check a signature of their own and take no token.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        access: Access,
        publishing: Sequence[str] = (),
        signed: Sequence[str] = (),
    ) -> None:
        self._app, self._access = app, access
        self._publishing, self._signed = frozenset(publishing), frozenset(signed)
        self._below = tuple(path for path in publishing if path.endswith("/"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method, path = scope["method"], scope["path"]
        status, sentence = self._access.refusal(
            method, path, Headers(scope=scope), scope=self._needed(method, path)
        )
        if status and path not in self._signed:
            await _refuse(send, status, sentence)
            return
        scope.setdefault("state", {})["caller"] = self._access.caller(Headers(scope=scope))
        await self._app(scope, receive, send)

    def _needed(self, method: str, path: str) -> str:
        if method in {"GET", "HEAD"}:
            return READ
        publishes = path in self._publishing or path.startswith(self._below)
        return PUBLISH if publishes else WRITE


async def _refuse(send: Send, status: int, sentence: str) -> None:
    body = json.dumps({"error": sentence}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    if status == 401:  # noqa: PLR2004 - RFC 9110 gives the number its name
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
