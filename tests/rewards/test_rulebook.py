"""The rules are data, and a rule that makes no sense is an error that says which and why."""

from pathlib import Path

import pytest

from services.rewards.adapters.rulebook import SHIPPED, RulesInvalid, load, parse
from services.rewards.domain.rules import ZONES

TEXT = SHIPPED.read_text()


def test_the_shipped_rules_are_those_of_the_design() -> None:
    """Every fifth piece, every 25th in the larger form, and every zone above the first."""
    rules = load(SHIPPED)

    assert (rules.effort.every, rules.effort.larger_every) == (5, 25)
    assert rules.arrival.zones == ZONES[1:]
    assert rules.effort.words.why
    assert rules.arrival.words.why


@pytest.mark.parametrize(
    ("instead", "of", "problem"),
    [
        ("every = 0", "every = 5", "effort.every: must not be less than 1"),
        ("every = 4", "every = 5", "effort: larger_every must be a multiple of every"),
        ("every = 5.5", "every = 5", "effort.every: must be a whole number"),
        ("every = '5'", "every = 5", "effort.every: must be a whole number"),
        ("", "version = 1", "version: is missing"),
        ('name = ""', 'name = "Kept on publishing"', "effort.name: must not be empty"),
        ("[efort]", "[effort]", "effort: is missing; efort: extra inputs are not permitted"),
        (
            '"content_shaper"',
            '"content_sharer"',
            (
                "arrival.zones.0: must be 'content_sharer', 'content_creator' or"
                " 'socially_engaged'; did you mean 'content_sharer'?"
            ),
        ),
    ],
)
def test_what_is_wrong_is_named_in_one_line(instead: str, of: str, problem: str) -> None:
    assert of in TEXT
    with pytest.raises(RulesInvalid) as error:
        parse(TEXT.replace(of, instead, 1))

    assert str(error.value) == f"rules.toml: {problem}"


def test_a_text_that_is_no_toml_is_named_with_its_line() -> None:
    with pytest.raises(RulesInvalid, match=r"^mine.toml: is not TOML: .*line 2, column 5"):
        parse("version = 1\noops\n", "mine.toml")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(RulesInvalid, match=r"none.toml cannot be read: .*No such file"):
        load(tmp_path / "none.toml")


def test_a_link_goes_with_the_words() -> None:
    rules = parse(TEXT.replace("every = 5", 'link = "https://example.org/thanks"\nevery = 5', 1))

    assert rules.effort.words.link == "https://example.org/thanks"
