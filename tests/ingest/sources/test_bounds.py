"""What a body costs in memory is bounded before it is read: a value of two bytes becomes an object
of a hundred.
"""

import json

import pytest

from services.ingest.sources import bluesky, canonical, registry
from services.ingest.sources.mapping import mapping
from services.ingest.sources.mappingfile import parse
from shared.messaging.errors import UnreadableMessage
from tests.ingest.examples import an_activity

BODY_BYTES = 8 * 1024 * 1024
MAPPED = mapping(parse('platform = "x"\n[[rules]]\nkind = "post"\nby = "by"\nid = "{id}"\n'))
TRANSLATE = {name: one.translate for name, one in registry.built_in().items()} | {
    "canonical": canonical.translate,
    "canonical lines": canonical.translate,
    "bluesky lines": bluesky.translate,
    "mapping": MAPPED,
}
HEADERS = {f"x-{name}-event": "star" for name in ("github", "forgejo", "discourse")}


@pytest.mark.parametrize("name", TRANSLATE)
@pytest.mark.parametrize("small", [b"[]", b"{}", b"1", b'{"":{"":{}}}', b'{"a":[1,2,3]}'])
def test_more_values_than_anybody_has_to_say_are_not_read(name: str, small: bytes) -> None:
    line = b"[" + b",".join([small] * (60_000 // (len(small) + 1))) + b"]"
    lines = [line] * (BODY_BYTES // (len(line) + 1))
    by_line = name.endswith(" lines")
    body = b"\n".join(lines) if by_line else b"[" + b",".join(lines) + b"]"
    kind = "application/x-ndjson" if by_line else "application/json"

    with pytest.raises(UnreadableMessage) as unread:
        TRANSLATE[name]({**HEADERS, "content-type": kind}, body)

    assert unread.value.reason == "too_many"


def test_as_many_events_as_may_come_at_once_are_read() -> None:
    topics = [f"topic-{number}" for number in range(8)]
    data = {"object": {"id": "o", "kind": "k", "url": "u", "title": "a, b"}, "topics": topics}
    event = json.dumps(an_activity(data={**data, "target": "m-2", "minutes": 1})).encode()
    body = b"[" + b",".join([event] * canonical.MOST_EVENTS) + b"]"

    assert len(canonical.translate({}, body)) == canonical.MOST_EVENTS
