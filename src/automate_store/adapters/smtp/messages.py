"""Mail over SMTP: handed to one server, which takes it from there."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from uuid import UUID
from weakref import WeakValueDictionary

from aiosmtplib import SMTP, SMTPException
from attrs import field, frozen

from automate_store.adapters.smtp.answers import refused_for_good, what_it_said
from automate_store.application import mime
from automate_store.application.errors import MailRefused, MailUnavailable
from automate_store.application.ports.messages import Mail, MailSecurity
from automate_store.application.ports.sources import Clock

REMEMBERED = 10_000
"""How many ids a mailer remembers having handed over."""
LEAVE_S = 1.0
"""How long the server is waited for once it has the mail: it is thanked, and left."""


@frozen(kw_only=True)
class SmtpServer:
    """The server that takes the mails; ``timeout_s`` bounds all that one mail takes there."""

    host: str
    port: int
    security: MailSecurity
    user: str | None
    password: str | None = field(repr=False)
    timeout_s: float


class SmtpMailer:
    """
    Hands each mail to the server on a connection of its own, once per id among the last 10,000.

    A server that takes a mail and is lost before it says so gets it again, with the same
    Message-ID. ``tls`` says which certificates are believed; None believes those that the
    machine believes.
    """

    def __init__(
        self, server: SmtpServer, *, sender: str, clock: Clock, tls: ssl.SSLContext | None = None
    ) -> None:
        self._server = server
        self._sender = sender
        self._clock = clock
        self._tls = tls
        self._sent: dict[UUID, None] = {}
        self._under_way: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    async def send(self, mail: Mail) -> None:
        """
        Hand the mail over.

        Raises MailRefused where the server will not have it for whom or for what it is, and
        MailUnavailable for all that may be mended: the way, the server, or the settings.
        """
        lock = self._under_way.setdefault(mail.id, asyncio.Lock())
        async with lock:
            if mail.id in self._sent:
                return
            await self._hand_over(mail)
            self._sent[mail.id] = None
            if len(self._sent) > REMEMBERED:
                del self._sent[next(iter(self._sent))]

    async def _hand_over(self, mail: Mail) -> None:
        message = mime.message(mail, sender=self._sender, at=self._clock())
        client = self._client()
        try:
            async with asyncio.timeout(self._server.timeout_s):
                await client.connect()
                # The envelope is ours: a header read back may come to another address.
                await client.send_message(
                    message, sender=mime.address_of(self._sender), recipients=[mail.to]
                )
            await _leave(client)
        except (SMTPException, OSError, ValueError) as failed:
            said = what_it_said(failed, mail.to)
            # The cause names the customer, and stays out of the log therefore.
            if refused_for_good(failed):
                raise MailRefused(said) from None
            raise MailUnavailable(said) from None
        finally:
            client.close()

    def _client(self) -> SMTP:
        server, domain = self._server, mime.domain_of(self._sender)
        return SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.security is MailSecurity.TLS,
            start_tls=server.security is MailSecurity.STARTTLS,
            tls_context=self._tls,
            timeout=server.timeout_s,
            # The machine's own name may be slow to find, and is nobody's business.
            local_hostname=domain if domain.isascii() else "localhost",
        )


async def _leave(client: SMTP) -> None:
    """Say goodbye; the mail is with the server, whatever it answers to that."""
    with suppress(SMTPException, OSError):
        await client.quit(timeout=LEAVE_S)
