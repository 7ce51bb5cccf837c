"""After somebody is erased a search of the whole database finds nothing of them."""

from __future__ import annotations

import psycopg
import pytest
from attrs import evolve, frozen
from psycopg.types.json import Jsonb

from automate_store.adapters.postgres.engine import Pool
from automate_store.adapters.postgres.identity.erasing import STATEMENTS, to_params
from automate_store.adapters.postgres.session import Transaction
from automate_store.application.ports import Ports
from automate_store.application.ports.identity import TrailEntry
from automate_store.application.ports.keys import Keyed
from automate_store.domain.carts import Cart
from automate_store.domain.identity import Account, PendingEmail
from automate_store.domain.kernel.ids import UserId
from automate_store.domain.orders import Order
from automate_store.domain.payments import GatewayReport, PaymentState
from automate_store.entrypoints.properties.contracts.accounts import put_account
from automate_store.entrypoints.properties.contracts.coupons.scene import (
    new_use,
    put_coupon,
    redeem,
)
from automate_store.entrypoints.properties.contracts.identity.scene import (
    new_entry,
    put_book,
    put_link,
    put_session,
    save_account,
)
from automate_store.entrypoints.properties.contracts.scene import (
    HOME,
    Stocked,
    new_cart,
    new_order,
    new_payment,
    put_stocked,
)
from benchmarks.rig.leftovers import find_anywhere
from tests.contracts.shops import ports_on

FIRST, LAST, EMAIL = "Xanthippe", "Quisquilia", "xq@zzyzx.example"
PHONE, STREET, CITY = "+1 555 0199 77", "77 Zzyzx Road", "Vlissingen Falls"
TEXTS = (EMAIL, f"{FIRST} {LAST}", FIRST, LAST, PHONE, STREET, CITY)
"""Words that stand nowhere else, so that each of them can be looked for by itself."""
THEIRS = evolve(
    HOME,
    first_name=FIRST,
    last_name=LAST,
    company=f"{LAST} Ltd",
    address_line_1=STREET,
    address_line_2=f"c/o {FIRST}",
    city=CITY,
    phone=PHONE,
)
HOLDING = {
    *(("addresses", name) for name in ("first_name", "last_name", "company", "city", "phone")),
    *(("addresses", name) for name in ("address_line_1", "address_line_2")),
    ("analytics_events", "user_agent"),
    *(("audit_trail", name) for name in ("actor", "before", "after")),
    ("carts", "email"),
    ("coupon_usage", "email"),
    ("idempotency_keys", "answer"),
    ("mailed_links", "email"),
    *(("order_events", name) for name in ("actor", "reason")),
    *(("orders", name) for name in ("guest_email", "shipping_address", "billing_address")),
    *(("orders", name) for name in ("notes", "admin_notes", "cancelled_reason")),
    *(("payments", name) for name in ("failure", "gateway_response")),
    ("procrastinate_jobs", "args"),
    *(("product_reviews", name) for name in ("title", "content")),
    *(("refunds", name) for name in ("actor", "failure", "reason")),
    ("return_items", "refused_reason"),
    *(("returns", name) for name in ("comments", "rejected_reason")),
    ("sessions", "user_agent"),
    *(("users", name) for name in ("email", "first_name", "last_name", "phone")),
    *(("users", name) for name in ("pending_email", "password_reset_token")),
    ("users", "email_verification_token"),
}
"""Every column that can hold something of somebody; a new one belongs here, and is erased."""


