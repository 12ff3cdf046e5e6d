"""What a service is told from outside."""

from pathlib import Path

import pytest
from pydantic import ValidationError
from pydantic_settings import SettingsConfigDict

from shared.runtime import settings
from shared.runtime.errors import WrongUse


class Settings(settings.Settings):
    model_config = SettingsConfigDict(env_prefix="ZONES_REWARDS_")

    port: int = 8472
    clock: settings.Clock = "wall"


def test_nothing_has_to_be_said() -> None:
    told = Settings.from_environment()
    assert (told.data, told.host, told.port) == (Path("zones-data"), "127.0.0.1", 8472)


def test_a_services_own_word_says_more_than_the_common_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONES_NATS_URL", "nats://common")
    monkeypatch.setenv("ZONES_DATA", "common")
    monkeypatch.setenv("ZONES_REWARDS_NATS_URL", "nats://own")
    told = Settings.from_environment()
    assert (told.nats_url, told.data) == ("nats://own", Path("common"))


def test_two_services_cannot_be_sent_to_one_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONES_PORT", "1")
    monkeypatch.setenv("ZONES_HOST", "0.0.0.0")  # noqa: S104
    told = Settings.from_environment()
    assert (told.host, told.port) == ("127.0.0.1", 8472)


def test_a_setting_may_lie_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service's own says more than what is said to all, and a variable more than its file."""
    for name in ("common", "own"):
        (tmp_path / name).write_text(f"{name}\n")
    monkeypatch.setenv("ZONES_TOKEN_FILE", str(tmp_path / "common"))
    assert Settings.from_environment().token == "common"
    monkeypatch.setenv("ZONES_TOKEN", "said")
    assert Settings.from_environment().token == "said"
    monkeypatch.setenv("ZONES_REWARDS_TOKEN_FILE", str(tmp_path / "own"))
    assert Settings.from_environment().token == "own"


def test_a_file_that_is_not_there_is_said_by_the_name_of_its_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ZONES_REWARDS_TOKEN_FILE", "/nowhere/token")
    with pytest.raises(WrongUse, match="ZONES_REWARDS_TOKEN_FILE: /nowhere/token cannot be read"):
        Settings.from_environment()


@pytest.mark.parametrize("clock", ["wall", "events", "2026-03-12T09:00:00+01:00"])
def test_the_clock_is_a_mode_or_an_instant(monkeypatch: pytest.MonkeyPatch, clock: str) -> None:
    monkeypatch.setenv("ZONES_CLOCK", clock)
    told = Settings.from_environment().clock
    assert (told if isinstance(told, str) else told.isoformat()) == clock


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ZONES_REWARDS_PORT", "many"),
        ("ZONES_REWARDS_CLOCK", "2026-03-12"),
        ("ZONES_CLOCK", "yesterday"),
    ],
)
def test_nonsense_is_said_by_the_name_of_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(WrongUse, match=f"^{name}: "):
        Settings.from_environment()


def test_a_clock_that_is_none_is_told_all_that_it_could_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONES_CLOCK", "yesterday")
    with pytest.raises(WrongUse, match=r"'wall' or 'events', or .*datetime"):
        Settings.from_environment()


def test_settings_do_not_change_while_a_service_runs() -> None:
    with pytest.raises(ValidationError):
        Settings.from_environment().port = 1  # type: ignore[misc]
