"""Mail over SMTP: arrives once, is tried again where that may help, and never where it can't."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from attrs import evolve

from automate_store.application.errors import MailRefused, MailUnavailable
from automate_store.application.ports.messages import Mail, MailSecurity
from automate_store.entrypoints.properties.contracts import MailerContract
from tests.adapters.smtp.servers import (
    PASSWORD,
    USER,
    Box,
    Certificate,
    Mailroom,
    greeting,
    mailer_at,
    serving,
)
from tests.mails import parsed, received

MAIL = Mail(
    id=UUID("01900000-0000-7000-8000-000000000001"),
    to="ann@example.com",
    subject="Order K7QF-2MXD",
    text="Thank you.\n.\nIt comes soon: Grüße.",
    html="<p>Thank you.</p>",
)
PLAIN = MailSecurity.NONE
SOON_S = 0.3


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate.make(tmp_path_factory.mktemp("certificate"))


@pytest.mark.parametrize("security", MailSecurity)
class TestSmtpMailer(MailerContract):
    @pytest.fixture
    async def post(self, security: MailSecurity, certificate: Certificate) -> AsyncIterator[Box]:
        async with serving(security, certificate) as (port, room):
            tls = certificate.client()
            yield Box(mailer_at(port, security=security, tls=tls), room)


async def test_the_message_has_both_kinds_of_text_and_who_it_is_from(
    certificate: Certificate,
) -> None:
    async with serving(PLAIN, certificate) as (port, room):
        await mailer_at(port).send(MAIL)
    (raw,) = room.arrived
    message = parsed(raw)
    assert message.get_content_type() == "multipart/alternative"
    assert message["From"] == "Shop <shop@example.com>"
    assert received(raw).text.rstrip() == MAIL.text, "a line of one dot does not end it"


async def test_a_repeat_by_another_worker_is_known_by_its_message_id(
    certificate: Certificate,
) -> None:
    async with serving(PLAIN, certificate) as (port, room):
        await mailer_at(port).send(MAIL)
        await mailer_at(port).send(MAIL)
    assert [parsed(raw)["Message-ID"] for raw in room.arrived] == [f"<{MAIL.id}@example.com>"] * 2


@pytest.mark.parametrize("to", ["jürgen@example.com", "o'hara+shop@example.com", "a.b!c@x.example"])
async def test_mail_goes_to_every_address_that_a_customer_may_have(
    certificate: Certificate, to: str
) -> None:
    async with serving(PLAIN, certificate) as (port, room):
        await mailer_at(port).send(evolve(MAIL, to=to))
    assert [received(raw).to for raw in room.arrived] == [to]


async def test_an_address_that_the_server_can_not_write_is_refused_for_good(
    certificate: Certificate,
) -> None:
    async with serving(PLAIN, certificate, enable_SMTPUTF8=False) as (port, room):
        with pytest.raises(MailRefused):
            await mailer_at(port).send(evolve(MAIL, to="jürgen@example.com"))
    assert room.arrived == []


@pytest.mark.parametrize("to", ["a@b.c, d@e.f", "a@b.c\r\nBcc: d@e.f", "nobody", "<a@b.c>"])
async def test_what_is_not_one_address_never_reaches_the_server(
    certificate: Certificate, to: str
) -> None:
    async with serving(PLAIN, certificate) as (port, room):
        with pytest.raises(MailRefused):
            await mailer_at(port).send(evolve(MAIL, to=to))
    assert room.said == []


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        ("550 5.1.1 <{address}> is unknown here", MailRefused),
        ("553 no such mailbox", MailRefused),
        ("450 4.2.0 {address} is greylisted", MailUnavailable),
        ("421 4.3.2 closing down", MailUnavailable),
        ("550 5.7.1 relaying denied for {address}", MailUnavailable),
    ],
)
async def test_a_refused_recipient_is_tried_again_only_where_that_may_help(
    certificate: Certificate, answer: str, refusal: type[Exception]
) -> None:
    room = Mailroom(to_recipients=answer)
    async with serving(PLAIN, certificate, room=room) as (port, _):
        with pytest.raises(refusal) as refused:
            await mailer_at(port).send(MAIL)
    assert answer[:3] in str(refused.value)
    assert "ann@example.com" not in str(refused.value), "what is logged does not name customers"
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [("554 5.6.0 not like this", MailRefused), ("452 4.3.1 disk full", MailUnavailable)],
)
async def test_a_refused_mail_is_tried_again_only_where_that_may_help(
    certificate: Certificate, answer: str, refusal: type[Exception]
) -> None:
    room = Mailroom(to_data=answer)
    async with serving(PLAIN, certificate, room=room) as (port, _):
        mailer = mailer_at(port)
        with pytest.raises(refusal):
            await mailer.send(MAIL)
        room.to_data = "250 OK"
        await mailer.send(MAIL)
    assert len(room.arrived) == 1, "what was not taken is not remembered as sent"


async def test_who_signs_in_is_let_in(certificate: Certificate) -> None:
    security, tls = MailSecurity.STARTTLS, certificate.client()
    async with serving(security, certificate, auth_required=True) as (port, room):
        mailer = mailer_at(port, security=security, tls=tls, user=USER, password=PASSWORD)
        await mailer.send(MAIL)
    assert room.authenticated
    assert len(room.arrived) == 1


async def test_a_wrong_password_is_a_mail_that_waits(certificate: Certificate) -> None:
    security, tls = MailSecurity.STARTTLS, certificate.client()
    async with serving(security, certificate, auth_required=True) as (port, room):
        mailer = mailer_at(port, security=security, tls=tls, user=USER, password="wrong")
        with pytest.raises(MailUnavailable) as refused:
            await mailer.send(MAIL)
    assert "535" in str(refused.value)
    assert room.arrived == []


async def test_a_server_without_tls_learns_neither_password_nor_mail(
    certificate: Certificate,
) -> None:
    async with serving(PLAIN, certificate) as (port, room):
        mailer = mailer_at(port, security=MailSecurity.STARTTLS, user=USER, password=PASSWORD)
        with pytest.raises(MailUnavailable):
            await mailer.send(MAIL)
    assert room.said == []


@pytest.mark.parametrize("security", [MailSecurity.STARTTLS, MailSecurity.TLS])
@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2"])
async def test_a_certificate_that_nobody_vouches_for_gets_no_mail(
    tmp_path: Path, security: MailSecurity, address: str
) -> None:
    made = Certificate.make(tmp_path, address=address)
    believed = made.client() if address != "127.0.0.1" else None
    async with serving(security, made) as (port, room):
        mailer = mailer_at(port, security=security, tls=believed, user=USER, password=PASSWORD)
        with pytest.raises(MailUnavailable) as refused:
            await mailer.send(MAIL)
    assert "certificate" in str(refused.value)
    assert room.said == []


async def test_nobody_at_the_port_is_a_mail_that_waits(certificate: Certificate) -> None:
    async with serving(PLAIN, certificate) as (port, _):
        pass
    with pytest.raises(MailUnavailable):
        await mailer_at(port).send(MAIL)


async def test_a_server_that_says_nothing_is_waited_for_no_longer_than_set() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del writer
        await reader.read()

    async with greeting(silent) as port, asyncio.timeout(SOON_S * 10):
        with pytest.raises(MailUnavailable):
            await mailer_at(port, timeout_s=SOON_S).send(MAIL)


async def test_a_server_that_is_slow_at_each_step_is_waited_for_no_longer_than_set() -> None:
    talk = Talk(pause_s=SOON_S * 0.6)
    async with greeting(talk.until_quit) as port:
        with pytest.raises(MailUnavailable):
            await mailer_at(port, timeout_s=SOON_S).send(MAIL)
    assert talk.mails == 0


async def test_a_connection_that_drops_in_mid_mail_is_a_mail_that_waits() -> None:
    async with greeting(Talk().until_data) as port:
        with pytest.raises(MailUnavailable):
            await mailer_at(port).send(MAIL)


async def test_a_server_that_leaves_without_goodbye_has_the_mail_all_the_same() -> None:
    talk = Talk()
    async with greeting(talk.until_quit) as port:
        mailer = mailer_at(port)
        await mailer.send(MAIL)
        await mailer.send(MAIL)
    assert talk.mails == 1


def test_the_password_stays_out_of_what_is_printed() -> None:
    mailer = mailer_at(25, user=USER, password=PASSWORD)
    assert USER in repr(mailer._server)
    assert PASSWORD not in repr(mailer._server)


class Talk:
    """A server that says yes to all, and goes when it is least convenient."""

    def __init__(self, *, pause_s: float = 0.0) -> None:
        self._pause_s = pause_s
        self.mails = 0

    async def until_data(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """It takes the first line of the mail and is gone."""
        await self._up_to_the_mail(reader, writer)
        await reader.readline()

    async def until_quit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """It takes the mail, says so, and is gone when the client leaves."""
        await self._up_to_the_mail(reader, writer)
        await reader.readuntil(b"\r\n.\r\n")
        self.mails += 1
        writer.write(b"250 taken\r\n")
        await reader.readline()

    async def _up_to_the_mail(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(b"220 mail.example\r\n")
        while (line := await reader.readline()) and not line.startswith(b"DATA"):
            await asyncio.sleep(self._pause_s)
            writer.write(b"250 OK\r\n")
        writer.write(b"354 go on\r\n")
