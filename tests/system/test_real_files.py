"""Activity that was recorded elsewhere, where a machine has it."""

import gzip
import json
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from tests.system.examples import REAL
from tests.system.running import PATIENCE, started

RETWEETS = REAL / "retweets-2012.jsonl.gz"
COMMUNITY = REAL / "community-2011-2018.jsonl.gz"

there = pytest.mark.skipif(not REAL.is_dir(), reason="the recorded activity is not on this machine")


def publish(folder: Path, *, limit: int | None, patience: float = PATIENCE) -> None:
    """Publish the beginnings of the recordings: all of it is accepted, and counted once."""
    members = set()
    with started(folder / "data", patience=patience) as system:
        for file in (COMMUNITY, RETWEETS):
            with gzip.open(file, "rt") as recorded:
                events = list(islice(recorded, limit))
            members |= {json.loads(event)["subject"] for event in events}
            beginning = folder / "beginning.jsonl"
            beginning.write_text("".join(events))
            said = system.zones("publish", beginning, "--json")
            assert said.json == {"accepted": len(events), "duplicates": 0, "refused": 0}
        system.quiet()
        recount = system.zones("verify", "--json")
        assert recount.code == 0
        assert recount.json["equal"] is True
        assert recount.json["members"] == len(members)
        assert system.zones("parked", "list", "--json").json == []
        assert system.zones("distribution", "--json").json["members"] == len(members)


def told(folder: Path, events: list[str], *, patience: float) -> str:
    """Publish events in this order; return what is exported once the recount has verified it."""
    folder.mkdir()
    file = folder / "events.jsonl"
    file.write_text("".join(events))
    with started(folder / "data", patience=patience) as system:
        assert system.zones("publish", file).code == 0
        system.quiet()
        assert system.zones("verify", "--json").json["equal"] is True
        return str(system.zones("export", "members").out)


def assert_alike(folder: Path, file: Path, *, patience: float) -> None:
    """Publish a recording as it is, from its end, and shuffled: everybody is where they are."""
    with gzip.open(file, "rt") as recorded:
        events = list(recorded)
    shuffled = Random(17).sample(events, len(events))
    first, *others = (
        told(folder / name, order, patience=patience)
        for name, order in (("as-it-is", events), ("back", events[::-1]), ("shuffled", shuffled))
    )
    assert others == [first, first]


@there
@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("file", [COMMUNITY, RETWEETS], ids=lambda file: file.stem)
def test_in_whatever_order_a_recording_is_published_it_comes_to_the_same(
    tmp_path: Path, file: Path
) -> None:
    assert_alike(tmp_path, file, patience=1800)


@there
def test_the_beginnings_of_the_recordings_are_taken_and_recount(tmp_path: Path) -> None:
    publish(tmp_path, limit=500)


@there
@pytest.mark.long
@pytest.mark.timeout(1800)
def test_the_whole_recordings_are_taken_and_recount(tmp_path: Path) -> None:
    publish(tmp_path, limit=None, patience=600)
