"""Mail for a machine without a mail server: on the console, or as files in a folder."""

from __future__ import annotations

import asyncio
from email.errors import MessageError
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TextIO
from uuid import UUID

from automate_store.application import mime
from automate_store.application.errors import MailUnavailable
from automate_store.application.ports.messages import Mail
from automate_store.application.ports.sources import Clock

REMEMBERED = 10_000
"""How many ids the console remembers having shown."""


class ConsoleMailer:
    """Shows the text of each mail on a stream, once per id among the last 10,000."""

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
        """
        Write the mail's file.

        Raises MailUnavailable where the folder can't take it, MailRefused for no address.
        """
        try:
            await asyncio.to_thread(self._write, mail)
        except (OSError, ValueError, MessageError) as failed:
            raise MailUnavailable(str(failed)) from failed

    def _write(self, mail: Mail) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{mail.id}.eml"
        if not path.exists():
            message = mime.message(mail, sender=self._sender, at=self._clock())
            _write_whole(path, bytes(message))


def _write_whole(path: Path, content: bytes) -> None:
    with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
        try:
            part.write(content)
            part.flush()
            Path(part.name).replace(path)
        except BaseException:
            Path(part.name).unlink(missing_ok=True)
            raise
