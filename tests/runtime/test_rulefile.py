"""Whoever writes rules hears of everything that is wrong with them, where it is and what helps."""

from pathlib import Path

import pytest
from pydantic import Field

from shared.runtime.rulefile import MOST_TOLD, RulesInvalid, Table, load, nearest, parse


class Block(Table):
    every: int = Field(ge=1)
    of: tuple[str, ...] = ()


class Book(Table):
    version: int
    effort: Block | None = None
    first: dict[str, Block] = Field(default_factory=dict)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ["rules.toml:1: version: is missing"]),
        (
            "version = 1\n[effort]\nevery = 0",
            ["rules.toml:3: effort.every: must not be less than 1"],
        ),
        (
            "version = 1\n[effort]\nevry = 5",
            ["rules.toml:3: effort: unknown key 'evry': did you mean 'every'?"],
        ),
        (
            "version = 1\n\n[first.share]\nevery = 1\nof = [\n  'a',\n  7,\n]",
            ["rules.toml:7: first.share.of.1: must be text"],
        ),
        ("verzion = 1", ["rules.toml:1: unknown key 'verzion': did you mean 'version'?"]),
        (
            "version = 'x'\n[effort]\nevery = 0",
            [
                "rules.toml:1: version: must be a whole number",
                "rules.toml:3: effort.every: must not be less than 1",
            ],
        ),
    ],
)
def test_every_problem_names_its_line_and_what_is_wrong(text: str, said: list[str]) -> None:
    with pytest.raises(RulesInvalid) as error:
        parse(text, "rules.toml", Book)

    assert list(error.value.problems) == said
    assert error.value.code == 2


def test_what_is_not_toml_is_said_to_be_none() -> None:
    with pytest.raises(RulesInvalid, match=r"^mine\.toml: is not TOML: Cannot overwrite"):
        parse("version = 1\nversion = 2\n", "mine.toml", Book)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(RulesInvalid, match=r"none\.toml: cannot be read: No such file"):
        load(tmp_path / "none.toml", Book)
    (tmp_path / "latin.toml").write_bytes(b"version = '\xe9'")
    with pytest.raises(RulesInvalid, match=r"latin\.toml: is not UTF-8"):
        load(tmp_path / "latin.toml", Book)


def test_no_more_is_told_at_a_time_than_can_be_read() -> None:
    many = "version = 1\n" + "\n".join(f"[first.f{n}]\nevery = 0" for n in range(9))

    with pytest.raises(RulesInvalid) as error:
        parse(many, "rules.toml", Book)

    assert len(error.value.problems) == 9
    assert str(error.value).endswith(f"; and {9 - MOST_TOLD} more")


def test_what_makes_sense_is_read() -> None:
    book = parse("version = 2\n[effort]\nevery = 5\nof = ['publish']", "rules.toml", Book)

    assert book == Book(version=2, effort=Block(every=5, of=("publish",)))


@pytest.mark.parametrize(
    ("word", "known", "hint"),
    [
        ("evry", ["every", "of"], ": did you mean 'every'?"),
        ("zzz", ["b", "a"], ": there are a, b"),
        ("zzz", [], ""),
    ],
)
def test_a_hint_is_the_nearest_word_or_all_there_are(
    word: str, known: list[str], hint: str
) -> None:
    assert nearest(word, known) == hint
