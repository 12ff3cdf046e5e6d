"""What members want, what became of what was to be said to them, and what is to come."""

import json
from datetime import date
from pathlib import Path

import pytest

from services.notifier.domain.kinds import KINDS
from services.notifier.projections.recipients import recipient
from services.notifier.stream import foresight
from services.notifier.stream.foresight import FOLDER, Foresight
from tests.notifier.delivering import found_at
from tests.notifier.examples import (
    HOURS,
    NINE,
    Notifier,
    a_notifier,
    editor,
    follow,
    happened,
    moved,
    published,
    recognised,
    submitted,
    without,
)
from tests.notifier.test_http import asking, printed, reachable
from tests.notifier.test_projections import dumped

DAYS = 24 * HOURS
PATH = "/v1/members/ann/preferences"


async def test_preferences_are_what_the_rules_say_until_somebody_says_otherwise(
    tmp_path: Path,
) -> None:
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        await notifier.hears(happened("member_registered", "ann", timezone="Asia/Kathmandu"))
        shown = (await client.get(PATH)).json()

        assert shown["quiet"] == {"from": "20:00", "to": "08:00"}
        assert not shown["own_quiet"]
        assert (shown["timezone"], shown["digest"]) == ("Asia/Kathmandu", "day")
        kinds = {it["kind"]: it for it in shown["kinds"]}
        assert (kinds["announcement"]["how"], kinds["announcement"]["own"]) == ("digest", False)
        assert kinds["fast_track_alert"]["urgent"]


async def test_what_is_absent_stays_and_null_is_what_the_rules_say(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        said = {
            "kinds": {"announcement": "at_once", "recognition": "off"},
            "quiet": {"from": "22:00", "to": "06:30"},
            "digest": "week",
        }
        await client.put(PATH, json=said)
        await client.put(PATH, json={"kinds": {"announcement": None}})
        shown = (await client.get(PATH)).json()
        kinds = {it["kind"]: it["how"] for it in shown["kinds"]}
        assert (kinds["announcement"], kinds["recognition"]) == ("digest", "off")
        assert (shown["quiet"], shown["digest"]) == ({"from": "22:00", "to": "06:30"}, "week")

        await client.put(PATH, json={"quiet": None, "digest": None})
        shown = (await client.get(PATH)).json()
        assert (shown["own_quiet"], shown["digest"]) == (False, "day")
        events = await notifier.store.read(0, 100, types=["preferences-set"])
        await client.put(PATH, json={"quiet": None})
        assert await notifier.store.read(0, 100, types=["preferences-set"]) == events
        assert len(events) == 3


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"kinds": {"fast_track_granted": "off"}}, "fast_track_granted: cannot be switched off"),
        ({"kinds": {"fast_track_alert": "digest"}}, "fast_track_alert: is urgent"),
        ({"kinds": {"gossip": "off"}}, "body.kinds.gossip"),
        ({"kinds": {"announcement": "never"}}, "body.kinds.announcement"),
        ({"quiet": {"from": "24:00", "to": "08:00"}}, "body.quiet.from"),
        ({"digest": "month"}, "body.digest"),
    ],
)
async def test_what_cannot_be_wanted_is_refused_in_a_sentence(
    tmp_path: Path, said: object, complaint: str
) -> None:
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        answer = await client.put(PATH, json=said)

        assert answer.status_code == 422
        assert complaint in answer.json()["error"]


async def test_what_the_organisation_has_switched_off_cannot_be_wanted(tmp_path: Path) -> None:
    async with (
        a_notifier(tmp_path, rules=without("circle")) as notifier,
        asking(notifier) as client,
    ):
        answer = await client.put(PATH, json={"kinds": {"circle": "digest"}})
        assert answer.status_code == 422
        assert answer.json()["error"] == "body.kinds.circle: is told to nobody in the organisation"

        await notifier.is_told_what_is_wanted("ann", {"circle": "at_once"})
        shown = (await client.get(PATH)).json()
        assert {it["kind"]: it["how"] for it in shown["kinds"]}["circle"] == "off"


