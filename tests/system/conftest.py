"""Two systems for all the tests that need not have one of their own."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.system.examples import Event, a_year
from tests.system.running import System, exported, lines, started

PEOPLE = 24


@dataclass(frozen=True, slots=True)
class Told:
    """A system that has heard the whole of `events`, undisturbed, and hears nothing more."""

    system: System
    events: list[Event]
    exported: dict[str, str]

    @property
    def members(self) -> list[dict[str, Any]]:
        """Where everybody is, as exported."""
        return [json.loads(line) for line in self.exported["members"].splitlines()]

    def someone_in(self, zone: str) -> str:
        """Return a member who is in this zone now."""
        return next(str(line["member"]) for line in self.members if line["zone"] == zone)


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """Tests that only read share it."""
    events = a_year(PEOPLE)
    with started(tmp_path_factory.mktemp("told") / "data") as system:
        said = system.zones("publish", "-", "--json", stdin=lines(events))
        assert said.json == {"accepted": len(events), "duplicates": 0, "refused": 0}
        system.quiet()
        yield Told(system, events, exported(system))


@pytest.fixture(scope="session")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Tests that publish share it, each with members of its own."""
    with started(tmp_path_factory.mktemp("busy") / "data") as system:
        yield system
