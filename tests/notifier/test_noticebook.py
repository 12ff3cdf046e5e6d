"""The rules are read whole, and whatever is wrong with them is one line."""

from datetime import timedelta
from pathlib import Path

import pytest

from services.notifier.adapters import noticebook
from services.notifier.adapters.noticebook import RulesInvalid
from services.notifier.domain.alerts import Promise
from services.notifier.domain.notices import KINDS
from services.notifier.settings import SHIPPED_NOTICES

SHIPPED = SHIPPED_NOTICES.read_text(encoding="utf-8")


def test_the_shipped_rules_promise_four_hours_and_half_of_them() -> None:
    rules = noticebook.load(SHIPPED_NOTICES)

    assert rules.promises == {"socially_engaged": Promise(minutes=240, at_risk_percent=50)}
    assert set(rules.channels) == {*KINDS}
    assert rules.channels["fast_track_alert"] == ("inbox", "email", "chat", "webhook")
    assert rules.channels["announcement"] == ("inbox", "webhook")


def test_a_channel_that_cannot_be_reached_is_left_out() -> None:
    rules = noticebook.load(SHIPPED_NOTICES, reachable=frozenset())

    assert rules.channels == dict.fromkeys(KINDS, ("inbox",))


def test_the_shipped_rules_try_again_for_days() -> None:
    retries = noticebook.load(SHIPPED_NOTICES).retries

    assert sum(retries["webhook"], timedelta()) > timedelta(days=3)
    assert sum(retries["email"], timedelta()) > timedelta(days=1)
    assert all([*pauses] == sorted(pauses) for pauses in retries.values())


@pytest.mark.parametrize(
    ("written", "instead", "complaint"),
    [
        ("at_risk_percent = 50", "at_risk_percent = 100", "fast_track.at_risk_percent: must not"),
        ("socially_engaged = 240", "social_engaged = 240", "must be 'content_consumer'"),
        ("socially_engaged = 240", "socially_engaged = 0", "must not be less than 1"),
        ("half_life_days = 60", 'half_life_days = "long"', "interest.half_life_days: must be"),
        ("half_life_days = 60", "half_life_days = 0", "interest.half_life_days: must not be less"),
        ("share_most = 3", "share_most = 300", "suggestions.share_most: must not be more than 20"),
        ("bare_shares = 3", "bare_shares = 0", "nudges.bare_shares: must not be less than 1"),
        ("news_days = 14", "", "nudges.news_days: is missing"),
        ('to = "organisation"', 'to = "all"', "organisation_digest.to: must be 'organisation' or"),
        ("[announcement]", "[announcements]", "announcement: is missing"),
        ('announcement = ["webhook"]', 'announcement = ["fax"]', "must be 'email', 'chat' or"),
        ('recognition = ["email", "webhook"]', "", "must list channels for recognition"),
        ('recognition = ["email", "webhook"]', "recognitions = []", "must be 'fast_track_gran"),
        ("chat = [30, 300, 1800, 7200, 21600]", "", "must list retries for chat"),
        ("chat = [30, 300, 1800, 7200, 21600]", "chat = [0]", "retries.chat.0: must not be less"),
        ("[channels]", "[channels", "not TOML"),
    ],
)
def test_what_makes_no_sense_is_said_in_one_line(
    tmp_path: Path, written: str, instead: str, complaint: str
) -> None:
    assert written in SHIPPED
    rules = tmp_path / "notices.toml"
    rules.write_text(SHIPPED.replace(written, instead), encoding="utf-8")

    with pytest.raises(RulesInvalid) as refused:
        noticebook.load(rules)
    assert str(refused.value).startswith("notices.toml: ")
    assert complaint in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RulesInvalid, match=r"elsewhere\.toml: cannot be read: No such file"):
        noticebook.load(tmp_path / "elsewhere.toml")
