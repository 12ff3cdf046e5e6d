"""A body is taken for its platform's own only when a secret that we share says so."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from services.ingest.sources.signature import HEX, SCHEMES, Check, answer_to, checker
from tests.ingest.sources.signing import mac

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BODY = b'{"n": 1, "bytes": "\xc3\xa9"}'
STANDARD = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OTHER = "whsec_" + base64.b64encode(bytes(range(1, 33))).decode()
SHARED = Path(__file__).parents[4] / "shared" / "data" / "platforms" / "standard-webhooks"


def checks(scheme: str, *secrets: str, tolerance: float = 300) -> Check:
    return checker(scheme, secrets=secrets, keys={}, tolerance=tolerance)


def refusal(
    check: Check, headers: Mapping[str, str], body: bytes = BODY, now: datetime = NOW
) -> str:
    return check("/v1/webhooks/x", headers, body, now) or ""


def standard(secret: str = STANDARD, *, at: datetime = NOW, id: str = "msg_1") -> dict[str, str]:
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(id, at, BODY.decode()),
    }


@pytest.mark.parametrize("scheme", HEX)
def test_a_hexadecimal_hmac_of_the_body_opens(scheme: str) -> None:
    check, header = checks(scheme, "one", "two"), HEX[scheme]

    for secret in ("one", "two"):
        assert refusal(check, {header: f"sha256={mac(secret, BODY)}"}) == ""
    assert refusal(check, {header: f"sha256={mac('three', BODY)}"}).startswith(header)
    assert refusal(check, {header: mac("one", BODY)}).startswith(header)
    assert refusal(check, {header: "sha256=é"}).startswith(header)
    assert refusal(check, {}) == f"sign this: {header} is missing"


@pytest.mark.parametrize("scheme", HEX)
def test_one_byte_more_or_less_is_another_body(scheme: str) -> None:
    """What is signed are the bytes as they came, not what a parser makes of them."""
    headers = {HEX[scheme]: f"sha256={mac('one', BODY)}"}
    for body in (BODY + b" ", BODY[:-1], json.dumps(json.loads(BODY)).encode(), b""):
        assert refusal(checks(scheme, "one"), headers, body)


def test_linkedin_signs_with_its_prefix_or_without() -> None:
    check = checks("linkedin", "one")

    for value in (mac("one", BODY), mac("one", b"hmacsha256=" + BODY)):
        assert refusal(check, {"x-li-signature": value}) == ""
        assert refusal(check, {"x-li-signature": f"hmacsha256={value}"}) == ""
    assert refusal(check, {"x-li-signature": mac("two", BODY)})
    assert refusal(check, {"x-li-signature": ""})


def test_a_challenge_is_answered_and_nothing_that_could_be_a_body() -> None:
    challenge = "890e4665-4dfe-4ab1-b689-ed553bceeed0"

    assert answer_to("one", challenge) == mac("one", challenge.encode())
    for body in ("", "{}", "hmacsha256={}", "1\n", "x" * 65):
        assert answer_to("one", body) is None


def test_standard_webhooks_are_read_as_their_own_library_signs_them() -> None:
    check = checks("standard-webhooks", STANDARD, OTHER)

    assert refusal(check, standard()) == ""
    assert refusal(check, standard(OTHER)) == "", "the second secret is as good as the first"
    both = standard()["webhook-signature"] + " " + standard(OTHER)["webhook-signature"]
    assert (
        refusal(checks("standard-webhooks", OTHER), standard() | {"webhook-signature": both}) == ""
    )


@pytest.mark.parametrize(
    "instead",
    [
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": str(int(NOW.timestamp()) + 1)},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "1" * 400},
        {"webhook-timestamp": "٣"},
        {"webhook-signature": "v1a,AAAA"},
        {"webhook-signature": " "},
        {"webhook-id": ""},
        {"webhook-signature": ""},
    ],
)
def test_whatever_is_changed_in_a_standard_webhook_shows(instead: dict[str, str]) -> None:
    assert refusal(checks("standard-webhooks", STANDARD), standard() | instead)


def test_a_standard_webhook_is_not_taken_long_after_it_was_sent() -> None:
    check = checks("standard-webhooks", STANDARD, tolerance=60)
    for seconds, taken in ((-61, False), (-60, True), (60, True), (61, False)):
        headers = standard(at=NOW + timedelta(seconds=seconds))
        assert (refusal(check, headers) == "") is taken


def test_bytes_that_are_no_text_can_be_signed_too() -> None:
    body = b"\xff\xfe"
    signature = hmac.new(bytes(range(32)), b"m.1772366400." + body, hashlib.sha256).digest()
    headers = {
        "webhook-id": "m",
        "webhook-timestamp": "1772366400",
        "webhook-signature": "v1," + base64.b64encode(signature).decode(),
    }
    assert refusal(checks("standard-webhooks", STANDARD), headers, body) == ""


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_AAAA", "not base64!", "whsec_" + "A" * 400]
)
def test_a_secret_that_was_copied_badly_is_found_at_the_start(secret: str) -> None:
    with pytest.raises(ValueError, match="whsec_"):
        checks("standard-webhooks", secret)


def test_every_scheme_can_be_chosen() -> None:
    for scheme in SCHEMES:
        assert refusal(checks(scheme, STANDARD), {}).startswith("sign this: ")


@pytest.mark.skipif(not SHARED.exists(), reason="the measured vectors are not beside the checkout")
def test_the_published_vectors_hold() -> None:
    for vector in json.loads((SHARED / "vectors.json").read_text()):
        at = datetime.fromtimestamp(int(vector["webhook-timestamp"]), UTC)
        check = checks("standard-webhooks", vector["secret"])
        assert (refusal(check, vector, vector["payload"].encode(), at) == "") is vector["valid"]
