"""An export is the same history, however often and in how many pieces it is imported."""

import io
import json
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from services.__main__ import run
from tests.ingest.exports.examples import in_folder, in_zip
from tests.ingest.exports.linkedins import WHOLE
from tests.ingest.exports.test_x import a_tweet, archive
from tests.system.running import System, started

TWEETS = [
    a_tweet(f"15880930000000000{day:02}", created_at=f"Thu Nov {day:02} 08:50:26 +0000 2022")
    for day in range(1, 21)
]


def zones(system: System, *arguments: object) -> str:
    """Run a command on this system, in this process: starting one takes longer than importing."""
    out = io.StringIO()
    with redirect_stdout(out):
        assert run([*map(str, arguments), "--data", str(system.data)]) == 0
    return out.getvalue()


def imported(system: System, platform: str, path: Path) -> dict[str, int]:
    said = json.loads(zones(system, "import", platform, path, "--member", "m-017", "--json"))
    return {count: said[count] for count in ("accepted", "duplicates", "refused")}


def outcome(system: System) -> tuple[str, str, int]:
    """Return where everybody is, the digest of the recount, and how many events the log has."""
    system.quiet()
    assert json.loads(zones(system, "parked", "list", "--json")) == []
    verified = json.loads(zones(system, "verify", "--json"))
    assert verified["equal"] is True
    return zones(system, "export", "members"), verified["digest"], verified["events"]


@pytest.mark.timeout(240)
def test_twice_and_in_pieces_come_to_the_same_as_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the pieces nothing of the whole is new, and there is nothing that the whole lacks."""
    monkeypatch.setenv("ZONES_DATA", "")  # commands leave theirs in the environment
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    linkedin = in_zip(tmp_path / "linkedin.zip", WHOLE)
    x = in_folder(tmp_path / "x", archive(*TWEETS))
    names = sorted(set(WHOLE) - {"Profile.csv"})
    with started(tmp_path / "data") as system:
        for number, some in enumerate((names[:6], names[6:])):
            piece = in_folder(tmp_path / f"piece-{number}", {name: WHOLE[name] for name in some})
            imported(system, "linkedin", piece)
        imported(system, "x", in_folder(tmp_path / "half", archive(*TWEETS[:10])))
        assert imported(system, "x", x) == {"accepted": 10, "duplicates": 11, "refused": 0}
        in_pieces = outcome(system)
        whole = [
            imported(system, platform, path)
            for platform, path in (("linkedin", linkedin), ("x", x))
        ]
        assert [each["accepted"] for each in whole] == [0, 0]
        assert sum(each["duplicates"] for each in whole) == in_pieces[2]
        assert outcome(system) == in_pieces
