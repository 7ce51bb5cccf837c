"""Mail that stays where it was written."""

from __future__ import annotations

from uuid import UUID

from automate_store.application.ports.messages import Mail


class MemoryMailer:
    """Keeps every mail, once per id, in the order of their sending."""

    def __init__(self) -> None:
        self._sent: dict[UUID, Mail] = {}

    @property
    def sent(self) -> tuple[Mail, ...]:
        """What was sent, oldest first."""
        return tuple(self._sent.values())

    async def send(self, mail: Mail) -> None:
        """Keep the mail."""
        self._sent.setdefault(mail.id, mail)
