"""A secret may lie in a file that the environment names."""

from pathlib import Path

import pytest

from shared.runtime.errors import WrongUse
from shared.runtime.secretfile import told


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZONES_TOKEN", raising=False)
    monkeypatch.delenv("ZONES_TOKEN_FILE", raising=False)


def test_a_file_says_it_without_the_line_end_that_editors_leave(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text("secret\n")
    monkeypatch.setenv("ZONES_TOKEN_FILE", str(tmp_path / "token"))
    assert told("ZONES_TOKEN") == "secret"


def test_the_variable_itself_says_more_than_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONES_TOKEN_FILE", "/nowhere")
    monkeypatch.setenv("ZONES_TOKEN", "secret")
    assert told("ZONES_TOKEN") == "secret"


def test_where_nothing_is_said_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told("ZONES_TOKEN") is None
    monkeypatch.setenv("ZONES_TOKEN", "")
    monkeypatch.setenv("ZONES_TOKEN_FILE", "")
    assert told("ZONES_TOKEN") is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, r"cannot be read \(No such file or directory\)"),
        (b" \n", "is empty"),
        (b"\xff", "is not UTF-8"),
    ],
)
def test_a_secret_that_cannot_be_read_is_none_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, words: str
) -> None:
    """To go on without it would be to let everybody in."""
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    monkeypatch.setenv("ZONES_TOKEN_FILE", str(tmp_path / "token"))
    with pytest.raises(WrongUse, match=f"ZONES_TOKEN_FILE: .*{words}"):
        told("ZONES_TOKEN")
