"""Mails as they come out at the other end."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from uuid import UUID

from automate_store.application.ports.messages import Mail


def parsed(raw: bytes) -> EmailMessage:
    """The message that these bytes are."""
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def received(raw: bytes) -> Mail:
    """The mail that a mail program makes of it; its id is the one in the Message-ID."""
    message = parsed(raw)
    return Mail(
        id=UUID(message["Message-ID"].removeprefix("<").partition("@")[0]),
        to=message["To"],
        subject=message["Subject"],
        text=_content(message, "plain") or "",
        html=_content(message, "html"),
    )


def _content(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body((kind,))
    return None if part is None else part.get_content().replace("\r\n", "\n")
