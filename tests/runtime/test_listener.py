"""The socket a service listens on."""

import os
import socket

import pytest

from shared.runtime import listener
from shared.runtime.access import Access
from shared.runtime.errors import CommandFailed, WrongUse


def test_port_0_takes_a_free_one_and_says_which() -> None:
    with listener.listen("127.0.0.1", 0, access=Access()) as taken:
        port = taken.getsockname()[1]
        assert port
        assert listener.address(taken) == f"http://127.0.0.1:{port}"


def test_a_taken_port_is_said_in_one_line() -> None:
    with listener.listen("127.0.0.1", 0, access=Access()) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandFailed) as refused:
            listener.listen("127.0.0.1", port, access=Access())
    assert str(refused.value) == (
        f"port {port} on 127.0.0.1 is taken: stop what uses it or pass --port"
    )


def test_listening_to_other_machines_without_a_token_is_refused() -> None:
    with pytest.raises(WrongUse, match="ZONES_TOKEN"):
        listener.listen("0.0.0.0", 0, access=Access())  # noqa: S104
    listener.listen("0.0.0.0", 0, access=Access.of("secret")).close()  # noqa: S104


def test_an_address_that_is_none_is_said_in_one_line() -> None:
    with pytest.raises(WrongUse, match="no address to listen on"):
        listener.listen("no such host", 0, access=Access.of("secret"))
    with pytest.raises(CommandFailed, match=r"cannot listen on 192\.0\.2\.1"):
        listener.listen("192.0.2.1", 0, access=Access.of("secret"))


def test_a_socket_handed_down_is_taken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the supervisor's to choose the port; what we start in turn must not take it again."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        monkeypatch.setenv(listener.INHERITED, str(os.dup(opened.fileno())))
        with listener.listen("127.0.0.1", 1, access=Access()) as taken:
            assert taken.getsockname() == opened.getsockname()
        assert listener.INHERITED not in os.environ
