"""What the notifier answers, over HTTP and through the commands."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from services.__main__ import run
from services.notifier import http
from services.notifier.adapters import (
    addresses,
    consent,
    endpoint,
    history,
    inbox,
    kinds,
    noticebook,
    preferences,
    preview,
    requests,
    turnaround,
    voices,
    webhook,
)
from services.notifier.adapters.chat import Services
from services.notifier.adapters.webhook import Hook
from services.notifier.domain.reach import ReceiverGone
from services.notifier.domain.requests import Reply
from services.notifier.projections import tables
from services.notifier.settings import SHIPPED_NOTICES
from services.notifier.stream.foresight import Foresight
from shared.eventlog.log import Entry
from shared.runtime.access import Access
from shared.runtime.health import Health
from shared.runtime.http import application, serve
from shared.runtime.listener import address, listen
from tests.notifier.examples import (
    HOURS,
    NINE,
    WORDING,
    Notifier,
    a_notifier,
    approved,
    edited,
    editor,
    happened,
    moved,
    submitted,
    withdrawn,
)
from tests.notifier.receiver import SECRET


def asked(notifier: Notifier, hook: Hook | None = None) -> FastAPI:
    async def acknowledge(stream: str, by: str | None, now: datetime) -> bool:
        return await notifier.acknowledges(stream, by, now)

    async def answer(id: str, member: str, reply: Reply, now: datetime) -> bool:
        return await notifier.answers(id, member, reply, now)

    app = application("notifier", summary="", health=Health("notifier"), access=Access())
    app.include_router(turnaround.router(notifier.store, notifier.notifying.rules.hours))
    app.include_router(http.router(notifier.store, acknowledge))
    app.include_router(voices.router(notifier.store, notifier.speaks))
    app.include_router(inbox.router(notifier.store, WORDING, notifier.notifying.rules.manners))
    app.include_router(addresses.router(notifier.store, Services(["ntfys"]).misfit))
    app.include_router(consent.router(notifier.store))
    app.include_router(requests.router(notifier.store, answer))
    app.include_router(endpoint.router(notifier.store, hook))
    app.include_router(kinds.router(notifier.notifying.rules))
    app.include_router(preferences.router(notifier.store, notifier.notifying.rules))
    app.include_router(history.router(notifier.store))
    app.include_router(preview.router(Foresight(notifier.store, notifier.notifying).foresee))
    return app


@asynccontextmanager
async def asking(notifier: Notifier) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(asked(notifier))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


async def three_drafts(notifier: Notifier) -> None:
    """One was answered, one is at risk, one is new."""
    await notifier.hears(editor())
    await notifier.hears(moved())
    await notifier.hears(
        submitted(draft="d-1", object={"id": "p-1", "title": "On waiting"}),
        approved(draft="d-1", at=NINE + HOURS, editor="eddi"),
        submitted(draft="d-2", at=NINE + HOURS / 2),
        submitted(draft="d-3", at=NINE + 3 * HOURS),
    )


async def test_alerts_are_listed_from_old_to_new_and_by_page(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        await three_drafts(notifier)
        everything = (await client.get("/v1/alerts")).json()
        first = (await client.get("/v1/alerts", params={"limit": 2})).json()
        rest = (await client.get("/v1/alerts", params={"after": first["next"]})).json()

        states = [(it["draft_id"], it["state"], it["seconds_left"]) for it in everything["alerts"]]
        assert states == [
            ("d-1", "resolved", None),
            ("d-2", "at_risk", 5400),
            ("d-3", "open", 14400),
        ]
        assert everything["alerts"] == [*first["alerts"], *rest["alerts"]]
        assert everything["next"] is None
        resolved = everything["alerts"][0]
        assert resolved["object"]["title"] == "On waiting"
        assert (resolved["resolved"], resolved["resolved_by"], resolved["kept"]) == (
            "approved",
            "eddi",
            True,
        )


async def test_open_alerts_leave_out_what_is_resolved(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        await three_drafts(notifier)
        answer = (await client.get("/v1/alerts", params={"open": True})).json()

        assert [it["draft_id"] for it in answer["alerts"]] == ["d-2", "d-3"]


async def test_an_acknowledgement_resolves_once(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        await three_drafts(notifier)
        [_, alert, _] = (await client.get("/v1/alerts")).json()["alerts"]
        path = f"/v1/alerts/{alert['id']}"
        first = (await client.post(f"{path}/ack", json={"by": "eddi"})).json()
        second = (await client.post(f"{path}/ack")).json()

        assert first["changed"]
        assert first["alert"]["resolved"] == "acknowledged"
        assert not second["changed"]
        assert second["alert"] == first["alert"] == (await client.get(path)).json()


async def test_whoever_takes_up_a_draft_is_told_and_stays(tmp_path: Path) -> None:
    """Whoever comes second changes nothing, and neither does an approval."""
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        await three_drafts(notifier)
        [*_, alert] = (await client.get("/v1/alerts")).json()["alerts"]
        for who in ("eddi", "edna"):
            await client.post(f"/v1/alerts/{alert['id']}/ack", json={"by": who})
        await notifier.hears(approved(draft="d-3", editor="emil", at=NINE + 6 * HOURS))

        told = (await client.get(f"/v1/alerts/{alert['id']}")).json()
        assert (told["state"], told["resolved"], told["resolved_by"]) == (
            "resolved",
            "acknowledged",
            "eddi",
        )


async def test_the_report_tells_how_soon_drafts_are_answered(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        await notifier.hears(moved())
        for number, minutes in enumerate([30, 60, 90, 300]):
            at = NINE + number * HOURS * 24
            draft = f"d-{number}"
            await notifier.hears(submitted(draft=draft, at=at))
            await notifier.hears(approved(draft=draft, editor="eddi", at=at + minutes * HOURS / 60))
        await notifier.hears(submitted(draft="d-8", at=NINE + 96 * HOURS))
        await notifier.hears(withdrawn(draft="d-8", at=NINE + 97 * HOURS))
        await notifier.hears(submitted(draft="d-9", at=NINE + 97 * HOURS))
        whole = (await client.get("/v1/alerts/report")).json()
        part = (
            await client.get("/v1/alerts/report", params={"from": "2026-03-03", "to": "2026-03-04"})
        ).json()
        nothing = (await client.get("/v1/alerts/report", params={"to": "2026-03-01"})).json()

        assert {name: whole[name] for name in ("promised", "answered", "withdrawn", "waiting")} == {
            "promised": 6,
            "answered": 4,
            "withdrawn": 1,
            "waiting": 1,
        }
        assert (whole["kept"], whole["share_kept"]) == (3, 0.75)
        assert whole["minutes"] == whole["working_minutes"] == {"p50": 60, "p90": 300, "p99": 300}
        assert [it["draft_id"] for it in whole["slowest"]] == ["d-3", "d-2", "d-1", "d-0"]
        assert whole["slowest"][0]["resolved_by"] == "eddi"
        assert part["minutes"] == {"p50": 60, "p90": 90, "p99": 90}
        assert (nothing["promised"], nothing["share_kept"], nothing["minutes"]) == (0, None, None)


async def test_a_report_on_days_that_are_none_is_refused(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        for days in ({"from": "2026-03-02", "to": "2026-03-01"}, {"from": "yesterday"}):
            answer = await client.get("/v1/alerts/report", params=days)
            assert answer.status_code == 422


async def test_an_author_answers_over_http_once(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        await notifier.hears(submitted(), edited(), edited(editor="edna"), edited("bob"))
        voices = "/v1/drafts/voices"
        first, second = (await client.get(voices, params={"member": "ann"})).json()["voices"]
        path = f"{voices}/{first['id']}"
        answers = [
            (await client.post(path, json={"answer": answer})).json()
            for answer in ("send_back", "accept")
        ]

        assert [it["changed"] for it in answers] == [True, False]
        assert {it["voice"]["state"] for it in answers} == {"sent_back"}
        assert (await client.get(path)).json() == answers[0]["voice"]
        still = (await client.get(voices, params={"open": True, "member": "ann"})).json()["voices"]
        assert still == [second]
        page = (await client.get(voices, params={"limit": 2})).json()
        rest = (await client.get(voices, params={"after": page["next"]})).json()
        assert [it["member"] for it in rest["voices"]] == ["bob"]


async def test_a_question_that_was_not_asked_is_said_in_a_sentence(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        path = "/v1/drafts/voices/voice/ann/x"
        for answer in (
            await client.get(path),
            await client.post(path, json={"answer": "accept"}),
        ):
            assert answer.status_code == 404
            assert "there is no question voice/ann/x" in answer.json()["error"]
        assert (await client.post(path, json={"answer": "maybe"})).status_code == 422


async def test_what_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        for answer in (
            await client.get("/v1/alerts/fast_track/ann/x"),
            await client.post("/v1/alerts/fast_track/ann/x/ack"),
        ):
            assert answer.status_code == 404
            assert "there is no alert fast_track/ann/x" in answer.json()["error"]
        by = await client.post("/v1/alerts/x/ack", json={"by": "_org"})
        assert by.status_code == 422
        assert (await client.get("/v1/inbox/a.b")).status_code == 422


async def test_an_inbox_is_read_once(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        await three_drafts(notifier)
        inbox_of = "/v1/inbox/eddi"
        letters = (await client.get(inbox_of)).json()["notices"]
        ids = [letter["id"] for letter in letters[:2]]

        assert (await client.post(f"{inbox_of}/read", json={"ids": ids})).json() == {"read": 2}
        assert (await client.post(f"{inbox_of}/read", json={"ids": ids})).json() == {"read": 0}
        unread = (await client.get(inbox_of, params={"unread": True})).json()["notices"]
        assert unread == letters[2:]
        assert all(letter["why"] for letter in letters)
        assert (await client.get("/v1/inbox/nobody")).json()["notices"] == []


async def test_a_letter_says_how_to_hear_no_more_of_its_kind(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        await notifier.hears(editor(), submitted())
        [letter] = (await client.get("/v1/inbox/eddi")).json()["notices"]
        stop = letter["stop"]
        (await client.put(stop["path"], json=stop["body"])).raise_for_status()
        await notifier.hears(submitted(draft="d-2"))

        fates = (await client.get("/v1/members/eddi/notices")).json()["notices"]
        assert [(it["state"], it["why"]) for it in fates] == [
            ("sent", None),
            ("dropped", "not_wanted"),
        ]


async def test_a_letter_promises_no_stop_that_there_is_not(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        await three_drafts(notifier)
        letters = (await client.get("/v1/inbox/eddi")).json()["notices"]

        assert {it["kind"]: it["stop"] for it in letters} == {
            "fast_track_granted": None,
            "fast_track_alert": None,
            "fast_track_at_risk": None,
        }


async def test_notices_are_listed_without_their_words(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        await three_drafts(notifier)
        answer = await client.get("/v1/notices", params={"kind": "fast_track_at_risk"})

        [notice] = answer.json()["notices"]
        assert notice["recipient"] == "eddi"
        assert notice["channels"] == ["inbox"]
        assert "still waits" not in answer.text


@asynccontextmanager
async def reachable(
    notifier: Notifier, monkeypatch: pytest.MonkeyPatch, hook: Hook | None = None
) -> AsyncIterator[None]:
    """Serve, and tell the commands where."""
    listener = listen("127.0.0.1", 0, access=Access())
    monkeypatch.setenv("ZONES_NOTIFIER_URL", address(listener))
    monkeypatch.setenv("ZONES_DATA", "/nowhere")
    serving = asyncio.create_task(serve(asked(notifier, hook), listener))
    try:
        async with httpx2.AsyncClient(trust_env=False) as client:
            await client.get(f"{address(listener)}/healthz")
        yield
    finally:
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving


async def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Run a command beside us, as it runs in a process of its own."""
    capsys.readouterr()
    code = await asyncio.to_thread(run, [*arguments])
    told = capsys.readouterr()
    return code, told.out + told.err


