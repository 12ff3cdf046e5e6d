"""Signed links in messages. Whoever has one may do what it says and nothing else, without a token.

What they lead to is a page that asks, and a button that does it. Looking at a page changes nothing,
since programs look at links before people do.
"""

import hashlib
import os
import secrets
from pathlib import Path
from typing import Final, NamedTuple

from itsdangerous import BadData, URLSafeSerializer

from services.notifier.domain.kinds import ADDRESSED, ALERTS, KINDS, Channel, Kind
from services.notifier.domain.notices import Notice
from shared.runtime.errors import WrongUse

PATHS: Final = (
    *("/v1/stop/", "/v1/acknowledge/", "/v1/voice/"),
    *("/v1/accept/", "/v1/decline/"),
)
KEY_BYTES: Final = 32


class Stop(NamedTuple):
    """Who wants no more of which kinds over a channel."""

    member: str
    kinds: tuple[Kind, ...]
    channel: Channel


class Links:
    """Makes links to this service, as `public` is where it can be reached, and reads them."""

    def __init__(self, key: bytes, public: str) -> None:
        self._public = public.rstrip("/")
        self._stop, self._acknowledge = _serializer(key, "stop"), _serializer(key, "acknowledge")
        self._voice = _serializer(key, "voice")
        self._accept, self._decline = _serializer(key, "accept"), _serializer(key, "decline")

    def stop(self, member: str, *kinds: Kind, channel: Channel = "email") -> str:
        return f"{self._public}/v1/stop/{self._stop.dumps([member, ' '.join(kinds), channel])}"

    def acknowledge(self, member: str, alert: str) -> str:
        return f"{self._public}/v1/acknowledge/{self._acknowledge.dumps([member, alert])}"

    def voice(self, member: str, asked: str) -> str:
        return f"{self._public}/v1/voice/{self._voice.dumps([member, asked])}"

    def accept(self, member: str, request: str) -> str:
        return f"{self._public}/v1/accept/{self._accept.dumps([member, request])}"

    def decline(self, member: str, request: str) -> str:
        return f"{self._public}/v1/decline/{self._decline.dumps([member, request])}"

    def ways(self, notice: Notice) -> dict[str, str]:
        """Return the links by which a notice can be answered, by what they do."""
        to, cause = notice.recipient, notice.cause
        if notice.kind in ALERTS:
            return {"acknowledge": self.acknowledge(to, cause)}
        if notice.kind == "voice_check":
            return {"voice": self.voice(to, cause)}
        if notice.kind == "topic_request":
            return {"accept": self.accept(to, cause), "decline": self.decline(to, cause)}
        return {}

    def stopped_by(self, token: str) -> Stop | None:
        """Return what a link stops, None where it is not ours."""
        match _read(self._stop, token):
            case (member, kinds):  # as in e-mails before chats had links
                named, over = kinds.split(" "), "email"
            case (member, kinds, over):
                named = kinds.split(" ")
            case _:
                return None
        known = tuple(kind for kind in KINDS if kind in named)
        channel = next((it for it in ADDRESSED if it == over), None)
        if channel is None or len(known) != len(named):
            return None
        return Stop(member, known, channel)

    def acknowledged_by(self, token: str) -> tuple[str, str] | None:
        """Return who takes up which alert, None where the link is not ours."""
        return _pair(self._acknowledge, token)

    def answered_by(self, token: str) -> tuple[str, str] | None:
        """Return who answers which question, None where the link is not ours."""
        return _pair(self._voice, token)

    def accepted_by(self, token: str) -> tuple[str, str] | None:
        """Return who accepts which request, None where the link is not ours."""
        return _pair(self._accept, token)

    def declined_by(self, token: str) -> tuple[str, str] | None:
        """Likewise."""
        return _pair(self._decline, token)


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


def _serializer(key: bytes, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        key, salt=f"notifier-{purpose}", signer_kwargs={"digest_method": hashlib.sha256}
    )


def _read(serializer: URLSafeSerializer, token: str) -> tuple[str, ...]:
    """Return what was signed, nothing where the link is not ours."""
    try:
        return tuple(map(str, serializer.loads(token)))
    except (BadData, ValueError, TypeError):
        return ()


def _pair(serializer: URLSafeSerializer, token: str) -> tuple[str, str] | None:
    match _read(serializer, token):
        case (who, what):
            return who, what
        case _:
            return None
