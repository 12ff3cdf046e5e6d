"""Who may call a service: whoever carries a token, or, on this machine only, anybody here.

Without a token a service listens on a loopback address only, and answers only what was asked by a
loopback name: a page in somebody's browser can neither be tricked into speaking to it (the Host
and Origin of such a request name another site) nor reach it from another machine.

Tokens are known by their digests, and may be told so from the beginning: a service that has only
the digest of a token can check it, and cannot use it elsewhere.
"""

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import urlsplit

from shared.runtime.errors import WrongUse

READ, PUBLISH, WRITE = "read", "publish", "write"
SCOPES = frozenset({READ, PUBLISH, WRITE})
ANYBODY = ("/healthz", "/readyz", "/openapi.json", "/docs")
"""Paths that need no token: probes carry none, and the API's description is no secret."""
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def digest(token: str) -> str:
    """Return what a token may be replaced by wherever it is only checked."""
    return f"sha256:{hashlib.sha256(token.encode()).hexdigest()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """`tokens` holds the scopes by the digest of each token: read (every GET), publish (events),
    write (else). `names` are those of the callers whose tokens stand for somebody in particular.
    """

    tokens: Mapping[str, frozenset[str]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, token: str | None = None, scoped: str | None = None) -> Self:
        """Read ZONES_TOKEN, which may do everything, and ZONES_TOKENS, `TOKEN=read+publish,...`,
        where a TOKEN may be its `sha256:` and digest in hexadecimal.
        """
        tokens = {digest(token): SCOPES} if token else {}
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
            tokens[name if DIGEST.fullmatch(name) else digest(name)] = scopes
        return cls(tokens=tokens)

    def knowing(self, name: str, token: str, scopes: frozenset[str]) -> Self:
        """Let somebody in under a name. Raises WrongUse where the token is another's."""
        known = digest(token)
        if known in self.tokens:
            raise WrongUse(f"{name} has a token that stands for somebody else as well")
        tokens, names = {**self.tokens, known: scopes}, {**self.names, known: name}
        return replace(self, tokens=tokens, names=names)

    @property
    def open(self) -> bool:
        """Whether everybody on this machine may do everything."""
        return not self.tokens

    def allows_listening_on(self, host: str) -> bool:
        return not self.open or is_loopback(host)

    def refusal(
        self, method: str, path: str, headers: Mapping[str, str], *, scope: str
    ) -> tuple[int, str]:
        """Return the status and the sentence with which to refuse a request; status 0 lets it in.

        `scope` is what the request needs; the names of `headers` are in small letters.
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
        known = self._known(token)
        if known is None:
            return 401, "this token is not known here"
        if scope not in self.tokens[known]:
            return 403, f"this token lacks the scope {scope}"
        return 0, ""

    def caller(self, headers: Mapping[str, str]) -> str | None:
        """Return the name of whoever carries the token, None where it has none."""
        known = self._known(headers.get("authorization", "").partition(" ")[2])
        return None if known is None else self.names.get(known)

    def _known(self, said: str) -> str | None:
        """Compare with every digest, so that the time it takes tells nothing of any."""
        found, shown = None, digest(said.strip())
        for known in self.tokens:
            if hmac.compare_digest(known, shown):
                found = known
        return found


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
