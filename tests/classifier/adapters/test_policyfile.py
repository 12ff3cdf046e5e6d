"""A policy file is read as a whole; whatever is wrong with it is named, with its line."""

import re
from pathlib import Path

import pytest

from services.classifier.adapters.policyfile import SHIPPED, PolicyInvalid, load, parse
from shared.runtime.tomllines import lines_of

TEXT = SHIPPED.read_text(encoding="utf-8")


def problems(old: str, new: str) -> list[str]:
    """Return what is said of the shipped policy when something in it is written otherwise."""
    assert old in TEXT
    with pytest.raises(PolicyInvalid) as invalid:
        parse(TEXT.replace(old, new, 1), 1)
    return list(invalid.value.problems)


def line_of(text: str) -> int:
    return TEXT[: TEXT.index(text)].count("\n") + 1


def test_the_shipped_policy_is_sound() -> None:
    assert load(SHIPPED, 3).version == 3


def test_a_number_without_end_is_no_policy() -> None:
    with pytest.raises(PolicyInvalid, match="too many digits"):
        parse(f"warn_days = {'9' * 5000}", 2)


def test_what_is_nested_without_end_is_no_policy() -> None:
    with pytest.raises(PolicyInvalid, match="nested too deeply"):
        parse(f"warn_days = {'[' * 20_000}", 1)


def test_a_policy_from_before_anybody_was_told_to_be_near_means_the_same() -> None:
    """Logs begin with one that does not name near_minutes, and it can be 0."""
    [line] = [line for line in TEXT.splitlines(keepends=True) if line.startswith("near_minutes")]
    assert parse(TEXT.replace(line, ""), 1) == parse(TEXT, 1)
    assert parse(TEXT.replace("near_minutes = 150", "near_minutes = 0"), 1).near_minutes == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            '"acts", of = ["publish"], days = 90',
            '"act", of = ["publish"], days = 90',
            "unknown measure 'act': did you mean 'acts'?",
        ),
        (
            '"people", of = ["comment", "converse", "quote"], days = 90, at_least = 10',
            '"people", of = ["comment", "convers", "quote"], days = 90, at_least = 10',
            "unknown kind 'convers': did you mean 'converse'?",
        ),
        ("historical_after_days", "historical_after_day", "did you mean 'historical_after_days'?"),
        ("quiet_days = 30", "quiet_days = 3", "quiet_days is less than active_days"),
        ("quiet_days = 30", 'quiet_days = "30"', "must be a whole number from 0 to 3660"),
        ("settle_minutes = 60", "settle_minutes = 2000", "a whole number from 0 to 1440"),
        ("near_minutes = 150", "near_minutes = -1", "a whole number from 0 to 10080"),
        ("grace_days = 14", "grace_days = true", "grace_days must be a whole number"),
        ("network = false", "network = 0", "network must be true or false"),
        ("network = false", "networks = false", "did you mean 'network'?"),
        ("view = 2", "views = 2", "unknown key 'views': did you mean 'view'?"),
        ("view = 2", "view = -2", "view must be a number of minutes"),
        ("view = 2", "view = nan", "view must be a number of minutes"),
        ("view = 2", "view = inf", "view must be a number of minutes"),
        ("view = 2", 'view = "2"', "view must be a number of minutes"),
        (
            'requires = ["content_sharer"]',
            'requires = ["socially_engaged"]',
            "unknown lower zone 'socially_engaged': there are content_sharer",
        ),
        (
            'keep_of = ["content_creator"]',
            'keep_of = "content_creator"',
            "keep_of must be a list",
        ),
        ("[zones.content_creator]", "[zones.content_creater]", "did you mean 'content_creator'?"),
        ("[zones.content_sharer]", "[zones.content_consumer]", "unknown key 'content_consumer'"),
        (
            '{ measure = "network_size", at_least = 500 }',
            '{ measure = "network_size", at_least = 500, days = 5 }',
            "unknown key 'days' of network_size",
        ),
        (
            '{ measure = "network_size", at_least = 500 }',
            '{ measure = "network_size", at_least = 0 }',
            "at_least must be a whole number from 1",
        ),
        ('{ measure = "network_size", at_least = 500 }', "500", "must be a criterion"),
        (
            'of = ["publish"], days = 120',
            "of = [], days = 120",
            "of must name at least one kind",
        ),
    ],
)
def test_a_problem_names_the_file_the_line_and_the_nearest_right_word(
    old: str, new: str, said: str
) -> None:
    found = problems(old, new)
    pattern = rf"policy\.toml:{line_of(old)}: .*{re.escape(said)}"
    assert any(re.match(pattern, problem) for problem in found), found


def test_what_is_missing_is_named_at_the_table_that_lacks_it() -> None:
    (problem,) = problems(", days = 120, at_least = 1 }", ", days = 120 }")
    assert "at_least is missing" in problem
    assert f":{line_of('days = 120')}:" in problem


def test_all_problems_are_named_at_once_in_the_order_of_the_file() -> None:
    wrong = TEXT.replace("view = 2", "views = 2").replace('"active_weeks"', '"active_week"')
    with pytest.raises(PolicyInvalid) as invalid:
        parse(wrong, 1, "candidate.toml")
    lines = [int(problem.split(":")[1]) for problem in invalid.value.problems]
    assert lines == sorted(lines)
    assert len(lines) == 4
    assert str(invalid.value).count("candidate.toml:") == 4


def test_a_zone_that_only_unreported_measurements_decide_is_refused() -> None:
    """Left out, they would let everybody in."""
    entry = '{ measure = "outcomes", of = ["any"], days = 180, at_least = 1 }'
    enter = TEXT[TEXT.index("enter = [", TEXT.index("[zones.content_creator]")) :]
    enter = enter[: enter.index("\n]") + 2]
    (problem,) = problems(enter, f"enter = [{entry}]")
    assert "nothing decides who enters content_creator" in problem
    (problem,) = problems(enter, "enter = []")
    assert "everybody would be in content_creator" in problem


@pytest.mark.parametrize(("text", "line"), [("warn_days = 1\nx = = 2\n", 2), ("\n\nx =", 3)])
def test_text_that_is_no_toml_is_refused_with_the_place(text: str, line: int) -> None:
    with pytest.raises(PolicyInvalid, match=rf"^policy\.toml:{line}: not TOML: Invalid value$"):
        parse(text, 1)


def test_a_file_is_named_by_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(TEXT.replace("view = 2", "view = false"), encoding="utf-8")
    with pytest.raises(PolicyInvalid, match=r"^mine\.toml:\d+: view must be"):
        load(path, 1)


def test_minutes_may_be_fractions() -> None:
    assert parse(TEXT.replace("like = 1", "like = 0.5"), 1).minutes["like"] == 30


def test_every_value_is_found_on_its_line() -> None:
    """Through comments, quotes, dots, arrays over several lines and inline tables."""
    text = '''a = 1 # [not] = "a table"
"b c".d = ["""x
]""", 'y=', [1, [2]],
  { e = 1.5, f.g = 2 },
]
[h.i]
j = {k = [
  3] }
[[l]]
m = 1
[[l]]
m = 2
'''
    lines = lines_of(text)
    assert lines["a",] == 1
    assert lines["b c", "d", 0] == 2
    assert lines["b c", "d", 2, 1, 0] == 3
    assert lines["b c", "d", 3, "f", "g"] == 4
    assert lines["h", "i", "j", "k", 0] == 8
    assert lines["l", 0, "m"] == 10
    assert lines["l", 1, "m"] == 12
