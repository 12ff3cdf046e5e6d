"""`zones import`: what is taken, what is left and why, and nothing twice."""

import asyncio
import io
import sys
from collections.abc import AsyncIterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
import pytest_asyncio

from services.__main__ import run
from tests.ingest.commands import Command, Ended
from tests.ingest.exports.examples import in_folder, in_zip, ytd
from tests.ingest.exports.linkedins import FEED, POST, WHOLE
from tests.ingest.exports.test_x import ACCOUNT, OWN, a_tweet, archive
from tests.ingest.running import Ingest, running

TAKEN = "3 post, 3 like, 3 follow, 2 share, 2 comment, 2 view, 1 publish, 1 quote, 1 network"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ingest(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ingest]:
    async with running(tmp_path_factory.mktemp("ingest")) as ingest:
        yield ingest


@pytest.fixture
def command(ingest: Ingest, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("ZONES_DATA", "/nonexistent")
    monkeypatch.setenv("ZONES_INGEST_URL", ingest.url)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)

    async def command(*arguments: str | Path) -> Ended:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = await asyncio.to_thread(run, ["import", *map(str, arguments)])
        return Ended(code, out.getvalue(), err.getvalue())

    return command


async def test_an_export_is_history_and_importing_it_again_changes_nothing(
    ingest: Ingest, command: Command, tmp_path: Path
) -> None:
    path = in_zip(tmp_path / "export.zip", WHOLE)

    ended = await command("linkedin", path, "--member", "li-1")

    assert ended.err == ""
    assert ended.code == 0
    assert ended.out.splitlines() == [
        "accepted 18, duplicates 0, refused 0",
        f"taken: {TAKEN}",
        "skipped 1: poll_vote: a vote in a poll is no activity",
        "skipped 1: unfollowed: it is not followed any more",
        "skipped 1: no_time: some rows of Learning.csv have no time in this export",
        "skipped 1: private: messages.csv is not opened",
    ]
    said = await ingest.said("activity.v1.*.*.li-1")
    assert len(said) == 18
    assert all(event["historical"] for event in said)
    assert {event["source"] for event in said} == {"urn:zones:platform:linkedin"}

    again = await command("linkedin", path, "--member", "li-1", "--json")
    assert again.code == 0
    assert (again.json["accepted"], again.json["duplicates"]) == (0, 18)


async def test_a_rehearsal_sends_nothing(ingest: Ingest, command: Command, tmp_path: Path) -> None:
    path = in_folder(tmp_path, archive(a_tweet("7001"), a_tweet("7001"), a_tweet("x")))

    ended = await command("twitter", path, "--member", "x-1", "--dry-run", "--json")

    assert ended.code == 1
    assert ended.json == {
        "accepted": 2,
        "duplicates": 0,
        "refused": 1,
        "skipped": {"repeated": 1},
        "refusals": {"malformed": 1},
        "taken": {"link_account": 1, "post": 1},
        "notes": [],
        "dry_run": True,
    }
    assert await ingest.said("activity.v1.*.*.x-1") == []


async def test_each_reason_to_skip_is_told_for_what_it_is_about(
    command: Command, tmp_path: Path
) -> None:
    """A tweet without a date is not ten thousand tweets without one: those are likes."""
    likes = ytd("like", [{"like": {"tweetId": "1"}}, {"like": {"tweetId": "2"}}])
    export = archive(a_tweet("7501", created_at=None), like=likes)

    ended = await command("x", in_folder(tmp_path, export), "--member", "x-7", "--dry-run")

    assert ended.out.splitlines()[2:] == [
        "skipped 2: no_time: likes have no time in this export",
        "skipped 1: no_time: tweets without a date have no time in this export",
    ]


async def test_what_the_account_did_besides_is_the_members_from_then_on(
    ingest: Ingest, command: Command, tmp_path: Path
) -> None:
    """The archive says whose it is, and so who does what the platform reports later."""
    path = in_folder(tmp_path, archive(a_tweet("7101")))
    assert (await command("x", path, "--member", "x-2")).code == 0

    live = {
        "specversion": "1.0",
        "id": "7102",
        "source": "urn:zones:platform:x",
        "type": "zones.activity.post.v1",
        "subject": f"x:{OWN}",
        "time": "2026-01-01T00:00:00Z",
        "data": {},
    }
    assert (await ingest.post(live)).status_code == 202

    said = await ingest.said("activity.v1.*.*.x-2")
    assert [event["id"] for event in said] == [f"account:{OWN}", "7101", "7102"]
    assert "user_1" not in str(said)