async def test_a_command_shows_of_every_kind_why_and_how_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = without("circle")
    async with a_notifier(tmp_path, rules=rules) as notifier, reachable(notifier, monkeypatch):
        code, table = await printed(capsys, "notices", "kinds")
        heading, *rows = table.splitlines()
        assert (code, heading.split()) == (
            0,
            ["kind", "told", "optional", "counted", "over", "why"],
        )
        assert [row.split()[0] for row in rows] == [*KINDS]
        assert all(row.endswith(rules.manners.of(row.split()[0]).why) for row in rows)
        assert [row.split()[1] for row in rows if row.startswith("circle")] == ["off"]

        _, document = await printed(capsys, "notices", "kinds", "--json")
        kinds = {it.pop("kind"): it for it in json.loads(document)}
        assert kinds["fast_track_alert"] == {
            "why": rules.manners.of("fast_track_alert").why,
            "how": "at_once",
            "urgent": True,
            "optional": False,
            "counted": False,
            "channels": ["inbox"],
        }


async def test_a_command_shows_and_says_how_a_member_wants_to_be_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wants = ("notices", "preferences", "ann")
    async with a_notifier(tmp_path) as notifier, reachable(notifier, monkeypatch):
        code, table = await printed(capsys, *wants)
        first, heading, *_ = table.splitlines()
        assert (code, heading.split()) == (0, ["kind", "told", "says", "stopped", "over"])
        assert first == (
            "quiet from 20:00 to 08:00 in UTC (the organisation's); a digest every day"
        )
        changes = ("--off", "recognition", "--at-once", "announcement", "--quiet", "none")
        code, table = await printed(capsys, *wants, *changes, "--every", "week")
        assert table.splitlines()[0] == "no quiet hours; a digest every week"
        told = [line.split() for line in table.splitlines()[2:]]
        assert ["recognition", "off", "member", "-"] in told
        assert ["announcement", "at", "once", "member", "-"] in told

        await printed(capsys, *wants, "--on", "recognition", "--quiet", "")
        _, document = await printed(capsys, *wants, "--json")
        shown = json.loads(document)
        assert not shown["own_quiet"]
        kinds = {it["kind"]: it["own"] for it in shown["kinds"]}
        assert (kinds["recognition"], kinds["announcement"]) == (False, True)
        code, said = await printed(capsys, *wants, "--on", "recognition", "--off", "recognition")
        assert (code, said) == (2, "zones: say one thing of each kind\n")


async def test_what_became_of_each_notice_is_told_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with a_notifier(tmp_path) as notifier, reachable(notifier, monkeypatch):
        _, said = await printed(capsys, "notices", "history", "ann")
        assert said == "there has been nothing to say to them\n"
        await notifier.is_told_what_is_wanted("ann", {"recognition": "off"})
        await notifier.hears(follow("ann", "bea"))
        await notifier.hears(moved("ann"))
        await notifier.hears(recognised())
        await notifier.hears(published("bea"))

        _, document = await printed(capsys, "notices", "history", "ann", "--json")
        fates = json.loads(document)
        assert [(it["kind"], it["state"], it["why"]) for it in fates] == [
            ("fast_track_granted", "sent", None),
            ("recognition", "dropped", "not_wanted"),
            ("announcement", "held", "digest"),
        ]
        _, table = await printed(capsys, "notices", "history", "ann")
        assert "held until  2026-03-03 08:00  digest" in table
        code, said = await printed(capsys, "notices", "deliveries", fates[2]["id"])
        assert code == 1
        assert "is not sent: `zones notices history ann` says why" in said


async def a_monday(notifier: Notifier) -> None:
    await found_at(notifier, "fay", email="fay@mail.example")
    await notifier.hears(editor(), follow("fay", "bea"))
    await notifier.hears(moved("ann"))
    await notifier.hears(submitted(), published("bea", "p-1"), published("bea", "p-2"))


