"""How a command speaks to a service."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest

from shared.runtime.access import Access
from shared.runtime.client import Client
from shared.runtime.errors import CommandFailed
from tests.runtime.serving import serving


async def called(
    monkeypatch: pytest.MonkeyPatch,
    call: Callable[[Client], Any],
    *,
    access: Access | None = None,
    token: str = "",
) -> Any:  # noqa: ANN401
    def calling() -> Any:  # noqa: ANN401
        with Client("ingest", timeout=1.5) as client:
            return call(client)

    async with serving(None, access) as service:
        monkeypatch.setenv("ZONES_DATA", "/nonexistent")
        monkeypatch.setenv("ZONES_INGEST_URL", str(service.base_url))
        monkeypatch.setenv("ZONES_TOKEN", token)
        return await asyncio.to_thread(calling)


async def test_it_gets_and_posts_json(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await called(monkeypatch, lambda it: it.get("/v1/members/4")) == {"member": 4}
    assert await called(monkeypatch, lambda it: it.post("/v1/events")) == {"accepted": True}


async def test_it_reads_lines_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = await called(monkeypatch, lambda it: list(it.lines("/v1/lines", broken=None)))
    assert lines == ['{"n": 0}', '{"n": 1}', '{"n": 2}']


async def test_it_carries_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = await called(
        monkeypatch, lambda it: it.get("/v1/members/4"), access=Access.of("s"), token="s"
    )
    assert answer == {"member": 4}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda it: it.get("/v1/members/0"), "no member 0 is known"),
        (lambda it: it.get("/v1/slow", seconds=2.5), "took too long to answer"),
        (lambda it: list(it.lines("/v1/lines", broken=True)), "broke off the answer"),
        (lambda it: list(it.lines("/v1/nowhere")), "Not Found"),
    ],
)
async def test_every_failure_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, call: Callable[[Client], Any], words: str
) -> None:
    with pytest.raises(CommandFailed, match=words):
        await called(monkeypatch, call)


def test_a_service_that_is_not_there_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
        monkeypatch.setenv("ZONES_DATA", "/nonexistent")
        monkeypatch.setenv("ZONES_INGEST_URL", address)
        with (
            Client("ingest") as client,
            pytest.raises(CommandFailed, match=f"ingest does not answer at {address}: is"),
        ):
            client.get("/v1/status")
