"""A process ends when it is asked to: SIGTERM and Ctrl-C cancel its main coroutine.

Being asked to stop is a normal end. What the coroutine holds open, it closes on the way out.
"""

import asyncio
import gc
import signal
import sys
from collections.abc import Coroutine
from importlib.metadata import version as installed
from typing import Any, TypeVar

Result = TypeVar("Result")

if sys.platform == "win32":
    new_event_loop = asyncio.new_event_loop
else:
    from uvloop import new_event_loop

INTERRUPTED = 130


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run a service until it ends or SIGINT or SIGTERM asks it to; both return normally."""
    gc.freeze()  # what is imported by now stays, and need not be looked at again and again
    gc.enable()
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_until_asked(main))


def complete(job: Coroutine[Any, Any, Result]) -> Result:
    """Run a command's job to its result. Ctrl-C raises KeyboardInterrupt once it has closed up."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(job)


def version() -> str:
    """Return the version of everything in this distribution."""
    return installed("engagement-zones")


async def _until_asked(main: Coroutine[Any, Any, None]) -> None:
    loop = asyncio.get_running_loop()
    working = loop.create_task(main)
    asked = False

    def ask() -> None:
        nonlocal asked
        asked = True
        working.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ask)
    try:
        await working
    except asyncio.CancelledError:
        if not asked:
            raise
