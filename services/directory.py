"""The data directory, which belongs to one running system at a time.

Its `lock` is held by the supervisor and by everything that the supervisor has started: whoever
comes next waits until the last of them is gone, even when the supervisor was killed.
"""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from shared.runtime.errors import CommandFailed

PATIENCE = 5.0
"""Seconds to wait for what a killed supervisor has left behind."""


@contextmanager
def owned(data: Path) -> Iterator[int]:
    """Own the directory, created where missing, and yield the descriptor of its lock.

    Raises CommandFailed when it is in use or cannot be written.
    """
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CommandFailed(
            f"{data} cannot be written ({error.strerror}): pass another directory with --data"
        ) from error
    try:
        _take(lock, data)
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
        yield lock
    finally:
        os.close(lock)


def _take(lock: int, data: Path) -> None:
    patience = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(lock, 20, 0).decode().strip()
            if _lives(owner) or time.monotonic() > patience:
                raise CommandFailed(
                    f"{data} is in use by process {owner or 'unknown'}:"
                    " stop that one or pass another directory with --data"
                ) from None
            time.sleep(0.05)
        else:
            return


def _lives(pid: str) -> bool:
    with suppress(ValueError, OSError):
        os.kill(int(pid), 0)
        return True
    return False


@contextmanager
def passing() -> Iterator[Path]:
    """Yield a fresh directory that is gone afterwards."""
    data = Path(tempfile.mkdtemp(prefix="zones-demo-"))
    try:
        yield data
    finally:
        shutil.rmtree(data, ignore_errors=True)
