"""What all lists of the notifier have in common: pages, and moments to be read."""

from collections.abc import Iterator
from typing import Any

from shared.runtime.client import Client


def pages(path: str, name: str, *, only_open: bool) -> Iterator[dict[str, Any]]:
    """Yield everything that a list has under a name, page after page."""
    after: str | None = None
    with Client("notifier") as service:
        while True:
            page = service.get(path, open=only_open, after=after, limit=1000)
            yield from page[name]
            after = page["next"]
            if after is None:
                return


def moment(instant: str) -> str:
    return instant[:16].replace("T", " ")


def maybe(instant: str | None) -> str | None:
    return None if instant is None else moment(instant)
