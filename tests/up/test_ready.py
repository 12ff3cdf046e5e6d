"""A container engine asks a service whether it does its job, not whether its port is open."""

import asyncio
import socket
import subprocess
import sys
from importlib import import_module

import pytest

from services import ready
from services.ready import PORTS
from shared.runtime.access import Access
from shared.runtime.health import Health
from tests.nats import free_port
from tests.runtime.serving import serving


def asked(**ports: int) -> tuple[int, str]:
    """Run it where services listen on these ports, and the others on none."""
    environment = {f"ZONES_{name.upper()}_PORT": str(free_port()) for name in PORTS}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "services.ready"],
        env={
            **environment,
            **{f"ZONES_{name.upper()}_PORT": f"{it}" for name, it in ports.items()},
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_it_asks_where_the_services_listen_unless_told_otherwise() -> None:
    for name, port in PORTS.items():
        settings = import_module(f"services.{name}.settings").Settings
        assert settings.model_fields["port"].default == port


async def test_it_says_what_the_service_says_of_itself() -> None:
    health, reasons = Health("rewards"), ["the disk is full"]

    async def probe() -> str | None:
        return reasons[0] if reasons else None

    health.check("disk", probe)
    async with serving(health, Access.of("secret")) as client:
        port = client.base_url.port or 0
        code, said = await asyncio.to_thread(asked, rewards=port)
        assert (code, "the disk is full" in said) == (1, True)
        reasons.clear()
        assert await asyncio.to_thread(asked, rewards=port) == (0, '{"ready":true,"reasons":[]}\n')


def test_an_open_port_is_not_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is a process that lives: it may have hung."""
    monkeypatch.setattr(ready, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert ready.ask(port) == (False, f"port {port}: timed out")


def test_where_nothing_listens_nothing_is_ready() -> None:
    assert asked() == (1, "no service listens here\n")


def test_it_imports_next_to_nothing() -> None:
    """It runs every few seconds beside each service."""
    code = "import sys, services.ready; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True
    )
    assert not {"pydantic", "typer", "fastapi", "asyncio"} & set(done.stdout.split())
