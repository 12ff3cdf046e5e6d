"""What cannot be answered for the time being, and why."""

from collections.abc import Callable
from typing import Any, Final

from fastapi import Depends, HTTPException

AGAIN: Final = "5"
"""Seconds after which it is worth asking again."""


def unless(reason: Callable[[], str | None]) -> Any:  # noqa: ANN401 - FastAPI has no name for it
    """Return a dependency that refuses with 503 while there is a reason to."""

    def refuse() -> None:
        if (why := reason()) is not None:
            raise HTTPException(503, why, headers={"Retry-After": AGAIN})

    return Depends(refuse)
