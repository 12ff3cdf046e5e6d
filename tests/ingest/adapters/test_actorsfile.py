"""The rules about bots come from a file: the shipped one, or one of the operator's own."""

from pathlib import Path

import pytest

from services.ingest.adapters.actorsfile import load
from services.ingest.domain.actors import Rule, refusing
from services.ingest.settings import SHIPPED_ACTORS
from services.ingest.sources.sightings import sighting
from shared.runtime.errors import WrongUse

SHIPPED = load(SHIPPED_ACTORS)


@pytest.mark.parametrize(
    ("platform", "account", "actor", "refused"),
    [
        ("github", "1", "person", False),
        ("github", "1", "bot", True),
        ("discourse", "-1", "person", True),
        ("discourse", "1", "system", True),
        ("fediverse", "-1", "person", False),
    ],
)
def test_the_shipped_rules_refuse_bots_and_what_platforms_do_themselves(
    platform: str, account: str, actor: str, refused: bool
) -> None:
    seen = sighting("post", platform=platform, id="p", by=account, actor=actor, data={})
    assert (refusing(SHIPPED, seen) is not None) is refused


@pytest.mark.parametrize(("label", "refused"), [("build[bot]", True), ("robot", False)])
def test_brackets_stand_for_themselves(label: str, refused: bool) -> None:
    seen = sighting("post", platform="github", id="p", by="1", label=label, data={})
    assert (refusing(SHIPPED, seen) is not None) is refused


def test_a_rule_says_why(tmp_path: Path) -> None:
    file = tmp_path / "actors.toml"
    file.write_text('[[refuse]]\nwhy = "a feed"\nplatform = "x"\naccounts = ["feed-*"]')
    assert load(file) == (Rule(why="a feed", platform="x", accounts=("feed-*",)),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[refused]]", "actors.toml: refused: unknown key: did you mean 'refuse'?"),
        ("[refuse]", "actors.toml: refuse: must be a list of tables, each under [[refuse]]"),
        ("[[refuse]]\nactors = ['bot']", "actors.toml: refuse[1].why: is missing"),
        (
            "[[refuse]]\nwhy = 'x'",
            "actors.toml: refuse[1]: refuses nobody: name actors or accounts",
        ),
        ("[[refuse]]\nwhy = 'x'\nactors = ['bots']", "actors.toml: refuse[1].actors: unknown word"),
    ],
)
def test_a_mistake_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "actors.toml"
    file.write_text(text)
    with pytest.raises(WrongUse) as refused:
        load(file)
    assert str(refused.value).startswith(said)
