"""What a few members did over a year, as it is on the bus."""

from datetime import date, timedelta
from random import Random
from typing import Any, Final

from hypothesis import strategies as st

from services.classifier.domain.zones import ZONES
from tests.classifier.service.examples import MONDAY, an_event

MEMBERS: Final = ("ada", "bob", "cyd", "dot")
ACTS: Final = ("view", "like", "share", "post", "comment", "publish", "follow")
TERMS: Final = tuple(
    f"member_{said}" for said in ("registered", "updated", "paused", "resumed", "departed")
)


def worlds(most: int = 40) -> st.SearchStrategy[list[bytes]]:
    """Draw bursts and silences, retractions, pauses, departures and floors, some of it late."""
    return st.tuples(st.integers(1, most), st.integers(0, 2**32), st.booleans()).map(
        lambda drawn: a_world(drawn[0], Random(drawn[1]), in_order=drawn[2])
    )


def a_world(size: int, chance: Random, *, in_order: bool) -> list[bytes]:
    said: list[tuple[float, bytes]] = []
    acts: list[tuple[str, str]] = []
    for number in range(size):
        member = chance.choice(MEMBERS)
        day = chance.choice([chance.randint(0, 40), chance.randint(0, 380)])
        at = day + chance.choice((0.01, 0.03, 0.5, 0.99))
        kind = chance.choice((*ACTS * 3, *TERMS, "member_departed", "retract", "retract"))
        name = f"e-{number}"
        data: dict[str, Any] = {"target": f"x:{chance.randint(0, 6)}"}
        if kind in ACTS:
            data |= {"object": {"id": f"o-{chance.randint(0, 3)}"}}
            acts.append((member, name))
        elif kind in TERMS:
            data = terms(day, chance)
        elif acts and chance.random() < 0.7:
            member, retracted = chance.choice(acts)
            data = {"retracts": retracted}
        else:
            data = {"object": {"id": f"o-{chance.randint(0, 3)}"}, "kind": chance.choice(ACTS)}
        historical = chance.random() < 0.3
        body = an_event(kind, at, member=member, id=name, historical=historical, **data)
        said.append((at, body))
    if in_order:
        said.sort(key=lambda each: each[0])
    return [body for _, body in said]


def terms(day: int, chance: Random) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if chance.random() < 0.5:
        data["zone_floor"] = chance.choice((*ZONES, None))
    if chance.random() < 0.5:
        until = MONDAY.date() + timedelta(days=day + chance.randint(-5, 90))
        data["floor_until"] = chance.choice((date.isoformat(until), None))
    if chance.random() < 0.2:
        data["group"] = chance.choice(("sales", "support"))
    return data
