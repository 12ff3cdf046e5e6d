"""The words in which adapters say what they saw: canonical events, and nothing personal."""

import html
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import regex

from services.ingest.domain.activity import Refused, Sighting, Skipped
from shared.contracts.activity import PLATFORM

Seen = Sighting | Skipped | Refused
"""What becomes of one thing that a platform said."""

TOPICS: Final = 20
TOPIC: Final = 64
TAG: Final = re.compile(r"<[^<>]*>")
BREAK: Final = re.compile(r"<(?:br|/p)\b[^<>]*>", re.IGNORECASE)
GRAPHEME: Final = regex.compile(r"\X")
FLAG: Final = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
"""Of a long row of these letters regex finds the pairs in a time that grows with its square."""


def sighting(
    kind: str,
    *,
    platform: str,
    id: str,
    by: str,
    time: datetime | str | None = None,
    label: str | None = None,
    actor: str = "person",
    data: Mapping[str, Any],
) -> Sighting:
    """Say that the account `by` did this. What is None or empty in the data is left out."""
    said = {name: value for name, value in data.items() if value not in (None, (), [], "")}
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": id,
        "source": PLATFORM + platform,
        "type": f"zones.activity.{kind}.v1",
        "subject": f"{platform}:{by}",
        "data": said,
    }
    if time is not None:
        event["time"] = instant(time) if isinstance(time, datetime) else time
    return Sighting(event, label, actor)


def retraction(
    *,
    platform: str,
    id: str,
    by: str,
    retracts: str,
    time: datetime | str | None = None,
    label: str | None = None,
    actor: str = "person",
) -> Sighting:
    """Take back what was said under the id `retracts`, whether we have heard it or not."""
    return sighting(
        "retract",
        platform=platform,
        id=id,
        by=by,
        time=time,
        label=label,
        actor=actor,
        data={"retracts": retracts},
    )


def moment(said: object) -> datetime | str | None:
    """Read a time as platforms write it, without seconds, or without an offset for UTC.

    What is no time stays as it is, for ingest to refuse; None is for what says none.
    """
    if said is None:
        return None
    if not isinstance(said, str):
        return "no text"
    try:
        return datetime.fromisoformat(said.strip().upper())
    except ValueError:
        return said


def length(text: str) -> int:
    """Count characters as a reader does: an emoji of seven code points is one."""
    if text.isascii():
        return len(text) - text.count("\r\n")
    return sum(1 for _ in GRAPHEME.finditer(FLAG.sub("x", text)))


def instant(time: datetime) -> str:
    """Write a time as events have it. A time without an offset is in UTC."""
    aware = time if time.tzinfo else time.replace(tzinfo=UTC)
    try:
        return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except OverflowError:  # within a day of year 1 or 9999, which ingest believes of nobody
        return aware.isoformat()


def topics(tags: Iterable[object]) -> list[str]:
    """Return hashtags as topics: without #, in lower case, each once, no more than fit."""
    said = (tag.strip().lstrip("#").lower()[:TOPIC] for tag in tags if isinstance(tag, str))
    return list(dict.fromkeys(tag for tag in said if tag))[:TOPICS]


def plain(text: str) -> str:
    """Return what a reader of this HTML sees, as far as counting its characters needs."""
    return html.unescape(TAG.sub("", BREAK.sub("\n", text))).strip()
