"""The rules are read whole, and whatever is wrong with them is one line."""

from datetime import date, time, timedelta
from pathlib import Path

import pytest

from services.notifier.adapters import noticebook
from services.notifier.domain.engaged_rules import RequestRules
from services.notifier.domain.kinds import KINDS
from services.notifier.domain.promises import Promise
from services.notifier.domain.working_hours import MIDNIGHT, Span, WorkingHours
from services.notifier.settings import SHIPPED_NOTICES, Settings
from shared.runtime.errors import WrongUse
from shared.runtime.rulefile import RulesInvalid

SHIPPED = SHIPPED_NOTICES.read_text(encoding="utf-8")


def test_the_shipped_rules_promise_four_hours_and_half_of_them() -> None:
    rules = noticebook.load(SHIPPED_NOTICES)

    assert rules.promises == {"socially_engaged": Promise(minutes=240, at_risk_percent=50)}
    assert set(rules.channels) == {*KINDS}
    assert rules.channels["fast_track_alert"] == ("inbox", "email", "chat", "webhook")
    assert rules.channels["fast_track_ended"] == ("inbox", "email", "webhook")


def test_a_channel_that_cannot_be_reached_is_left_out() -> None:
    rules = noticebook.load(SHIPPED_NOTICES, reachable=frozenset())

    assert rules.channels == dict.fromkeys(KINDS, ("inbox",))


def test_the_shipped_rules_ask_two_and_give_them_three_days() -> None:
    rules = noticebook.load(SHIPPED_NOTICES).engaged

    assert rules.requests == RequestRules(
        at_once=2, answer_within=timedelta(days=3), lasts=timedelta(days=30)
    )
    assert rules.care.breaches == 2


def test_of_care_nobody_hears_but_by_the_ways_that_lead_to_the_sponsor() -> None:
    assert "webhook" not in noticebook.load(SHIPPED_NOTICES).channels["retention_care"]


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
        ("answer_days = 2", "answer_days = 0", "drafts.answer_days: must not be less than 1"),
        ("remind_after_days = 1", "remind_after_days = 3", "drafts: remind_after_days must not be"),
        (
            "\n[announcement]",
            "\n[announcements]",
            "unknown key 'announcements': did you mean 'announcement'?",
        ),
        ('["email", "webhook"]', '["fax"]', "kinds.fast_track_ended.channels.0: must be 'email', "),
        ("from = 20:00:00", "from = 25:00:00", "is not TOML"),
        ("to = 08:00:00", "", "quiet_hours.to: is missing"),
        (
            'how = "digest"',
            'how = "later"',
            "kinds.announcement.how: must be 'at_once', 'digest' or",
        ),
        ("content_sharer = 4", "content_sharer = 0", "budget.per_week.content_sharer: must not be"),
        ("wait_days = 7", "", "budget.wait_days: is missing"),
        ("chat = [30, 300, 1800, 7200, 21600]", "", "retries: must list chat"),
        ("chat = [30, 300, 1800, 7200, 21600]", "chat = [0]", "retries.chat.0: must not be less"),
        ("at_once = 2", "at_once = 0", "topic_request.at_once: must not be less than 1"),
        ("answer_days = 3 ", "answer_days = 3.5 ", "topic_request.answer_days: must be"),
        ("apart_months = 6", "apart = 6", "circle: unknown key 'apart'"),
        ("below_percent = 10", "below_percent = 101", "talk.below_percent: must not be more"),
        ("within_days = 60", "within_days = 0", "retention_care.within_days: must not be less"),
        ("[asks]", "[ask]", "unknown key 'ask': did you mean 'asks'?"),
        ('["email"]', '["webhook"]', "kinds: must not post retention_care to a webhook"),
        ("[retries]", "[retries", "is not TOML"),
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
    assert str(refused.value).startswith("notices.toml:")
    assert complaint in str(refused.value)
    assert "\n" not in str(refused.value)


WORKED = """
[working_hours]
timezone = "Europe/Berlin"

[working_hours.days]
monday = { from = 09:00:00, to = 17:00:00 }
sunday = { from = 22:00:00, to = 00:00:00 }

[working_hours.holidays]
2026-12-25 = "Christmas Day"
"""


def test_working_hours_are_days_with_hours_and_holidays_with_names(tmp_path: Path) -> None:
    rules = tmp_path / "notices.toml"
    rules.write_text(SHIPPED + WORKED, encoding="utf-8")

    assert noticebook.load(SHIPPED_NOTICES).hours is None
    read = noticebook.load(rules)
    assert read.hours == WorkingHours(
        timezone="Europe/Berlin",
        week={0: Span(time(9), time(17)), 6: Span(time(22), MIDNIGHT)},
        holidays={date(2026, 12, 25): "Christmas Day"},
    )
    assert read.promises["socially_engaged"].hours == read.hours


OWN = 'timezone = "Europe/Berlin"\n'


def test_one_time_zone_is_that_of_mornings_and_of_working_hours(tmp_path: Path) -> None:
    """What the rules name goes before it; and the working hours may have another one yet."""
    rules = tmp_path / "notices.toml"

    def read(text: str) -> tuple[str, str]:
        rules.write_text(text, encoding="utf-8")
        found = noticebook.load(rules, timezone="Asia/Kathmandu")
        assert found.hours
        return found.rhythm.timezone, found.hours.timezone

    own = SHIPPED.replace("[rhythm]\n", '[rhythm]\ntimezone = "Asia/Tokyo"\n')
    plain = WORKED.replace(OWN, "")
    assert read(SHIPPED + plain) == ("Asia/Kathmandu", "Asia/Kathmandu")
    assert read(own + plain) == ("Asia/Tokyo", "Asia/Tokyo")
    assert read(own + WORKED) == ("Asia/Tokyo", "Europe/Berlin")


