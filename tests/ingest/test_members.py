"""`zones members`: a list brought in once or again, and what is known of accounts after it."""

import asyncio
import io
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from services.__main__ import run
from tests.ingest.commands import Command, Ended
from tests.ingest.examples import a_link, an_activity, an_unlink
from tests.ingest.running import Ingest, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

HEAD = "id,group,accounts"
DONE = "members who are not on the list are left alone\n"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ingest(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ingest]:
    async with running(tmp_path_factory.mktemp("ingest")) as ingest:
        yield ingest


Import = Callable[..., Awaitable[Ended]]


@pytest.fixture
def command(ingest: Ingest, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("ZONES_DATA", "/nonexistent")
    monkeypatch.setenv("ZONES_INGEST_URL", ingest.url)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)

    async def command(*arguments: str) -> Ended:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = await asyncio.to_thread(run, ["members", *arguments])
        return Ended(code, out.getvalue(), err.getvalue())

    return command


@pytest.fixture
def bring(command: Command, tmp_path: Path) -> Import:
    """Import lines of CSV under a head."""

    async def bring(*lines: str, options: tuple[str, ...] = (), head: str = HEAD) -> Ended:
        path = tmp_path / "members.csv"
        path.write_text("\n".join([head, *lines]), encoding="utf-8")
        ended = await command("import", str(path), *options)
        return ended._replace(err=ended.err.replace(str(tmp_path), "."))

    return bring


async def profile(ingest: Ingest, member: str) -> Any:  # noqa: ANN401 - JSON
    [found] = (await ingest.get(f"/v1/profiles?member={member}"))["profiles"]
    return found


async def said(ingest: Ingest, member: str) -> list[tuple[str, Any]]:
    events = await ingest.said(f"activity.v1.*.*.{member}")
    return [(event["type"].split(".")[2], event["data"]) for event in events]


async def test_a_list_is_brought_in_and_brought_in_again_changes_nothing(
    ingest: Ingest, bring: Import
) -> None:
    lines = "twice-1,Sales,bluesky:twice-1 mastodon:one@twice.example", "twice-2,Lab,"

    first, again = await bring(*lines), await bring(*lines)

    counts = "new 2, changed 0, unchanged 0, accounts linked 2, refused 0\n"
    assert first == (0, counts + DONE, "")
    assert again.out.startswith("new 0, changed 0, unchanged 2, accounts linked 0, refused 0\n")
    assert [kind for kind, _ in await said(ingest, "twice-1")] == [
        *("member_registered", "link_account", "link_account")
    ]
    assert "twice-1@" not in str(await said(ingest, "twice-1"))
    assert "one@" not in str(await ingest.said())


async def test_a_then_b_then_a_again_ends_in_a(ingest: Ingest, bring: Import) -> None:
    a, b = "aba,Sales,", "aba,Lab,"

    for line in (a, b, a):
        await bring(line)

    assert (await profile(ingest, "aba"))["values"] == {"group": "Sales"}
    assert await said(ingest, "aba") == [
        ("member_registered", {"group": "Sales"}),
        ("member_updated", {"group": "Lab"}),
        ("member_updated", {"group": "Sales"}),
    ]


async def test_an_empty_cell_clears_and_a_missing_column_leaves(
    ingest: Ingest, bring: Import
) -> None:
    await bring("cell,Lab,de", head="id,group,locale")

    await bring("cell,", head="id,locale")

    assert (await profile(ingest, "cell"))["values"] == {"group": "Lab"}
    assert (await said(ingest, "cell"))[-1] == ("member_updated", {"locale": None})


async def test_who_departed_is_registered_again_and_who_is_missing_is_left_alone(
    ingest: Ingest, bring: Import
) -> None:
    await bring("left,Lab,", "stays,Lab,")
    now = datetime.now(UTC).isoformat()
    await ingest.post(an_activity("member_departed", id="left", subject="left", time=now, data={}))
    assert (await profile(ingest, "left"))["registered"] is False

    ended = await bring("left,Lab,", options=("--json",))

    assert ended.json["new"] == 1
    assert (await profile(ingest, "left"))["registered"] is True
    assert [kind for kind, _ in await said(ingest, "stays")] == ["member_registered"]


