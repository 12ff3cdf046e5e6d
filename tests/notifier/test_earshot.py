"""Alerts that would find nobody are remarked on before one does."""

from pathlib import Path

import pytest

from services.notifier.adapters import noticebook
from services.notifier.adapters.earshot import Earshot
from services.notifier.adapters.stopping import set_stopped
from services.notifier.domain.kinds import Channel
from services.notifier.domain.reach import ReceiverGone
from services.notifier.projections import tables
from services.notifier.settings import SHIPPED_NOTICES
from shared.eventlog.log import Entry
from tests.notifier.delivering import found_at
from tests.notifier.examples import HOURS, NINE, Notifier, a_notifier, editor, happened
from tests.notifier.test_service import a_bus, a_service, settings

EDITORS = ("eddi", "edna")


async def remark(notifier: Notifier, *reachable: Channel) -> str | None:
    rules = noticebook.load(SHIPPED_NOTICES, reachable=frozenset(reachable))
    earshot = Earshot(notifier.store, rules)
    await earshot.look()
    return earshot.remark()


async def stops(notifier: Notifier, who: str, *channels: Channel) -> None:
    for channel in channels:
        await set_stopped(notifier.store, who, "fast_track_alert", channel, stopped=True)


async def test_it_is_remarked_on_when_the_last_editor_stops_alerts(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(*(editor(who) for who in EDITORS))
        for who in EDITORS:
            await found_at(notifier, who, email=f"{who}@mail.example")
        await stops(notifier, "eddi", "email")
        assert await remark(notifier, "email") is None

        await stops(notifier, "edna", "email")
        assert "every editor has stopped alerts" in (await remark(notifier, "email") or "")
        await found_at(notifier, "edna", chat="json://127.0.0.1/room")
        assert await remark(notifier, "email", "chat") is None


async def test_an_editor_who_has_no_address_or_is_away_hears_of_none(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(*(editor(who) for who in EDITORS))
        assert await remark(notifier, "email")
        await found_at(notifier, "edna", email="edna@mail.example")
        assert await remark(notifier, "email") is None

        await notifier.hears(happened("member_paused", "edna", at=NINE + HOURS))
        assert await remark(notifier, "email")


@pytest.mark.parametrize("gone", [False, True])
async def test_a_webhook_hears_unless_it_is_gone(tmp_path: Path, *, gone: bool) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(editor())
        if gone:
            async with notifier.store.transaction() as transaction:
                said = ReceiverGone(channel="webhook", receiver="r", at=NINE)
                await tables.write(transaction, [Entry("receivers/webhook", said)])

        assert bool(await remark(notifier, "email", "webhook")) == gone


async def test_where_there_is_but_the_inbox_nothing_is_remarked(tmp_path: Path) -> None:
    async with a_notifier(tmp_path) as notifier:
        await notifier.hears(editor())

        assert await remark(notifier) is None


async def test_the_status_says_so(tmp_path: Path) -> None:
    told = {
        "public_url": "https://zones.example",
        "email_host": "127.0.0.1",
        "email_from": "Zones <zones@mail.example>",
    }
    async with (
        a_bus(tmp_path / "nats") as (server, _),
        a_service(settings(tmp_path / "data", server, **told)) as service,
    ):
        await service.until(
            "/v1/status", lambda told: "reach nobody but in the inbox" in str(told["remarks"])
        )
