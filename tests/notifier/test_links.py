"""The links in messages: they ask first, do one thing for one person, and nobody can make one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import httpx2
import pytest

from services.notifier.adapters import acknowledging, answering, links, noticebook, stopping, voices
from services.notifier.adapters.links import Links, kept_key
from services.notifier.domain.requests import Reply
from services.notifier.domain.wording import CASES
from services.notifier.projections import knowledge
from services.notifier.projections.asking import voice
from services.notifier.projections.recipients import Recipient
from services.notifier.settings import SHIPPED_NOTICES
from shared.runtime.access import Access
from shared.runtime.errors import WrongUse
from shared.runtime.health import Health
from shared.runtime.http import application
from tests.notifier.delivering import found_at
from tests.notifier.examples import (
    WORDING,
    Notifier,
    a_notifier,
    edited,
    editor,
    happened,
    moved,
    recognised,
    submitted,
)

LINKS = Links(b"k" * 32, "")
RULES = noticebook.load(SHIPPED_NOTICES, reachable=frozenset(["email"]))
BEFORE_CHATS = "/v1/stop/WyJhbm4iLCJyZWNvZ25pdGlvbiJd.WMpd3ISvf1MmNPomFaJduF_4Luo4uJifkpvKBJeCLbY"
ELSEWHERE = {"host": "zones.example", "origin": "https://mail.example"}
"""What a browser says that comes from somebody's mail."""


@asynccontextmanager
async def asking(notifier: Notifier) -> AsyncIterator[httpx2.AsyncClient]:
    """Ask as anybody would, without a token."""

    async def acknowledge(stream: str, by: str | None, now: datetime) -> bool:
        return await notifier.acknowledges(stream, by, now)

    async def answer(id: str, member: str, reply: Reply, now: datetime) -> bool:
        return await notifier.answers(id, member, reply, now)

    app = application(
        "notifier",
        summary="",
        health=Health("notifier"),
        access=Access.of("secret"),
        signed=links.PATHS,
    )
    app.include_router(stopping.router(notifier.store, LINKS, WORDING))
    app.include_router(acknowledging.router(notifier.store, LINKS, WORDING, acknowledge))
    app.include_router(voices.pages(notifier.store, LINKS, WORDING, notifier.speaks))
    app.include_router(answering.router(notifier.store, LINKS, WORDING, answer))
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers=ELSEWHERE
    ) as client:
        yield client


async def channels(notifier: Notifier, block: int) -> tuple[str, ...]:
    """Return over what the member is told of a further recognition."""
    await notifier.hears(recognised(block=block))
    return (await notifier.notices())[-1].channels


