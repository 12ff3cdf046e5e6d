"""A notice that leaves is signed, sent under one id, tried again, and given up in the end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr

from services.notifier.adapters import endpoint, hosts, noticebook, webhook
from services.notifier.adapters.patience import Patience
from services.notifier.adapters.ways import NotDelivered
from services.notifier.adapters.webhook import Hook, Receiver
from services.notifier.projections import shown
from services.notifier.settings import SHIPPED_NOTICES
from shared.runtime.errors import WrongUse
from tests.notifier.delivering import SOON, a_notice, delivering, failures, nothing_waits
from tests.notifier.examples import (
    SLEEPLESS,
    WORDING,
    Notifier,
    a_notifier,
    moved,
    recognised,
    submitted,
)
from tests.notifier.receiver import HANG, SECRET, a_receiver

HOUR = Patience((timedelta(hours=1),), SLEEPLESS)
RULES = noticebook.load(SHIPPED_NOTICES)


def to(url: str, *, private: bool = True, seconds: float = 5.0) -> Receiver:
    return webhook.receiver(url, SecretStr(SECRET), private=private, timeout=seconds)


@asynccontextmanager
async def posting(
    notifier: Notifier, receiver: Receiver, patience: Patience = SOON
) -> AsyncIterator[Hook]:
    async with webhook.client() as http:
        hook = Hook(http, receiver, WORDING)
        await endpoint.begin(notifier.store, hook)
        async with delivering(notifier, hook, patience=patience):
            yield hook


async def test_a_notice_is_posted_once_and_signed(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_receiver(200) as receiver:
        sent = await a_notice(notifier)
        async with posting(notifier, to(receiver.url)):
            await nothing_waits(notifier, "webhook")
        async with posting(notifier, to(receiver.url)):
            await asyncio.sleep(0.05)

        [got] = receiver.got
        assert receiver.ids == [sent.id]
        assert got["type"] == "notice.recognition"
        assert got["data"]["recipient"] == "ann"
        assert got["data"]["title"] == "Recognised: Five pieces"


async def test_a_failure_is_tried_again_under_the_same_id(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_receiver(500, 500, 200) as receiver:
        sent = await a_notice(notifier)
        async with posting(notifier, to(receiver.url)):
            await nothing_waits(notifier, "webhook")

        assert receiver.ids == [sent.id] * 3
        assert await failures(notifier) == []


@pytest.mark.parametrize(("answer", "problem"), [(500, "http_500"), (302, "redirected")])
async def test_in_the_end_it_is_given_up_and_said(
    tmp_path: Path, answer: int, problem: str
) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_receiver(answer) as receiver:
        sent = await a_notice(notifier)
        async with posting(notifier, to(receiver.url)):
            await nothing_waits(notifier, "webhook")

        [failed] = await failures(notifier)
        assert (failed.id, failed.problem, failed.attempts) == (sent.id, problem, 3)
        assert receiver.paths == ["/hook"] * 3


async def test_a_receiver_that_is_gone_is_not_asked_again(tmp_path: Path) -> None:
    """Neither for what waits already, nor for what is said later, nor after a restart."""
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_receiver(410) as receiver:
        await a_notice(notifier)
        async with posting(notifier, to(receiver.url)) as hook:
            await nothing_waits(notifier, "webhook")
            await notifier.hears(recognised(block=2))
            assert "`zones notices webhook --enable`" in (hook.remark() or "")
        async with posting(notifier, to(receiver.url)) as hook:
            assert hook.gone
            await asyncio.sleep(0.05)

        assert len(receiver.ids) == 1
        assert [failed.problem for failed in await failures(notifier)] == ["http_410"]
        assert (await notifier.notices())[-1].channels == ("inbox",)


async def test_what_waits_for_a_receiver_that_is_gone_fails_untried(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_receiver(500, 410) as receiver:
        await a_notice(notifier)
        async with posting(notifier, to(receiver.url), HOUR):
            await receiver.has(1)
            await notifier.hears(recognised(block=2))
            async with asyncio.timeout(5):
                while not await failures(notifier):
                    await asyncio.sleep(0.01)
        async with notifier.store.transaction() as transaction:
            await transaction.execute("UPDATE deliveries SET next_at = 0 WHERE state = 'waiting'")
        async with posting(notifier, to(receiver.url)):
            await nothing_waits(notifier, "webhook")

        assert len(receiver.ids) == 2
        problems = {failed.problem for failed in await failures(notifier)}
        assert problems == {"http_410", "receiver_gone"}


async def test_an_operator_brings_a_receiver_back(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_receiver(410, 200) as receiver:
        await a_notice(notifier)
        async with posting(notifier, to(receiver.url)) as hook:
            await nothing_waits(notifier, "webhook")
            await endpoint.enable(notifier.store, hook)
            assert hook.remark() is None
            await notifier.hears(recognised(block=2))
            await nothing_waits(notifier, "webhook")

        assert len(receiver.ids) == 2


async def test_another_address_is_another_receiver(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_receiver(410, 200) as receiver:
        await a_notice(notifier)
        async with posting(notifier, to(receiver.url)):
            await nothing_waits(notifier, "webhook")
        async with posting(notifier, to(f"{receiver.url}/elsewhere")) as hook:
            assert not hook.gone
            await notifier.hears(recognised(block=2))
            await nothing_waits(notifier, "webhook")

        assert receiver.paths == ["/hook", "/hook/elsewhere"]


async def test_a_receiver_is_given_the_time_it_asks_for(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_receiver(429) as receiver:
        await a_notice(notifier)
        before = await shown.now(notifier.store)
        async with posting(notifier, to(receiver.url)):
            await receiver.has(1)
            await asyncio.sleep(0.1)
        next_at = await shown.next_delivery(notifier.store, "webhook")

        assert len(receiver.ids) == 1
        assert next_at is not None
        assert next_at / 1000 > before.timestamp() + 3000


async def test_a_receiver_that_hangs_holds_up_nothing_else(tmp_path: Path) -> None:
    """Nor a second longer than it may."""
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_receiver(HANG) as receiver:
        await a_notice(notifier)
        async with posting(notifier, to(receiver.url, seconds=0.3)):
            await receiver.has(1)
            async with asyncio.timeout(0.25):
                await notifier.hears(moved())
            await notifier.hears(submitted())
            assert await notifier.alerts() == ["alert-raised"]
            await nothing_waits(notifier, "webhook")

        assert {failed.problem for failed in await failures(notifier)} == {"timeout"}


async def test_what_was_under_way_at_a_restart_goes_on(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier:
        sent = await a_notice(notifier)
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_receiver(200) as receiver:
        async with posting(notifier, to(receiver.url)):
            await nothing_waits(notifier, "webhook")
        assert receiver.ids == [sent.id]


async def test_without_a_receiver_nothing_is_kept_for_one(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await a_notice(notifier)

        assert await shown.next_delivery(notifier.store, "webhook") is None


def test_pauses_are_those_of_the_schedule_and_differ() -> None:
    patience = Patience((timedelta(seconds=3), timedelta(minutes=5)), SLEEPLESS)

    for failures_so_far, pause in enumerate(patience.pauses, 1):
        spans = [patience.after(failures_so_far, None) for _ in range(50)]
        assert len(set(spans)) > 1
        assert all(span and pause * 2 / 3 <= span <= pause * 4 / 3 for span in spans)
    assert patience.after(1, 3600) == timedelta(hours=1)
    assert patience.after(1, 1e9) == timedelta(days=1)
    assert patience.after(3, 3600) is None


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.7", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1"),
        *("[::1]", "[fe80::1]", "[fd00::1]", "[::]"),
        *("[::ffff:10.0.0.7]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"),
        *("[64:ff9b:1::7f00:1]", "[64:ff9b:1:ffff::808:808]", "[fec0::1]", "[feff::1]"),
        *("[::127.0.0.1]", "[::8.8.8.8]", "[::ffff:0:127.0.0.1]", "[::ffff:0:8.8.8.8]"),
        *("192.0.0.8", "192.0.0.9", "192.0.0.255", "[::ffff:192.0.0.9]", "[64:ff9b::192.0.0.9]"),
    ],
)
async def test_a_private_address_is_not_called_unasked(address: str) -> None:
    """Nor one that only some versions of Python take for private."""
    with pytest.raises(NotDelivered, match="forbidden_address"):
        await hosts.resolved(httpx2.URL(f"https://{address}/hook"), private=False)


@pytest.mark.parametrize(
    "address",
    [
        *("192.0.1.1", "191.255.255.255", "[2606:4700::1]", "[64:ff9b::808:808]"),
        "[::ffff:8.8.8.8]",
    ],
)
async def test_its_public_neighbours_are_called(address: str) -> None:
    url = httpx2.URL(f"https://{address}/hook")
    assert len(await hosts.resolved(url, private=False)) == 1


async def test_without_tls_only_a_private_address_is_called() -> None:
    with pytest.raises(NotDelivered, match="forbidden_address"):
        await resolved("http://93.184.215.14/hook")
    assert await resolved("http://10.0.0.7/hook") == ["10.0.0.7"]
    assert await resolved("https://93.184.215.14/hook") == ["93.184.215.14"]


async def resolved(url: str) -> list[str]:
    return await hosts.resolved(httpx2.URL(url), private=True)


@pytest.mark.parametrize(
    ("url", "secret", "private", "complaint"),
    [
        ("http://127.0.0.1/", SECRET, False, "must begin with https://; a receiver on this"),
        ("ftp://x.example/", SECRET, True, "must begin with https:// and name a host"),
        ("https:///x", SECRET, True, "must begin with https:// and name a host"),
        ("https://x.example/", None, True, "WEBHOOK_SECRET must be whsec_"),
        ("https://x.example/", "whsec_", True, "24 to 64"),
        ("https://x.example/", "whsec_not base64 at a", True, "24 to 64"),
    ],
)
def test_a_receiver_that_makes_no_sense_is_refused_in_one_line(
    url: str, secret: str | None, private: bool, complaint: str
) -> None:
    with pytest.raises(WrongUse) as refused:
        webhook.receiver(
            url, None if secret is None else SecretStr(secret), private=private, timeout=1
        )
    assert complaint in str(refused.value)
    assert "\n" not in str(refused.value)
