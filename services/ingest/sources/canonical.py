"""Canonical events as scripts send them: CloudEvents in JSON, alone, in an array, line by line,
or with their attributes in headers.
"""

import io
from collections.abc import Mapping
from email.message import Message
from itertools import islice
from typing import Any, Final
from urllib.parse import unquote

from pydantic_core import from_json, to_json

from services.ingest.domain.activity import Refused
from services.ingest.sources.parts import BOM, TOO_MANY, bounded
from shared.contracts.envelope import MAX_EVENT_BYTES
from shared.messaging.errors import UnreadableMessage

JSON: Final = frozenset(
    {"application/json", "application/cloudevents+json", "application/cloudevents-batch+json"}
)
LINES: Final = frozenset(
    {"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"}
)
MOST_EVENTS: Final = 10_000
"""In one request or message: each costs far more memory than its bytes."""
ATTRIBUTES: Final = "ce-"
UNKNOWN_TYPE: Final = "unknown_content_type"


def translate(headers: Mapping[str, str], body: bytes) -> list[Any]:
    """Return what was said, each event unchecked, or Refused where a line cannot be read.

    Header names are in lower case. Raises UnreadableMessage: `unknown_content_type`, `malformed`,
    `too_many`.
    """
    named = _content_type(headers.get("content-type", "application/json"))
    body = body.removeprefix(BOM)
    if "ce-specversion" not in headers and not body.strip():
        raise UnreadableMessage("malformed", "the body is empty")
    bounded(body)
    if "ce-specversion" in headers and not named.startswith("application/cloudevents"):
        return [_assembled(headers, body)]
    if named in LINES:
        lines = ((number, line) for number, line in enumerate(io.BytesIO(body), 1) if line.strip())
        some = islice(lines, MOST_EVENTS + 1)
        return _bounded([_read_line(line.rstrip(b"\n"), number) for number, line in some])
    said = _read(body)
    if not isinstance(said, list):
        return [too_large() if len(body) > MAX_EVENT_BYTES else said]
    _bounded(said)
    if len(body) > MAX_EVENT_BYTES:
        return [too_large() if len(to_json(event)) > MAX_EVENT_BYTES else event for event in said]
    return said


def _bounded(events: list[Any]) -> list[Any]:
    if len(events) > MOST_EVENTS:
        raise UnreadableMessage(TOO_MANY, f"send at most {MOST_EVENTS} events at once")
    return events


def too_large() -> Refused:
    return Refused(reason="too_large", detail=f"an event has at most {MAX_EVENT_BYTES} bytes")


def _content_type(said: str) -> str:
    header = Message()
    header["content-type"] = said
    named = header.get_content_type()
    if named not in JSON | LINES:
        raise UnreadableMessage(
            UNKNOWN_TYPE, f"send {', '.join(sorted(JSON))} or {', '.join(sorted(LINES))}"
        )
    if header.get_content_charset("utf-8") not in {"utf-8", "utf8", "us-ascii"}:
        raise UnreadableMessage(UNKNOWN_TYPE, "send JSON in UTF-8")
    return named


def _read(body: bytes) -> Any:  # noqa: ANN401 - JSON is anything
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise UnreadableMessage("malformed", f"this is not JSON: {error}") from None


def _read_line(line: bytes, number: int) -> Any:  # noqa: ANN401 - JSON is anything
    if len(line) > MAX_EVENT_BYTES:
        return too_large()
    try:
        return from_json(line, allow_inf_nan=False)
    except ValueError as error:
        where = str(error).replace(" at line 1 column", " at column")
        return Refused(reason="malformed", detail=f"line {number} is not JSON: {where}")


def _assembled(headers: Mapping[str, str], body: bytes) -> Any:  # noqa: ANN401 - JSON is anything
    """Put an event together whose attributes travelled as headers (CloudEvents' binary mode)."""
    if len(body) > MAX_EVENT_BYTES:
        return too_large()
    attributes = {
        name.removeprefix(ATTRIBUTES): unquote(value, errors="replace")
        for name, value in headers.items()
        if name.startswith(ATTRIBUTES)
    }
    return {**attributes, "data": _read(body)}
