"""JSON from platforms that say much, most of it none of ours: what is not there is None."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic_core import from_json

from shared.messaging.errors import UnreadableMessage

BOM: Final = b"\xef\xbb\xbf"
TOO_MANY: Final = "too_many"
MOST_VALUES: Final = 400_000
"""In one request or message: each may cost a hundred times its bytes of memory."""


def parsed(body: bytes | str) -> Any:  # noqa: ANN401 - JSON is anything
    """Read JSON. Raises UnreadableMessage."""
    bounded(body)
    try:
        return from_json(
            body.removeprefix(BOM) if isinstance(body, bytes) else body, allow_inf_nan=False
        )
    except ValueError as error:
        raise UnreadableMessage("malformed", f"this is not JSON: {error}") from None


def bounded(body: bytes | str) -> None:
    """Count what might be values, before any is read. Raises UnreadableMessage."""
    if len(body) <= MOST_VALUES:
        return
    raw = body if isinstance(body, bytes) else body.encode(errors="replace")
    if raw.count(b",") + raw.count(b"[") + raw.count(b"{") > MOST_VALUES:
        raise UnreadableMessage(TOO_MANY, f"send at most {MOST_VALUES} values at once")


def within(value: object, path: str) -> Any:  # noqa: ANN401 - JSON is anything
    """Return what is at `a.b.c`, None where nothing is."""
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def word(value: object, path: str) -> str | None:
    """Return the text at `a.b.c`, None where there is none."""
    found = within(value, path)
    return found if isinstance(found, str) and found else None


def listed(value: object, path: str) -> list[Any]:
    """Return the elements of the list at `a.b.c`, none where there is no list."""
    found = within(value, path)
    return found if isinstance(found, list) else []
