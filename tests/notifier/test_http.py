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
    inbox,
    noticebook,
    requests,
    webhook,
)
from services.notifier.adapters.chat import Services
from services.notifier.adapters.webhook import Hook
from services.notifier.domain.notices import ReceiverGone
from services.notifier.domain.requests import Reply
from services.notifier.projections import tables
from services.notifier.settings import SHIPPED_NOTICES
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
    editor,
    happened,
    moved,
    submitted,
)
from tests.notifier.receiver import SECRET


def asked(notifier: Notifier, hook: Hook | None = None) -> FastAPI:
    async def acknowledge(stream: str, by: str | None, now: datetime) -> bool:
        return await notifier.acknowledges(stream, by, now)

    async def answer(id: str, member: str, reply: Reply, now: datetime) -> bool:
        return await notifier.answers(id, member, reply, now)

    app = application("notifier", summary="", health=Health("notifier"), access=Access())
    app.include_router(http.router(notifier.store, acknowledge))
    app.include_router(inbox.router(notifier.store, WORDING))
    app.include_router(addresses.router(notifier.store, Services(["ntfys"]).misfit))
    app.include_router(consent.router(notifier.store))
    app.include_router(requests.router(notifier.store, answer))
    app.include_router(endpoint.router(notifier.store, hook))
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
