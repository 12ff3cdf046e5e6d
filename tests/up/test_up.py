"""`zones up`: everything on one machine, started, kept running and stopped."""

import asyncio
import json
import os
import signal
import socket
import stat
import sys
from pathlib import Path

import httpx2
import pytest

from services import embedded
from tests.nats import nats_server
from tests.up.programs import gone
from tests.up.running import Up, up

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


async def zones(data: Path, *arguments: str) -> tuple[int, str, str]:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "services", *arguments, "--data", str(data)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await child.communicate()
    assert child.returncode is not None
    return child.returncode, out.decode(), err.decode()


async def refused(data: Path, *arguments: str) -> str:
    """Return the line with which it ends, having failed."""
    it = Up(data, *arguments)
    await it.start()
    assert await it.ended() == 1
    assert it.errors.count("\n") == 1
    return it.errors


async def test_it_starts_everything_says_where_and_stops_when_asked(tmp_path: Path) -> None:
    async with up(tmp_path, "--port", "0") as it:
        told, children = it.running(), it.children()
        assert set(children) == {"nats", *told["services"]}
        assert told["nats"].rpartition("@")[2] in await it.says("nats ")
        for name, address in told["services"].items():
            assert address in await it.says(f"{name} ")
        code, out, _ = await zones(tmp_path, "status")
        assert code == 0, out
        assert stat.S_IMODE((tmp_path / "run.json").stat().st_mode) == 0o600
        assert {path.stem for path in (tmp_path / "logs").iterdir()} == set(children)

        assert f"in use by process {told['pid']}" in await refused(tmp_path, "--port", "0")

        async with asyncio.timeout(12):
            assert await it.stop(signal.SIGTERM) == 0
        await gone(*children.values())
        assert it.errors == ""
        assert not (tmp_path / "run.json").exists()


async def test_publishers_with_tokens_of_their_own_do_not_lock_our_commands_out(
    tmp_path: Path,
) -> None:
    """Without ZONES_TOKEN one is made up, and whoever may not read it is told what to set."""
    connections = tmp_path / "connections.toml"
    connections.write_text('[publishers.crm]\ntoken = "file:token"\n')
    (tmp_path / "token").write_text("0123456789abcdef")
    environment = {"ZONES_INGEST_CONNECTIONS": str(connections)}
    data = tmp_path / "data"
    async with up(data, "--port", "0", environment=environment) as it:
        assert await zones(data, "parked", "list") == (0, "nothing is parked\n", "")

        (data / "run.json").write_text(json.dumps({**it.running(), "token": None}))
        code, out, err = await zones(data, "parked", "list")
        assert (code, out) == (1, "")
        assert "does not know your token: set ZONES_TOKEN" in err


async def test_a_token_that_lies_in_a_file_closes_everything_too(tmp_path: Path) -> None:
    """The bus as well: it must not take the absence of the variable for an open house."""
    (tmp_path / "token").write_text("0123456789abcdef\n")
    environment = {"ZONES_TOKEN_FILE": str(tmp_path / "token")}
    async with up(tmp_path / "data", "--port", "0", environment=environment) as it:
        told = it.running()
        assert told["token"] == "0123456789abcdef"
        async with httpx2.AsyncClient() as client:
            answer = await client.get(f"{told['services']['rewards']}/v1/status")
        assert answer.status_code == 401
        assert "no_auth_user" not in (tmp_path / "data/nats/nats-server.conf").read_text()


async def test_what_is_killed_comes_back_where_it_was(tmp_path: Path) -> None:
    """The broker included; whoever calls a service meanwhile waits a moment, and is answered."""
    async with up(tmp_path, "--port", "0", "--clock", "events") as it:
        before, addresses = it.children(), it.running()["services"]
        os.kill(before["classifier"], signal.SIGKILL)
        async with httpx2.AsyncClient(timeout=30) as client:
            answer = await client.get(f"{addresses['classifier']}/v1/status")
        assert answer.json()["name"] == "classifier"
        await it.says("classifier was killed (SIGKILL); starting it again")
        await it.says("classifier is ready again")
        os.kill(before["nats"], signal.SIGKILL)
        await it.says("nats is ready again")
        after = it.children()
        assert after["classifier"] != before["classifier"]
        assert after["nats"] != before["nats"]
        assert after["ingest"] == before["ingest"]
        async with asyncio.timeout(20):
            while (await zones(tmp_path, "status"))[0]:
                await asyncio.sleep(0.1)


async def test_children_go_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    """The next one starts on what they left; the clock is the log's, and stays what it was."""
    async with up(tmp_path, "--port", "0", "--clock", "events") as it:
        children = it.children()
        assert await it.stop(signal.SIGKILL) == -signal.SIGKILL
        line = await refused(tmp_path, "--port", "0", "--clock", "wall")
        await gone(*children.values())
    assert " does not start: " in line
    assert "events" in line


async def test_it_uses_a_broker_that_is_there_already(tmp_path: Path) -> None:
    async with nats_server(tmp_path / "broker") as nats:
        async with up(tmp_path / "data", "--port", "0", "--nats", nats.url) as it:
            assert "nats" not in it.children()
            assert it.running()["nats"] == nats.url
        await embedded.prepare(nats.url)


async def test_a_taken_port_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = await refused(tmp_path, "--port", str(port))
    assert line == f"zones: port {port} on 127.0.0.1 is taken: stop what uses it or pass --port\n"
    assert not (tmp_path / "run.json").exists()


async def test_a_directory_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    line = await refused(tmp_path / "file" / "data")
    assert "cannot be written (Not a directory): pass another directory with --data" in line


async def test_a_broker_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    line = await refused(tmp_path, "--port", "0", "--nats", "nats://127.0.0.1:1")
    assert line.startswith("zones: NATS does not answer at nats://127.0.0.1:1 ")


async def test_the_demo_wants_a_history_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "classifier.db").touch()
    code, _, errors = await zones(tmp_path, "up", "--demo")
    assert code == 2
    assert errors.count("\n") == 1
    assert "name an empty directory" in errors
