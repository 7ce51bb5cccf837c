"""Posting letters: the step that whoever tells customers something ends with."""

from __future__ import annotations

from uuid import UUID

from automate_store.application.ports import Ports
from automate_store.application.ports.messages import Mail
from automate_store.domain.identity import is_deleted_email
from automate_store.domain.notifications import Letter


async def post(letter: Letter, to: str, *, mail_id: UUID, ports: Ports) -> None:
    """
    Have the letter written and sent; the same id is the same mail, and comes once.

    Every letter may name the shop. Who deleted their account is told nothing more.
    """
    if is_deleted_email(to):
        return
    store = {"name": ports.policy.store_name, "url": ports.policy.url}
    notice = ports.notices.write(Letter(letter.name, {**letter.facts, "store": store}))
    mail = Mail(id=mail_id, to=to, subject=notice.subject, text=notice.text, html=notice.html)
    await ports.mailer.send(mail)