async def test_the_commands_show_the_queue_and_take_up_a_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with a_notifier(tmp_path) as notifier, reachable(notifier, monkeypatch):
        assert await printed(capsys, "alerts", "--open") == (0, "no draft waits\n")
        await three_drafts(notifier)
        await notifier.hears(happened("like", "bob", at=NINE + 5 * HOURS))

        _, table = await printed(capsys, "alerts", "--open")
        heading, second, third = [line.split("  ") for line in table.splitlines()]
        assert heading[0] == "alert"
        assert second[-1] == "30 min late"
        assert third[-1].strip() == "2 h 0 min"
        _, document = await printed(capsys, "alerts", "--json")
        alerts = json.loads(document)
        assert [it["draft_id"] for it in alerts] == ["d-1", "d-2", "d-3"]

        code, said = await printed(capsys, "alerts", "ack", alerts[2]["id"], "--by", "eddi")
        assert (code, said) == (0, "the draft d-3 of ann is taken up, within the promise\n")
        code, said = await printed(capsys, "alerts", "ack", alerts[2]["id"])
        assert said == "the draft d-3 of ann was acknowledged already, within the promise\n"
        code, said = await printed(capsys, "alerts", "ack", "nothing")
        assert (code, said) == (1, "zones: there is no alert nothing: `zones alerts` lists them\n")


