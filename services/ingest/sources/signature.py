"""Did the platform itself say this? Checked over the bytes as they came, before anybody reads them.

A scheme is chosen by the operator, never by the request. Every comparison takes as long whatever
is compared, and any of two secrets will do, so that they can be changed without losing anything.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final, TypeAlias

from services.ingest.sources import httpsignature

Headers: TypeAlias = Mapping[str, str]
Check: TypeAlias = Callable[[str, Headers, bytes, datetime], str | None]
"""Takes the path and query, the headers by their lower-case names, the body and the time.

Answers None when all is well, else a sentence for the sender.
"""

HEX: Final = {
    "github": "x-hub-signature-256",
    "mastodon": "x-hub-signature",
    "discourse": "x-discourse-event-signature",
}
"""Where platforms put `sha256=` and the hexadecimal HMAC of the body."""
LINKEDIN: Final = "x-li-signature"
LINKEDIN_SAYS: Final = "hmacsha256="
CHALLENGE: Final = re.compile(r"[0-9A-Za-z-]{1,64}")
"""As LinkedIn makes them. Nothing else is answered, or the answer could sign a body."""
SCHEMES: Final = ("standard-webhooks", *HEX, "linkedin", httpsignature.NAME)
SHORTEST_KEY: Final = 24
LONGEST_KEY: Final = 64
WRONG: Final = "is not that of this body under any secret that is known here"


def checker(
    scheme: str, *, secrets: Sequence[str], keys: Mapping[str, str], tolerance: float
) -> Check:
    """Return what checks a request. Raises ValueError, with a sentence, for what is no key."""
    if scheme == httpsignature.NAME:
        return partial(httpsignature.check, httpsignature.loaded(keys), tolerance)
    if scheme == "standard-webhooks":
        return partial(_standard, [_standard_key(secret) for secret in secrets], tolerance)
    shared = [secret.encode() for secret in secrets]
    if scheme == "linkedin":
        return partial(_linkedin, shared)
    return partial(_hex, HEX[scheme], shared)


def answer_to(secret: str, challenge: str) -> str | None:
    """Return what proves to LinkedIn that the address is ours; None for what it never asks."""
    if not CHALLENGE.fullmatch(challenge):
        return None
    return _hmac(secret.encode(), challenge.encode()).hex()


def _hex(
    header: str, secrets: Sequence[bytes], _target: str, headers: Headers, body: bytes, _: datetime
) -> str | None:
    said = headers.get(header)
    if said is None:
        return f"sign this: {header} is missing"
    expected = [f"sha256={_hmac(secret, body).hex()}" for secret in secrets]
    return None if _any([said], expected) else f"{header} {WRONG}"


def _linkedin(
    secrets: Sequence[bytes], _target: str, headers: Headers, body: bytes, _: datetime
) -> str | None:
    """Whether the prefix is in the header, in what is signed or in both, its description leaves
    open: no secret is weaker for taking any of them.
    """
    said = headers.get(LINKEDIN)
    if said is None:
        return f"sign this: {LINKEDIN} is missing"
    signed = [body, LINKEDIN_SAYS.encode() + body]
    expected = [_hmac(secret, each).hex() for secret in secrets for each in signed]
    return None if _any([said.removeprefix(LINKEDIN_SAYS)], expected) else f"{LINKEDIN} {WRONG}"


def _standard(
    keys: Sequence[bytes],
    tolerance: float,
    _target: str,
    headers: Headers,
    body: bytes,
    now: datetime,
) -> str | None:
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        if not headers.get(name):
            return f"sign this: {name} is missing"
    named, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
    if not re.fullmatch(r"[0-9]{1,11}", timestamp):
        return "webhook-timestamp must be the seconds since 1970"
    if abs(now.timestamp() - int(timestamp)) > tolerance:
        return f"webhook-timestamp is more than {tolerance:g} seconds from our clock"
    signed = f"{named}.{timestamp}.".encode() + body
    expected = ["v1," + base64.b64encode(_hmac(key, signed)).decode() for key in keys]
    said = headers["webhook-signature"].split()
    return None if _any(said, expected) else f"webhook-signature {WRONG}"


def _standard_key(secret: str) -> bytes:
    written = secret.removeprefix("whsec_")
    try:
        key = base64.b64decode(written + "=" * (-len(written) % 4), validate=True)
    except binascii.Error:
        key = b""
    if not SHORTEST_KEY <= len(key) <= LONGEST_KEY:
        raise ValueError("a secret must be whsec_ and the base64 of 24 to 64 random bytes")
    return key


def _hmac(key: bytes, signed: bytes) -> bytes:
    return hmac.new(key, signed, hashlib.sha256).digest()


def _any(said: Sequence[str], expected: Sequence[str]) -> bool:
    """Say whether one of each are equal, having compared all."""
    pairs = [(one.encode(), other.encode()) for one in said for other in expected]
    return sum(hmac.compare_digest(one, other) for one, other in pairs) > 0
