"""What an adapter makes of a payload, in a few words for a test to compare."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from services.ingest.domain.activity import Named, Refused, Sighting
from services.ingest.handlers.reading import Heard, Said, read
from services.ingest.sources.sightings import Seen

Translate = Callable[[Mapping[str, str], bytes], Sequence[Seen | Named]]
Json = dict[str, Any]

HEARD = datetime(2026, 7, 4, 14, 40, tzinfo=UTC)


class Act(NamedTuple):
    """A sighting without what all of them have."""

    kind: str
    id: str
    by: str
    data: Json
    time: str | None = None
    label: str | None = None
    actor: str = "person"


def acts(translate: Translate, payload: object, **headers: str) -> list[Act | str]:
    """Return what was seen, or the reason why it was skipped or refused."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return [_told(one) for one in translate(named, body)]


def the_act(translate: Translate, payload: object, **headers: str) -> Act:
    [act] = acts(translate, payload, **headers)
    assert isinstance(act, Act), act
    return act


def heard(seen: Sighting) -> Said | Refused:
    """Let ingest read it, as if it had come just now where it tells no time."""
    return read(Heard({"time": "2026-07-04T14:38:08Z", **seen.event}, HEARD))


def _told(seen: Seen | Named) -> Act | str:
    if isinstance(seen, Named):
        return f"{seen.identity} is {seen.label}"
    if not isinstance(seen, Sighting):
        return seen.reason
    event = seen.event
    assert isinstance(heard(seen), Said), heard(seen)
    kind = event["type"].removeprefix("zones.activity.").removesuffix(".v1")
    by = event["subject"].partition(":")[2]
    return Act(kind, event["id"], by, event["data"], event.get("time"), seen.label, seen.actor)