async def test_a_command_reports_on_the_fast_track(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with a_notifier(tmp_path) as notifier, reachable(notifier, monkeypatch):
        told = ("alerts", "report")
        assert await printed(capsys, *told) == (0, "no draft was on the fast track\n")
        await three_drafts(notifier)
        await notifier.hears(happened("like", "bob", at=NINE + 5 * HOURS))
        code, said = await printed(capsys, *told, "--from", "2026-03-02", "--to", "2026-03-01")
        assert (code, said) == (2, "zones: --to must not be before --from\n")
        code, said = await printed(capsys, *told, "--from", "2026-03-02", "--to", "2026-03-02")
        lines = [line.split() for line in said.splitlines()]

        assert code == 0
        assert said.startswith("3 drafts: 1 answered, 0 withdrawn, 1 waiting, 1 late\n50.0% of the")
        assert lines[2:4] == [
            ["of", "the", "answers", "minutes", "of", "work"],
            ["50", "%", "60.0", "60.0"],
        ]
        assert lines[-1] == ["d-1", "ann", "approved", "eddi", "60.0", "60.0", "240", "yes"]
        _, document = await printed(capsys, *told, "--json")
        assert json.loads(document)["late"] == 1
        code, said = await printed(capsys, *told, "--from", "yesterday")
        assert code == 2


async def test_the_commands_list_what_authors_are_asked_and_answer_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with a_notifier(tmp_path) as notifier, reachable(notifier, monkeypatch):
        drafts = ("drafts", "voices")
        assert await printed(capsys, *drafts, "--open") == (0, "no author is asked anything\n")
        assert await printed(capsys, *drafts) == (0, "no author has been asked anything\n")
        await notifier.hears(submitted(), edited())
        _, document = await printed(capsys, *drafts, "--json")
        [asked] = json.loads(document)
        _, table = await printed(capsys, *drafts)
        assert table.splitlines()[1].split()[1:5] == ["ann", "d-1", "eddi", "open"]

        answer = ("drafts", "voice", asked["id"])
        code, said = await printed(capsys, *answer)
        assert (code, said) == (2, "zones: say either --accept or --send-back\n")
        assert (await printed(capsys, *answer, "--accept", "--send-back"))[0] == 2
        code, said = await printed(capsys, *answer, "--accept")
        assert (code, said) == (0, "the change to the draft d-1 of ann: accepted\n")
        _, said = await printed(capsys, *answer, "--send-back")
        assert said == "the change to the draft d-1 of ann: accepted already\n"
        _, document = await printed(capsys, *answer, "--accept", "--json")
        assert json.loads(document)["changed"] is False


async def test_a_command_says_and_forgets_where_a_member_is_to_be_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with a_notifier(tmp_path) as notifier, reachable(notifier, monkeypatch):
        told = ("notices", "address", "ann")
        code, table = await printed(capsys, *told, "--email", "ann@mail.example")
        assert code == 0
        assert table.splitlines() == [
            "channel  address",
            "email    ann@mail.example",
            "chat     -",
        ]
        await printed(capsys, *told, "--chat", "ntfys://ntfy.example/ann", "--email", "")
        _, document = await printed(capsys, *told, "--json")
        assert json.loads(document) == {
            "member": "ann",
            "email": None,
            "chat": "ntfys://ntfy.example/ann",
        }
        code, said = await printed(capsys, *told, "--email", "nonsense")
        assert code == 1
        assert said.startswith("zones: body.email: ")
        code, said = await printed(capsys, *told, "--remove", "--email", "a@b.example")
        assert code == 2
        await printed(capsys, *told, "--remove")
        _, document = await printed(capsys, *told, "--json")
        assert json.loads(document)["chat"] is None


async def test_a_command_shows_how_far_a_notice_has_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = noticebook.load(SHIPPED_NOTICES, reachable=frozenset(["webhook"]))
    async with a_notifier(tmp_path, rules=rules) as notifier, reachable(notifier, monkeypatch):
        await notifier.hears(moved())
        [sent, _] = await notifier.notices()
        _, table = await printed(capsys, "notices", "deliveries", sent.id)

        assert [line.split() for line in table.splitlines()] == [
            ["channel", "state", "attempts", "problem", "at", "next_at"],
            ["webhook", "waiting", "0", "-", "-", "-"],
        ]
        code, said = await printed(capsys, "notices", "deliveries", "nothing")
        assert (code, said) == (1, "zones: there is no notice nothing\n")


async def test_a_command_tries_a_receiver_again_that_was_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    to = webhook.receiver(
        "https://hooks.example/secret", SecretStr(SECRET), private=False, timeout=1
    )
    async with a_notifier(tmp_path) as notifier, webhook.client() as caller:
        async with reachable(notifier, monkeypatch):
            _, said = await printed(capsys, "notices", "webhook")
            assert said.startswith("notices are posted nowhere")
            code, said = await printed(capsys, "notices", "webhook", "--enable")
            assert code == 1
        hook = Hook(caller, to, WORDING)
        async with reachable(notifier, monkeypatch, hook):
            gone = ReceiverGone(channel="webhook", receiver=to.name, at=NINE)
            async with notifier.store.transaction() as transaction:
                await tables.write(transaction, [Entry(endpoint.STREAM, gone)])
            _, said = await printed(capsys, "notices", "webhook")
            assert said.startswith("hooks.example said at 2026-03-02 09:00 that it is gone")
            _, said = await printed(capsys, "notices", "webhook", "--enable")
            assert said == "notices are posted to hooks.example\n"
