"""How a process ends."""

import signal
import subprocess
import sys

import pytest

SERVICE = """
import asyncio
from shared.runtime import process
async def main():
    print("up", flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await asyncio.sleep(0.05)
        print("closed", flush=True)
process.{how}(main())
print("over", flush=True)
"""


def ended(how: str, number: signal.Signals) -> tuple[int, str]:
    child = subprocess.Popen(
        [sys.executable, "-c", SERVICE.format(how=how)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with child:
        assert child.stdout
        assert child.stdout.readline() == "up\n"
        child.send_signal(number)
        said = child.stdout.read()
        return child.wait(10), said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_service_that_is_asked_to_stop_closes_up_and_ends_well(number: signal.Signals) -> None:
    assert ended("run", number) == (0, "closed\nover\n")


def test_a_service_collects_garbage_even_if_it_has_put_that_off_while_it_started() -> None:
    code = """
import gc
from shared.runtime import process
async def main():
    print(gc.isenabled())
gc.disable()
process.run(main())
"""
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True)
    assert done.stdout == b"True\n"


def test_a_command_that_is_interrupted_closes_up_and_says_so() -> None:
    """KeyboardInterrupt goes on to whoever turns it into 130."""
    code, said = ended("complete", signal.SIGINT)
    assert code
    assert said == "closed\n"
