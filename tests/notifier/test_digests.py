"""What is told together is one message, on channels that know such; and every way out is in it."""

from pathlib import Path

from services.notifier.adapters import noticebook
from services.notifier.adapters.chat import Chat, Services
from services.notifier.adapters.stopping import set_stopped
from services.notifier.projections import shown
from services.notifier.settings import SHIPPED_NOTICES
from tests.notifier.delivering import delivering, failures, found_at, nothing_waits
from tests.notifier.examples import (
    HOURS,
    NINE,
    WORDING,
    Notifier,
    a_notifier,
    follow,
    published,
    recognised,
)
from tests.notifier.mailbox import TAKEN, a_mailbox
from tests.notifier.test_chat import a_room
from tests.notifier.test_email import LINKS, channel

RULES = noticebook.load(SHIPPED_NOTICES)
TWO = [f"https://blog.example/{n}" for n in (1, 2)]


async def a_morning(notifier: Notifier) -> None:
    """Two new pieces, and a recognition that came at night."""
    await notifier.hears(follow("ann", "bea"))
    await notifier.hears(*(published("bea", url, url=url) for url in TWO))
    await notifier.hears(recognised(at=NINE + 12 * HOURS))
    await notifier.lets_pass(23)


async def test_a_digest_is_one_e_mail(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_mailbox() as mailbox:
        await found_at(notifier, "ann", email="ann@mail.example")
        await a_morning(notifier)
        async with delivering(notifier, channel(mailbox.port)):
            await nothing_waits(notifier, "email")

        [message] = mailbox.got
        assert message["Subject"] == "bea has published “On waiting” (and 2 more things)"
        stop = LINKS.stop("ann", "announcement", "recognition")
        assert message["List-Unsubscribe"] == f"<{stop}>"
        body = message.get_body(("plain",))
        assert body
        text = body.get_content()
        assert [text.count(url) for url in TWO] == [1, 1]
        assert all(LINKS.stop("ann", kind) in text for kind in ("announcement", "recognition"))
        sent = await notifier.notices()
        states = [await shown.deliveries(notifier.store, it.id) for it in sent]
        assert [[it.state for it in each if it.channel == "email"] for each in states] == [
            ["delivered"]
        ] * 3


async def test_a_digest_leaves_out_what_was_stopped_in_the_meantime(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_mailbox() as mailbox:
        await found_at(notifier, "ann", email="ann@mail.example")
        await a_morning(notifier)
        await set_stopped(notifier.store, "ann", "announcement", "email", stopped=True)
        async with delivering(notifier, channel(mailbox.port)):
            await nothing_waits(notifier, "email")

        [message] = mailbox.got
        assert message["Subject"] == "Recognised: Five pieces"
        states = [await shown.deliveries(notifier.store, it.id) for it in await notifier.notices()]
        mailed = [(it.state, it.problem) for each in states for it in each if it.channel == "email"]
        assert sorted(mailed) == [("delivered", None), *[("dropped", "not_wanted")] * 2]
        assert await failures(notifier) == []


async def test_a_digest_that_fails_is_sent_again_as_one(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_mailbox() as mailbox:
        mailbox.answers = ["451 later", TAKEN]
        await found_at(notifier, "ann", email="ann@mail.example")
        await a_morning(notifier)
        async with delivering(notifier, channel(mailbox.port)):
            await nothing_waits(notifier, "email")

        assert len(mailbox.got) == 1
        assert mailbox.attempts == 2


async def test_a_digest_is_one_message_in_a_chat(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_room() as room:
        await found_at(notifier, "ann", chat=f"json://127.0.0.1:{room.port}/room")
        await a_morning(notifier)
        async with delivering(notifier, Chat(Services(["json"]), WORDING, LINKS)):
            await nothing_waits(notifier, "chat")

        [got] = room.got
        assert [got["message"].count(url) for url in TWO] == [1, 1]
        assert got["message"].count("you follow bea") == 1
        assert got["message"] == got["message"].strip()
        assert LINKS.stop("ann", "announcement", channel="chat") in got["message"]


async def test_a_link_may_stop_several_kinds_and_no_other() -> None:
    token = LINKS.stop("ann", "recognition", "announcement").rpartition("/")[2]
    assert LINKS.stopped_by(token) == ("ann", ("announcement", "recognition"), "email")
    odd = LINKS.stop("ann", "recognition", "gossip").rpartition("/")[2]  # type: ignore[arg-type]
    assert LINKS.stopped_by(odd) is None
