"""E-mails as a real server gets them: whole, once, stoppable; and what becomes of refusals."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from services.notifier.adapters import email, noticebook
from services.notifier.adapters.email import UNFOLDED, Email, message_id
from services.notifier.adapters.links import Links
from services.notifier.adapters.patience import Patience
from services.notifier.adapters.ways import NotDelivered
from services.notifier.domain.notices import Notice, NoticeSent
from services.notifier.projections import shown
from services.notifier.projections.recipients import Recipient
from services.notifier.settings import SHIPPED_NOTICES
from shared.runtime.errors import WrongUse
from tests.nats import free_port
from tests.notifier.delivering import (
    SOON,
    a_notice,
    delivering,
    failures,
    found_at,
    nothing_waits,
)
from tests.notifier.examples import (
    NINE,
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
from tests.notifier.mailbox import LOGIN, TAKEN, Mailbox, a_mailbox, certificate

RULES = noticebook.load(SHIPPED_NOTICES, reachable=frozenset(["email"]))
LINKS = Links(b"k" * 32, "https://zones.example/n/")
SENDER = ("Engagement Zones", "zones@mail.example")
ANN = "ann@mail.example"


def channel(port: int, **others: Any) -> Email:  # noqa: ANN401
    told: dict[str, Any] = {
        "port": port,
        "tls": "none",
        "ca": None,
        "user": None,
        "password": None,
        "sender": SENDER,
        "timeout": 5.0,
        **others,
    }
    return Email(email.server("127.0.0.1", **told), WORDING, LINKS)


@asynccontextmanager
async def mailing(
    notifier: Notifier, mailbox: Mailbox, patience: Patience = SOON
) -> AsyncIterator[None]:
    async with delivering(notifier, channel(mailbox.port), patience=patience):
        yield


def announced(title: str) -> NoticeSent:
    """Say that there is a piece with this title."""
    piece = {"title": title, "url": None, "topic": None}
    notice = Notice(
        kind="announcement",
        recipient="fay",
        cause="piece/1",
        at=NINE,
        facts=piece,
        about="ann",
    )
    return NoticeSent(id="announcement/fay/1", notice=notice, channels=("inbox", "email"))


def part(message: EmailMessage, subtype: str) -> str:
    body = message.get_body([subtype])
    assert body
    return str(body.get_content())


async def test_an_email_says_it_in_text_and_in_html_and_how_to_stop_it(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_mailbox() as mailbox:
        await found_at(notifier, "ann", email=ANN)
        sent = await a_notice(notifier)
        async with mailing(notifier, mailbox):
            await nothing_waits(notifier, "email")

    [message] = mailbox.got
    stop = LINKS.stop("ann", "recognition")
    assert message["To"] == ANN
    assert message["From"] == "Engagement Zones <zones@mail.example>"
    assert message["Subject"] == "Recognised: Five pieces"
    assert message["Message-ID"] == message_id(sent.id, "mail.example")
    assert message["List-Unsubscribe"] == f"<{stop}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert f"List-Unsubscribe: <{stop}>\r\n".encode() in mailbox.raw[0]
    for subtype in ("plain", "html"):
        said = part(message, subtype)
        assert "Five pieces are a body of work." in said
        assert "You get this because it is yours." in said
        assert stop in said
        assert "Take it up" not in said


async def test_an_alert_has_a_link_to_take_the_draft_up(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_mailbox() as mailbox:
        await notifier.hears(editor())
        await notifier.hears(moved())
        await found_at(notifier, "eddi", email="eddi@mail.example")
        await notifier.hears(submitted())
        async with mailing(notifier, mailbox):
            await nothing_waits(notifier, "email")
        [alert] = [it.notice.cause for it in await notifier.notices() if it.notice.due_at]

    [message] = mailbox.got
    link = LINKS.acknowledge("eddi", alert)
    assert f"Take it up: {link}" in part(message, "plain")
    assert link in part(message, "html")
    assert LINKS.acknowledged_by(link.rpartition("/")[2]) == ("eddi", alert)


async def test_an_email_is_in_the_language_of_its_reader(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_mailbox() as mailbox:
        await notifier.hears(happened("member_registered", "ann", locale="de-AT"))
        await found_at(notifier, "ann", email=ANN)
        await notifier.hears(moved())
        async with mailing(notifier, mailbox):
            await nothing_waits(notifier, "email")

    [message] = mailbox.got
    assert message["Subject"] == "Du bist auf der Schnellspur"
    assert message["Content-Language"] == "de"
    assert "Keine E-Mails mehr zum Thema „Beginn der Schnellspur“" in part(message, "plain")
    assert '<html lang="de">' in part(message, "html")


def test_what_a_person_wrote_does_no_harm_in_an_email() -> None:
    notice = announced("<script>x</script>\r\nBcc: all@mail.example\r\n\r\n" + "x" * 300)

    message = channel(25).message(notice, Recipient("fay", email="fay@mail.example"))
    assert "Bcc" not in message
    assert "<script>" not in part(message, "html")
    assert "&lt;script&gt;" in part(message, "html")
    assert message["Subject"].startswith("ann has published “<script>x</script> Bcc: all@mail.")
    assert len(message.as_bytes(policy=UNFOLDED).split(b"\r\n\r\n")[0].splitlines()) < 30


async def test_whoever_has_no_address_is_sent_nothing(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier:
        sent = await a_notice(notifier)

        assert sent.channels == ("inbox",)
        assert await shown.next_delivery(notifier.store, "email") is None


async def test_an_address_that_was_forgotten_meanwhile_is_not_written_to(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_mailbox() as mailbox:
        await found_at(notifier, "ann", email=ANN)
        sent = await a_notice(notifier)
        await found_at(notifier, "ann")
        async with mailing(notifier, mailbox):
            await nothing_waits(notifier, "email")

        assert sent.channels == ("inbox", "email")
        assert mailbox.attempts == 0
        assert [failed.problem for failed in await failures(notifier)] == ["no_address"]


@pytest.mark.parametrize("where", ["answers", "recipients"])
async def test_what_is_refused_for_good_fails_at_once(tmp_path: Path, where: str) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_mailbox() as mailbox:
        setattr(mailbox, where, ["550 no such mailbox"])
        await found_at(notifier, "ann", email=ANN)
        sent = await a_notice(notifier)
        async with mailing(notifier, mailbox):
            await nothing_waits(notifier, "email")

        [failed] = await failures(notifier)
        assert (failed.id, failed.channel, failed.problem, failed.attempts) == (
            sent.id,
            "email",
            "smtp_550",
            1,
        )
        [delivery] = await shown.deliveries(notifier.store, sent.id)
        assert (delivery.state, delivery.problem, delivery.next_at) == ("failed", "smtp_550", None)


async def test_what_is_refused_for_now_is_sent_again_as_the_same_message(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_mailbox() as mailbox:
        mailbox.answers = ["451 come again", TAKEN]
        mailbox.recipients = ["450 busy", TAKEN]
        await found_at(notifier, "ann", email=ANN)
        sent = await a_notice(notifier)
        async with mailing(notifier, mailbox):
            await nothing_waits(notifier, "email")

        assert [it["Message-ID"] for it in mailbox.got] == [message_id(sent.id, "mail.example")]
        assert await failures(notifier) == []
        [delivery] = await shown.deliveries(notifier.store, sent.id)
        assert (delivery.state, delivery.attempts, delivery.problem) == ("delivered", 3, None)


async def test_in_the_end_it_is_given_up_and_says_why(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_mailbox() as mailbox:
        mailbox.answers = ["451 come again"]
        await found_at(notifier, "ann", email=ANN)
        await a_notice(notifier)
        async with mailing(notifier, mailbox):
            await nothing_waits(notifier, "email")

        [failed] = await failures(notifier)
        assert (failed.problem, failed.attempts, mailbox.attempts) == ("smtp_451", 3, 3)


async def test_a_server_that_is_not_there_is_tried_again(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier:
        await found_at(notifier, "ann", email=ANN)
        sent = await a_notice(notifier)
        hours = Patience((timedelta(hours=1),), SLEEPLESS)
        async with delivering(notifier, channel(free_port()), patience=hours):
            async with asyncio.timeout(5):
                while not (deliveries := await shown.deliveries(notifier.store, sent.id))[0].at:
                    await asyncio.sleep(0.01)
        [delivery] = deliveries

        assert (delivery.state, delivery.problem) == ("waiting", "unreachable")
        assert delivery.next_at
        assert delivery.at
        assert delivery.next_at > delivery.at


async def test_what_waited_at_a_restart_is_sent_once(tmp_path: Path) -> None:
    async with a_mailbox() as mailbox:
        async with a_notifier(tmp_path, rules=RULES) as notifier:
            await found_at(notifier, "ann", email=ANN)
            await a_notice(notifier)
        for _ in range(2):
            async with (
                a_notifier(tmp_path, rules=RULES) as notifier,
                mailing(notifier, mailbox),
            ):
                await nothing_waits(notifier, "email")
                await asyncio.sleep(0.05)

        assert len(mailbox.got) == 1


async def test_whoever_is_stopped_while_sending_sends_the_same_message_again(
    tmp_path: Path,
) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_mailbox() as mailbox:
        await found_at(notifier, "ann", email=ANN)
        await a_notice(notifier)
        mailbox.seconds = 0.2
        async with mailing(notifier, mailbox):
            async with asyncio.timeout(5):
                while not mailbox.attempts:
                    await asyncio.sleep(0.01)
        await mailbox.has(1)
        async with mailing(notifier, mailbox):
            await nothing_waits(notifier, "email")

        first, second = mailbox.got
        assert first["Message-ID"] == second["Message-ID"]


async def test_an_alert_overtakes_whatever_waits(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_mailbox() as mailbox:
        await notifier.hears(editor())
        await found_at(notifier, "eddi", email="eddi@mail.example")
        await notifier.hears(*(recognised("eddi", block=block) for block in range(1, 21)))
        await notifier.hears(moved())
        await notifier.hears(submitted())
        async with mailing(notifier, mailbox):
            await nothing_waits(notifier, "email")

        subjects = [message["Subject"] for message in mailbox.got]
        assert len(subjects) == 22
        assert subjects[0] == "A draft by ann waits for an editor"


async def test_an_alert_that_failed_once_overtakes_whatever_is_new(tmp_path: Path) -> None:
    async with a_notifier(tmp_path, rules=RULES) as notifier, a_mailbox() as mailbox:
        mailbox.answers = ["451 come again", TAKEN]
        await notifier.hears(editor())
        await notifier.hears(moved())
        await found_at(notifier, "eddi", email="eddi@mail.example")
        await notifier.hears(submitted())
        async with mailing(notifier, mailbox, Patience((timedelta(hours=1),), SLEEPLESS)):
            async with asyncio.timeout(5):
                while not mailbox.attempts:
                    await asyncio.sleep(0.01)
            await nothing_but_waits(notifier)
        await notifier.hears(*(recognised("eddi", block=block) for block in range(1, 21)))
        async with notifier.store.transaction() as transaction:
            await transaction.execute("UPDATE deliveries SET next_at = 1 WHERE next_at > 0")
        async with mailing(notifier, mailbox):
            await nothing_waits(notifier, "email")

        subjects = [message["Subject"] for message in mailbox.got]
        assert len(subjects) == 21
        assert subjects[0] == "A draft by ann waits for an editor"


async def nothing_but_waits(notifier: Notifier) -> None:
    """Return once nothing is to be tried at present."""
    async with asyncio.timeout(5):
        while not await shown.next_delivery(notifier.store, "email"):
            await asyncio.sleep(0.01)


async def test_a_login_goes_over_tls_and_only_to_whom_we_trust(tmp_path: Path) -> None:
    context, ca = certificate(tmp_path)
    user, password = LOGIN
    notice, to = announced("Tea"), Recipient("fay", email="fay@mail.example")
    secured: dict[str, Any] = {"tls": "starttls", "user": user, "password": password}
    async with a_mailbox(tls=context) as mailbox:
        await channel(mailbox.port, ca=ca, **secured).send(notice, to)
        assert len(mailbox.got) == 1
        with pytest.raises(NotDelivered, match="unreachable"):
            await channel(mailbox.port, **secured).send(notice, to)
        with pytest.raises(NotDelivered, match="login_refused") as refused:
            await channel(mailbox.port, ca=ca, **{**secured, "password": "wrong"}).send(notice, to)
        assert not refused.value.final
    async with a_mailbox() as plain:
        with pytest.raises(NotDelivered):
            await channel(plain.port, ca=ca, **secured).send(notice, to)
        assert plain.attempts == 0


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ({"sender": None}, "ZONES_NOTIFIER_EMAIL_FROM must say"),
        ({"user": "u"}, "ZONES_NOTIFIER_EMAIL_USER needs a password"),
        ({"tls": "tls", "ca": Path("/nowhere.pem")}, "EMAIL_CA: /nowhere.pem: No such file"),
    ],
)
def test_a_server_that_makes_no_sense_is_refused_in_one_line(
    told: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(WrongUse, match=complaint):
        channel(25, **told)


def test_no_password_goes_to_another_machine_in_the_clear() -> None:
    with pytest.raises(WrongUse, match="must not be none where a password is sent"):
        email.server(
            "mail.example",
            port=None,
            tls="none",
            ca=None,
            user="u",
            password="p",
            sender=SENDER,
            timeout=1,
        )
