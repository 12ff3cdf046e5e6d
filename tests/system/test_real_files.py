"""Activity that was recorded elsewhere, where a machine has it."""

import gzip
from itertools import islice
from pathlib import Path

import pytest

from tests.system.examples import REAL
from tests.system.running import started

RETWEETS = REAL / "retweets-2012.jsonl.gz"
COMMUNITY = REAL / "community-2011-2018.jsonl.gz"

there = pytest.mark.skipif(not REAL.is_dir(), reason="the recorded activity is not on this machine")


def publish(file: Path, folder: Path, *, events: int, members: int) -> None:
    """Publish a file's first events into a new system: all are accepted, and counted once."""
    slice_ = folder / "slice.jsonl"
    with gzip.open(file, "rt") as recorded:
        slice_.write_text("".join(islice(recorded, events)))
    with started(folder / "data") as system:
        said = system.zones("publish", slice_, "--json")
        assert said.json == {"accepted": events, "duplicates": 0, "refused": 0}
        system.quiet()
        recount = system.zones("verify", "--json")
        assert recount.code == 0
        assert recount.json["equal"] is True
        assert recount.json["members"] == members
        assert system.zones("parked", "list", "--json").json == []
        assert system.zones("distribution", "--json").json["members"] == members


def subjects(file: Path, events: int) -> int:
    with gzip.open(file, "rt") as recorded:
        return len(
            {line.split('"subject":"')[1].split('"')[0] for line in islice(recorded, events)}
        )


@there
@pytest.mark.parametrize("file", [RETWEETS, COMMUNITY], ids=["retweets", "community"])
def test_the_beginning_of_a_recording_is_taken_and_recounts(file: Path, tmp_path: Path) -> None:
    publish(file, tmp_path, events=3000, members=subjects(file, 3000))


@there
@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("file", "events"), [(RETWEETS, 200_000), (COMMUNITY, 7937)], ids=["retweets", "community"]
)
def test_a_whole_recording_is_taken_and_recounts(file: Path, events: int, tmp_path: Path) -> None:
    publish(file, tmp_path, events=events, members=subjects(file, events))
