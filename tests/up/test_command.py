"""`zones`: what goes wrong is one line, and the exit code says of which kind it was."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from services import embedded
from services.__main__ import application, run
from shared.runtime.process import version
from tests.nats import connected, nats_server


@pytest.fixture(autouse=True)
def nothing_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("ZONES_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("ZONES_DATA", str(tmp_path / "zones-data"))
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)


def zones(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = run(list(arguments))
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["watch", "--count", "0"], "'--count'"),
        (["up", "--clock", "yesterday"], "--clock yesterday is no clock"),
        (["up", "--clock", "2026-03-12T09:00:00"], "a time with an offset"),
        (["up", "--port", "70000"], "'--port'"),
        (["serve", "kitchen"], "there is no service kitchen"),
        (["parked", "show", "kitchen/1"], "it reads like classifier/12"),
        (["parked", "retry"], "or pass --all"),
        (["parked", "retry", "--all", "rewards/1"], "or pass --all"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    code, out, err = zones(*arguments, capsys=capsys)
    assert (code, out) == (2, "")
    assert err.startswith("zones: ")
    assert err.count("\n") == 1
    assert words in err


@pytest.mark.parametrize(
    "arguments",
    [["status"], ["watch"], ["provision"], ["parked", "list"], ["parked", "show", "rewards/1"]],
)
def test_a_failed_job_is_one_line_and_exit_code_1(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    code, _, err = zones(*arguments, capsys=capsys)
    assert code == 1
    assert err.startswith("zones: nothing is known to run: ")
    assert err.count("\n") == 1


def test_debug_shows_where_it_failed() -> None:
    child = subprocess.run(
        [sys.executable, "-m", "services", "status", "--debug"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == 1
    assert "Traceback" in child.stderr


def test_what_nobody_foresaw_is_one_line_too() -> None:
    code = "import services.__main__ as z; z.status.commands = 1; z.run(['status'])"
    child = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert child.returncode == 1
    assert child.stderr == "zones: TypeError: 'int' object is not callable\n"


def test_version_and_help_are_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert zones("--version", capsys=capsys) == (0, f"zones {version()}\n", "")
    code, out, _ = zones("-h", capsys=capsys)
    assert code == 0
    assert "watch" in out
    assert "serve" not in out


def test_every_command_takes_the_data_directory(capsys: pytest.CaptureFixture[str]) -> None:
    """Before the command or behind it, whoever wrote the command."""
    for arguments in (["--data", "a", "status"], ["status", "--data", "a"]):
        _, _, err = zones(*arguments, capsys=capsys)
        assert "a/run.json is not there" in err
    names = {
        command.callback.__name__
        for command in application().registered_commands
        if command.callback
    }
    assert {"up", "status", "watch", "provision"} <= names


def test_status_of_what_does_not_answer_is_shown_and_is_a_failure(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZONES_INGEST_URL", "http://127.0.0.1:1")
    code, out, _ = zones("status", "--json", capsys=capsys)
    assert code == 1
    told = json.loads(out)["services"]
    assert set(told) == {"ingest", "classifier", "rewards", "notifier"}
    assert told["ingest"]["ready"] is False
    assert told["ingest"]["reasons"] == ["http://127.0.0.1:1 does not answer"]
    assert "ZONES_REWARDS_URL" in told["rewards"]["reasons"][0]


async def test_provision_says_what_it_did_and_nothing_the_second_time(tmp_path: Path) -> None:
    async with nats_server(tmp_path) as nats:
        command = [sys.executable, "-m", "services", "provision", "--nats", nats.url]
        dry, first, second = (
            subprocess.run([*command, *more], capture_output=True, text=True, check=True).stdout
            for more in (["--dry-run"], [], [])
        )
    assert "stream ACTIVITY: created" in dry
    assert dry == first
    assert second == "everything is as it should be\n"


async def test_an_interrupted_command_is_quiet(tmp_path: Path) -> None:
    """Ctrl-C is not an error. 130 is what shells expect of it."""
    async with nats_server(tmp_path) as nats, connected(nats.url) as client:
        await embedded.prepare(nats.url)
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services", "watch"),
            env={**os.environ, "ZONES_NATS_URL": nats.url},
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(15):
            while not (await client.jsm().stream_info("NOTICES")).state.consumer_count:
                await asyncio.sleep(0.02)
        child.send_signal(signal.SIGINT)
        _, err = await child.communicate()
    assert (child.returncode, err) == (130, b"")


def test_a_reader_that_has_left_is_no_error() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "services", "-h"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        assert child.stdout
        assert child.stderr
        child.stdout.close()
        assert not child.stderr.read()
