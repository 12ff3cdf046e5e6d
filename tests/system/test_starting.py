"""Starting and stopping: what is in the way is said in one line, and nothing is left behind."""

import os
from pathlib import Path
from typing import Final

import pytest

from tests.system.running import Said, System, as_a_process

POLICY: Final = Path(__file__).parents[2] / "services" / "classifier" / "policy.toml"


def up(data: Path, *arguments: object, environment: dict[str, str] | None = None) -> Said:
    """Try to start a system that cannot start."""
    words = ("up", "--data", data, *arguments)
    if "--port" not in arguments:
        words = (*words, "--port", 0)
    return as_a_process(*words, environment=environment)


def test_a_data_directory_in_use_is_left_alone(busy: System) -> None:
    """The second `zones up` says by which process it is in use; the first notices nothing."""
    said = up(busy.data)
    assert said.code == 1
    assert str(busy.data) in said.complaint
    assert busy.process
    assert str(busy.process.pid) in said.complaint
    assert busy.zones("status").code == 0


def test_a_data_directory_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("mine")
    said = up(tmp_path / "data")
    assert said.code == 1
    assert "--data" in said.complaint
    assert (tmp_path / "data").read_text() == "mine"


def test_a_policy_with_a_typo_is_named_with_its_line(tmp_path: Path) -> None:
    """Nothing begins on a policy that cannot be meant: no log, and no `run.json`."""
    policy = tmp_path / "policy.toml"
    text = POLICY.read_text()
    policy.write_text(text.replace("at_least =", "at_leest =", 1))
    line = text[: text.index("at_least =")].count("\n") + 1
    said = up(tmp_path / "data", environment={"ZONES_CLASSIFIER_POLICY": str(policy)})
    assert said.code in {1, 2}
    assert f"policy.toml:{line}: " in said.complaint
    assert "at_leest" in said.complaint
    assert not (tmp_path / "data" / "classifier.db").exists()
    assert not (tmp_path / "data" / "run.json").exists()


def test_a_clock_that_is_none_is_wrong_use(tmp_path: Path) -> None:
    said = up(tmp_path / "data", "--clock", "noon")
    assert said.code == 2
    assert "noon" in said.complaint
    assert not (tmp_path / "data").exists()


@pytest.mark.skipif(os.getuid() == 0, reason="nothing is closed to root")
def test_a_data_directory_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    said = up(tmp_path / "data")
    tmp_path.chmod(0o700)
    assert said.code == 1
    assert "--data" in said.complaint
