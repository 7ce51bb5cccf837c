"""Messages to people."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol
from uuid import UUID

from attrs import frozen


@frozen(kw_only=True)
class Mail:
    """
    A mail in plain text; the same ``id`` is the same mail, however often it is sent.

    ``html`` says the same for readers that show it; None where there is only the text.
    """

    id: UUID
    to: str
    subject: str
    text: str
    html: str | None = None


class MailSecurity(StrEnum):
    """How the way to a mail server is kept from others."""

    STARTTLS = "starttls"
    """The connection turns to TLS before anything is said on it."""
    TLS = "tls"
    """It is TLS from its first byte."""
    NONE = "none"
    """It is open to read: for a relay on the same machine or in the same house."""


class Mailer(Protocol):
    """
    Takes mails on their way.

    Raises MailUnavailable where it can't now and may later, MailRefused where it never will.
    """

    async def send(self, mail: Mail) -> None:
        """Send the mail; sending one id twice delivers it once where the way allows it."""
