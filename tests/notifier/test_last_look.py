"""Whatever waits to go out is asked for once more before it goes: is it still wanted, and true?"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from services.notifier.adapters import noticebook
from services.notifier.adapters.patience import Patience
from services.notifier.adapters.stopping import set_stopped
from services.notifier.domain import drafts
from services.notifier.projections import shown, tables
from services.notifier.projections.shown import Delivery
from services.notifier.settings import SHIPPED_NOTICES
from tests.notifier.delivering import failures, found_at, nothing_waits
from tests.notifier.examples import (
    HOURS,
    NINE,
    SLEEPLESS,
    Notifier,
    a_notifier,
    approved,
    editor,
    follow,
    happened,
    moved,
    published,
    recognised,
    submitted,
    withdrawn,
)
from tests.notifier.mailbox import TAKEN, a_mailbox
from tests.notifier.test_email import mailing
from tests.notifier.test_patience import is_due

RULES = noticebook.load(SHIPPED_NOTICES, reachable=frozenset(["email"]))
PATIENT = Patience((timedelta(hours=1),) * 3, SLEEPLESS)
LATER = NINE + HOURS
TWO = [f"https://blog.example/{n}" for n in (1, 2)]

Turn = Callable[[Notifier], Awaitable[object]]


async def nothing(_: Notifier) -> None:
    """All is as it was."""


async def acknowledged(notifier: Notifier) -> None:
    await notifier.acknowledges(drafts.stream("ann", "d-1"), "cora", LATER)


async def is_approved(notifier: Notifier) -> None:
    await notifier.hears(approved(at=LATER))


async def is_withdrawn(notifier: Notifier) -> None:
    await notifier.hears(withdrawn(at=LATER))


async def switches_off(notifier: Notifier) -> None:
    await notifier.is_told_what_is_wanted("eddi", {"draft_received": "off"})


async def stops_e_mails(notifier: Notifier) -> None:
    await set_stopped(notifier.store, "eddi", "draft_received", "email", stopped=True)


async def pauses(notifier: Notifier) -> None:
    await notifier.hears(happened("member_paused", "eddi", at=LATER))


async def departs(notifier: Notifier) -> None:
    await notifier.hears(happened("member_departed", "eddi", at=LATER))


async def email_of(notifier: Notifier, kind: str) -> Delivery:
    """Return how far the notice of a kind to the editor has come."""
    [sent] = [
        it
        for it in await notifier.notices()
        if (it.notice.kind, it.notice.recipient) == (kind, "eddi")
    ]
    [delivery] = await shown.deliveries(notifier.store, sent.id)
    return delivery


@pytest.mark.parametrize("attempts", [0, 1])
@pytest.mark.parametrize(
    ("kind", "turn", "state", "why"),
    [
        ("draft_received", nothing, "delivered", None),
        ("draft_received", is_withdrawn, "dropped", "over"),
        ("draft_received", switches_off, "dropped", "not_wanted"),
        ("draft_received", stops_e_mails, "dropped", "not_wanted"),
        ("draft_received", pauses, "dropped", "paused"),
        ("draft_received", departs, "dropped", "departed"),
        ("fast_track_alert", nothing, "delivered", None),
        ("fast_track_alert", acknowledged, "dropped", "over"),
        ("fast_track_alert", is_approved, "dropped", "over"),
        ("fast_track_alert", switches_off, "delivered", None),
    ],
)
async def test_what_is_over_or_not_wanted_by_then_is_not_mailed(
    tmp_path: Path, kind: str, turn: Turn, state: str, why: str | None, attempts: int
) -> None:
    """Neither at first nor after a failure. It is no failure: nobody hears of one."""
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_mailbox() as mailbox:
        mailbox.answers = ["451 come again"] * attempts + [TAKEN]
        if kind == "fast_track_alert":
            await notifier.hears(moved())
        await notifier.hears(editor())
        await found_at(notifier, "eddi", email="eddi@mail.example")
        await notifier.hears(submitted())
        if attempts:
            async with mailing(notifier, mailbox, PATIENT), asyncio.timeout(5):
                while not (await email_of(notifier, kind)).attempts:
                    await asyncio.sleep(0.01)
        await turn(notifier)
        await is_due(notifier)
        async with mailing(notifier, mailbox, PATIENT):
            await nothing_waits(notifier, "email")

        came_to = await email_of(notifier, kind)
        delivered = state == "delivered"
        assert (came_to.state, came_to.problem) == (state, why)
        assert (came_to.attempts, len(mailbox.got)) == (attempts + delivered, delivered)
        assert await failures(notifier) == []


async def a_morning(notifier: Notifier) -> None:
    """Two new pieces and a recognition, told together."""
    await found_at(notifier, "ann", email="ann@mail.example")
    await notifier.hears(follow("ann", "bea"))
    await notifier.hears(
        *(published("bea", url, url=url, id=f"on-{n}") for n, url in enumerate(TWO))
    )
    await notifier.hears(recognised(at=NINE + 12 * HOURS))
    await notifier.lets_pass(23)


async def takes_one_back(notifier: Notifier) -> None:
    await notifier.hears(happened("retract", "bea", retracts="on-0", at=NINE + 24 * HOURS))


async def wants_no_pieces(notifier: Notifier) -> None:
    await notifier.is_told_what_is_wanted("ann", {"announcement": "off"})


async def leaves(notifier: Notifier) -> None:
    await notifier.hears(happened("member_departed", "ann", at=NINE + 24 * HOURS))


@pytest.mark.parametrize("attempts", [0, 1])
@pytest.mark.parametrize(
    ("turn", "told", "dropped"),
    [
        (nothing, [*TWO, "Five pieces"], []),
        (takes_one_back, [TWO[1], "Five pieces"], ["over"]),
        (wants_no_pieces, ["Five pieces"], ["not_wanted"] * 2),
        (leaves, [], ["departed"] * 3),
    ],
)
async def test_the_rest_of_a_digest_goes_all_the_same(
    tmp_path: Path, turn: Turn, told: list[str], dropped: list[str], attempts: int
) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_mailbox() as mailbox:
        mailbox.answers = ["451 come again"] * attempts + [TAKEN]
        await a_morning(notifier)
        if attempts:
            async with mailing(notifier, mailbox, PATIENT), asyncio.timeout(5):
                while await shown.next_delivery(notifier.store, "email") == 0:
                    await asyncio.sleep(0.01)
        await turn(notifier)
        await is_due(notifier)
        async with mailing(notifier, mailbox, PATIENT):
            await nothing_waits(notifier, "email")

        text = "".join(str(it.get_body(("plain",))) for it in mailbox.got)
        assert [it for it in [*TWO, "Five pieces"] if it in text] == told
        assert len(mailbox.got) == bool(told)
        known = [await shown.deliveries(notifier.store, it.id) for it in await notifier.notices()]
        assert [it.problem for [it] in known if it.state == "dropped"] == dropped
        assert await failures(notifier) == []


async def test_what_was_dropped_is_known_to_be_from_the_log_alone(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_mailbox() as mailbox:
        await notifier.hears(editor())
        await found_at(notifier, "eddi", email="eddi@mail.example")
        await notifier.hears(submitted())
        await is_withdrawn(notifier)
        async with mailing(notifier, mailbox):
            await nothing_waits(notifier, "email")
        before = await email_of(notifier, "draft_received")
        async with notifier.store.transaction() as transaction:
            await transaction.execute("DELETE FROM checkpoints")

        assert await tables.catch_up(notifier.store)
        assert await email_of(notifier, "draft_received") == before
        assert before.state == "dropped"
