"""What breaks around the store: its tables, its constraints, the folder of its mails."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.promises.p35_logs.marks import Marks
from benchmarks.promises.run import Run
from benchmarks.rig.database import TemporaryDatabase
from benchmarks.rig.mails import Mailbox
from benchmarks.rig.shop import STAFF, Shop
from benchmarks.rig.shoppers import ADDRESS, API, Answer, Shoppers, fresh_key

FAILING_S = 3.0
"""By then the worker has tried to write a mail at least once."""
GONE = ("carts", "sessions", "tax_rates")
"""Tables that are away for a moment."""
TAX = {"code": "p35", "rate": "0.1", "zone": {"country": "DE"}, "applies_to_shipping": True}


async def broken_database(shop: Shop, run: Run, shoppers: Shoppers, marks: Marks) -> None:
    """Requests that the database refuses in ways that nobody foresaw."""
    for table in GONE:
        with _away(shop.database, table):
            await _faults(run, shoppers, marks, table)
    with _nobody_may_be_added(shop.database):
        answers = [await _register(shoppers, marks) for _ in range(3)]
        run.require(
            all(answer.status == 500 for answer in answers), "a broken constraint is no fault"
        )
    known = marks.email()
    await asyncio.gather(*(_register(shoppers, marks, known) for _ in range(8)))
    run.tries += 12


async def broken_mails(shop: Shop, run: Run, shoppers: Shoppers, marks: Marks) -> None:
    """Mails that can't be written, with links in them; they come once they can."""
    mailbox, aside = Mailbox(shop.mails), shop.mails.with_name("mails-aside")
    email = marks.email()
    shop.mails.rename(aside)
    shop.mails.write_text("not a folder")
    try:
        answer = await _register(shoppers, marks, email)
        run.require(answer.ok, f"nobody could register without mails: {answer.label()}")
        await shoppers.ask("POST", f"{API}/auth/forgot-password", {"email": email})
        await asyncio.sleep(FAILING_S)
    finally:
        shop.mails.unlink()
        aside.rename(shop.mails)
    for page, kind in (("verify-email", "verification link"), ("reset-password", "reset link")):
        letter = await mailbox.link(email, page)
        marks.secret(kind, letter.secret)
    run.tries += 2


async def _faults(run: Run, shoppers: Shoppers, marks: Marks, table: str) -> None:
    login = {"email": marks.email(), "password": marks.password()}
    tax = {**TAX, "name": marks.card()}
    cart = {"X-Cart-Token": marks.secret("cart token", marks.word() * 4), "Idempotency-Key": "k"}
    place = {**ADDRESS, "address_line_1": marks.street()}
    order = {"email": marks.email(), "shipping_address": place, "shipping_method": "standard"}
    answers = [
        await _register(shoppers, marks),
        await shoppers.ask("POST", f"{API}/auth/login", login),
        await shoppers.ask("GET", f"{API}/cart?note={marks.card()}", headers=cart),
        await shoppers.ask("POST", f"{API}/orders", order, headers=cart),
        await shoppers.ask("POST", f"{API}/admin/taxes", tax, headers=STAFF),
    ]
    run.tries += len(answers)
    run.require(any(answer.status == 500 for answer in answers), f"nothing broke without {table}")


async def _register(shoppers: Shoppers, marks: Marks, email: str = "") -> Answer:
    body = {
        "email": email or marks.email(),
        "password": marks.password(),
        "first_name": marks.card(),
        # It looks like nothing: no cleaning of a log could tell what it is.
        "last_name": marks.person("name", marks.word()),
    }
    headers = {"Idempotency-Key": fresh_key()}
    return await shoppers.ask("POST", f"{API}/auth/register", body, headers=headers)


@contextmanager
def _away(database: TemporaryDatabase, table: str) -> Iterator[None]:
    with database.connect() as connection:
        connection.execute(f"ALTER TABLE {table} RENAME TO p35_away".encode())
        try:
            yield
        finally:
            connection.execute(f"ALTER TABLE p35_away RENAME TO {table}".encode())


@contextmanager
def _nobody_may_be_added(database: TemporaryDatabase) -> Iterator[None]:
    with database.connect() as connection:
        connection.execute(
            b"ALTER TABLE users ADD CONSTRAINT p35_nobody CHECK (email IS NULL) NOT VALID"
        )
        try:
            yield
        finally:
            connection.execute(b"ALTER TABLE users DROP CONSTRAINT p35_nobody")
