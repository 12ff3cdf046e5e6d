"""Who reports, and what they send, before anybody has read it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeAlias

Translate: TypeAlias = Callable[[Mapping[str, str], bytes], list[Any]]
"""Takes headers by their lower-case names and a body. Returns `Sighting`, `Named`, `Skipped`,
`Refused` or canonical events. Raises UnreadableMessage, and nothing else.
"""
Check: TypeAlias = Callable[[str, Mapping[str, str], bytes, datetime], str | None]
"""Takes path and query, headers by their lower-case names, the body as it came, and the time.

Answers None when the source itself said this, else a sentence for whoever sent it.
"""
Challenge: TypeAlias = Callable[[str], str | None]
"""Answers a platform that asks whether the address is ours; None for what it would not ask."""

WEBHOOKS: Final = "webhooks"
"""The reader of what is parked on its way in over HTTP, and the start of its subject."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Somebody who reports. `check` is None where nothing has to be signed."""

    name: str
    adapter: str
    translate: Translate
    check: Check | None = None
    challenge: Challenge | None = None


class Post(NamedTuple):
    """What a source sent, unpacked. `reader` and `subject` say by which way it came, and `key`
    what it is known by there.
    """

    source: Source
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime
    reader: str
    subject: str
    key: str | None = None
