"""Whatever is killed while a file is published, the effects are those of an undisturbed run."""

import random
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.system.conftest import Told
from tests.system.examples import Event, a_year
from tests.system.running import ZONES, System, differences, exported, lines, started, surroundings

CHUNK = 400
EVERYTHING = "everything"
EACH_IN_TURN = ("classifier", "nats", "ingest", "rewards", "notifier", EVERYTHING)


def publish_while_killing(
    system: System, events: Sequence[Event], victims: Sequence[str], *, seed: int
) -> None:
    """Feed `zones publish -` from a pipe, and kill the victims one by one while it works."""
    rng = random.Random(seed)
    chunks = [lines(events[start : start + CHUNK]) for start in range(0, len(events), CHUNK)]
    kills = {
        1 + number * (len(chunks) - 1) // len(victims): victim
        for number, victim in enumerate(victims)
    }
    assert len(kills) == len(victims)
    with subprocess.Popen(
        [*ZONES, "publish", "-", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=surroundings(system.data),
    ) as publishing:
        try:
            assert publishing.stdin
            for number, chunk in enumerate(chunks):
                publishing.stdin.write(chunk.encode())
                publishing.stdin.flush()
                if victim := kills.get(number):
                    time.sleep(rng.uniform(0.0, 0.6))
                    if victim == EVERYTHING:
                        system.kill_everything()
                        system.start()
                    else:
                        system.kill(victim)
            out, _ = publishing.communicate(timeout=100)
        finally:
            publishing.kill()
    assert publishing.returncode == 0, out


def test_each_process_can_be_killed_and_the_exports_stay_the_same_to_the_byte(
    told: Told, tmp_path: Path
) -> None:
    """Nothing lost, nothing twice: members, changes, recognitions and the recount's digest."""
    with started(tmp_path / "data") as system:
        publish_while_killing(system, told.events, EACH_IN_TURN, seed=1)
        system.quiet()
        assert differences(exported(system), told.exported) == []
        assert system.zones("parked", "list", "--json").json == []
        assert system.zones("verify").code == 0


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", range(4))
def test_a_campaign_of_kills_changes_nothing(tmp_path: Path, seed: int) -> None:
    """The whole organisation's year, with a kill for every chunk that is published."""
    events = a_year(60)
    with started(tmp_path / "undisturbed") as system:
        assert system.zones("publish", "-", stdin=lines(events)).code == 0
        system.quiet()
        expected = exported(system)
    rng = random.Random(seed)
    victims = [rng.choice(EACH_IN_TURN) for _ in range(len(events) // CHUNK - 1)]
    with started(tmp_path / "disturbed") as system:
        publish_while_killing(system, events, victims, seed=seed)
        system.quiet()
        assert differences(exported(system), expected) == []
        assert system.zones("parked", "list", "--json").json == []