BY_HAND = (
    "UPDATE orders SET admin_notes = %(name)s WHERE id = %(order)s",
    """INSERT INTO returns (order_id, return_number, reason, comments, rejected_reason)
        VALUES (%(order)s, 'R-1', 'too small', %(name)s, %(city)s)""",
    """INSERT INTO return_items (return_id, order_item_id, quantity, reason, refused_reason)
        SELECT r.id, i.id, 1, 'too small', %(name)s
        FROM returns r JOIN order_items i ON i.order_id = r.order_id""",
    """INSERT INTO refunds (payment_id, order_id, amount, currency, reason, failure, actor)
        SELECT id, order_id, 1, currency, %(name)s, %(name)s, %(email)s
        FROM payments WHERE order_id = %(order)s""",
    """INSERT INTO product_reviews (product_id, user_id, rating, title, content)
        VALUES (%(product)s, %(account)s, 5, %(name)s, %(city)s)""",
    "INSERT INTO wishlists (user_id, product_id) VALUES (%(account)s, %(product)s)",
    """INSERT INTO analytics_events (user_id, event_type, user_agent)
        VALUES (%(account)s, 'visit', %(name)s)""",
    """UPDATE users SET password_reset_token = %(email)s, email_verification_token = %(email)s
        WHERE id = %(account)s""",
    """INSERT INTO procrastinate_jobs (queue_name, task_name, args)
        VALUES ('reactions', 'email_replaced', %(told)s)""",
    """INSERT INTO procrastinate_jobs (queue_name, task_name, args)
        VALUES ('reactions', 'order_cancelled', %(job)s)""",
)
THEIRS_ALONE = """
    SELECT 'wishlists', 'user_id' FROM wishlists WHERE user_id = %(account)s
    UNION ALL SELECT 'carts', 'user_id' FROM carts
        WHERE user_id = %(account)s AND order_id IS NULL
"""
"""What says nothing of somebody in words, and is kept for nobody else."""


@frozen
class Shop:
    ports: Ports
    url: str
    pool: Pool


@pytest.fixture
def shop(postgres_url: str, pool: Pool) -> Shop:
    return Shop(ports_on(pool), postgres_url, pool)


@pytest.mark.asyncio
async def test_nothing_of_somebody_is_found_once_they_are_erased(shop: Shop) -> None:
    account = await somebody(shop)
    assert set(find_anywhere(shop.url, TEXTS)) == HOLDING
    async with shop.ports.unit_of_work() as work:
        await work.accounts.erase(account)
        await work.accounts.save(account.anonymised(at=shop.ports.clock()))
    assert left_of(account, shop) == []


@pytest.mark.asyncio
@pytest.mark.parametrize("left_out", STATEMENTS)
async def test_each_statement_is_needed(shop: Shop, left_out: str) -> None:
    account = await somebody(shop)
    async with Transaction(shop.pool) as transaction:
        for name, statement in STATEMENTS.items():
            if name != left_out:
                await transaction.later(statement, to_params(account))
    await save_account(shop.ports, account.anonymised(at=shop.ports.clock()))
    assert left_of(account, shop) != []


@pytest.mark.asyncio
async def test_a_reaction_that_waits_can_still_be_read(shop: Shop) -> None:
    account = await somebody(shop)
    async with shop.ports.unit_of_work() as work:
        await work.accounts.erase(account)
    with psycopg.connect(shop.url) as connection:
        rows = connection.execute("SELECT args FROM procrastinate_jobs").fetchall()
    waiting = {args["event"]: args["payload"] for (args,) in rows}
    assert waiting["order_cancelled"]["reason"] == ""
    assert waiting["email_replaced"]["before"] == ""


@pytest.mark.asyncio
async def test_the_books_of_the_shop_stay_right(shop: Shop) -> None:
    account = await somebody(shop)
    query = "SELECT id, order_number, total_amount, subtotal, tax_amount, details FROM orders"
    with psycopg.connect(shop.url, autocommit=True) as connection:
        before = connection.execute(query).fetchall()
        async with shop.ports.unit_of_work() as work:
            await work.accounts.erase(account)
        assert connection.execute(query).fetchall() == before
        places = connection.execute("SELECT shipping_address - 'phone' FROM orders").fetchall()
    for (place,) in places:
        kept = (place["country"], place["state"], place["postal_code"])
        assert kept == (HOME.country, HOME.state, HOME.postal_code)


def left_of(account: Account, shop: Shop) -> list[tuple[str, str]]:
    """Where something of theirs still stands."""
    with psycopg.connect(shop.url) as connection:
        rows = connection.execute(THEIRS_ALONE, {"account": account.id}).fetchall()
    return [*find_anywhere(shop.url, TEXTS), *((str(table), str(key)) for table, key in rows)]


