"""What every adapter of ``ports.messages.Mailer`` promises."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

import pytest
from attrs import evolve

from automate_store.application.ports.messages import Mail, Mailer

MAIL = Mail(
    id=UUID("01900000-0000-7000-8000-000000000001"),
    to="ann@example.com",
    subject="Your order K7QF-2MXD",
    text="Thank you.\nIt comes soon: Grüße aus Köln.",
    html="<p>Thank you.</p>\n<p>It comes soon: <b>Grüße aus Köln</b>.</p>",
)


class Post(Protocol):
    """A way for mail, and what came out at its other end."""

    @property
    def mailer(self) -> Mailer:
        """The adapter under test."""

    async def delivered(self) -> Sequence[Mail]:
        """The mails that arrived; texts may have gained or lost white space at their ends."""


@pytest.mark.asyncio
class MailerContract:
    """A mail arrives whole, and once however often it is sent; ``post`` gives an empty way."""

    async def test_a_mail_arrives_as_it_was_sent(self, post: Post) -> None:
        await post.mailer.send(MAIL)
        assert [_trimmed(mail) for mail in await post.delivered()] == [MAIL]

    async def test_a_mail_of_text_alone_arrives_without_html(self, post: Post) -> None:
        plain = evolve(MAIL, html=None)
        await post.mailer.send(plain)
        assert [_trimmed(mail) for mail in await post.delivered()] == [plain]

    async def test_each_mail_arrives(self, post: Post) -> None:
        other = evolve(MAIL, id=UUID("01900000-0000-7000-8000-000000000002"), to="bob@example.com")
        await post.mailer.send(MAIL)
        await post.mailer.send(other)
        arrived = await post.delivered()
        assert {(mail.id, mail.to) for mail in arrived} == {
            (MAIL.id, MAIL.to),
            (other.id, other.to),
        }

    async def test_one_id_sent_twice_arrives_once(self, post: Post) -> None:
        await post.mailer.send(MAIL)
        await post.mailer.send(MAIL)
        assert [mail.id for mail in await post.delivered()] == [MAIL.id]

    async def test_one_id_sent_many_times_at_once_arrives_once(self, post: Post) -> None:
        await asyncio.gather(*(post.mailer.send(MAIL) for _ in range(5)))
        assert [mail.id for mail in await post.delivered()] == [MAIL.id]


def _trimmed(mail: Mail) -> Mail:
    html = None if mail.html is None else mail.html.strip()
    return evolve(mail, text=mail.text.strip(), html=html)
