"""Messages to people."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from attrs import frozen


@frozen(kw_only=True)
class Mail:
    """A mail in plain text; the same ``id`` is the same mail, however often it is sent."""

    id: UUID
    to: str
    subject: str
    text: str


class Mailer(Protocol):
    """Takes mails on their way; raises MailUnavailable where it can't now."""

    async def send(self, mail: Mail) -> None:
        """Send the mail; sending one id twice delivers it once where the way allows it."""
