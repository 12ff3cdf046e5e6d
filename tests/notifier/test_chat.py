"""Chat and push services, spoken to by Apprise over real HTTP, and never from the event loop."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from services.notifier.adapters import noticebook
from services.notifier.adapters.chat import Chat, Services
from services.notifier.adapters.links import Stop
from services.notifier.settings import SHIPPED_NOTICES
from shared.runtime.errors import WrongUse
from tests.notifier.delivering import delivering, failures, found_at, nothing_waits
from tests.notifier.examples import (
    WORDING,
    Notifier,
    a_notifier,
    edited,
    editor,
    engaged,
    happened,
    moved,
    requested,
    submitted,
)
from tests.notifier.test_email import LINKS

RULES = noticebook.load(SHIPPED_NOTICES, reachable=frozenset(["chat"]))
SERVICES = Services(["json"])


@dataclass(slots=True)
class Room:
    """A chat service. `answers` are given one after the other, the last one for ever."""

    port: int = 0
    answers: list[int] = field(default_factory=lambda: [200])
    got: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
        self.got.append(json.loads(await reader.readexactly(length)))
        await asyncio.sleep(self.seconds)
        status = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        writer.write(f"HTTP/1.1 {status} So\r\ncontent-length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def a_room() -> AsyncIterator[Room]:
    room = Room()
    server = await asyncio.start_server(room.answer, "127.0.0.1", 0)
    room.port = server.sockets[0].getsockname()[1]
    try:
        yield room
    finally:
        server.close()
        await server.wait_closed()


async def granted(notifier: Notifier, room: Room) -> None:
    """Let a member with an address there come onto the fast track."""
    await found_at(notifier, "ann", chat=f"json://127.0.0.1:{room.port}/room")
    await notifier.hears(moved())


async def test_a_notice_is_told_in_a_chat(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_room() as room:
        await granted(notifier, room)
        async with delivering(notifier, Chat(SERVICES, WORDING, LINKS)):
            await nothing_waits(notifier, "chat")

    [got] = room.got
    assert got["title"] == "You are on the fast track"
    assert "within 4 hours." in got["message"]
    assert "You get this because" in got["message"]


async def test_a_message_says_how_to_stop_its_kind_in_this_chat(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_room() as room:
        await granted(notifier, room)
        async with delivering(notifier, Chat(SERVICES, WORDING, LINKS)):
            await nothing_waits(notifier, "chat")

    said, _, link = room.got[0]["message"].rpartition(": ")
    assert said.endswith("No more chat messages about the beginning of the fast track")
    stop = LINKS.stopped_by(link.strip().rpartition("/")[2])
    assert stop == Stop("ann", ("fast_track_granted",), "chat")


@pytest.mark.parametrize("way", ["acknowledge", "voice", "accept", "decline"])
async def test_a_message_has_the_links_by_which_to_answer(tmp_path: Path, way: str) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_room() as room:
        await found_at(notifier, "eddi", chat=f"json://127.0.0.1:{room.port}/room")
        await notifier.hears(editor())
        if way == "acknowledge":
            await notifier.hears(moved())
            await notifier.hears(submitted())
        elif way == "voice":
            await notifier.hears(submitted("eddi"), edited("eddi", editor="ann"))
        else:
            await notifier.hears(*engaged("eddi"))
            await notifier.hears(happened("share", "eddi", topics=["tea"]), requested())
        async with delivering(notifier, Chat(SERVICES, WORDING, LINKS)):
            await nothing_waits(notifier, "chat")
        [notice] = [it.notice for it in await notifier.notices() if LINKS.ways(it.notice)]

    assert LINKS.ways(notice)[way] in "".join(got["message"] for got in room.got)


async def test_what_was_not_taken_is_tried_again_and_given_up_in_the_end(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_room() as room:
        room.answers = [500, 200]
        await granted(notifier, room)
        async with delivering(notifier, Chat(SERVICES, WORDING, LINKS)):
            await nothing_waits(notifier, "chat")
        assert (len(room.got), await failures(notifier)) == (2, [])

    async with a_notifier(tmp_path / "2", rules=RULES) as notifier, a_room() as room:
        room.answers = [500]
        await granted(notifier, room)
        async with delivering(notifier, Chat(SERVICES, WORDING, LINKS)):
            await nothing_waits(notifier, "chat")
        [failed] = await failures(notifier)
        assert (failed.channel, failed.problem, failed.attempts) == ("chat", "not_taken", 3)


async def test_a_slow_service_holds_up_nothing_else(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_room() as room:
        room.seconds = 1.0
        await granted(notifier, room)
        async with delivering(notifier, Chat(SERVICES, WORDING, LINKS)):
            async with asyncio.timeout(5):
                while not room.got:
                    await asyncio.sleep(0.01)
            async with asyncio.timeout(0.5):
                await notifier.hears(submitted())
            await nothing_waits(notifier, "chat")
        assert await failures(notifier) == []


async def test_a_service_that_is_no_longer_listed_is_not_spoken_to(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_room() as room:
        await granted(notifier, room)
        async with delivering(notifier, Chat(Services(["ntfys"]), WORDING, LINKS)):
            await nothing_waits(notifier, "chat")

        assert room.got == []
        assert [failed.problem for failed in await failures(notifier)] == ["no_service"]


def test_a_service_that_apprise_does_not_know_is_named_at_start() -> None:
    with pytest.raises(WrongUse, match="Apprise knows no service jsom: did you mean json"):
        Services(["jsom"])
