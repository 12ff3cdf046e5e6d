"""Activity that was recorded elsewhere, where a machine has it."""

import gzip
import json
from itertools import islice
from pathlib import Path

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


@there
def test_the_beginnings_of_the_recordings_are_taken_and_recount(tmp_path: Path) -> None:
    publish(tmp_path, limit=2500)


@there
@pytest.mark.long
@pytest.mark.timeout(1800)
def test_the_whole_recordings_are_taken_and_recount(tmp_path: Path) -> None:
    publish(tmp_path, limit=None, patience=600)