async def test_a_link_stops_one_kind_for_one_member_and_brings_it_back(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, asking(notifier) as client:
        await found_at(notifier, "ann", email="ann@mail.example")
        link = LINKS.stop("ann", "recognition")
        asked = await client.get(link)
        assert asked.status_code == 200
        assert "No more e-mails about recognitions?" in asked.text
        assert await channels(notifier, 1) == ("inbox", "email")

        stopped = await client.post(link)
        assert "You get no more e-mails about recognitions" in stopped.text
        assert await channels(notifier, 2) == ("inbox",)
        await notifier.hears(moved())
        assert await channels_of_ann(notifier) == ("inbox", "email")

        assert 'action="?again=true"' in stopped.text
        again = await client.post(f"{link}?again=true")
        assert "You get e-mails about recognitions again" in again.text
        assert await channels(notifier, 3) == ("inbox", "email")


async def test_a_link_stops_a_kind_over_its_own_channel_only(tmp_path: Path) -> None:
    both = noticebook.load(SHIPPED_NOTICES, reachable=frozenset(["email", "chat"]))
    async with a_notifier(tmp_path, rules=both) as notifier, asking(notifier) as client:
        await found_at(notifier, "ann", email="ann@mail.example", chat="json://127.0.0.1/room")
        link = LINKS.stop("ann", "fast_track_granted", channel="chat")
        asked = (await client.get(link)).text
        assert "No more chat messages about the beginning of the fast track?" in asked
        assert "Stop these chat messages" in asked
        stopped = await client.post(link)
        assert "You get no more chat messages about the beginning" in stopped.text
        await notifier.hears(moved())
        assert await channels_of_ann(notifier) == ("inbox", "email")

        again = await client.post(f"{link}?again=true")
        assert "You get chat messages about the beginning" in again.text
        await notifier.hears(moved(to="content_creator", frm="socially_engaged", version=5))
        await notifier.hears(moved(version=6))
        assert await channels_of_ann(notifier) == ("inbox", "email", "chat")


async def channels_of_ann(notifier: Notifier) -> tuple[str, ...]:
    """Return over what she was told last."""
    return [it for it in await notifier.notices() if it.notice.recipient == "ann"][-1].channels


async def test_a_link_from_before_chats_had_some_is_for_e_mails(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        stopped = await client.post(BEFORE_CHATS)

        assert "You get no more e-mails about recognitions" in stopped.text
        assert await knowledge.stopped(notifier.store, ["ann"]) == {("ann", "recognition", "email")}


async def test_a_mail_program_stops_a_kind_by_itself(tmp_path: Path) -> None:
    """RFC 8058: it posts a form to the address in the header."""
    async with a_notifier(tmp_path, rules=RULES) as notifier, asking(notifier) as client:
        await found_at(notifier, "ann", email="ann@mail.example")
        for _ in range(2):
            answer = await client.post(
                LINKS.stop("ann", "recognition"), data={"List-Unsubscribe": "One-Click"}
            )
            assert answer.status_code == 200

        assert await channels(notifier, 1) == ("inbox",)
        rows = await notifier.store.read(0, 1000, types=["kind-stopped"])
        assert len(rows) == 1


async def test_a_draft_is_taken_up_from_an_email(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, asking(notifier) as client:
        await notifier.hears(editor())
        await notifier.hears(moved())
        await notifier.hears(submitted())
        [alert] = [it.notice.cause for it in await notifier.notices() if it.notice.due_at]
        link = LINKS.acknowledge("eddi", alert)

        asked = await client.get(link)
        assert "Take up the draft d-1 by ann?" in asked.text
        assert await notifier.alerts() == ["alert-raised"]
        assert "d-1 by ann is taken up" in (await client.post(link)).text
        assert "Somebody looks after the draft" in (await client.post(link)).text
        assert await notifier.alerts() == ["alert-raised", "alert-resolved"]


@pytest.mark.parametrize(
    ("button", "thanks", "state"),
    [
        ("?accept=true", "The draft d-1 stays as it is now", "accepted"),
        ("?accept=false", "The editor hears that the draft d-1 comes back", "sent_back"),
    ],
)
async def test_an_author_answers_from_an_email(
    tmp_path: Path, button: str, thanks: str, state: str
) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, asking(notifier) as client:
        await notifier.hears(editor(), submitted(), edited())
        [check] = [it.notice for it in await notifier.notices() if it.notice.kind == "voice_check"]
        [given] = LINKS.ways(check).values()
        for looked in (await client.get(given), await client.post(given)):
            assert "Is the draft d-1 still what you mean?" in looked.text
            assert f'action="{button}"' in looked.text
        assert ("eddi", "voice_answer") not in await notifier.said()

        assert thanks in (await client.post(f"{given}{button}")).text
        for again in (await client.post(f"{given}{button}"), await client.get(given)):
            assert "The draft d-1 needs no answer any more" in again.text
        found = await voice(notifier.store, check.cause)
        assert found
        assert found.state == state
        assert (await notifier.said()).count(("eddi", "voice_answer")) == 1


async def test_an_email_about_a_change_has_the_link_to_answer_it() -> None:
    check = next(case for case in CASES if case.kind == "voice_check")
    ann = Recipient("ann")
    letter = WORDING.letter(check, ann, stop="/stop", ways=LINKS.ways(check))

    for said in (letter.text, letter.html):
        assert LINKS.voice(check.recipient, check.cause) in said
        assert "Have a look, and answer" in said


async def test_a_page_speaks_the_language_of_its_reader(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        await notifier.hears(happened("member_registered", "ann", locale="de"))
        page = (await client.get(LINKS.stop("ann", "announcement"))).text

        assert "Keine E-Mails mehr zum Thema „neue Beiträge“?" in page
        assert '<html lang="de">' in page


async def test_a_page_runs_nothing_and_tells_nobody_where_it_is(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        answer = await client.get(LINKS.stop("ann", "announcement"))

        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "link",
    [
        Links(b"x" * 32, "").stop("ann", "announcement"),
        LINKS.stop("ann", "announcement")[:-1],
        LINKS.stop("ann", "no_such_kind"),  # type: ignore[arg-type]
        LINKS.stop("ann", "announcement", channel="webhook"),
        LINKS.acknowledge("ann", "a").replace("acknowledge", "stop"),
        LINKS.stop("ann", "announcement").replace("stop", "acknowledge"),
        LINKS.acknowledge("ann", "no such alert"),
        LINKS.voice("ann", "no such question"),
        LINKS.acknowledge("ann", "a").replace("acknowledge", "voice"),
        "/v1/stop/nonsense",
        "/v1/acknowledge/%00",
    ],
)
async def test_a_link_that_is_not_ours_does_nothing(tmp_path: Path, link: str) -> None:
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        for answer in (await client.get(link), await client.post(link)):
            assert answer.status_code == 404
            assert "This link leads nowhere" in answer.text
        assert await notifier.store.last_position() == 1


async def test_a_link_opens_nothing_else(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier, asking(notifier) as client:
        assert (await client.get("/v1/stop")).status_code == 401
        assert (await client.get("/v1/status")).status_code == 401


def test_the_key_is_made_once_and_is_for_nobody_else(tmp_path: Path) -> None:
    key = kept_key(tmp_path / "keys")

    assert key == kept_key(tmp_path / "keys")
    assert len(key) == 32
    assert (tmp_path / "keys" / "notifier-links").stat().st_mode & 0o077 == 0
    (tmp_path / "keys" / "notifier-links").write_bytes(b"short")
    with pytest.raises(WrongUse, match="notifier-links: is no key"):
        kept_key(tmp_path / "keys")


async def test_two_who_stop_at_once_stop_once(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier:
        await asyncio.gather(
            *(
                stopping.set_stopped(notifier.store, "ann", "recognition", "email", stopped=True)
                for _ in range(5)
            )
        )
        assert len(await notifier.store.read(0, 1000, types=["kind-stopped"])) == 1
