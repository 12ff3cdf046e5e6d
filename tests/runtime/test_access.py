"""Who may call a service."""

import pytest
from starlette.datastructures import Headers

from shared.runtime.access import PUBLISH, READ, WRITE, Access, digest, is_loopback
from shared.runtime.errors import WrongUse

HERE = {"host": "127.0.0.1:8470"}


def status(access: Access, scope: str = READ, path: str = "/v1/status", **headers: str) -> int:
    return access.refusal("GET", path, Headers({**HERE, **headers}), scope=scope)[0]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "127.0.0.1", "127.8.9.1", "::1"])
def test_loopback_is_every_name_of_this_very_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "0.0.0.0", "10.0.0.1", "localhost.evil.example", "::"])  # noqa: S104
def test_any_other_name_is_not_loopback(host: str) -> None:
    assert not is_loopback(host)


def test_without_a_token_only_loopback_may_be_listened_on() -> None:
    assert Access().allows_listening_on("127.0.0.1")
    assert not Access().allows_listening_on("0.0.0.0")  # noqa: S104
    assert Access.of("secret").allows_listening_on("0.0.0.0")  # noqa: S104


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1", "[::1]:8470"])
def test_without_a_token_everybody_here_may_do_everything(host: str) -> None:
    assert status(Access(), WRITE, host=host) == 0


@pytest.mark.parametrize("host", ["evil.example:8470", "192.168.1.2", "", "[::1"])
def test_a_rebound_name_is_refused(host: str) -> None:
    """A page whose name has been pointed at 127.0.0.1 still sends its own Host."""
    assert status(Access(), host=host) == 421


def test_a_request_from_another_site_is_refused() -> None:
    """A browser sends simple posts anywhere, but says from where."""
    assert status(Access(), WRITE, origin="https://evil.example") == 403
    assert status(Access(), WRITE, origin="null") == 403
    assert status(Access(), WRITE, origin="http://localhost:3000") == 0


def test_a_token_is_asked_for_where_one_is_set() -> None:
    access = Access.of("secret")
    assert status(access) == 401
    assert status(access, authorization="Bearer other") == 401
    assert status(access, authorization="Basic secret") == 401
    assert status(access, authorization="Bearer secret") == 0
    assert status(access, WRITE, authorization="bearer secret", host="zones.example") == 0


def test_probes_and_the_description_need_no_token() -> None:
    assert status(Access.of("secret"), path="/readyz") == 0
    assert status(Access.of("secret"), path="/openapi.json") == 0
    assert status(Access.of("secret"), path="/metrics") == 401


def test_a_token_may_do_what_its_scopes_say_and_no_more() -> None:
    access = Access.of(None, "reader=read, script=read+publish")
    assert status(access, READ, authorization="Bearer reader") == 0
    assert status(access, PUBLISH, authorization="Bearer reader") == 403
    assert status(access, PUBLISH, authorization="Bearer script") == 0
    assert status(access, WRITE, authorization="Bearer script") == 403


def test_a_token_may_be_told_by_its_digest_which_itself_opens_nothing() -> None:
    """Whoever holds the digest, another service among them, can check the token and not use it."""
    known = digest("script")
    access = Access.of(None, f"{known}=read")
    assert not access.open
    assert status(access, READ, authorization="Bearer script") == 0
    assert status(access, READ, authorization=f"Bearer {known}") == 401
    with pytest.raises(WrongUse, match="stands for somebody else"):
        access.knowing("crm", "script", frozenset({PUBLISH}))


def test_a_digest_is_the_one_that_any_tool_computes() -> None:
    """That of `printf secret | sha256sum`."""
    assert digest("secret") == (
        "sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
    )


@pytest.mark.parametrize("scoped", ["reader", "=read", "reader=all", "reader="])
def test_scopes_that_make_no_sense_are_refused_at_the_start(scoped: str) -> None:
    with pytest.raises(WrongUse, match="ZONES_TOKENS"):
        Access.of(None, scoped)
