"""HTTP Signatures of the fediverse: the key, the request, the body, the time and the actor fit."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.sources import httpsignature
from services.ingest.sources.signature import checker
from tests.ingest.sources.signing import digest, public, signed

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ACTOR = "https://social.example/users/user-1"
KEY_ID = f"{ACTOR}#main-key"
BODY = json.dumps({"type": "Like", "actor": ACTOR, "object": "https://h.example/1"}).encode()
TARGET = "/v1/webhooks/fediverse"
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ED25519 = Ed25519PrivateKey.generate()
CHECK = checker(
    httpsignature.NAME,
    secrets=[],
    keys={KEY_ID: public(RSA), f"{ACTOR}#ed": public(ED25519)},
    tolerance=300,
)


def refusal(
    headers: dict[str, str], body: bytes = BODY, now: datetime = NOW, target: str = TARGET
) -> str:
    return CHECK(target, headers, body, now) or ""


@pytest.mark.parametrize("algorithm", ["rsa-sha256", "hs2019", "RSA-SHA256"])
def test_a_request_that_a_known_key_has_signed_is_taken(algorithm: str) -> None:
    assert refusal(signed(RSA, KEY_ID, BODY, NOW, algorithm=algorithm)) == ""


@pytest.mark.parametrize("algorithm", ["ed25519", "hs2019"])
def test_so_it_is_with_the_younger_kind_of_key(algorithm: str) -> None:
    assert refusal(signed(ED25519, f"{ACTOR}#ed", BODY, NOW, algorithm=algorithm)) == ""


def test_the_time_may_be_in_the_signature_itself() -> None:
    covers = "(request-target) host (created) digest"
    headers = signed(RSA, KEY_ID, BODY, NOW, covers=covers, algorithm="hs2019")

    assert refusal(headers) == ""
    assert "from our clock" in refusal(headers, now=NOW + timedelta(hours=1))


def test_the_signature_may_be_an_authorization() -> None:
    headers = signed(RSA, KEY_ID, BODY, NOW)
    headers["authorization"] = "Signature " + headers.pop("signature")

    assert refusal(headers) == ""


@pytest.mark.parametrize("covers", ["host date digest", "(request-target) host date", "digest"])
def test_what_the_signature_leaves_out_anybody_could_have_written(covers: str) -> None:
    assert "leaves out" in refusal(signed(RSA, KEY_ID, BODY, NOW, covers=covers))


def test_a_signature_says_when() -> None:
    headers = signed(RSA, KEY_ID, BODY, NOW, covers="(request-target) host digest")
    assert refusal(headers) == "the signature leaves out the date"


@pytest.mark.parametrize(
    "instead",
    [
        {"host": "other.example"},
        {"date": "Sun, 01 Mar 2026 12:00:01 GMT"},
        {"date": "yesterday"},
        {"date": "Sun, 01 Mar 99999 12:00:01 GMT"},
        {"digest": digest(BODY + b" ")},
        {"digest": digest(BODY) + "," + digest(b"")},
        {"digest": "MD5=AAAA"},
        {"signature": 'keyId="x"'},
        {"signature": "garbage"},
        {"signature": f'keyId="{KEY_ID}",headers="(request-target) host date digest x-none"'},
        {"signature": f'keyId="{KEY_ID}",keyId="{KEY_ID}"'},
    ],
)
def test_whatever_is_changed_shows(instead: dict[str, str]) -> None:
    assert refusal(signed(RSA, KEY_ID, BODY, NOW, instead=instead))


def test_it_is_for_this_address_and_no_other() -> None:
    assert refusal(signed(RSA, KEY_ID, BODY, NOW), target="/v1/webhooks/other")
    assert refusal(signed(RSA, KEY_ID, BODY, NOW), target=TARGET + "?x=1")


def test_another_body_has_another_digest() -> None:
    assert refusal(signed(RSA, KEY_ID, BODY, NOW), b"{}") == (
        "the digest is not the SHA-256 of this body"
    )


@pytest.mark.parametrize("minutes", [-6, 6])
def test_it_is_not_taken_long_after_it_was_sent(minutes: int) -> None:
    assert "from our clock" in refusal(
        signed(RSA, KEY_ID, BODY, NOW), now=NOW + timedelta(minutes=minutes)
    )


def test_a_key_signs_in_its_own_way_only() -> None:
    assert refusal(signed(RSA, KEY_ID, BODY, NOW, algorithm="hmac-sha256"))
    assert refusal(signed(ED25519, KEY_ID, BODY, NOW, algorithm="hs2019"))


@pytest.mark.parametrize(
    ("body", "taken"),
    [
        ({"actor": f"{ACTOR}2"}, True),
        ({"actor": {"id": ACTOR}}, True),
        ({"actor": [ACTOR, {"id": ACTOR}]}, True),
        ({"type": "Note", "attributedTo": ACTOR}, True),
        ({"actor": "https://other.example/users/user-1"}, False),
        ({"actor": [ACTOR, "https://other.example/users/user-1"]}, False),
        ({"actor": "user-1"}, False),
        ({"actor": "https://[", "id": 1}, False),
        ({"actor": []}, False),
        ({"type": "Like"}, False),
        ([{"actor": ACTOR}], True),
        ([{"actor": ACTOR}, {"actor": "https://other.example/users/user-1"}], False),
        ("https://other.example/likes/1", False),
    ],
)
def test_a_key_speaks_for_the_actors_of_its_own_host(body: Any, taken: bool) -> None:  # noqa: ANN401
    written = json.dumps(body).encode()
    assert (refusal(signed(RSA, KEY_ID, written, NOW), written) == "") is taken


def test_a_body_that_cannot_be_read_is_authentic_all_the_same() -> None:
    """It is parked, and the platform is not asked to send it again and again."""
    assert refusal(signed(RSA, KEY_ID, b"{", NOW), b"{") == ""


@pytest.mark.parametrize(
    "pem",
    [
        "",
        "garbage",
        public(rsa.generate_private_key(public_exponent=65537, key_size=1024)),  # noqa: S505 - that is the point
        public(ec.generate_private_key(ec.SECP256R1())),  # type: ignore[arg-type]
    ],
    ids=["empty", "garbage", "short", "elliptic"],
)
def test_a_key_that_is_none_or_too_weak_is_found_at_the_start(pem: str) -> None:
    with pytest.raises(ValueError, match=r"the key k "):
        httpsignature.loaded({"k": pem})


@given(st.dictionaries(st.sampled_from(["signature", "date", "digest", "host"]), st.text()))
def test_no_header_is_too_strange(headers: dict[str, str]) -> None:
    assert refusal(headers)


@given(st.text(alphabet='keyIdheaders="(created),:0123456789 -T', max_size=60), st.text())
def test_no_signature_is_too_strange(strange: str, date: str) -> None:
    written = f'keyId="{KEY_ID}",headers="(request-target) host date digest {strange}'
    assert refusal({"signature": written, "host": "h", "date": date, "digest": digest(BODY)})
    assert refusal({"signature": strange})


def test_nothing_hides_who_acts() -> None:
    """What the adapter will read is what the key has to speak for."""
    other = b'{"type": "Like", "actor": "https://other.example/users/user-1"}'
    marked = b"\xef\xbb\xbf" + other
    assert "its own host" in refusal(signed(RSA, KEY_ID, marked, NOW), marked)

    packed = gzip.compress(other)
    headers = {**signed(RSA, KEY_ID, packed, NOW), "content-encoding": "gzip"}
    assert "as it is" in refusal(headers, packed)
