"""Payloads of no shape in particular, and of a real shape with something wrong in it.

No adapter breaks: what it makes of anything, ingest can read or refuse.
"""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from services.ingest.domain.activity import Refused, Sighting, Skipped
from services.ingest.handlers.reading import Said
from services.ingest.sources.sightings import Seen
from shared.messaging.errors import UnreadableMessage
from tests.ingest.sources.saying import heard

ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, False, 0, -1, 2**70, 1e300, "", " ", "x\n", "\x00", "x" * 600, "🦜", [], {}, [[]]]
)
JSON = st.recursive(
    ODD | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def mangled(draw: st.DrawFn, payloads: list[Any]) -> Any:  # noqa: ANN401 - JSON is anything
    """Draw one of these with up to three of its parts replaced by something else, or removed."""
    payload = deepcopy(draw(st.sampled_from(payloads)))
    for _ in range(draw(st.integers(0, 3))):
        inside, key = draw(st.sampled_from(list(_parts(payload)) or [(None, None)]))
        if inside is None:
            return draw(JSON)
        if isinstance(inside, dict) and draw(st.booleans()):
            del inside[key]
        else:
            inside[key] = deepcopy(draw(JSON))
    return payload


def survives(
    translate: Callable[[Mapping[str, str], bytes], list[Seen]],
    headers: Mapping[str, str],
    payload: object,
) -> None:
    """Assert that ingest gets something out of it that it can read or refuse."""
    try:
        seen = translate(headers, json.dumps(payload).encode())
    except UnreadableMessage:
        return
    for one in seen:
        assert isinstance(one, Sighting | Skipped | Refused)
        if isinstance(one, Sighting):
            assert isinstance(heard(one), Said | Refused)
        else:
            assert one.reason.replace("_", "").isalpha()
            assert "\n" not in one.detail


def _parts(value: Any) -> Any:  # noqa: ANN401 - JSON is anything
    if isinstance(value, dict):
        for key, inner in value.items():
            yield value, key
            yield from _parts(inner)
    elif isinstance(value, list):
        for key, inner in enumerate(value):
            yield value, key
            yield from _parts(inner)
