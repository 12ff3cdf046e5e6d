"""An SMTP server on this machine, which keeps what it gets and answers as it is told."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from functools import partial
from ipaddress import IPv4Address
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

TAKEN = "250 OK"
LOGIN = ("zones", "let me in")


@dataclass(slots=True)
class Mailbox:
    """`answers` to messages, and to their recipients, are given one after the other, the last one
    for ever.
    """

    port: int = 0
    answers: list[str] = field(default_factory=lambda: [TAKEN])
    recipients: list[str] = field(default_factory=lambda: [TAKEN])
    got: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    attempts: int = 0
    seconds: float = 0.0
    """How long it takes over a message."""

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        del server, session, options
        answer = _next(self.recipients)
        if answer == TAKEN:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        del server, session
        self.attempts += 1
        await asyncio.sleep(self.seconds)
        answer = _next(self.answers)
        if answer == TAKEN:
            assert isinstance(envelope.content, bytes)
            self.raw.append(envelope.content)
            self.got.append(message_from_bytes(envelope.content, EmailMessage, policy=POLICY))
        return answer

    async def has(self, messages: int) -> None:
        """Return when it has got so many."""
        async with asyncio.timeout(30):
            while len(self.got) < messages:
                await asyncio.sleep(0.01)


def _next(answers: list[str]) -> str:
    return answers.pop(0) if len(answers) > 1 else answers[0]


@asynccontextmanager
async def a_mailbox(*, tls: ssl.SSLContext | None = None) -> AsyncIterator[Mailbox]:
    """Serve. With `tls` it wants STARTTLS and a login before anything else."""
    mailbox = Mailbox()
    protocol = partial(
        SMTP,
        mailbox,
        hostname="mail.test",
        tls_context=tls,
        require_starttls=tls is not None,
        auth_required=tls is not None,
        authenticator=_knows if tls else None,
        enable_SMTPUTF8=False,
    )
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    mailbox.port = server.sockets[0].getsockname()[1]
    try:
        yield mailbox
    finally:
        server.close()


def _knows(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, said: object
) -> AuthResult:
    del server, session, envelope, mechanism
    assert isinstance(said, LoginPassword)
    known = (said.login.decode(), said.password.decode()) == LOGIN
    return AuthResult(success=known, handled=False)


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Return what a server on 127.0.0.1 shows, and the file by which to trust it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, SHA256())
    )
    path, secret = folder / "mail.pem", folder / "mail.key"
    path.write_bytes(made.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, secret)
    return context, path
