"""Jobs that say how far they are, a line at a time."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from shared.runtime import terminal


def at_last(told: Iterator[dict[str, Any]], doing: str) -> dict[str, Any]:
    """Show how far a job is, and return what it says at the end."""
    first = next(told)
    with terminal.progress(doing, first.get("of")) as advance:
        done, last = 0, first
        for last in chain([first], told):
            advance(last.get("done", done) - done)
            done = last.get("done", done)
    return last
