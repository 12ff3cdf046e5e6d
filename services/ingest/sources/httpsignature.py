"""HTTP Signatures as the fediverse uses them: draft-cavage-http-signatures, versions 8 to 12.

The keys are configured, and nothing is fetched. A key speaks for the actors of its own host.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from services.ingest.sources.parts import parsed
from shared.messaging.errors import UnreadableMessage

Key: TypeAlias = RSAPublicKey | Ed25519PublicKey

NAME: Final = "http-signature"
ALGORITHMS: Final = {
    RSAPublicKey: ("hs2019", "rsa-sha256"),
    Ed25519PublicKey: ("hs2019", "ed25519"),
}
SMALLEST: Final = 2048
PARAMETER: Final = re.compile(r'\s*([A-Za-z]+)=(?:"([^"]*)"|([0-9]+))\s*(?:,|$)')
NEEDED: Final = ("(request-target)", "host", "digest")
SAYS_WHO: Final = ("actor", "attributedTo")


def loaded(keys: Mapping[str, str]) -> dict[str, Key]:
    """Read public keys in PEM, by their ids. Raises ValueError with a sentence."""
    return {name: _loaded(name, pem) for name, pem in keys.items()}


def check(
    keys: Mapping[str, Key],
    tolerance: float,
    target: str,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
) -> str | None:
    """Answer None when a known key has signed this, else a sentence for the sender."""
    said = _parameters(headers)
    if said is None:
        return "sign this: the header Signature is missing, or cannot be read"
    name, signature = said.get("keyId", ""), said.get("signature", "")
    key = keys.get(name)
    if key is None:
        return "the key that signed this is not known here"
    if said.get("algorithm", "hs2019").lower() not in _algorithms(key):
        return f"this key signs with {' or '.join(_algorithms(key))}"
    signed = said.get("headers", "").lower().split()
    if missing := [part for part in NEEDED if part not in signed]:
        return f"the signature leaves out {' and '.join(missing)}"
    if why := _untimely(said, signed, headers, now, tolerance):
        return why
    if not _digested(headers.get("digest", ""), body):
        return "the digest is not the SHA-256 of this body"
    text = _signed(said, signed, target, headers)
    if text is None:
        return "the signature covers a header that is not there"
    if not _verified(key, signature, text.encode()):
        return "the signature is not that of this request"
    if headers.get("content-encoding", "identity") != "identity":
        return "send the body as it is: packed, it does not say who acts"
    if not _speaks_for(name, body):
        return "this key speaks for the actors of its own host"
    return None


def _loaded(name: str, pem: str) -> Key:
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError(f"the key {name} is not a public key in PEM") from None
    if isinstance(key, Ed25519PublicKey):
        return key
    if not isinstance(key, RSAPublicKey) or key.key_size < SMALLEST:
        raise ValueError(f"the key {name} must be RSA of at least {SMALLEST} bits, or Ed25519")
    return key


def _algorithms(key: Key) -> tuple[str, ...]:
    return ALGORITHMS[RSAPublicKey if isinstance(key, RSAPublicKey) else Ed25519PublicKey]


def _parameters(headers: Mapping[str, str]) -> dict[str, str] | None:
    written = headers.get("signature")
    if written is None:
        scheme, _, written = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "signature":
            return None
    said: dict[str, str] = {}
    place = 0
    while place < len(written):
        found = PARAMETER.match(written, place)
        if found is None or found[1] in said:
            return None
        said[found[1]] = found[2] if found[3] is None else found[3]
        place = found.end()
    return said


def _untimely(
    said: Mapping[str, str],
    signed: list[str],
    headers: Mapping[str, str],
    now: datetime,
    tolerance: float,
) -> str | None:
    """A signature without a time of its own could be sent again for ever."""
    expires = said.get("expires", "") if "(expires)" in signed else ""
    if expires and (not expires.isascii() or not expires.isdigit() or _seconds(expires, now) < 0):
        return "the signature has expired"
    if "(created)" in signed:
        created = said.get("created", "")
        ahead = _seconds(created, now) if re.fullmatch(r"[0-9]{1,11}", created) else None
    elif "date" in signed:
        ahead = _ahead(headers.get("date", ""), now)
    else:
        return "the signature leaves out the date"
    if ahead is None:
        return "the time of the signature cannot be read"
    if abs(ahead) > tolerance:
        return f"the signature is more than {tolerance:g} seconds from our clock"
    return None


def _seconds(written: str, now: datetime) -> float:
    return int(written[:12]) - now.timestamp()


def _ahead(date: str, now: datetime) -> float | None:
    try:
        said = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    return ((said if said.tzinfo else said.replace(tzinfo=UTC)) - now).total_seconds()


def _digested(digest: str, body: bytes) -> bool:
    expected = base64.b64encode(hashlib.sha256(body).digest())
    said = [part.strip().partition("=") for part in digest.split(",")]
    values = [value for name, _, value in said if name.lower() == "sha-256"]
    return len(values) == 1 and hmac.compare_digest(values[0].encode(), expected)


def _signed(
    said: Mapping[str, str], signed: list[str], target: str, headers: Mapping[str, str]
) -> str | None:
    own = {
        "(request-target)": f"post {target}",
        "(created)": said.get("created"),
        "(expires)": said.get("expires"),
    }
    values = [own.get(name) if name.startswith("(") else headers.get(name) for name in signed]
    if None in values:
        return None
    return "\n".join(f"{name}: {value}" for name, value in zip(signed, values, strict=True))


def _verified(key: Key, signature: str, text: bytes) -> bool:
    try:
        written = base64.b64decode(signature, validate=True)
        if isinstance(key, Ed25519PublicKey):
            key.verify(written, text)
        else:
            key.verify(written, text, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def _speaks_for(name: str, body: bytes) -> bool:
    """What cannot be read is nobody's word; it is for the adapter to say so."""
    try:
        said = parsed(body)
    except UnreadableMessage:
        return True
    own = _host(name)
    return all(_is_of(own, each) for each in (said if isinstance(said, list) else [said]))


def _is_of(own: str, said: object) -> bool:
    if not isinstance(said, dict):
        return False
    actor = next((said[name] for name in SAYS_WHO if name in said), None)
    actors = actor if isinstance(actor, list) else [actor]
    ids = [each.get("id") if isinstance(each, dict) else each for each in actors]
    return bool(own and ids) and all(isinstance(each, str) and _host(each) == own for each in ids)


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""
