"""Bad input, as a user meets it: one line that says what to do, and nothing half done."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.system.examples import an_event
from tests.system.running import System, lines

HOSTILE = [
    "",
    "a.b",
    "*",
    ">",
    "../../etc/passwd",
    "_org",
    "_x",
    "a b",
    "x" * 65,
    "é",
    "a\nb",
    "a\0",
]


BAD = {
    '{"specversion": "1.0", "id"': "JSON",
    "[1, 2]": "object",
    json.dumps(an_event("bad", "dance")): "dance",
    json.dumps(an_event("bad", time="2026-03-02T09:30:00")): "time",
    json.dumps(an_event("bad", time="1989-12-31T23:59:59Z")): "time",
    json.dumps(an_event("bad", time="yesterday")): "time",
    json.dumps(an_event("bad", data={"object": {"id": "x" * 70_000}})): "65536",
    json.dumps(an_event("bad", data={"minutes": 1441})): "minutes",
    json.dumps(an_event("bad", data={"topics": ["x"] * 21})): "topics",
    json.dumps(an_event("bad", source="")): "source",
}


def test_bad_events_are_refused_with_their_reasons_and_their_neighbours_are_not(
    busy: System,
) -> None:
    """One line for each, with its number in the file; good events among them are accepted."""
    good = [lines([an_event("good", id=f"good-{number}")]) for number in range(len(BAD))]
    mixed = "".join(f"{fine}{bad}\n" for fine, bad in zip(good, BAD, strict=True))
    said = busy.zones("publish", "-", "--json", stdin=mixed)
    assert said.code == 1
    assert said.json == {"accepted": len(good), "duplicates": 0, "refused": len(BAD)}
    told = said.err.splitlines()
    assert len(told) == len(BAD)
    for number, (line, words) in enumerate(zip(told, BAD.values(), strict=True), start=1):
        assert f"line {2 * number}" in line
        assert words in line


def test_a_hostile_member_id_is_refused(busy: System) -> None:
    """What would break out of a subject, a key or a path is no member."""
    events = [an_event(member, id=f"hostile-{n}") for n, member in enumerate(HOSTILE)]
    said = busy.zones("publish", "-", "--json", stdin=lines(events))
    assert said.code == 1
    assert said.json == {"accepted": 0, "duplicates": 0, "refused": len(HOSTILE)}


def test_a_time_in_the_future_is_no_reason_to_refuse(busy: System) -> None:
    """It is clamped to when it was received."""
    event = an_event("hasty", time="2999-01-01T00:00:00Z")
    answer: Any = busy.post(event)
    assert answer.status_code == 202
    assert answer.json()["accepted"] == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "no file"),
        (b"\x1f\x8b\x08\x00broken beyond repair", "gzip"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_in_one_line(
    busy: System, tmp_path: Path, content: bytes | None, words: str
) -> None:
    file = tmp_path / "events.jsonl.gz"
    if content is not None:
        file.write_bytes(content)
    said = busy.zones("publish", file)
    assert said.code in {1, 2}
    assert str(file) in said.complaint
    assert words in said.complaint


def test_a_gzipped_file_that_ends_early_is_published_up_to_there_and_says_so(
    busy: System, tmp_path: Path
) -> None:
    """Exit code 1, the counts of what went through, and one line."""
    file = tmp_path / "half.jsonl.gz"
    whole = gzip.compress(
        lines([an_event(f"half-{n}", id=f"half-{n}") for n in range(500)]).encode()
    )
    file.write_bytes(whole[: len(whole) // 2])
    said = busy.zones("publish", file)
    assert said.code == 1
    assert str(file) in said.complaint


@pytest.mark.parametrize(
    "arguments",
    [
        ["publish"],
        ["no-such-command"],
        ["watch", "--count", "0"],
        ["member", "ada", "--as-of", "last tuesday"],
        ["distribution", "--as-of", "2026-13-45"],
        ["parked", "show", "nowhere"],
        ["export", "everything"],
    ],
)
def test_wrong_use_is_exit_code_2_and_one_line(busy: System, arguments: list[str]) -> None:
    said = busy.zones(*arguments)
    assert said.code == 2
    assert said.out == ""
    assert said.complaint


def test_a_command_without_a_system_says_how_to_start_one(tmp_path: Path) -> None:
    said = System(tmp_path / "nothing").zones("status")
    assert said.code == 1
    assert "zones up" in said.complaint
