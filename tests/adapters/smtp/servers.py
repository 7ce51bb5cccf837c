"""Mail servers on this machine: aiosmtpd's, as well-behaved or as broken as a test wants it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from attrs import define, field, frozen
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from automate_store.adapters.smtp import SmtpMailer, SmtpServer
from automate_store.application.ports.messages import Mail, MailSecurity
from tests.mails import received

HOST = "127.0.0.1"
USER, PASSWORD = "shop", "a long secret"
TIMEOUT_S = 5.0
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

Greet = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@define
class Mailroom:
    """What a server was told, and what it answers where it is to refuse."""

    arrived: list[bytes] = field(factory=list)
    said: list[str] = field(factory=list)
    to_recipients: str = "250 OK"
    to_data: str = "250 OK"
    authenticated: bool = False

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's own name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session, options
        self.said.append("RCPT")
        if self.to_recipients.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.to_recipients.format(address=address)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        del server
        self.authenticated = bool(session.authenticated)
        if self.to_data.startswith("2"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.arrived.append(content)
        return self.to_data

    def login(self, server: SMTP, session: Session, envelope: Envelope, *given: Any) -> AuthResult:
        """Whether who signs in is the shop."""
        del server, session, envelope
        mechanism, who = given
        self.said.append(mechanism)
        assert isinstance(who, LoginPassword)
        right = (who.login, who.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)


@frozen
class Box:
    """A mailer, and the room at the other end of its way."""

    mailer: SmtpMailer
    room: Mailroom

    async def delivered(self) -> Sequence[Mail]:
        """What lies there."""
        return [received(raw) for raw in self.room.arrived]


@frozen
class Certificate:
    """A certificate that somebody made for themselves, and how either side uses it."""

    path: Path

    @classmethod
    def make(cls, folder: Path, *, address: str = HOST) -> Certificate:
        """One for that address, good for a day."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
        now = datetime.now(UTC)  # noqa: TID251 - OpenSSL looks at the real clock
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False
            )
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        path = folder / f"{address}.pem"
        path.write_bytes(
            made.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return cls(path)

    def server(self) -> ssl.SSLContext:
        """For the server that has it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path)
        return context

    def client(self) -> ssl.SSLContext:
        """For a client that believes in it."""
        return ssl.create_default_context(cafile=str(self.path))


@asynccontextmanager
async def serving(
    security: MailSecurity, certificate: Certificate, *, room: Mailroom | None = None, **said: Any
) -> AsyncIterator[tuple[int, Mailroom]]:
    """A server of that kind, its port, and what it is told; ``said`` is for aiosmtpd."""
    room = room or Mailroom()
    starttls = security is MailSecurity.STARTTLS

    def protocol() -> SMTP:
        return SMTP(
            room,
            hostname="mail.example",
            tls_context=certificate.server() if starttls else None,
            require_starttls=starttls,
            authenticator=room.login,
            auth_require_tls=starttls,
            **{"enable_SMTPUTF8": True, **said},
        )

    tls = certificate.server() if security is MailSecurity.TLS else None
    server = await asyncio.get_running_loop().create_server(protocol, HOST, 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1], room
    finally:
        server.close()


@asynccontextmanager
async def greeting(greet: Greet) -> AsyncIterator[int]:
    """A server that treats each connection so, and its port."""
    handling: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        handling.add(task)
        try:
            await greet(reader, writer)
        except (asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, HOST, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in handling:
            task.cancel()
        await asyncio.gather(*handling)


def mailer_at(
    port: int,
    *,
    security: MailSecurity = MailSecurity.NONE,
    tls: ssl.SSLContext | None = None,
    user: str | None = None,
    password: str | None = None,
    timeout_s: float = TIMEOUT_S,
) -> SmtpMailer:
    """A mailer to that port."""
    server = SmtpServer(
        host=HOST, port=port, security=security, user=user, password=password, timeout_s=timeout_s
    )
    return SmtpMailer(server, sender="Shop <shop@example.com>", clock=lambda: NOON, tls=tls)
