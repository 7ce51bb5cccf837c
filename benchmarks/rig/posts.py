"""A mail server that takes every mail and keeps it, as often as it comes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from email import message_from_bytes, policy
from types import TracebackType
from typing import Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from attrs import frozen

from benchmarks.rig.servers import free_port

HOST = "127.0.0.1"


@frozen
class Arrival:
    """One mail that was handed over."""

    message_id: str
    to: str
    subject: str
    text: str


class PostOffice:
    """Entered, it listens on this machine, beside whatever else the check does."""

    def __init__(self) -> None:
        self.port = free_port()
        self._arrived: list[bytes] = []
        self._controller = Controller(self, hostname=HOST, port=self.port)

    @property
    def settings(self) -> Mapping[str, str]:
        """What a shop is set to that has its mails go there."""
        return {
            "smtp_host": HOST,
            "smtp_port": str(self.port),
            "smtp_security": "none",
            "mail_from": "shop@shop.example.com",
        }

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._controller.stop()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's own name
        """Keep it."""
        del server, session
        content = envelope.content
        assert isinstance(content, bytes), "the server does not decode"
        self._arrived.append(content)
        return "250 OK"

    @property
    def count(self) -> int:
        """How many came, repeats included."""
        return len(self._arrived)

    def by_customer(self) -> Mapping[str, Sequence[Arrival]]:
        """All that came, by whom it went to."""
        found: dict[str, list[Arrival]] = defaultdict(list)
        for content in tuple(self._arrived):
            arrival = _read(content)
            found[arrival.to].append(arrival)
        return found


def _read(content: bytes) -> Arrival:
    mail = message_from_bytes(content, policy=policy.default)
    body = mail.get_body(("plain",))
    assert body is not None, "every mail is plain text"
    return Arrival(
        str(mail["Message-ID"]), str(mail["To"]), str(mail["Subject"]), body.get_content()
    )
