"""How events become rows and rows become events again, whatever release wrote them.

A service lists its private events once, each under the name that stands in the log and with
the number of its present schema. The class may be renamed; the name may not. When fields
change, the number goes up by one and an upcast says how the older dict becomes the newer one,
so that `evolve` only ever sees today's events. Rows are never rewritten.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import TypeAdapter

from shared.eventlog.entries import Recorded
from shared.eventlog.errors import UnknownSchema, UnknownType

Event = TypeVar("Event")
Event_co = TypeVar("Event_co", covariant=True)
Upcast = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)  # slots would break Kind[...](...) on Python 3.11
class Kind(Generic[Event_co]):
    """One type of event. `upcasts[n]` turns the dict of schema n into that of schema n + 1."""

    event: type[Event_co]
    name: str
    schema: int = 1
    upcasts: Mapping[int, Upcast] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if sorted(self.upcasts) != list(range(1, self.schema)):
            raise ValueError(
                f"{self.name} has schema {self.schema}: give one upcast from each earlier one"
            )

    @cached_property
    def adapter(self) -> TypeAdapter[Event_co]:
        """Built when it is first used: a process that starts meets one or two types of event."""
        return TypeAdapter(self.event)


class Encoded(NamedTuple):
    type: str
    schema: int
    body: bytes


class Codec(Generic[Event]):
    """Dataclasses to JSON and back. The same event always gives the same bytes, unless it holds
    a set: use tuples.
    """

    def __init__(self, kinds: Sequence[Kind[Event]]) -> None:
        self._by_class: dict[type, Kind[Event]] = {kind.event: kind for kind in kinds}
        self._by_name = {kind.name: kind for kind in kinds}
        if not len(kinds) == len(self._by_class) == len(self._by_name):
            raise ValueError("every event has one name, and every name one event")

    def encode(self, event: Event) -> Encoded:
        """Raises UnknownType, and pydantic's serialization error for a value of a wrong type:
        what cannot be read again must not be written.
        """
        try:
            kind = self._by_class[type(event)]
        except KeyError:
            raise UnknownType(type(event).__qualname__) from None
        body = kind.adapter.serializer.to_json(event, warnings="error")
        return Encoded(kind.name, kind.schema, body)

    def decode(self, recorded: Recorded) -> Event:
        """Return the event as today's class. Raises UnknownType and UnknownSchema."""
        try:
            kind = self._by_name[recorded.type]
        except KeyError:
            raise UnknownType(recorded.type) from None
        if recorded.schema == kind.schema:
            return kind.adapter.validate_json(recorded.body)
        return kind.adapter.validate_json(_upcast(kind, recorded))


def _upcast(kind: Kind[Any], recorded: Recorded) -> bytes:
    if not 1 <= recorded.schema < kind.schema:
        raise UnknownSchema(kind.name, recorded.schema, kind.schema)
    body = json.loads(recorded.body)
    for schema in range(recorded.schema, kind.schema):
        body = kind.upcasts[schema](body)
    return json.dumps(body).encode()
