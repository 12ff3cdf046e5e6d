"""What is tried, and tried again where it did not get through, rings nobody out of their sleep."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from services.notifier.adapters import endpoint, noticebook, webhook
from services.notifier.adapters.patience import SPREAD, Patience
from services.notifier.adapters.webhook import Hook
from services.notifier.domain.notices import NoticeSent
from services.notifier.projections import shown
from services.notifier.projections.shown import Delivery
from services.notifier.settings import SHIPPED_NOTICES
from tests.notifier.delivering import a_notice, delivering, found_at, nothing_waits
from tests.notifier.examples import (
    SLEEPLESS,
    WORDING,
    Notifier,
    a_notifier,
    editor,
    happened,
    moved,
    recognised,
    submitted,
)
from tests.notifier.mailbox import TAKEN, a_mailbox
from tests.notifier.receiver import SECRET, a_receiver
from tests.notifier.test_email import mailing

RULES = noticebook.load(SHIPPED_NOTICES)
KATHMANDU = ZoneInfo("Asia/Kathmandu")
HOUR = timedelta(hours=1)


async def falls_asleep(notifier: Notifier, member: str, after: timedelta = -HOUR) -> datetime:
    """Return when they get up, where they live: in an hour."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    begins, ends = ((now + hours).astimezone(KATHMANDU) for hours in (after, HOUR))
    await notifier.hears(happened("member_registered", member, timezone="Asia/Kathmandu"))
    await notifier.is_told_what_is_wanted(member, quiet=f"{begins:%H:%M}-{ends:%H:%M}")
    return now + HOUR


async def wakes_up(notifier: Notifier, member: str) -> None:
    """Let them want to be told at all hours, and everything be tried now."""
    await notifier.is_told_what_is_wanted(member, quiet="12:00-12:00")
    await is_due(notifier)


async def is_due(notifier: Notifier) -> None:
    async with notifier.store.transaction() as transaction:
        await transaction.execute("UPDATE deliveries SET next_at = 0 WHERE state = 'waiting'")


async def email_of(notifier: Notifier, sent: NoticeSent) -> Delivery:
    known = await shown.deliveries(notifier.store, sent.id)
    return next(it for it in known if it.channel == "email")


async def put_off(notifier: Notifier, sent: NoticeSent) -> Delivery:
    """Return how far it has come, once it is not to be tried today any more."""
    async with asyncio.timeout(5):
        while True:
            known = await email_of(notifier, sent)
            if known.next_at and known.next_at > datetime.now(UTC) + HOUR / 2:
                return known
            await asyncio.sleep(0.01)


async def failed_once(notifier: Notifier, sent: NoticeSent) -> Delivery:
    """Return how far it has come, once the first attempt came to nothing."""
    async with asyncio.timeout(5):
        while not (known := await email_of(notifier, sent)).attempts:
            await asyncio.sleep(0.01)
    return known


async def test_nobody_is_rung_out_of_their_sleep_by_a_first_attempt(tmp_path: Path) -> None:
    """What was said in the evening may still wait for its turn, or for a restart, at night."""
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_mailbox() as mailbox:
        await found_at(notifier, "ann", email="ann@mail.example")
        sent = await a_notice(notifier)
        up = await falls_asleep(notifier, "ann")
        async with mailing(notifier, mailbox):
            waits = await put_off(notifier, sent)
            assert (waits.attempts, waits.problem, mailbox.attempts) == (0, None, 0)
            assert waits.next_at
            assert up <= waits.next_at <= up + SPREAD

            await wakes_up(notifier, "ann")
            await nothing_waits(notifier, "email")
        delivered = await email_of(notifier, sent)
        assert (delivered.state, delivered.attempts, len(mailbox.got)) == ("delivered", 1, 1)


async def test_nobody_is_rung_out_of_their_sleep_by_another_attempt(tmp_path: Path) -> None:
    """It is made soon after they have got up, by their own clock, and whoever asks is told so."""
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_mailbox() as mailbox:
        mailbox.answers = ["451 come again", TAKEN]
        await found_at(notifier, "ann", email="ann@mail.example")
        sent = await a_notice(notifier)
        up = await falls_asleep(notifier, "ann", after=HOUR / 6)
        async with mailing(notifier, mailbox, Patience((HOUR / 2,), SLEEPLESS)):
            waits = await put_off(notifier, sent)
            assert (waits.attempts, waits.problem, mailbox.attempts) == (1, "smtp_451", 1)
            assert waits.next_at
            assert up <= waits.next_at <= up + SPREAD

            await wakes_up(notifier, "ann")
            await nothing_waits(notifier, "email")
        delivered = await email_of(notifier, sent)
        assert (delivered.state, delivered.attempts, len(mailbox.got)) == ("delivered", 2, 1)


async def test_what_is_due_while_somebody_sleeps_waits_and_that_is_no_attempt(
    tmp_path: Path,
) -> None:
    """As after a night in which nobody could try: people may have gone to bed meanwhile."""
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_mailbox() as mailbox:
        mailbox.answers = ["451 come again", TAKEN]
        await found_at(notifier, "ann", email="ann@mail.example")
        sent = await a_notice(notifier)
        async with mailing(notifier, mailbox, Patience((HOUR,), SLEEPLESS)):
            before = await failed_once(notifier, sent)
        up = await falls_asleep(notifier, "ann")
        await is_due(notifier)
        async with mailing(notifier, mailbox):
            after = await put_off(notifier, sent)

        assert (after.attempts, after.problem, after.at) == (1, "smtp_451", before.at)
        assert after.next_at
        assert after.next_at >= up
        assert mailbox.attempts == 1


async def test_not_everything_comes_at_the_moment_when_somebody_gets_up(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_mailbox() as mailbox:
        mailbox.answers = ["451 come again"]
        await found_at(notifier, "ann", email="ann@mail.example")
        await notifier.hears(*(recognised(block=block) for block in range(1, 11)))
        await falls_asleep(notifier, "ann")
        async with mailing(notifier, mailbox):
            waiting = [await put_off(notifier, sent) for sent in await notifier.notices()]

        assert len({it.next_at for it in waiting}) == 10


async def test_what_is_urgent_is_tried_again_at_night(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_mailbox() as mailbox:
        mailbox.answers = ["451 come again", TAKEN]
        await notifier.hears(editor())
        await notifier.hears(moved())
        await found_at(notifier, "eddi", email="eddi@mail.example")
        await falls_asleep(notifier, "eddi")
        await notifier.hears(submitted())
        async with mailing(notifier, mailbox):
            await nothing_waits(notifier, "email")

        assert mailbox.attempts == 2
        assert mailbox.got[0]["Subject"] == "A draft by ann waits for an editor"


async def test_a_program_does_not_sleep(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_receiver(500, 200) as receiver:
        sent = await a_notice(notifier)
        await falls_asleep(notifier, "ann")
        to = webhook.receiver(receiver.url, SecretStr(SECRET), private=True, timeout=5)
        async with webhook.client() as http:
            hook = Hook(http, to, WORDING)
            await endpoint.begin(notifier.store, hook)
            async with delivering(notifier, hook):
                await nothing_waits(notifier, "webhook")

        assert receiver.ids == [sent.id] * 2
