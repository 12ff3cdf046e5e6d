"""What is measured on: the generated organisation many times over, every copy in the same year.

The copies have members of their own and are some seconds apart, so that a day brings activity of
hundreds of people, as a day does.
"""

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from services import organisation
from shared.contracts.envelope import event_key
from shared.messaging.wire import Message

LAST_SUNDAY = date(2026, 3, 1)
APART = timedelta(seconds=37)


@dataclass(frozen=True, slots=True)
class Corpus:
    """Messages as ingest says them, in the order in which they happened."""

    name: str
    messages: Sequence[Message]
    members: int


def organisations(events: int) -> Corpus:
    """Return whole copies of the organisation, about as many events as asked for."""
    year = organisation.events(ends=LAST_SUNDAY)
    copies = max(1, round(events / len(year)))
    everything = sorted(
        (event for number in range(copies) for event in _copy(year, number)),
        key=lambda event: (event["time"], event["id"]),
    )
    return _corpus(f"{copies} generated organisations, one year", everything)


def recorded(file: Path, events: int) -> Corpus:
    """Return the first events of a file of canonical events, JSON Lines, gzipped or not."""
    opener = gzip.open if file.suffix == ".gz" else open
    with opener(file, "rt") as lines:
        return _corpus(file.name, [json.loads(line) for line in islice(lines, events)])


def _copy(year: Sequence[dict[str, Any]], number: int) -> Iterator[dict[str, Any]]:
    for event in year:
        when = datetime.fromisoformat(event["time"]) + number * APART
        yield event | {
            "id": f"{event['id']}-{number}",
            "subject": f"{event['subject']}-{number}",
            "time": when.isoformat().replace("+00:00", "Z"),
        }


def _corpus(name: str, events: Sequence[dict[str, Any]]) -> Corpus:
    members = {event["subject"] for event in events}
    return Corpus(name, [_message(event) for event in events], len(members))


def _message(event: dict[str, Any]) -> Message:
    """Say an event as ingest does: what was a handle is an account there."""
    kind = event["type"].split(".")[2]
    data = dict(event["data"])
    if handle := data.pop("handle", None):
        data["account"] = f"acct-{sha256(handle.encode()).hexdigest()[:16]}"
    body = json.dumps(event | {"data": data}, separators=(",", ":")).encode()
    subject = f"activity.v1.{kind}.{event['subject']}"
    return Message(subject=subject, body=body, id=event_key(event["source"], event["id"]))
