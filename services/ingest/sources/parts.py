"""JSON from platforms that say much, most of it none of ours: what is not there is None."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic_core import from_json

from shared.messaging.errors import UnreadableMessage

BOM: Final = b"\xef\xbb\xbf"


def parsed(body: bytes | str) -> Any:  # noqa: ANN401 - JSON is anything
    """Read JSON. Raises UnreadableMessage."""
    try:
        return from_json(
            body.removeprefix(BOM) if isinstance(body, bytes) else body, allow_inf_nan=False
        )
    except ValueError as error:
        raise UnreadableMessage("malformed", f"this is not JSON: {error}") from None


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
