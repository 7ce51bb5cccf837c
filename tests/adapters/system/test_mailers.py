"""Mail on the console and in files: whole, readable, once."""

import asyncio
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from traceback import format_exception
from uuid import UUID

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from automate_store.adapters.system import ConsoleMailer, FileMailer
from automate_store.application.errors import MailRefused, MailUnavailable
from automate_store.application.ports.messages import Mail
from automate_store.domain.identity import normalise_email
from automate_store.domain.kernel.errors import InvalidInput

AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
MAIL = Mail(
    id=UUID("01900000-0000-7000-8000-000000000001"),
    to="ann@example.com",
    subject="Order K7QF-2MXD",
    text="Thank you.\nIt comes soon: Grüße.",
)


def files(folder: Path) -> FileMailer:
    return FileMailer(folder, sender="Shop <shop@example.com>", clock=lambda: AT)


def left(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def read(folder: Path) -> EmailMessage:
    raw = (folder / f"{MAIL.id}.eml").read_bytes()
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


async def test_the_file_is_a_mail_that_others_can_read(tmp_path: Path) -> None:
    await files(tmp_path).send(MAIL)
    message = read(tmp_path)
    assert message["To"] == "ann@example.com"
    assert message["From"] == "Shop <shop@example.com>"
    assert message["Subject"] == MAIL.subject
    assert message["Date"].datetime == AT
    assert message["Message-ID"] == f"<{MAIL.id}@example.com>"
    assert message.get_content().splitlines() == MAIL.text.splitlines()


async def test_html_stands_beside_the_text_as_the_better_of_two(tmp_path: Path) -> None:
    await files(tmp_path).send(evolve(MAIL, html="<p>Thank <b>you</b>.</p>"))
    message = read(tmp_path)
    assert message.get_content_type() == "multipart/alternative"
    kinds = [part.get_content_type() for part in message.iter_parts()]
    assert kinds == ["text/plain", "text/html"], "the last one is shown where it can be"


async def test_nobody_out_of_office_answers_a_program(tmp_path: Path) -> None:
    await files(tmp_path).send(MAIL)
    assert read(tmp_path)["Auto-Submitted"] == "auto-generated"


async def test_the_folder_is_made_when_it_is_not_there(tmp_path: Path) -> None:
    await files(tmp_path / "mail" / "out").send(MAIL)
    assert read(tmp_path / "mail" / "out")["To"] == MAIL.to


async def test_sending_one_id_twice_leaves_one_file_and_no_parts(tmp_path: Path) -> None:
    mailer = files(tmp_path)
    await asyncio.gather(*(mailer.send(MAIL) for _ in range(5)))
    assert left(tmp_path) == [f"{MAIL.id}.eml"]


async def test_a_subject_can_not_smuggle_in_a_header(tmp_path: Path) -> None:
    sneaky = Mail(id=MAIL.id, to=MAIL.to, subject="Hi\r\nBcc: eve@example.com", text="")
    await files(tmp_path).send(sneaky)
    message = read(tmp_path)
    assert message["Bcc"] is None
    assert message["Subject"] == "Hi Bcc: eve@example.com"


@pytest.mark.parametrize("to", ["a@b.c, d@e.f", "a@b.c\r\nBcc: d@e.f", "nobody", "<a@b.c>"])
async def test_what_is_not_one_address_is_not_sent(tmp_path: Path, to: str) -> None:
    with pytest.raises(MailRefused) as refused:
        await files(tmp_path).send(Mail(id=MAIL.id, to=to, subject="Hi", text=""))
    assert to not in "".join(format_exception(refused.value))
    assert left(tmp_path) == []


async def test_an_address_beyond_ascii_stays_readable(tmp_path: Path) -> None:
    await files(tmp_path).send(Mail(id=MAIL.id, to="jürgen@example.com", subject="Hi", text=""))
    assert read(tmp_path)["To"] == "jürgen@example.com"


@given(local=st.text(min_size=1, max_size=8), punctuation=st.text(".=?%'+-/", max_size=4))
def test_mail_goes_to_every_address_that_an_order_may_have(local: str, punctuation: str) -> None:
    try:
        to = normalise_email(f"{local}{punctuation}{local}@post.example")
    except InvalidInput:
        return
    with TemporaryDirectory() as folder:
        asyncio.run(files(Path(folder)).send(evolve(MAIL, to=to)))
        assert read(Path(folder))["To"] == to


async def test_a_folder_that_can_not_be_made_is_a_mail_that_waits(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file stands where the folder would")
    with pytest.raises(MailUnavailable):
        await files(tmp_path / "taken").send(MAIL)


async def test_the_console_shows_a_mail_once() -> None:
    shown = StringIO()
    mailer = ConsoleMailer(shown)
    await mailer.send(MAIL)
    await mailer.send(MAIL)
    assert shown.getvalue().count("Subject: Order K7QF-2MXD") == 1
    assert MAIL.text in shown.getvalue()


async def test_a_closed_console_is_a_mail_that_waits() -> None:
    shown = StringIO()
    shown.close()
    with pytest.raises(MailUnavailable):
        await ConsoleMailer(shown).send(MAIL)
