"""Who may not call a service is answered before anything else is looked at."""

import json
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.runtime.access import PUBLISH, READ, WRITE, Access


class Guard:
    """Middleware that asks `access` before a request goes on, and says in its state whose it is.

    `publishing` are the paths whose POST needs the scope publish; `signed` are those that check a
    signature of their own and take no token; `private` are those that need the scope write even to
    be read. One that ends in `/` stands for all that begin with it.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        access: Access,
        publishing: Sequence[str] = (),
        signed: Sequence[str] = (),
        private: Sequence[str] = (),
    ) -> None:
        self._app, self._access = app, access
        self._publishing, self._signed = _Paths(publishing), _Paths(signed)
        self._private = _Paths(private)

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
            return WRITE if path in self._private else READ
        return PUBLISH if path in self._publishing else WRITE


class _Paths:
    def __init__(self, paths: Sequence[str]) -> None:
        self._exactly = frozenset(paths)
        self._below = tuple(path for path in paths if path.endswith("/"))

    def __contains__(self, path: str) -> bool:
        return path in self._exactly or path.startswith(self._below)


async def _refuse(send: Send, status: int, sentence: str) -> None:
    body = json.dumps({"error": sentence}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    if status == 401:  # noqa: PLR2004 - RFC 9110 gives the number its name
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