async def test_a_dry_run_says_what_would_change_and_sends_nothing(
    ingest: Ingest, bring: Import
) -> None:
    await ingest.post(a_link("dry-2", "dry-other"))
    lines = "dry-1,Sales,bluesky:dry-1", "dry-2,,bluesky:dry-2"

    dry = await bring(*lines, options=("--dry-run",))

    assert dry.code == 0
    assert dry.out == (
        "line 2: dry-1 new: group Sales, links bluesky:dry-1\n"
        "line 3: dry-2 new: links bluesky:dry-2 (taken from dry-other)\n"
        "new 2, changed 0, unchanged 0, accounts to link 2, refused 0\n"
        "nothing was sent\n"
    )
    assert await said(ingest, "dry-1") == []


async def test_nothing_is_sent_while_a_row_is_wrong(ingest: Ingest, bring: Import) -> None:
    ended = await bring("whole-1,Lab,", "_wrong,,", "whole-2,Lab,no-colon")

    assert ended.code == 1
    assert ended.err == (
        "./members.csv:3: id: must be 1 to 64 letters, digits, - or _, and not begin with _\n"
        "./members.csv:4: accounts: 'no-colon' must read platform:handle, as bluesky:ada\n"
    )
    assert ended.out == (
        "line 2: whole-1 new: group Lab\n"
        "new 1, changed 0, unchanged 0, accounts to link 0, refused 2\n"
        "nothing was sent: mend what is refused first\n"
    )
    assert await said(ingest, "whole-1") == []


async def test_as_json_it_says_the_same(bring: Import) -> None:
    ended = await bring("json-1,Lab,bluesky:json-1", "_,,", options=("--json",))

    assert ended.code == 1
    assert ended.json == {
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "links": 1,
        "refused": 1,
        "sent": False,
        "rows": [
            {
                "line": 2,
                "member": "json-1",
                "what": "new",
                "fields": {"group": "Lab"},
                "links": ["bluesky:json-1"],
                "taken": {},
            }
        ],
        "problems": [
            {
                "line": 3,
                "what": "id: must be 1 to 64 letters, digits, - or _, and not begin with _",
            }
        ],
    }


async def test_a_file_that_is_none_is_one_line(command: Command, tmp_path: Path) -> None:
    missing = await command("import", str(tmp_path / "none.csv"))
    folder = await command("import", str(tmp_path))

    assert (missing.code, folder.code) == (1, 1)
    assert missing.err == f"zones: there is no file {tmp_path / 'none.csv'}\n"
    assert folder.err == f"zones: {tmp_path} cannot be read: Is a directory\n"


async def test_accounts_are_listed_with_their_handles(ingest: Ingest, command: Command) -> None:
    await ingest.post([a_link("listed", "lister"), a_link("gone", "lister")])
    await ingest.post(an_unlink("gone", "lister", time="2026-03-01T10:00:00Z"))

    [_, row] = (await command("accounts", "lister")).out.splitlines()
    assert row.split() == ["lister", "bluesky", "listed", "-"]
    assert (await command("accounts", "nobody")).out == "no account is linked\n"
    [found] = (await command("accounts", "lister", "--json")).json
    assert (found["member"], found["handle"], found["labels"]) == ("lister", "listed", [])
    assert (await command("accounts", "lister", "--platform", "x", "--json")).json == []


async def test_lists_come_in_pages(ingest: Ingest, bring: Import) -> None:
    await bring(*(f"page-{number},,bluesky:page-{number}" for number in range(3)))

    for what, id in (("accounts", "account"), ("profiles", "member")):  # noqa: A001 - as said
        everything = (await ingest.get(f"/v1/{what}?limit=1000"))[what]
        after, found = "", []
        while after is not None:
            page = await ingest.get(f"/v1/{what}?limit=2&after={after}")
            found += page[what]
            after = page["next"]
        assert found == everything == sorted(found, key=lambda one: one[id])
