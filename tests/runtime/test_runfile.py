"""How a command finds the running system."""

from pathlib import Path

import pytest

from shared.runtime import runfile
from shared.runtime.errors import CommandFailed
from shared.runtime.runfile import RunFile

RUNNING = RunFile(
    pid=7, nats="nats://h:1", services={"ingest": "http://127.0.0.1:8470"}, token="secret"
)


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    addresses = (f"{it.upper()}_URL" for it in ("nats", *runfile.SERVICES))
    for name in ("DATA", "TOKEN", "TOKEN_FILE", *addresses):
        monkeypatch.delenv(f"ZONES_{name}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    RUNNING.write(tmp_path)
    RUNNING.write(tmp_path)
    assert runfile.read(tmp_path) == RUNNING
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    RUNNING.write(tmp_path)
    assert (tmp_path / "run.json").stat().st_mode & 0o777 == 0o600


def test_the_data_directory_named_is_the_one_that_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    RUNNING.write(tmp_path / "elsewhere")
    monkeypatch.setenv("ZONES_DATA", "elsewhere")
    monkeypatch.setenv("ZONES_INGEST_URL", "http://other:1")
    assert runfile.find() == RUNNING


def test_the_usual_directory_needs_no_naming(tmp_path: Path) -> None:
    (tmp_path / "zones-data").mkdir()
    RUNNING.write(tmp_path / "zones-data")
    assert runfile.find() == RUNNING


def test_the_environment_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONES_REWARDS_URL", "https://rewards.example/")
    monkeypatch.setenv("ZONES_TOKEN", "t")
    found = runfile.find()
    assert found.address("rewards") == "https://rewards.example"
    assert found.token == "t"
    with pytest.raises(CommandFailed, match="set ZONES_INGEST_URL"):
        found.address("ingest")
    with pytest.raises(CommandFailed, match="set ZONES_NATS_URL"):
        found.broker()


def test_the_token_may_lie_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text("t\n")
    monkeypatch.setenv("ZONES_NATS_URL", "nats://h:1")
    monkeypatch.setenv("ZONES_TOKEN_FILE", str(tmp_path / "token"))
    assert runfile.find().token == "t"


def test_where_nothing_runs_the_line_says_what_to_do() -> None:
    with pytest.raises(CommandFailed, match=r"run\.json is not there; start `zones up`"):
        runfile.find()


@pytest.mark.parametrize("content", ["", "[]", '{"pid": 1}', '{"services": {}, "surprise": 1}'])
def test_a_broken_run_file_is_said_in_one_line(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(CommandFailed, match=r"run\.json cannot be read"):
        runfile.read(tmp_path)
