"""How platforms sign, written a second time for the tests."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PrivateKey = RSAPrivateKey | Ed25519PrivateKey


def mac(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def public(key: PrivateKey) -> str:
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem.decode()


def digest(body: bytes) -> str:
    return "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()


def signed(
    key: PrivateKey,
    key_id: str,
    body: bytes,
    now: datetime,
    *,
    target: str = "/v1/webhooks/fediverse",
    covers: str = "(request-target) host date digest",
    algorithm: str = "rsa-sha256",
    instead: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the headers of a request; those in `instead` were changed after it was signed."""
    headers = {
        "host": "zones.example",
        "date": format_datetime(now, usegmt=True),
        "digest": digest(body),
    }
    pseudo = {"(request-target)": f"post {target}", "(created)": str(int(now.timestamp()))}
    text = "\n".join(f"{name}: {({**headers, **pseudo})[name]}" for name in covers.split())
    if isinstance(key, RSAPrivateKey):
        signature = key.sign(text.encode(), PKCS1v15(), SHA256())
    else:
        signature = key.sign(text.encode())
    written = base64.b64encode(signature).decode()
    created = f",created={pseudo['(created)']}" if "(created)" in covers else ""
    headers["signature"] = (
        f'keyId="{key_id}",algorithm="{algorithm}",headers="{covers}"{created},'
        f'signature="{written}"'
    )
    return headers | dict(instead or {})
