"""Who may call a service: whoever carries a token, or, on this machine only, anybody here.

Without a token a service listens on a loopback address only, and answers only what was asked by a
loopback name: a page in somebody's browser can neither be tricked into speaking to it (the Host
and Origin of such a request name another site) nor reach it from another machine.
"""

import hmac
import ipaddress
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.runtime.errors import WrongUse

READ, PUBLISH, WRITE = "read", "publish", "write"
SCOPES = frozenset({READ, PUBLISH, WRITE})
ANYBODY = ("/healthz", "/readyz", "/openapi.json", "/docs")
"""Paths that need no token: probes carry none, and the API's description is no secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """`tokens` holds the scopes of each token: read (every GET), publish (events), write (else)."""

    tokens: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, token: str | None = None, scoped: str | None = None) -> Self:
        """Read ZONES_TOKEN, which may do everything, and ZONES_TOKENS, `TOKEN=read+publish,...`."""
        tokens = {token: SCOPES} if token else {}
        for entry in (scoped or "").split(","):
            if not entry.strip():
                continue
            name, _, listed = entry.strip().rpartition("=")
            scopes = frozenset(listed.split("+"))
            if not name or not scopes <= SCOPES:
                raise WrongUse(
                    "ZONES_TOKENS must read TOKEN=SCOPE+SCOPE,..., with the scopes read, publish"
                    " and write"
                )
            tokens[name] = scopes
        return cls(tokens=tokens)

    @property
    def open(self) -> bool:
        """Whether everybody on this machine may do everything."""
        return not self.tokens

    def allows_listening_on(self, host: str) -> bool:
        return not self.open or is_loopback(host)

    def refusal(self, method: str, path: str, headers: Headers, *, scope: str) -> tuple[int, str]:
        """Return the status and the sentence with which to refuse a request; status 0 lets it in.

        `scope` is what the request needs.
        """
        if self.open:
            if not is_loopback(_name(headers.get("host", ""))):
                return 421, "without a token this service answers on this machine's own names only"
            if (origin := headers.get("origin")) and not is_loopback(
                urlsplit(origin).hostname or ""
            ):
                return 403, "without a token this service takes nothing from other web sites"
            return 0, ""
        if method in {"GET", "HEAD"} and path in ANYBODY:
            return 0, ""
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            return 401, "send a token: Authorization: Bearer ..."
        scopes = next(
            (
                scopes
                for known, scopes in self.tokens.items()
                if hmac.compare_digest(known.encode(), token.strip().encode())
            ),
            None,
        )
        if scopes is None:
            return 401, "this token is not known here"
        if scope not in scopes:
            return 403, f"this token lacks the scope {scope}"
        return 0, ""


class Guard:
    """Middleware that asks `access` before a request goes on.

    `publishing` are the paths whose POST needs the scope publish; `signed` begin the paths that
    check a signature of their own and take no token.
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
        self._publishing, self._signed = frozenset(publishing), tuple(signed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method, path = scope["method"], scope["path"]
        status, sentence = self._access.refusal(
            method, path, Headers(scope=scope), scope=self._needed(method, path)
        )
        if status and not (self._signed and path.startswith(self._signed)):
            await _refuse(send, status, sentence)
            return
        await self._app(scope, receive, send)

    def _needed(self, method: str, path: str) -> str:
        if method in {"GET", "HEAD"}:
            return READ
        return PUBLISH if path in self._publishing else WRITE


async def _refuse(send: Send, status: int, sentence: str) -> None:
    body = json.dumps({"error": sentence}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    if status == 401:  # noqa: PLR2004 - RFC 9110 gives the number its name
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _name(host: str) -> str:
    """Return the name in a Host header, without its port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """Say whether a name or an address means this very machine."""
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
