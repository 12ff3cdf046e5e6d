"""What the classifier's commands print, and how they end."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services import __main__ as zones
from tests.classifier.service.examples import (
    POLICY,
    Classifier,
    a_classifier,
    a_sharer,
    an_event,
    day,
)
from tests.classifier.service.whole import a_service


class Screen:
    """Runs `zones` against the service: its exit code, and the lines that it prints."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    async def ends(self, *arguments: str) -> tuple[int, str]:
        """Return the exit code, and what is said on standard error."""
        code = await asyncio.to_thread(zones.run, list(arguments))
        return code, self._capsys.readouterr().err.strip()

    async def shows(self, *arguments: str) -> list[str]:
        assert await asyncio.to_thread(zones.run, list(arguments)) == 0
        return [line.rstrip() for line in self._capsys.readouterr().out.splitlines()]


async def a_life(classifier: Classifier) -> None:
    """Ada shares for four days, publishes once, and falls silent; Bob reads at the end."""
    await classifier.hear(
        [
            an_event("member_registered", 0.1, group="sales"),
            *a_sharer(),
            an_event("publish", 10, object={"id": "p"}),
            an_event("view", 75, member="bob"),
        ]
    )


@pytest.fixture
async def screen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Screen]:
    async with a_classifier(tmp_path) as classifier:
        await a_life(classifier)
    with capture_logs():
        async with a_service(tmp_path, "nats://127.0.0.1:1", path="/healthz") as service:
            monkeypatch.setenv("ZONES_DATA", str(tmp_path / "nowhere"))
            monkeypatch.setenv("ZONES_CLASSIFIER_URL", service.url)
            capsys.readouterr()
            yield Screen(capsys)


async def test_a_member_is_shown_with_the_way_they_came(screen: Screen) -> None:
    assert await screen.shows("member", "ada") == [
        "ada is a content sharer since 8 January 2026, dormant",
        "  from 5 January 2026: a content consumer",
        "  from 8 January 2026: a content sharer",
    ]
    assert await screen.shows("member", "ada", "--as-of", day(1)) == [
        "ada is a content consumer since 5 January 2026, active",
        "  from 5 January 2026: a content consumer",
    ]
    assert await screen.shows("member", "ada", "--as-of", "2020-01-01") == ["ada is in no zone"]
    assert await screen.shows("member", "ada", "--known-at", "2026-01-06T13:00:00+01:00") == [
        "ada is a content consumer since 5 January 2026, active",
        "  from 5 January 2026: a content consumer",
    ]
    told = json.loads("".join(await screen.shows("member", "bob", "--json")))
    assert list(told) == [
        *("member", "zone", "since", "vitality", "version", "policy_version", "trajectory")
    ]


async def test_the_distribution_is_drawn(screen: Screen) -> None:
    half = "█" * 20
    assert await screen.shows("distribution") == [
        "2 members on 21 March 2026",
        f"  content_consumer       1 {half}",
        f"  content_sharer         1 {half}",
        "  content_creator        0",
        "  socially_engaged       0",
        "  1 active, 0 quiet, 1 dormant, 0 paused",
    ]
    grouped = await screen.shows("distribution", "--by", "group", "--as-of", day(1))
    assert grouped[0] == "1 members on 6 January 2026"
    assert "sales: 1" in grouped
    told = json.loads("".join(await screen.shows("distribution", "--json")))
    assert list(told) == ["as_of", "members", "zones", "vitality"]


async def test_exports_are_lines_of_json(screen: Screen) -> None:
    told = [json.loads(line) for line in await screen.shows("export", "members")]
    assert [each["member"] for each in told] == ["ada", "bob"]
    said = [json.loads(line) for line in await screen.shows("export", "changes")]
    assert [each["to"] for each in said] == [
        "content_consumer",
        "content_sharer",
        "content_consumer",
    ]


async def test_the_recount_says_what_it_counted(screen: Screen) -> None:
    [line] = await screen.shows("verify")
    assert line.startswith("7 events of 2 members recounted, all equal; digest ")
    told = json.loads("".join(await screen.shows("verify", "--json")))
    assert list(told) == ["events", "members", "digest", "equal"]
    assert line.endswith(told["digest"])


