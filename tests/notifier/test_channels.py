"""Channels beside each other: one that hangs or fails is no other's trouble, kills included."""

import asyncio
import os
import signal
import sys
from collections import Counter
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr

from services.notifier import http
from services.notifier.adapters import noticebook, webhook
from services.notifier.adapters.chat import Chat, Services
from services.notifier.adapters.webhook import Hook
from services.notifier.projections import shown
from services.notifier.settings import SHIPPED_NOTICES
from shared.runtime.access import Access
from shared.runtime.health import Health
from shared.runtime.http import application
from tests.notifier.delivering import delivering, failures, found_at, nothing_waits
from tests.notifier.examples import WORDING, a_notifier, moved, recognised
from tests.notifier.mailbox import a_mailbox
from tests.notifier.receiver import SECRET, a_receiver
from tests.notifier.test_chat import a_room
from tests.notifier.test_email import LINKS, channel
from tests.notifier.test_service import (
    Process,
    a_bus,
    a_process,
    quiet,
    rules_without_night,
    say,
    settings,
)

RULES = noticebook.load(SHIPPED_NOTICES)
MANY = 20


async def test_a_channel_that_hangs_or_fails_holds_up_no_other(tmp_path: Path) -> None:
    async with (
        a_notifier(tmp_path, rules=RULES) as notifier,
        a_mailbox() as mailbox,
        a_room() as room,
        a_receiver(200) as receiver,
        webhook.client() as caller,
    ):
        mailbox.seconds, room.answers = 30.0, [500]
        await found_at(
            notifier, "ann", email="ann@mail.example", chat=f"json://127.0.0.1:{room.port}/"
        )
        to = webhook.receiver(receiver.url, SecretStr(SECRET), private=True, timeout=5)
        ways = (
            channel(mailbox.port),
            Chat(Services(["json"]), WORDING, LINKS),
            Hook(caller, to, WORDING),
        )
        async with delivering(notifier, *ways):
            await notifier.hears(moved())
            async with asyncio.timeout(3):
                await nothing_waits(notifier, "webhook")
                await nothing_waits(notifier, "chat")
            [sent, _] = await notifier.notices()
            states = {
                it.channel: (it.state, it.problem)
                for it in await shown.deliveries(notifier.store, sent.id)
            }

        assert states == {
            "webhook": ("delivered", None),
            "chat": ("failed", "not_taken"),
            "email": ("waiting", None),
        }
        assert [failed.channel for failed in await failures(notifier)] == ["chat"]


async def test_how_far_a_notice_has_come_is_told_over_http(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_mailbox() as mailbox:
        mailbox.answers = ["550 no"]
        await found_at(notifier, "ann", email="ann@mail.example")
        await notifier.hears(moved())
        async with delivering(notifier, channel(mailbox.port)):
            await nothing_waits(notifier, "email")
        sent = next(it for it in await notifier.notices() if it.notice.recipient == "ann")

        async def acknowledge(*_: object) -> bool:
            return False

        app = application("notifier", summary="", health=Health("notifier"), access=Access())
        app.include_router(http.router(notifier.store, acknowledge))
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            answer = (await client.get(f"/v1/notices/{sent.id}/deliveries")).json()
            missing = await client.get("/v1/notices/nothing/deliveries")

        assert answer["notice"]["id"] == sent.id
        mailed, posted = answer["deliveries"]
        assert (mailed["channel"], mailed["state"]) == ("email", "failed")
        assert (mailed["attempts"], mailed["problem"]) == (1, "smtp_550")
        assert (posted["channel"], posted["state"], posted["at"]) == ("webhook", "waiting", None)
        assert missing.status_code == 404


async def has_address(process: Process, member: str, email: str) -> None:
    async with httpx2.AsyncClient(trust_env=False) as client:
        path = f"{process.address}/v1/members/{member}/addresses"
        (await client.put(path, json={"email": email})).raise_for_status()


async def test_a_kill_repeats_what_was_being_sent_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_mailbox() as mailbox, a_bus(tmp_path / "nats") as (server, client):
        for name, value in {
            "HOST": "127.0.0.1",
            "PORT": str(mailbox.port),
            "TLS": "none",
            "FROM": "Zones <zones@mail.example>",
        }.items():
            monkeypatch.setenv(f"ZONES_NOTIFIER_EMAIL_{name}", value)
        monkeypatch.setenv("ZONES_NOTIFIER_PUBLIC_URL", "https://zones.example")
        monkeypatch.setenv("ZONES_NOTIFIER_NOTICES", str(rules_without_night(tmp_path)))
        mailbox.seconds = 0.05
        async with a_process(settings(tmp_path / "data", server)) as process:
            await process.until("/v1/status", quiet)
            await has_address(process, "ann", "ann@mail.example")
            await say(client, *(recognised(block=block) for block in range(1, MANY + 1)))
            for messages in (3, 10):
                await mailbox.has(messages)
                await process.end(signal.SIGKILL)
                await process.start()
            await mailbox.has(MANY)
            await process.until("/v1/status", quiet)
            async with asyncio.timeout(30):
                while len({it["Message-ID"] for it in mailbox.got}) < MANY:
                    await asyncio.sleep(0.05)
            await asyncio.sleep(1)

        times = Counter(str(it["Message-ID"]) for it in mailbox.got)
        assert len(times) == MANY
        assert sum(times.values()) - MANY <= 2


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ({"TEMPLATES": "{folder}"}, "en/announcement.j2:1: Encountered unknown tag 'oops'"),
        ({"EMAIL_HOST": "mail.example"}, "ZONES_NOTIFIER_PUBLIC_URL must say where people"),
        ({"EMAIL_FROM": "nobody"}, "ZONES_NOTIFIER_EMAIL_FROM: value is not a valid email"),
        ({"CHAT": "json"}, "ZONES_NOTIFIER_PUBLIC_URL must say where people"),
        ({"CHAT": "smoke_signals"}, "ZONES_NOTIFIER_CHAT: Apprise knows no service"),
    ],
    ids=str,
)
async def test_what_makes_no_sense_ends_the_start_with_one_line(
    tmp_path: Path, told: dict[str, str], complaint: str
) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "announcement.j2").write_text("{% oops %}")
    environment = {
        f"ZONES_NOTIFIER_{name}": value.format(folder=tmp_path) for name, value in told.items()
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services", "serve", "notifier"),
        env={**os.environ, "ZONES_DATA": str(tmp_path / "data"), **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    said = err.decode()

    assert process.returncode == 2
    assert complaint in said
    assert said.count("\n") == 1
    assert "Traceback" not in out.decode() + said
