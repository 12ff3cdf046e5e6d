"""Notices by e-mail, handed to an SMTP server, as text and as HTML.

The Message-ID follows from the notice's id: what is sent again after a crash is the same message to
whoever compares. A recipient or a message that the server refuses for good (5xx) fails at once.
That it does not let us in, or takes nothing from our sender, is no fault of the message: it is
tried again, and an operator may mend it until then.
"""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

import aiosmtplib
from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPTimeoutError,
)

from services.notifier.adapters.links import Links
from services.notifier.adapters.ways import NotDelivered
from services.notifier.adapters.wording import Letter, Wording
from services.notifier.domain.notices import NoticeSent
from services.notifier.projections.recipients import Recipient
from shared.runtime.access import is_loopback
from shared.runtime.errors import WrongUse

Tls = Literal["starttls", "tls", "none"]
PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}
UNFOLDED: Final = SMTP.clone(max_line_length=998)
"""What has no spaces, such as a link, comes to harm where a line is folded."""
FOR_GOOD: Final = 500
"""From here on a server's answers will not change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where e-mails are handed in, and as whom. `timeout` are the seconds of each step."""

    host: str
    port: int
    tls: Tls
    context: ssl.SSLContext | None
    user: str | None
    password: str | None
    sender: Address
    timeout: float


def server(
    host: str,
    *,
    port: int | None,
    tls: Tls,
    ca: Path | None,
    user: str | None,
    password: str | None,
    sender: tuple[str, str] | None,
    timeout: float,
) -> Server:
    """`sender` is a name and an address. Raises WrongUse where nothing could be sent, or a
    password would be sent in the clear.
    """
    if sender is None:
        raise WrongUse("ZONES_NOTIFIER_EMAIL_FROM must say from whom e-mails come")
    if (user is None) != (password is None):
        raise WrongUse("ZONES_NOTIFIER_EMAIL_USER needs a password, and the password a user")
    if tls == "none" and user and not is_loopback(host):
        raise WrongUse(
            "ZONES_NOTIFIER_EMAIL_TLS must not be none where a password is sent to another machine"
        )
    try:
        context = None if tls == "none" else ssl.create_default_context(cafile=ca)
    except OSError as error:
        raise WrongUse(f"ZONES_NOTIFIER_EMAIL_CA: {ca}: {error.strerror or error}") from error
    return Server(
        host=host,
        port=port or PORTS[tls],
        tls=tls,
        context=context,
        user=user,
        password=password,
        sender=Address(display_name=sender[0], addr_spec=sender[1]),
        timeout=timeout,
    )


class Email:
    """The channel."""

    channel: Final = "email"
    at_once: Final = 1
    """There is one server: more would not be much faster, and a crash would send more twice."""

    def __init__(self, to: Server, wording: Wording, links: Links) -> None:
        self._server, self._wording, self._links = to, wording, links

    async def send(self, sent: NoticeSent, to: Recipient) -> None:
        await self._send(self.message(sent, to), to)

    async def send_digest(self, those: Sequence[NoticeSent], to: Recipient) -> None:
        await self._send(self.digest(those, to), to)

    async def _send(self, message: EmailMessage, to: Recipient) -> None:
        try:
            await self._hand_in(message, to.email or "")
        except SMTPAuthenticationError:
            raise NotDelivered("login_refused") from None
        except SMTPRecipientsRefused as error:
            raise _refused(error.recipients[0].code) from None
        except SMTPDataError as error:
            raise _refused(error.code) from None
        except SMTPResponseException as error:
            raise NotDelivered(f"smtp_{error.code}") from None
        except SMTPNotSupported:
            raise NotDelivered("not_supported", final=True) from None
        except SMTPTimeoutError:
            raise NotDelivered("timeout") from None
        except (SMTPException, OSError):
            raise NotDelivered("unreachable") from None

    def message(self, sent: NoticeSent, to: Recipient) -> EmailMessage:
        """Return what is sent, with the ways to stop it."""
        notice = sent.notice
        stop = self._links.stop(to.member, notice.kind)
        letter = self._wording.letter(notice, to, stop=stop, ways=self._links.ways(notice))
        return self._enclosed(letter, to, id=sent.id, stop=stop)

    def digest(self, those: Sequence[NoticeSent], to: Recipient) -> EmailMessage:
        """Return what tells several things at once. What mail programs stop by themselves is all
        that is told.
        """
        notices = [sent.notice for sent in those]
        letter = self._wording.digest(
            notices,
            to,
            stop=lambda kind: self._links.stop(to.member, kind),
            ways=self._links.ways,
        )
        stop = self._links.stop(to.member, *dict.fromkeys(notice.kind for notice in notices))
        return self._enclosed(letter, to, id=f"digest/{those[0].digest}", stop=stop)

    def _enclosed(self, letter: Letter, to: Recipient, *, id: str, stop: str) -> EmailMessage:
        sender = self._server.sender
        message = EmailMessage()
        message["From"] = sender
        message["To"] = Address(addr_spec=to.email or "")
        message["Subject"] = letter.subject
        message["Date"] = localtime()
        message["Message-ID"] = message_id(id, sender.domain)
        message["List-Unsubscribe"] = f"<{stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text, cte="quoted-printable")
        message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
        message["Content-Language"] = letter.language
        return message

    async def _hand_in(self, message: EmailMessage, recipient: str) -> None:
        to = self._server
        await aiosmtplib.send(
            message.as_bytes(policy=UNFOLDED),
            sender=to.sender.addr_spec,
            recipients=[recipient],
            hostname=to.host,
            port=to.port,
            username=to.user,
            password=to.password,
            use_tls=to.tls == "tls",
            start_tls=to.tls == "starttls",
            tls_context=to.context,
            timeout=to.timeout,
        )


def message_id(id: str, domain: str) -> str:
    return f"<{sha256(id.encode()).hexdigest()[:32]}@{domain}>"


def _refused(code: int) -> NotDelivered:
    return NotDelivered(f"smtp_{code}", final=code >= FOR_GOOD)
