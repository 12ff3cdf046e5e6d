"""The rules are data, and a rule that makes no sense is an error that says where, which and why."""

from pathlib import Path

import pytest

from services.rewards.adapters.rulebook import load, parse
from services.rewards.domain.rules import OUTCOMES, ZONES, First, Rule, words_of
from services.rewards.settings import SHIPPED_RULES
from shared.runtime.rulefile import RulesInvalid

TEXT = SHIPPED_RULES.read_text()
OWN = """
[reviewer]
form = "effort"
name = "Read for others"
why = "Every second pair of eyes is a gift."
of = ["peer_review_given", "training_completed"]
every = 10

[summit]
form = "arrival"
name = "At the top"
why = "Few get there."
zones = ["socially_engaged"]
historical = true
"""


def refused(text: str) -> list[str]:
    """Return what is wrong with these rules."""
    with pytest.raises(RulesInvalid) as error:
        parse(text)
    return [*error.value.problems]


def line_of(words: str, text: str = TEXT) -> int:
    [line] = [number for number, it in enumerate(text.splitlines(), 1) if it.startswith(words)]
    return line


def test_the_shipped_rules_are_those_of_the_design() -> None:
    """Every fifth piece, every 25th in the larger form, and every zone above the first; the top 3
    of a half-year, two weeks after its end.
    """
    rules = load(SHIPPED_RULES)

    [effort], [arrival] = rules.efforts, rules.arrivals
    assert (effort.kind, effort.of) == ("effort", ("publish",))
    assert (effort.every, effort.larger_every) == (5, 25)
    assert (arrival.kind, arrival.zones, arrival.historical) == ("arrival", ZONES[1:], False)
    assert [(first.name, first.of) for first in rules.firsts] == [
        ("share", ("share", "quote")),
        ("own_words", ("quote", "comment", "converse", "post")),
        ("piece", ("publish",)),
    ]
    assert (rules.impact.places, rules.impact.settle_days, rules.impact.repeats) == (3, 14, 1)
    assert (rules.assist.of, rules.assist.percent) == (OUTCOMES, 25)
    every: list[Rule] = [*rules.efforts, *rules.arrivals, *rules.firsts]
    every += [rules.impact, rules.assist]
    assert all(rule.words.name and rule.words.why for rule in every)


def test_the_shipped_weights_are_those_of_the_design() -> None:
    """In thousandths of a point; to publish weighs nothing."""
    assert load(SHIPPED_RULES).impact.weights == {
        "lead": 100_000,
        "speaking": 30_000,
        "conversation": 20_000,
        "inbound": 20_000,
        "download": 15_000,
        "comment": 3_000,
        "share": 2_000,
        "reader": 100,
    }


@pytest.mark.parametrize(
    ("instead", "of", "problem"),
    [
        ("every = 0", "every = 5", "effort.every: must not be less than 1"),
        ("every = 5.5", "every = 5", "effort.every: must be a whole number"),
        ("every = '5'", "every = 5", "effort.every: must be a whole number"),
        ('name = ""', 'name = "Kept on publishing"', "effort.name: must not be empty"),
        ("evry = 5", "every = 5", "effort: unknown key 'evry': did you mean 'every'?"),
        (
            "repeat = 1",
            "repeats = 1",
            "impact: unknown key 'repeat': did you mean 'repeats'?",
        ),
        (
            "leads = 100",
            "lead = 100",
            (
                "impact.weights.leads: must be 'lead', 'speaking', 'conversation', 'inbound',"
                " 'download', 'comment', 'share', 'like' or 'reader'; did you mean 'lead'?"
            ),
        ),
        ("percent = 101", "percent = 25", "assist.percent: must not be more than 100"),
        ("settle_days = 181", "settle_days = 14", "impact.settle_days: must not be more than 180"),
        ("share = 0", "share = 20", "caps.share: must not be less than 1"),
    ],
)
def test_what_is_wrong_is_named_in_one_line(instead: str, of: str, problem: str) -> None:
    text = TEXT.replace(of, instead, 1)

    assert refused(text) == [f"rules.toml:{line_of(instead, text)}: {problem}"]


def test_a_larger_block_is_one_of_the_blocks() -> None:
    """It would be completed by no block otherwise."""
    assert refused(TEXT.replace("every = 5", "every = 4", 1)) == [
        f"rules.toml:{line_of('[effort]')}: effort: larger_every must be a multiple of every"
    ]


def test_what_is_missing_is_named_with_the_line_of_what_it_is_missing_from() -> None:
    assert refused(TEXT.replace("version = 1", "", 1)) == ["rules.toml:1: version: is missing"]
    assert refused(TEXT.replace("minimum = 20", "#", 1)) == [
        f"rules.toml:{line_of('[impact]')}: impact.minimum: is missing"
    ]


def test_a_list_names_the_line_of_the_word_that_is_wrong() -> None:
    """And the nearest of those that it knows."""
    text = TEXT.replace('zones = ["content_sharer"', 'zones = [\n  "content_shaper"', 1)

    [said] = refused(text)
    assert said == (
        f"rules.toml:{line_of('zones') + 1}: arrival.zones.0: must be 'content_sharer',"
        " 'content_creator' or 'socially_engaged'; did you mean 'content_sharer'?"
    )


def test_a_text_that_is_no_toml_is_named_with_its_line() -> None:
    with pytest.raises(RulesInvalid, match=r"^mine.toml: is not TOML: .*line 2, column 5"):
        parse("version = 1\noops\n", "mine.toml")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(RulesInvalid, match=r"none.toml: cannot be read: .*No such file"):
        load(tmp_path / "none.toml")


