"""The data directory belongs to one running system at a time."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from services import directory
from shared.runtime.errors import CommandFailed


def test_it_is_made_for_its_owner_only(tmp_path: Path) -> None:
    with directory.owned(tmp_path / "a" / "b"):
        assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
        assert (tmp_path / "a" / "b" / "lock").read_text().strip() == str(os.getpid())


def test_one_that_is_in_use_is_refused_by_its_owners_number(tmp_path: Path) -> None:
    with (
        directory.owned(tmp_path),
        pytest.raises(CommandFailed, match=f"{tmp_path} is in use by process {os.getpid()}: stop"),
        directory.owned(tmp_path),
    ):
        pass


def test_when_its_owner_has_left_the_next_may_have_it(tmp_path: Path) -> None:
    with directory.owned(tmp_path):
        pass
    with directory.owned(tmp_path):
        pass


def test_a_killed_owners_children_are_waited_for(tmp_path: Path) -> None:
    """They hold the lock too; what they still write, they write before the next system starts."""
    with directory.owned(tmp_path) as lock:
        child = subprocess.Popen(
            [sys.executable, "-c", "import time; time.sleep(600)"], pass_fds=[lock]
        )
    (tmp_path / "lock").write_text(f"{_number_of_nobody()}\n")
    ending = threading.Timer(0.3, child.kill)
    ending.start()
    began = time.monotonic()
    with directory.owned(tmp_path):
        assert time.monotonic() - began > 0.2
    child.wait()


def test_one_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(CommandFailed, match=r"file/data cannot be written \(Not a directory\)"),
        directory.owned(tmp_path / "file" / "data"),
    ):
        pass


def test_a_passing_directory_is_gone_afterwards() -> None:
    with directory.passing() as data:
        (data / "nats").mkdir()
    assert not data.exists()


def _number_of_nobody() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid
