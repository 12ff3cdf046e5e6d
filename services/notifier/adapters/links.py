"""Signed links in e-mails, and what they lead to: a page that asks, and a button that does it.

Whoever has the link may do what it says, and nothing else; it needs no token. Looking at a page
changes nothing, since programs look at links before people do. What mail programs post by
themselves (RFC 8058) is the same as the button.
"""

import hashlib
import os
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from itsdangerous import BadData, URLSafeSerializer

from services.notifier.adapters.wording import Asking, Button, Wording
from services.notifier.domain.notices import (
    ALERTS,
    KINDS,
    Channel,
    Kind,
    KindResumed,
    KindStopped,
    Notice,
    stream,
)
from services.notifier.projections import knowledge, shown, tables
from services.notifier.projections.recipients import Recipient, recipient
from shared.contracts.words import ORGANISATION
from shared.eventlog.log import Entry, Store
from shared.runtime.errors import WrongUse

PATHS: Final = ("/v1/stop/", "/v1/acknowledge/", "/v1/voice/")
CHANNEL: Final[Channel] = "email"
AGAIN: Final = "?again=true"
KEY_BYTES: Final = 32
HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
}

Acknowledge = Callable[[str, str | None, datetime], Awaitable[bool]]


class Links:
    """Makes links to this service, as `public` is where it can be reached, and reads them."""

    def __init__(self, key: bytes, public: str) -> None:
        self._public = public.rstrip("/")
        self._stop, self._acknowledge = _serializer(key, "stop"), _serializer(key, "acknowledge")
        self._voice = _serializer(key, "voice")

    def stop(self, member: str, kind: Kind) -> str:
        return f"{self._public}/v1/stop/{self._stop.dumps([member, kind])}"

    def acknowledge(self, member: str, alert: str) -> str:
        return f"{self._public}/v1/acknowledge/{self._acknowledge.dumps([member, alert])}"

    def voice(self, member: str, asked: str) -> str:
        return f"{self._public}/v1/voice/{self._voice.dumps([member, asked])}"

    def asking(self, notice: Notice, to: Recipient) -> Asking | None:
        """Return the link by which a notice is answered, if it can be."""
        if notice.kind in ALERTS:
            return Asking("acknowledge", self.acknowledge(to.member, notice.cause))
        if notice.kind == "voice_check":
            return Asking("voice", self.voice(to.member, notice.cause))
        return None

    def stopped_by(self, token: str) -> tuple[str, Kind] | None:
        """Return who wants no more of which kind, None where the link is not ours."""
        found = _read(self._stop, token)
        if found is None or found[1] not in KINDS:
            return None
        return found[0], next(kind for kind in KINDS if kind == found[1])

    def acknowledged_by(self, token: str) -> tuple[str, str] | None:
        """Return who takes up which alert, None where the link is not ours."""
        return _read(self._acknowledge, token)

    def answered_by(self, token: str) -> tuple[str, str] | None:
        """Return who answers which question, None where the link is not ours."""
        return _read(self._voice, token)


def kept_key(folder: Path) -> bytes:
    """Return the key that links are signed with, made at the first start. Raises WrongUse."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "notifier-links"
    try:
        created = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(created, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise WrongUse(f"{path}: is no key: without it, links already sent lead nowhere")
    return key


def router(store: Store, links: Links, wording: Wording, acknowledge: Acknowledge) -> APIRouter:
    """Return `/v1/stop/{token}` and `/v1/acknowledge/{token}`, for people."""
    router = APIRouter(prefix="/v1", tags=["links"], default_response_class=HTMLResponse)

    @router.get("/stop/{token}", summary="Ask whether to stop e-mails of a kind")
    async def ask_to_stop(token: str) -> Response:
        found = links.stopped_by(token)
        if found is None:
            return nowhere(wording)
        reader = await recipient(store, found[0])
        name = wording.name(found[1], reader)
        return page(wording.page(reader, "stop_ask", "stop_hint", Button("stop_button"), name=name))

    @router.post("/stop/{token}", summary="Stop e-mails of a kind, or send them again")
    async def stop(token: str, again: bool = False) -> Response:
        found = links.stopped_by(token)
        if found is None:
            return nowhere(wording)
        member, kind = found
        await set_stopped(store, member, kind, stopped=not again)
        reader = await recipient(store, member)
        name = wording.name(kind, reader)
        if again:
            return page(wording.page(reader, "resumed", name=name))
        return page(
            wording.page(reader, "stopped", "stop_hint", Button("resume_button", AGAIN), name=name)
        )

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


async def set_stopped(store: Store, member: str, kind: Kind, *, stopped: bool) -> None:
    """Remember what somebody wants no more of by e-mail, or does again."""
    async with store.transaction() as transaction:
        before = (member, kind, CHANNEL) in await knowledge.stopped(transaction, [member])
        if before == stopped:
            return
        now = datetime.now(UTC)
        event = (
            KindStopped(kind=kind, channel=CHANNEL, at=now)
            if stopped
            else KindResumed(kind=kind, channel=CHANNEL, at=now)
        )
        await tables.write(transaction, [Entry(stream(member), event)])


def _serializer(key: bytes, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        key, salt=f"notifier-{purpose}", signer_kwargs={"digest_method": hashlib.sha256}
    )


def _read(serializer: URLSafeSerializer, token: str) -> tuple[str, str] | None:
    try:
        who, what = serializer.loads(token)
    except (BadData, ValueError, TypeError):
        return None
    return str(who), str(what)


def nowhere(wording: Wording) -> HTMLResponse:
    return page(wording.page(Recipient(""), "nowhere", "nowhere_hint"), 404)


def page(html: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(html, status_code=status, headers=HEADERS)
