"""Mail for a machine without a mail server: on the console, or as files in a folder."""

from __future__ import annotations

import asyncio
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import parseaddr
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TextIO
from uuid import UUID

from automate_store.application.errors import MailUnavailable
from automate_store.application.ports.messages import Mail
from automate_store.application.ports.sources import Clock

REMEMBERED = 10_000
"""How many ids the console remembers having shown."""


class ConsoleMailer:
    """Shows each mail on a text stream, once per id among the last 10,000."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown: dict[UUID, None] = {}

    async def send(self, mail: Mail) -> None:
        """Show the mail; raises MailUnavailable where the stream is closed."""
        if mail.id in self._shown:
            return
        try:
            self._stream.write(f"To: {mail.to}\nSubject: {mail.subject}\n\n{mail.text}\n\n")
            self._stream.flush()
        except (OSError, ValueError) as failed:
            raise MailUnavailable(str(failed)) from failed
        self._shown[mail.id] = None
        if len(self._shown) > REMEMBERED:
            del self._shown[next(iter(self._shown))]


class FileMailer:
    """
    Leaves each mail as an RFC 5322 file in a folder, named by the mail's id.

    A file is there whole or not at all, and sending one id twice leaves one file.
    """

    def __init__(self, folder: Path, *, sender: str, clock: Clock) -> None:
        self._folder = folder
        self._sender = sender
        self._clock = clock

    async def send(self, mail: Mail) -> None:
        """Write the mail's file; raises MailUnavailable where the folder can't take it."""
        try:
            await asyncio.to_thread(self._write, mail)
        except (OSError, ValueError, MessageError) as failed:
            raise MailUnavailable(str(failed)) from failed

    def _write(self, mail: Mail) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{mail.id}.eml"
        if not path.exists():
            _write_whole(path, self._message(mail))

    def _message(self, mail: Mail) -> bytes:
        message = EmailMessage(policy=SMTP if mail.to.isascii() else SMTPUTF8)
        message["Date"] = self._clock()
        message["From"] = self._sender
        message["To"] = _address(mail.to)
        message["Subject"] = " ".join(mail.subject.split())
        message["Message-ID"] = f"<{mail.id}@{parseaddr(self._sender)[1].rpartition('@')[2]}>"
        message.set_content(mail.text)
        return bytes(message)


def _address(to: str) -> Address:
    # The parser knows ASCII only; what is beyond stands where a letter may stand.
    Address(addr_spec="".join(letter if letter.isascii() else "x" for letter in to))
    username, _, domain = to.rpartition("@")
    return Address(username=username, domain=domain)


def _write_whole(path: Path, content: bytes) -> None:
    with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
        try:
            part.write(content)
            part.flush()
            Path(part.name).replace(path)
        except BaseException:
            Path(part.name).unlink(missing_ok=True)
            raise
