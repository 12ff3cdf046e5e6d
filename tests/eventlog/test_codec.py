"""An event is what it was, whichever release wrote it and whichever reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticSerializationError

from shared.eventlog.codec import Codec, Encoded, Kind
from shared.eventlog.entries import Recorded
from shared.eventlog.errors import UnknownSchema, UnknownType


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    name: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Travelled:
    member: str
    at: datetime
    places: tuple[Place, ...]
    fares: Mapping[str, int | float | None]
    by: Literal["train", "foot"] | None = None


def recorded(encoded: Encoded) -> Recorded:
    return Recorded(1, "ada", 1, encoded.type, encoded.schema, None, encoded.body, 0)


CODEC = Codec([Kind(event=Travelled, name="travelled")])
numbers = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.none())
journeys = st.builds(
    Travelled,
    member=st.text(),
    at=st.datetimes(timezones=st.just(UTC)),
    places=st.lists(st.builds(Place, name=st.text(), day=st.dates())).map(tuple),
    fares=st.dictionaries(st.text(), numbers),
    by=st.sampled_from(["train", "foot", None]),
)


@given(journeys)
def test_an_event_reads_back_as_it_was_written(event: Travelled) -> None:
    """And written again it gives the same bytes: a log refolds to the same log."""
    encoded = CODEC.encode(event)
    decoded = CODEC.decode(recorded(encoded))

    assert decoded == event
    assert CODEC.encode(decoded) == encoded


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Schema 1 had {member, distance in km}; 2 has {member, metres}; 3 knows how."""

    member: str
    metres: int
    how: str


def to_metres(body: dict[str, Any]) -> dict[str, Any]:
    return {"member": body["member"], "metres": body["km"] * 1000}


def to_how(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "how": "unknown"}


MOVED = Codec([Kind(event=Moved, name="moved", schema=3, upcasts={1: to_metres, 2: to_how})])


@given(st.text(), st.integers(0, 10_000))
def test_an_older_event_is_read_as_todays(member: str, km: int) -> None:
    """Whatever schema it starts from, it goes through the rest of the chain, in order, and what
    came out of an upcast is not upcast again.
    """
    first = {"member": member, "km": km}
    bodies = {1: first, 2: to_metres(first), 3: to_how(to_metres(first))}
    adapter = Codec([Kind(event=dict, name="any")])
    events = [
        MOVED.decode(recorded(Encoded("moved", schema, adapter.encode(body).body)))
        for schema, body in bodies.items()
    ]

    assert events == [Moved(member=member, metres=km * 1000, how="unknown")] * 3
    assert MOVED.decode(recorded(MOVED.encode(events[0]))) == events[0]


def test_a_type_nobody_registered_is_named() -> None:
    """Read or written: the operator sees which one it is."""
    with pytest.raises(UnknownType, match="'teleported'"):
        CODEC.decode(recorded(Encoded("teleported", 1, b"{}")))
    with pytest.raises(UnknownType, match="'Place'"):
        CODEC.encode(Place(name="Rome", day=date(2026, 1, 1)))  # type: ignore[arg-type]


@pytest.mark.parametrize("schema", [0, 2, 9])
def test_a_schema_of_a_later_release_is_named(schema: int) -> None:
    """Guessing at its meaning would be a wrong zone."""
    with pytest.raises(UnknownSchema, match=f"'travelled' has schema {schema}"):
        CODEC.decode(recorded(Encoded("travelled", schema, b"{}")))


def test_what_could_not_be_read_again_is_not_written() -> None:
    """A log is for ever, and so would be the error in it."""
    with pytest.raises(PydanticSerializationError):
        MOVED.encode(Moved(member="ada", metres="far", how="foot"))  # type: ignore[arg-type]


@pytest.mark.parametrize("upcasts", [{}, {2: to_how}, {1: to_metres}, {0: to_how, 1: to_how}])
def test_a_chain_of_upcasts_has_no_gaps(upcasts: dict[int, Any]) -> None:
    """It is told when the codec is made, not when the first old event is met."""
    with pytest.raises(ValueError, match="moved has schema 3"):
        Kind(event=Moved, name="moved", schema=3, upcasts=upcasts)


def test_every_event_has_one_name_and_every_name_one_event() -> None:
    with pytest.raises(ValueError, match="one name"):
        Codec([Kind(event=Place, name="seen"), Kind(event=Place, name="visited")])
    with pytest.raises(ValueError, match="one event"):
        Codec[object]([Kind(event=Place, name="seen"), Kind(event=Moved, name="seen")])