async def test_a_difference_ends_with_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_classifier(tmp_path) as classifier:
        await a_life(classifier)
        await classifier.store._writer.execute_fetchall(
            "UPDATE members SET vitality = 'quiet' WHERE member = 'ada'"
        )
    async with a_service(tmp_path, "nats://127.0.0.1:1", path="/healthz") as service:
        monkeypatch.setenv("ZONES_DATA", str(tmp_path / "nowhere"))
        monkeypatch.setenv("ZONES_CLASSIFIER_URL", service.url)
        capsys.readouterr()
        assert await Screen(capsys).ends("verify", "--json") == (
            1,
            "zones: the recount differs: ada: vitality is quiet, recounted it is dormant",
        )


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (("member", "zoe"), 1, "nobody is known as zoe"),
        (("explain", "zoe"), 1, "nobody is known as zoe"),
        (("explain", "ada", "--as-of", "2030-01-01"), 1, "is after the log's today, 2026-03-21"),
        (("explain", "ada", "--as-of", "today"), 2, "--as-of today is no day"),
        (("member", "ada", "--as-of", "2030-01-01"), 1, "is after the log's today, 2026-03-21"),
        (("member", "ada", "--known-at", "2020-01-01"), 1, "nothing had been recorded by then"),
        (("member", "bob", "--known-at", "2026-02-01"), 1, "nobody was known as bob then"),
        (("member", "ada", "--known-at", "2026-02-01T12:00"), 2, "--known-at 2026-02-01T12:00"),
        (("member", "ada", "--known-at", "then"), 2, "for the end of that day"),
        (("member", "ada", "--as-of", "today"), 2, "--as-of today is no day"),
        (("distribution", "--as-of", "1"), 2, "--as-of 1 is no day"),
        (("distribution", "--by", "team"), 2, "--by team: members can be counted by group"),
        (("member",), 2, "Missing argument"),
    ],
)
async def test_what_goes_wrong_is_one_line(
    screen: Screen, arguments: tuple[str, ...], code: int, line: str
) -> None:
    ended, told = await screen.ends(*arguments)
    assert ended == code
    assert line in told
    assert "\n" not in told
    assert told.startswith("zones: ")


async def test_a_rehearsal_is_drawn(screen: Screen, tmp_path: Path) -> None:
    """Who would be where, how it would have come, what would have been said, and who moves."""
    candidate = tmp_path / "candidate.toml"
    candidate.write_text(POLICY.replace("grace_days = 14", "grace_days = 1"), encoding="utf-8")
    lines = await screen.shows("simulate", "--policy", str(candidate))
    read, moved, *_ = lines
    assert read.startswith("Rehearsed on 7 events of 2 members, up to 21 March 2026, entry ")
    assert moved == "1 member would be in another zone today."
    assert "today ↓  candidate →  content_consumer  content_sharer" in lines[3]
    assert lines[5].split() == ["content_sharer", "1", "-", "-", "-"]
    chart = [line for line in lines if " in force  " in line and line[-1].isdigit()]
    assert [line.split()[0] for line in chart] == ["content_consumer", "content_sharer"]
    assert lines[-3:] == [
        "1 of 1 who would move, the largest margins first:",
        "  ada: content_sharer → content_consumer, since the candidate asks for more:",
        "    ✗ no likes, shares, quotes, posts or comments in 60 days (2 needed)",
    ]
    silent = "Whom the adoption itself would move is told nothing, and arrives uncelebrated."
    assert any(line.endswith(silent) for line in lines)
    told = json.loads("".join(await screen.shows("simulate", "--policy", str(candidate), "--json")))
    assert (told["moved"], f"entry {told['position']} of" in read) == (1, True)
    candidate.write_text(POLICY, encoding="utf-8")
    lines = await screen.shows("simulate", "--policy", str(candidate))
    assert lines[1].startswith("This is the newest policy already, so nothing differs;")


async def test_a_candidate_with_faults_is_not_rehearsed(screen: Screen, tmp_path: Path) -> None:
    """Each is told by file and line; so is a day that is none, or has not come."""
    candidate = tmp_path / "candidate.toml"
    candidate.write_text(POLICY.replace('measure = "acts"', 'measure = "act"', 1), encoding="utf-8")
    assert await screen.ends("simulate", "--policy", str(candidate)) == (
        2,
        "zones: candidate.toml:33: unknown measure 'act': did you mean 'acts'?",
    )
    candidate.write_text(POLICY, encoding="utf-8")
    for since, code, words in (
        ("soon", 2, "--from soon is no day"),
        ("2030-01-01", 1, "from: 2030-01-01 is after the log's today, 2026-03-21"),
    ):
        ended = await screen.ends("simulate", "--policy", str(candidate), "--from", since)
        assert ended[0] == code
        assert words in ended[1]
    assert (await screen.ends("simulate", "--policy", str(tmp_path / "none.toml")))[0] == 2
