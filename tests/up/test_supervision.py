"""Keeping a program running."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from services import supervision
from services.supervision import Kept, last_line
from shared.runtime.errors import CommandFailed
from tests.up.programs import STEADY, STUBBORN, Told, alive, gone, kept, note, pid, program


async def test_a_program_that_is_killed_is_started_again(tmp_path: Path) -> None:
    told = Told()
    async with kept(program(tmp_path, STEADY), told):
        first = pid(tmp_path)
        os.kill(first, signal.SIGKILL)
        await told.hears("child is ready again")
        assert pid(tmp_path) != first
    assert told[0] == "child was killed (SIGKILL); starting it again"
    assert len(told) == 2


async def test_it_waits_at_most_two_seconds_before_it_starts_one_again() -> None:
    assert supervision.BACKOFF[0] == 0.0
    assert max(supervision.BACKOFF) <= 2.0


async def test_when_it_stops_the_program_is_gone(tmp_path: Path) -> None:
    async with kept(program(tmp_path, STEADY), Told()):
        number = pid(tmp_path)
        assert alive(number)
    assert not alive(number)


async def test_a_program_that_will_not_end_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "PARTING", 0.3)
    it = program(tmp_path, STUBBORN)
    async with kept(it, Told()):
        number = pid(tmp_path)
        while "up" not in it.log.read_text():
            await asyncio.sleep(0.01)
    assert not alive(number)


async def test_what_a_program_has_started_ends_with_it(tmp_path: Path) -> None:
    """A worker process outlives nobody, whether its parent was asked to end or killed."""
    marker = tmp_path / "worker.pid"
    worker = f"{note(marker)}; {STEADY}"
    code = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {worker!r}]); {STEADY}"
    told = Told()
    async with kept(program(tmp_path, code), told):
        async with asyncio.timeout(15):
            while not marker.exists():
                await asyncio.sleep(0.01)
        first = pid(tmp_path, "worker")
        os.kill(pid(tmp_path), signal.SIGKILL)
        await gone(first)
        await told.hears("ready again")
        async with asyncio.timeout(15):
            while pid(tmp_path, "worker") == first:
                await asyncio.sleep(0.01)
    await gone(pid(tmp_path, "worker"))


async def test_a_program_has_a_process_group_of_its_own(tmp_path: Path) -> None:
    """Ctrl-C in a terminal reaches the supervisor only, which knows in which order to stop."""
    async with kept(program(tmp_path, STEADY), Told()):
        assert os.getpgid(pid(tmp_path)) == pid(tmp_path) != os.getpgid(0)


async def test_one_that_never_starts_is_given_up_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "BACKOFF", (0.0, 0.0, 0.0))
    told = Told()
    it = program(tmp_path, "import sys; sys.exit('zones: the disk is full')", well=False)
    with pytest.raises(CommandFailed) as failed:
        await Kept(it, told.append).keep()
    assert str(failed.value) == f"child does not start: the disk is full (see {it.log})"
    assert told == ["child ended (the disk is full); starting it again"]


async def test_one_that_is_used_wrongly_is_given_up_at_once(tmp_path: Path) -> None:
    told = Told()
    code = "import sys; print('zones: the clock is another'); sys.exit(2)"
    it = program(tmp_path, code, well=False)
    with pytest.raises(CommandFailed, match="child does not start: the clock is another"):
        await Kept(it, told.append).keep()
    assert not told


async def test_one_that_has_been_ready_is_never_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "BACKOFF", (0.0, 0.0))
    allowed = tmp_path / "allowed"
    allowed.touch()
    code = f"import os, sys; os.path.exists({str(allowed)!r}) or sys.exit('no'); {STEADY}"
    told = Told()
    async with kept(program(tmp_path, code), told) as one:
        allowed.unlink()
        os.kill(pid(tmp_path), signal.SIGKILL)
        async with asyncio.timeout(15):
            while one.program.log.read_text().count("no") < 4:
                await asyncio.sleep(0.01)
        allowed.touch()
        told.clear()
        await told.hears("ready again")


async def test_a_program_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    it = program(tmp_path, "")
    missing = type(it)(name="x", command=("/nonexistent/x",), log=it.log, ready=it.ready)
    with pytest.raises(CommandFailed, match="/nonexistent/x cannot be run"):
        await Kept(missing, Told().append).keep()


async def test_a_log_that_has_grown_is_put_aside_at_a_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "LOG_LIMIT", 10)
    it = program(tmp_path, STEADY)
    it.log.parent.mkdir()
    it.log.write_text("an old line that is long enough\n")
    async with kept(it, Told()):
        assert it.log.with_suffix(".log.1").read_text() == "an old line that is long enough\n"
        assert "old" not in it.log.read_text()


def test_the_last_line_is_the_last_that_says_something(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    log.write_text("before\n")
    after = log.stat().st_size
    assert last_line(log, after) == "it said nothing"
    log.write_text("before\nzones: it broke\n\n")
    assert last_line(log, after) == "it broke"


SUPERVISOR = """
import asyncio, sys
from pathlib import Path
from services.supervision import Kept
from shared.runtime import process
from tests.up.programs import STEADY, program
process.run(Kept(program(Path(sys.argv[1]), STEADY), print).keep())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's promise is Linux's")
async def test_children_die_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    supervisor = subprocess.Popen([sys.executable, "-c", SUPERVISOR, str(tmp_path)])
    deadline = time.monotonic() + 15
    while not (tmp_path / "child.pid").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    child = pid(tmp_path)
    assert alive(child)
    supervisor.kill()
    supervisor.wait()
    await gone(child)
