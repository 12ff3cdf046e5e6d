"""The story that is told of what any subscriber hears."""

import json
from pathlib import Path

import pytest

from services.feed import Event
from services.story import Story

GOLDEN = Path(__file__).parents[1] / "contracts" / "golden"
SAID = sorted(
    path.stem for noun in ("zone", "vitality", "policy") for path in GOLDEN.glob(f"zones.{noun}.*")
)


def golden(kind: str, **data: object) -> Event:
    event: Event = json.loads((GOLDEN / f"{kind}.json").read_text())
    return {**event, "data": {**event["data"], **data}}


@pytest.mark.parametrize("kind", SAID)
def test_whatever_the_classifier_says_can_be_heard(kind: str) -> None:
    assert Story().hear(golden(kind))


def test_who_leaves_is_told_of_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    Story().hear(golden("zones.zone.changed.v1", direction="left", to=None))
    assert capsys.readouterr().out.rstrip().endswith("leaves")


def test_warnings_are_counted_and_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    """A demo that tells each of them would tell little else."""
    story = Story()
    for cancelled in (False, False, True):
        assert story.hear(golden("zones.zone.warning.v1", cancelled=cancelled))
    assert story.hear(golden("zones.zone.near.v1"))
    assert capsys.readouterr().out == ""
    story.sum_up()
    assert "2 warnings of a move down, 1 of them taken back" in capsys.readouterr().out