async def test_what_is_to_come_is_what_would_come_if_nothing_happened(tmp_path: Path) -> None:
    """And looking ahead changes nothing: no log, no table, no file."""
    async with a_notifier(tmp_path) as notifier:
        await a_monday(notifier)
        before = await dumped(notifier.store), await notifier.store.read(0, 1000)
        ahead = Foresight(notifier.store, notifier.notifying)
        said, coming = await ahead.foresee(date(2026, 3, 2), date(2026, 3, 8))
        again = await ahead.foresee(date(2026, 3, 3), date(2026, 3, 3))

        assert await notifier.notices() == said
        told = [(it.notice.recipient, it.notice.kind, it.sent_at) for it in coming]
        assert told == [
            ("eddi", "fast_track_at_risk", NINE + 2 * HOURS),
            ("eddi", "fast_track_breached", NINE + 4 * HOURS),
            ("fay", "announcement", NINE + 23 * HOURS),
            ("fay", "announcement", NINE + 23 * HOURS),
        ]
        assert coming[-1].digest == coming[-2].id
        assert again == ([], coming[-2:])
        assert (await dumped(notifier.store), await notifier.store.read(0, 1000)) == before
        assert not (tmp_path / FOLDER).exists()

        for hours in (2, 4, 23):
            await notifier.lets_pass(hours)
        assert (await notifier.notices())[len(said) :] == coming


async def test_a_copy_that_is_looked_ahead_on_holds_nobodys_address(tmp_path: Path) -> None:
    """It matters who has one: nobody is foreseen to get an e-mail who could not get one."""
    async with a_notifier(tmp_path) as notifier:
        await a_monday(notifier)
        async with foresight._copy(notifier.store.path) as copy:
            files = [file.read_bytes() for file in (tmp_path / FOLDER).iterdir()]
            assert (await recipient(copy, "fay")).email
            assert (await recipient(copy, "ann")).email is None

        assert any(b"SQLite" in it for it in files)
        assert not any(b"fay@mail.example" in it for it in files)


async def test_a_command_shows_what_is_to_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    look = ("notices", "preview", "--from", "2026-03-02", "--to")
    async with a_notifier(tmp_path) as notifier, reachable(notifier, monkeypatch):
        await a_monday(notifier)
        code, table = await printed(capsys, *look, "2026-03-03")
        heading, *rows = [line.split() for line in table.splitlines()]
        assert (code, heading) == (0, ["at", "recipient", "kind", "about", "how", "state"])
        assert ["2026-03-03", "08:00", "fay", "announcement", "bea", "digest", "to", "come"] in rows
        assert ["2026-03-02", "09:00", "eddi", "fast_track_alert", "ann", "alone", "said"] in rows

        _, document = await printed(capsys, *look, "2026-03-02", "--json")
        assert [it["foreseen"] for it in json.loads(document)] == [False] * 3 + [True] * 2
        code, said = await printed(capsys, *look, "2026-03-01")
        assert (code, said) == (2, "zones: --to must not be before --from\n")
        code, said = await printed(capsys, *look, "2028-03-01")
        assert code == 1
        assert "must be within 366 days after from" in said
        _, said = await printed(
            capsys, "notices", "preview", "--from", "2020-01-01", "--to", "2020-01-02"
        )
        assert said == "nothing was said on these days, and nothing would be\n"


@pytest.mark.parametrize(
    ("wish", "complaint"),
    [
        ("--off annoucement", "there is no kind annoucement: did you mean announcement?"),
        ("--off gossip", "there is no kind gossip: `zones notices preferences ID` has all"),
        ("--off warning", "warning cannot be switched off; `zones notices preferences ann` shows"),
        ("--digest fast_track_alert", "fast_track_alert is urgent: it is told at once, at any"),
        ("--quiet 25:00-8", "--quiet must be hours as 20:00-08:00, 'none', or '' for the usual"),
        ("--every month", "--every must be day or week"),
    ],
)
async def test_what_cannot_be_wanted_is_wrong_use_and_one_line_says_what_can(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    wish: str,
    complaint: str,
) -> None:
    async with a_notifier(tmp_path) as notifier, reachable(notifier, monkeypatch):
        code, said = await printed(capsys, "notices", "preferences", "ann", *wish.split())

        assert code == 2
        assert said.startswith(f"zones: {complaint}")
        assert said.count("\n") == 1
