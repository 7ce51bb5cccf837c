"""Somebody with one of all that a store may keep, for suites of accounts that end."""

from __future__ import annotations

from typing import Any

from attrs import evolve, frozen

from automate_store.application.ports import Ports
from automate_store.application.ports.identity import TrailEntry
from automate_store.application.ports.keys import Keyed
from automate_store.domain.carts import Cart
from automate_store.domain.coupons import Coupon
from automate_store.domain.identity import Account
from automate_store.domain.kernel.ids import UserId
from automate_store.domain.orders import Order
from automate_store.domain.payments import GatewayReport, Payment, PaymentState
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
)
from automate_store.entrypoints.properties.contracts.scene import (
    HOME,
    Stocked,
    new_cart,
    new_order,
    new_payment,
    put_stocked,
)

THEIRS = ("ann@example.com", "Ann", "Main Street", "Springfield", "Ring twice.")
"""What tells who somebody is in all that the suite puts into the store for them."""


@frozen(kw_only=True)
class Person:
    """An account, and all that a store may keep for it."""

    account: Account
    order: Order
    cart: Cart
    coupon: Coupon
    refresh_hash: bytes
    link_hash: bytes
    entries: tuple[TrailEntry, ...]


async def put_person(store: Ports, name: str) -> Person:
    """Somebody with one of all that a store may keep."""
    account = await put_account(store, name)
    order = await put_order_of(store, account, await put_stocked(store, f"mug-of-{name}"))
    coupon = await put_coupon(store, f"FOR-{name}")
    await redeem(store, new_use(store, coupon, order, email=order.email, user_id=account.id))
    await put_book(store, account, new_entry(store, account))
    _, refresh_hash = await put_session(store, account)
    link = await put_link(store, account)
    async with store.unit_of_work() as work:
        await work.payments.add(declined(store, order))
        await work.keys.keep(keyed_by(order), order, store.clock())
    return Person(
        account=account,
        order=order,
        cart=await put_cart_of(store, account),
        coupon=coupon,
        refresh_hash=refresh_hash,
        link_hash=link.token_hash,
        entries=await _put_trail(store, account, order),
    )


def declined(store: Ports, order: Order) -> Payment:
    """An attempt to pay for the order of which a gateway said more than the store needs."""
    payment = new_payment(store, order)
    report = GatewayReport(
        intent_id=f"intent {payment.id}",
        state=PaymentState.FAILED,
        amount=payment.amount,
        failure="the card of Ann Example is over its limit",
        client={"name": "Ann Example"},
    )
    return payment.settle(report, at=store.clock())


async def put_order_of(
    store: Ports, account: Account | None, stocked: Stocked, *, email: str | None = None
) -> Order:
    """Store an order of the account; a guest's where there is none, under Ann's e-mail."""
    order = new_order(store, stocked)
    mine = evolve(
        order,
        user_id=account.id if account else None,
        email=email or (account.email if account else order.email),
    )
    async with store.unit_of_work() as work:
        await work.orders.add(mine)
    return mine.saved()


async def put_cart_of(store: Ports, account: Account) -> Cart:
    """Store an open cart of the account."""
    stocked = await put_stocked(store, f"plate-{account.id.hex}")
    cart = evolve(new_cart(store, stocked), user_id=account.id, email=account.email)
    async with store.unit_of_work() as work:
        await work.carts.add(cart)
    return cart.saved()


async def _put_trail(store: Ports, account: Account, order: Order) -> tuple[TrailEntry, ...]:
    staff = UserId(store.ids.uuid())
    told = (
        (f"account:{account.id}", staff, {"first_name": account.first_name}),
        (f"order:{order.id}", staff, {"email": order.email}),
        (f"order:{order.number}", staff, {"city": HOME.city}),
        ("coupon:WELCOME", account.id, {"value": "10"}),
    )
    entries = tuple(
        TrailEntry(
            id=store.ids.uuid(),
            at=store.clock(),
            actor="staff",
            account_id=by,
            action="change",
            subject=subject,
            before=values,
            after={**values, "more": None},
        )
        for subject, by, values in told
    )
    async with store.unit_of_work() as work:
        for entry in entries:
            await work.trail.add(entry)
    return entries


def keyed_by(order: Order) -> Keyed:
    """The key that the order was asked for with."""
    return Keyed(f"order:{order.number}", "key", b"\x01" * 32)


async def kept_on(store: Ports, account: Account) -> dict[str, Any]:
    """All that is kept on the account."""
    async with store.reading() as reads:
        return dict(await reads.accounts.kept_on(account.id))