async def somebody(shop: Shop) -> Account:
    """An account with something of its owner in every place that there is for it."""
    ports = shop.ports
    account = await put_account(
        ports,
        email=EMAIL,
        first_name=FIRST,
        last_name=LAST,
        phone=PHONE,
        pending_email=PendingEmail(email=f"new.{EMAIL}"),
        email_verified=True,
    )
    stocked = await put_stocked(ports)
    ordered = await put_cart(ports, stocked, account)
    order = await put_order(ports, stocked, account, ordered)
    coupon = await put_coupon(ports)
    await redeem(ports, new_use(ports, coupon, order, email=EMAIL, user_id=account.id))
    await put_cart(ports, stocked, account)
    await put_book(ports, account, new_entry(ports, account, address=THEIRS))
    await put_session(ports, account, user_agent=f"{FIRST}'s telephone")
    await put_link(ports, account)
    await put_guests_order(ports, stocked)
    await _put_payment(ports, order)
    await _put_trail(ports, account, order)
    _put_by_hand(shop.url, account, order, stocked)
    return account


async def put_cart(ports: Ports, stocked: Stocked, account: Account) -> Cart:
    cart = evolve(new_cart(ports, stocked), user_id=account.id, email=EMAIL)
    async with ports.unit_of_work() as work:
        await work.carts.add(cart)
    return cart.saved()


async def put_order(ports: Ports, stocked: Stocked, account: Account, cart: Cart) -> Order:
    """An order that was called off, with its cart and with an answer that shows it."""
    order = evolve(
        new_order(ports, stocked, cart_id=cart.id),
        user_id=account.id,
        email=EMAIL,
        shipping_address=THEIRS,
        billing_address=THEIRS,
        notes=f"Ask for {FIRST}.",
    )
    reason = f"{LAST} moved to {CITY}"
    async with ports.unit_of_work() as work:
        await work.orders.add(order)
        await work.carts.consume(cart, order.id)
        await work.orders.save(order.saved().cancel(reason, actor=EMAIL, at=ports.clock()))
        await work.keys.keep(Keyed("cart:1", "key", b"\x01"), order, ports.clock())
    return evolve(order.saved(), version=2)


async def put_guests_order(ports: Ports, stocked: Stocked) -> Order:
    """What they bought before they had an account."""
    order = evolve(
        new_order(ports, stocked), email=EMAIL, shipping_address=THEIRS, billing_address=THEIRS
    )
    async with ports.unit_of_work() as work:
        await work.orders.add(order)
        await work.accounts.claim_orders(await work.accounts.get(await _owner(ports)))
    return order


async def _owner(ports: Ports) -> UserId:
    async with ports.reading() as reads:
        account = await reads.accounts.by_email(EMAIL)
    assert account is not None
    return account.id


async def _put_payment(ports: Ports, order: Order) -> None:
    payment = new_payment(ports, order)
    report = GatewayReport(
        intent_id="intent",
        state=PaymentState.FAILED,
        amount=payment.amount,
        failure=f"the card of {FIRST} is over its limit",
        client={"name": f"{FIRST} {LAST}"},
    )
    async with ports.unit_of_work() as work:
        await work.payments.add(payment.settle(report, at=ports.clock()))


async def _put_trail(ports: Ports, account: Account, order: Order) -> None:
    by_staff = TrailEntry(
        id=ports.ids.uuid(),
        at=ports.clock(),
        actor="admin",
        account_id=UserId(ports.ids.uuid()),
        action="change_standing",
        subject=f"account:{account.id}",
        before={"email": EMAIL},
        after={"names": [FIRST, LAST]},
    )
    entries = [
        by_staff,
        evolve(by_staff, id=ports.ids.uuid(), subject=f"order:{order.id}"),
        evolve(by_staff, id=ports.ids.uuid(), subject=f"order:{order.number}"),
        evolve(
            by_staff,
            id=ports.ids.uuid(),
            subject="coupon:WELCOME",
            account_id=account.id,
            actor=EMAIL,
            before=None,
            after=None,
        ),
    ]
    async with ports.unit_of_work() as work:
        for entry in entries:
            await work.trail.add(entry)


def _put_by_hand(url: str, account: Account, order: Order, stocked: Stocked) -> None:
    """What no port writes yet, and a reaction that failed."""
    event = {"order_id": str(order.id), "number": order.number, "reason": f"{FIRST} moved"}
    moved = {"account_id": str(account.id), "before": EMAIL}
    values = {
        "account": account.id,
        "order": order.id,
        "product": stocked.product.id,
        "name": f"{FIRST} {LAST}",
        "city": CITY,
        "email": EMAIL,
        "job": Jsonb({"event": "order_cancelled", "payload": event}),
        "told": Jsonb({"event": "email_replaced", "payload": moved}),
    }
    with psycopg.connect(url) as connection:
        for statement in BY_HAND:
            connection.execute(statement, values)
