"""Mails as mail programs read them (RFC 5322, MIME): one making of them for every way they go."""

from __future__ import annotations

from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import parseaddr

from automate_store.application.errors import MailRefused
from automate_store.application.ports.messages import Mail


def message(mail: Mail, *, sender: str, at: datetime) -> EmailMessage:
    """
    The mail as a message: the text, and the HTML as the better one of two where there is one.

    Its Message-ID comes of the mail's id, so that a repeat is known as one. Raises
    MailRefused for what is not one address, or can't stand in a message.
    """
    made = EmailMessage(policy=SMTP if mail.to.isascii() else SMTPUTF8)
    try:
        made["Date"] = at
        made["From"] = sender
        made["To"] = _address(mail.to)
        made["Subject"] = " ".join(mail.subject.split())
        made["Message-ID"] = f"<{mail.id}@{domain_of(sender)}>"
        # No out-of-office note is written to a program (RFC 3834).
        made["Auto-Submitted"] = "auto-generated"
        made.set_content(mail.text)
        if mail.html is not None:
            made.add_alternative(mail.html, subtype="html")
    except (ValueError, MessageError):
        # What is wrong with it names the customer, and stays out of the log therefore.
        raise MailRefused("it can't be written as a message to one address") from None
    return made


def address_of(sender: str) -> str:
    """The bare address of a sender such as ``Shop <shop@example.com>``."""
    return parseaddr(sender)[1]


def domain_of(sender: str) -> str:
    """What stands behind the sender's @."""
    return address_of(sender).rpartition("@")[2]


def _address(to: str) -> Address:
    # The parser knows ASCII only; what is beyond stands where a letter may stand.
    Address(addr_spec="".join(letter if letter.isascii() else "x" for letter in to))
    username, _, domain = to.rpartition("@")
    return Address(username=username, domain=domain)