async def test_live_is_news(ingest: Ingest, command: Command, tmp_path: Path) -> None:
    path = in_folder(tmp_path, {"tweets.js": ytd("tweets", [a_tweet("7201")])})

    assert (await command("x", path / "tweets.js", "--member", "x-3", "--live")).code == 0

    [event] = await ingest.said("activity.v1.*.*.x-3")
    assert "historical" not in event


async def test_what_somebody_else_has_imported_is_refused_with_a_hint(
    command: Command, tmp_path: Path
) -> None:
    path = in_folder(tmp_path, {"tweets.js": ytd("tweets", [a_tweet("7301")])})
    assert (await command("x", path, "--member", "x-4")).code == 0

    ended = await command("x", path, "--member", "x-5")

    assert ended.code == 1
    assert ended.out.splitlines()[0] == "accepted 0, duplicates 0, refused 1"
    assert "imported for somebody else" in ended.out


async def test_colleagues_do_the_same_in_the_same_minute(
    ingest: Ingest, command: Command, tmp_path: Path
) -> None:
    """What one of them did is not the other's, and importing again adds nothing."""
    table = f'Date,Type,Link\n"6/14/24, 5:57 AM",LIKE,{FEED}activity%3A{POST}\n'
    follows = "Organization,Followed On\nUs,Tue Jun 18 12:03:31 UTC 2024\n"
    path = in_folder(tmp_path, {"Reactions.csv": table, "Company Follows.csv": follows})

    for member in ("li-4", "li-5"):
        ended = await command("linkedin", path, "--member", member)
        assert ended.out.splitlines()[0] == "accepted 2, duplicates 0, refused 0"
        again = await command("linkedin", path, "--member", member)
        assert again.out.splitlines()[0] == "accepted 0, duplicates 2, refused 0"

    said = [await ingest.said(f"activity.v1.*.*.{member}") for member in ("li-4", "li-5")]
    assert [len(events) for events in said] == [2, 2]


async def test_damaged_rows_are_told_and_the_rest_is_taken(
    command: Command, tmp_path: Path
) -> None:
    post = f"{FEED}activity%3A{POST}"
    table = f"Date,Link,Message\nsoon,{post},a\n2024-06-19 11:00:01,{post},b\n"
    path = in_folder(tmp_path, {"Comments.csv": table})

    ended = await command("linkedin", path, "--member", "li-3")

    assert ended.code == 1
    assert ended.out.splitlines()[0] == "accepted 1, duplicates 0, refused 1"
    assert "refused 1: damaged_row: Comments.csv, line 2: " in ended.out


async def test_what_came_before_the_damage_is_taken(command: Command, tmp_path: Path) -> None:
    tweets = [a_tweet(str(7400 + number), full_text=f"{number}" * 40) for number in range(3000)]
    path = in_zip(tmp_path / "e.zip", {"tweets.js": ytd("tweets", tweets)})
    packed = bytearray(path.read_bytes())
    packed[len(packed) // 2 : len(packed) // 2 + 200] = b"\xff" * 200
    path.write_bytes(packed)

    ended = await command("x", path, "--member", "x-6", "--json")

    assert ended.code == 1
    assert ended.json["accepted"] > 0
    assert ended.err.startswith(f"zones: {path} is damaged: tweets.js cannot be unpacked")


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (["linkedin", "{path}", "--member", "a b"], 2, "a b is no member id"),
        (["linkedin", "{path}", "--member", "ada"], 1, "it looks like an X (Twitter) archive"),
        (["x", "{path}/none", "--member", "ada"], 1, "there is no file or folder"),
        (["myspace", "{path}", "--member", "ada"], 2, "myspace"),
        (["x", "{path}"], 2, "--member"),
    ],
    ids=["member", "platform", "path", "unknown", "nobody"],
)
async def test_wrong_use_is_told_in_one_line(
    command: Command, tmp_path: Path, arguments: list[str], code: int, why: str
) -> None:
    path = in_folder(tmp_path, {"account.js": ACCOUNT})

    ended = await command(*(argument.format(path=path) for argument in arguments))

    assert ended.code == code
    assert ended.out == ""
    [line] = ended.err.splitlines()
    assert why in line