def test_a_time_zone_that_there_is_not_is_refused_by_its_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ZONES_NOTIFIER_TIMEZONE", "Europe/Bärlin")

    with pytest.raises(WrongUse, match=r"^ZONES_NOTIFIER_TIMEZONE: must be a time zone by"):
        Settings.from_environment()


@pytest.mark.parametrize(
    ("written", "instead", "complaint"),
    [
        ("Europe/Berlin", "Europe/Bärlin", "working_hours.timezone: must be a time zone by its na"),
        ("monday =", "moonday =", "working_hours.days.moonday: must be 'monday'"),
        ("to = 17:00:00", "to = 08:00:00", "working_hours.days.monday: must end after it begins"),
        ("to = 17:00:00", "until = 17:00:00", "working_hours.days.monday: unknown key 'until'"),
        ("to = 17:00:00", "to = 09:10:00", "working_hours: must leave an hour a week at least"),
        ("2026-12-25", "2026-12-52", "working_hours.holidays.2026-12-52: must be a day"),
        ('"Christmas Day"', '""', "working_hours.holidays.2026-12-25: must not be empty"),
    ],
)
def test_what_makes_no_sense_of_the_working_hours_is_said_too(
    tmp_path: Path, written: str, instead: str, complaint: str
) -> None:
    worked = WORKED.replace("sunday = { from = 22:00:00, to = 00:00:00 }\n", "")
    assert written in worked
    rules = tmp_path / "notices.toml"
    rules.write_text(SHIPPED + worked.replace(written, instead), encoding="utf-8")

    with pytest.raises(RulesInvalid) as refused:
        noticebook.load(rules)
    assert f": {complaint}" in str(refused.value)


def test_of_every_kind_the_shipped_rules_say_why_in_a_sentence() -> None:
    """And of none what they say of another."""
    kinds = noticebook.load(SHIPPED_NOTICES).manners.kinds

    assert [*kinds] == [*KINDS]
    assert all(it.why[0].isupper() and it.why.endswith(".") for it in kinds.values())
    assert len({it.why for it in kinds.values()}) == len(KINDS)


def test_what_takes_of_anybodys_attention_comes_to_where_they_look_by_email() -> None:
    rules = noticebook.load(SHIPPED_NOTICES)
    counted = {kind for kind, manner in rules.manners.kinds.items() if manner.counted}

    assert {"follow_suggestion", "share_suggestion"} <= counted
    assert all("email" in channels for kind, channels in rules.channels.items() if kind in counted)


TALK = """[kinds.talk]
why = "A group in which few take part yet is best told of it by somebody who does."
how = "digest"
channels = ["email", "webhook"]
"""
LINE = 1 + SHIPPED[: SHIPPED.index(TALK)].count("\n")
FIRST = 1 + SHIPPED[: SHIPPED.index("[kinds.")].count("\n")


@pytest.mark.parametrize(
    ("line", "written", "complaint"),
    [
        (
            LINE,
            '[kinds.talk]\nchannels = ["email"]\n',
            'kinds.talk: must say in a sentence why somebody is told: why = "..."',
        ),
        (
            LINE,
            '[kinds.talk]\nwhy = " "\nchannels = ["email"]\n',
            'kinds.talk: must say in a sentence why somebody is told: why = "..."',
        ),
        (LINE, '[kinds.talk]\nwhy = "So."\n', "kinds.talk.channels: is missing"),
        (
            LINE,
            TALK.replace("talk", "talks"),
            "kinds: there is no kind 'talks': did you mean 'talk'?",
        ),
        (
            FIRST,
            "",
            "kinds: must say of each kind why and how it is told: there is no [kinds.talk]",
        ),
        (
            LINE + 2,
            TALK.replace("how =", "hwo ="),
            "kinds.talk: unknown key 'hwo': did you mean 'how'?",
        ),
        (LINE, f"{TALK}optional = false\n", None),
        (
            LINE,
            TALK.replace("digest", "off") + "optional = false\n",
            "kinds.talk: is not optional: how must not be 'off'",
        ),
        (
            LINE,
            TALK.replace("digest", "off") + "urgent = true\n",
            "kinds.talk: is urgent and told at once: how must not be 'off'",
        ),
        (
            LINE,
            f"{TALK}urgent = true\n",
            "kinds.talk: is urgent and told at once: how must not be 'digest'",
        ),
        (LINE, TALK.replace("digest", "off"), None),
    ],
)
def test_the_rules_of_a_kind_are_whole_or_refused_with_their_line_and_what_to_do(
    tmp_path: Path, line: int, written: str, complaint: str | None
) -> None:
    rules = tmp_path / "notices.toml"
    rules.write_text(SHIPPED.replace(TALK, written), encoding="utf-8")

    if complaint is None:
        noticebook.load(rules)
        return
    with pytest.raises(RulesInvalid) as refused:
        noticebook.load(rules)
    assert str(refused.value) == f"notices.toml:{line}: {complaint}"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RulesInvalid, match=r"elsewhere\.toml: cannot be read: No such file"):
        noticebook.load(tmp_path / "elsewhere.toml")
