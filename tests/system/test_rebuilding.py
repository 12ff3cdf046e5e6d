"""A database of rewards that is lost comes back from what the others know."""

from pathlib import Path

from tests.system.examples import a_year
from tests.system.running import exported, lines, started

LOST = "this database is empty, and recognitions have been granted: run `zones rewards rebuild`"


def test_a_lost_database_of_rewards_is_rebuilt_to_the_byte(tmp_path: Path) -> None:
    """The system goes on without it, and says in its status what to do."""
    events = a_year(6)
    with started(tmp_path / "data") as system:
        system.zones("publish", "-", stdin=lines(events))
        system.quiet()
        before = exported(system)
        board = system.zones("leaderboard", "--period", "2025H2", "--json").json
        system.stop()
        for file in system.data.glob("rewards.db*"):
            file.unlink()
        system.start()

        status = system.zones("status", "--json").json
        assert status["services"]["rewards"]["ready"] is False
        told = system.data.with_suffix(".log").read_text()
        assert LOST in told
        assert "up without rewards in" in told

        rebuilt = system.zones("rewards", "rebuild", "--json").json
        assert rebuilt["activities"] == len(events)
        assert rebuilt["said"] >= len(before["recognitions"].splitlines())
        system.quiet()
        assert exported(system) == before
        assert system.zones("leaderboard", "--period", "2025H2", "--json").json == board

        again = system.zones("rewards", "rebuild")
        assert again.code == 1
        assert again.complaint.startswith("nothing is missing")
