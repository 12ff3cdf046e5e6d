"""Notices posted to one address, signed as Standard Webhooks has it (standardwebhooks.com).

A notice keeps its id over all attempts, so that the receiver can tell the second from the first.
Only an answer of 2xx counts; after 410 nothing is posted there until an operator says so. Redirects
are not followed.
"""

import asyncio
import base64
import binascii
import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

import httpx2
from pydantic import SecretStr
from standardwebhooks import Webhook

from services.notifier.adapters import hosts
from services.notifier.adapters.ways import NotDelivered
from services.notifier.adapters.wording import Wording, Words
from services.notifier.domain.notices import NoticeSent
from services.notifier.projections.recipients import Recipient
from shared.runtime.errors import WrongUse
from shared.runtime.process import version

GONE: Final = 410
SHORTEST_KEY: Final = 24
LONGEST_KEY: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Where notices are posted. `private`: it may be this machine or a private network, without
    TLS. `timeout` are the seconds of one attempt, all in all.
    """

    url: httpx2.URL
    signing: Webhook
    private: bool
    timeout: float

    @property
    def name(self) -> str:
        """Tells it from any other, and nothing of its address: that may hold a key."""
        return sha256(str(self.url).encode()).hexdigest()[:16]


class Hook:
    """The channel. `gone`: the receiver has said that it wants nothing any more."""

    channel: Final = "webhook"
    at_once: Final = 8

    def __init__(self, http: httpx2.AsyncClient, to: Receiver, wording: Wording) -> None:
        self.to = to
        self.gone = False
        self._http, self._wording = http, wording

    async def send(self, sent: NoticeSent, to: Recipient) -> None:
        try:
            await post(self._http, self.to, sent, self._wording.words(sent.notice, to))
        except NotDelivered as problem:
            self.gone = self.gone or bool(problem.gone)
            raise

    def remark(self) -> str | None:
        if not self.gone:
            return None
        return (
            "the webhook's receiver has answered that it is gone: nothing is posted there until"
            " `zones notices webhook --enable`"
        )


def receiver(url: str, secret: SecretStr | None, *, private: bool, timeout: float) -> Receiver:
    """Raises WrongUse for an address that cannot be called, or a secret that signs nothing."""
    try:
        where = httpx2.URL(url)
    except httpx2.InvalidURL as error:
        raise WrongUse(f"ZONES_NOTIFIER_WEBHOOK_URL: {error}") from None
    if where.scheme not in hosts.PORTS or not where.host:
        raise WrongUse("ZONES_NOTIFIER_WEBHOOK_URL must begin with https:// and name a host")
    if where.scheme != "https" and not private:
        raise WrongUse(
            "ZONES_NOTIFIER_WEBHOOK_URL must begin with https://; a receiver on this machine or in"
            " a private network may do without if ZONES_NOTIFIER_WEBHOOK_PRIVATE is true"
        )
    return Receiver(url=where, signing=_signing(secret), private=private, timeout=timeout)


def _signing(secret: SecretStr | None) -> Webhook:
    """The library would sign with whatever it can make of a secret that was copied badly."""
    written = secret.get_secret_value().removeprefix("whsec_") if secret else ""
    try:
        key = base64.b64decode(written + "=" * (-len(written) % 4), validate=True)
    except binascii.Error:
        key = b""
    if not SHORTEST_KEY <= len(key) <= LONGEST_KEY:
        raise WrongUse(
            "ZONES_NOTIFIER_WEBHOOK_SECRET must be whsec_ and the base64 of 24 to 64 random bytes"
        )
    return Webhook(key)


def client() -> httpx2.AsyncClient:
    """Return a client that goes nowhere but where it is sent."""
    return httpx2.AsyncClient(
        follow_redirects=False,
        trust_env=False,
        headers={"user-agent": f"zones-notifier/{version()}", "content-type": "application/json"},
    )


async def post(http: httpx2.AsyncClient, to: Receiver, sent: NoticeSent, words: Words) -> None:
    """Return when the receiver has taken it. Raises NotDelivered."""
    try:
        async with asyncio.timeout(to.timeout):
            text = body(sent, words)
            addresses = await hosts.resolved(to.url, private=to.private)
            answer = await _first_answer(
                http, [_request(http, to, sent, text, it) for it in addresses]
            )
    except TimeoutError:
        raise NotDelivered("timeout") from None
    except (httpx2.HTTPError, OSError):
        raise NotDelivered("unreachable") from None
    if answer.is_success:
        return
    if answer.is_redirect:
        raise NotDelivered("redirected")
    raise NotDelivered(
        f"http_{answer.status_code}",
        retry_after=_seconds(answer.headers.get("retry-after")),
        final=answer.status_code == GONE,
        gone=to.name if answer.status_code == GONE else None,
    )


async def _first_answer(
    http: httpx2.AsyncClient, requests: Sequence[httpx2.Request]
) -> httpx2.Response:
    """Try one address after the other until one takes the connection."""
    *others, last = requests
    for request in others:
        with contextlib.suppress(httpx2.ConnectError):
            return await _answer(http, request)
    return await _answer(http, last)


async def _answer(http: httpx2.AsyncClient, request: httpx2.Request) -> httpx2.Response:
    """Nobody reads more of it than its head."""
    answer = await http.send(request, stream=True)
    await answer.aclose()
    return answer


def body(sent: NoticeSent, words: Words) -> str:
    """Return what is posted: what a person reads, and what a program sorts it by."""
    notice = sent.notice
    told = {
        "id": sent.id,
        "kind": notice.kind,
        "recipient": notice.recipient,
        "about": notice.about,
        "cause": notice.cause,
        "due_at": notice.due_at and _written(notice.due_at),
        **words._asdict(),
    }
    said = {"type": f"notice.{notice.kind}", "timestamp": _written(notice.at), "data": told}
    return json.dumps(said, ensure_ascii=False)


def _request(
    http: httpx2.AsyncClient, to: Receiver, sent: NoticeSent, text: str, address: str
) -> httpx2.Request:
    now = datetime.now(UTC)
    return http.build_request(
        "POST",
        to.url.copy_with(host=address),
        content=text.encode(),
        headers={
            "host": to.url.netloc.decode(),
            "webhook-id": sent.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": to.signing.sign(sent.id, now, text),
        },
        timeout=to.timeout,
        extensions={"sni_hostname": hosts.name(to.url)},
    )


def _seconds(retry_after: str | None) -> float | None:
    return float(retry_after) if retry_after and retry_after.isdecimal() else None


def _written(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