def test_a_link_goes_with_the_words() -> None:
    rules = parse(TEXT.replace("every = 5", 'link = "https://example.org/thanks"\nevery = 5', 1))

    [effort] = rules.efforts
    assert effort.words.link == "https://example.org/thanks"


def test_a_table_by_any_other_name_is_a_rule_of_the_operators_own() -> None:
    """It says its form, and is told by its own words."""
    rules = parse(TEXT + OWN)

    [_, reviewer] = rules.efforts
    assert (reviewer.kind, reviewer.every, reviewer.larger_every) == ("reviewer", 10, None)
    assert reviewer.of == ("peer_review_given", "training_completed")
    [_, summit] = rules.arrivals
    assert (summit.kind, summit.zones, summit.historical) == ("summit", ("socially_engaged",), True)
    assert words_of(rules, "reviewer") == reviewer.words
    assert words_of(rules, "summit") == summit.words


def test_a_further_first_is_a_table_among_the_firsts() -> None:
    more = '\n[first.talk]\nname = "Spoke"\nwhy = "Aloud."\nof = ["talk_given"]\n'
    *_, talk = parse(TEXT + more).firsts

    assert talk == First(name="talk", words=talk.words, of=("talk_given",))
    assert words_of(parse(TEXT + more), "first", "talk") == talk.words


@pytest.mark.parametrize(
    ("instead", "of", "problem"),
    [
        ("[efort]", "[effort]", "unknown key 'efort': did you mean 'effort'?"),
        ('time_zone = "UTC"', 'timezone = "UTC"', "unknown key 'time_zone': did you mean"),
        ("[reviewer]", '[reviewer]\nform = "effort"', "unknown key 'reviewer': there are arrival,"),
    ],
)
def test_a_table_without_a_form_is_most_likely_a_misspelling(
    instead: str, of: str, problem: str
) -> None:
    """The nearest of the names that there are is named, and what makes a rule of one's own."""
    text = (TEXT + OWN).replace(of, instead, 1)

    [said] = refused(text)
    assert said.startswith(f"rules.toml:{line_of(instead, text)}: {problem}")
    assert said.endswith("; a rule of your own says its form")


@pytest.mark.parametrize(
    ("instead", "of", "problem"),
    [
        (
            'form = "effrt"',
            'form = "effort"',
            "must be 'effort' or 'arrival': did you mean 'effort'?",
        ),
        ("evry = 10", "every = 10", "unknown key 'evry': did you mean 'every'?"),
        ("[Reviewer]", "[reviewer]", "must be lower-case letters, digits and _"),
        ("of = []", OWN.splitlines()[5], "must name at least one"),
    ],
)
def test_a_rule_of_ones_own_is_read_as_strictly(instead: str, of: str, problem: str) -> None:
    assert of in OWN
    [said] = refused(TEXT + OWN.replace(of, instead, 1))

    assert said.endswith(problem)
    assert "eviewer" in said


@pytest.mark.parametrize(
    ("points", "thousandths"), [("0.125", 125), ("0", 0), ("1e6", 10**9), ("1.001", 1001)]
)
def test_points_have_three_decimals(points: str, thousandths: int) -> None:
    """They are counted in thousandths: sums are the same in any order."""
    rules = parse(TEXT.replace("reader = 0.1", f"reader = {points}"))

    assert rules.impact.weights["reader"] == thousandths


@pytest.mark.parametrize("points", ["0.0125", "-1", "1000001", "inf", "nan", "1e-300"])
def test_no_other_points_are_taken(points: str) -> None:
    [said] = refused(TEXT.replace("reader = 0.1", f"reader = {points}"))

    assert said == (
        f"rules.toml:{line_of('reader')}: impact.weights.reader: must be points from 0 to 1000000,"
        " with three decimals at most"
    )


@pytest.mark.parametrize("points", ["true", "'1'", "[]"])
def test_points_are_a_number(points: str) -> None:
    [said] = refused(TEXT.replace("minimum = 20", f"minimum = {points}"))

    assert said.endswith("impact.minimum: must be a number of points")


def test_half_years_begin_in_the_time_zone_of_the_rules() -> None:
    """In UTC, where they name none."""
    assert parse(TEXT.replace('"UTC"', '"Europe/Berlin"')).timezone == "Europe/Berlin"
    assert parse(TEXT.replace('timezone = "UTC"', "")).timezone == "UTC"


@pytest.mark.parametrize("zone", ["Mars/Base", "Europe", "../etc/passwd", "/etc/localtime", ""])
def test_a_time_zone_that_there_is_none_of_is_refused(zone: str) -> None:
    """No name leads out of the folder in which time zones are kept."""
    [said] = refused(TEXT.replace('"UTC"', f'"{zone}"'))

    where = f"rules.toml:{line_of('timezone')}: timezone"
    assert said == f"{where}: must be a time zone by its name, as Europe/Berlin"


def test_any_kind_of_act_can_be_capped_and_any_outcome() -> None:
    """Where no caps are named there are none."""
    text = TEXT.replace("[caps]", "[caps]\npublish = 2\nlead = 7")

    assert parse(text).caps == {
        "publish": 2,
        "lead": 7,
        "share": 20,
        "quote": 20,
        "comment": 30,
        "converse": 30,
        "conversation": 20,
    }
    assert parse(TEXT[: TEXT.index("[caps]")]).caps == {}


def test_what_nobody_does_cannot_be_capped() -> None:
    [said] = refused(TEXT.replace("share = 20", "performance = 20"))

    assert said.startswith(f"rules.toml:{line_of('share = 20')}: caps.performance: must be 'share'")
