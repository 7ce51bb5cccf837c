"""What memory keeps on somebody, all together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automate_store.adapters.memory.rows import Tables
from automate_store.application.ports.kept import Kept, KeptOrder, KeptUse, subjects_of
from automate_store.domain.identity import Account, AddressBook
from automate_store.domain.orders import Order


def kept_on(account: Account, tables: Tables) -> Mapping[str, Any]:
    """All that is kept on the account, in values that JSON has."""
    orders = sorted(orders_of(account, tables), key=lambda order: (order.placed_at, order.id))
    sessions = [each for each in tables.sessions.values() if each.account_id == account.id]
    subjects = subjects_of(account, orders)
    trail = [
        entry
        for entry in tables.trail.values()
        if entry.account_id == account.id or entry.subject in subjects
    ]
    return Kept(
        account=account,
        book=tables.address_books.get(account.id) or AddressBook(),
        sessions=tuple(sorted(sessions, key=lambda each: (each.created_at, each.id))),
        orders=tuple(_order(order, tables) for order in orders),
        carts=tuple(
            stored.cart
            for stored in tables.carts.values()
            if stored.cart.user_id == account.id and stored.order_id is None
        ),
        uses=_uses(account, tables),
        trail=tuple(sorted(trail, key=lambda entry: entry.id)),
    ).as_json()


def orders_of(account: Account, tables: Tables) -> list[Order]:
    """The orders that are the account's."""
    return [order for order in tables.orders.values() if order.user_id == account.id]


def _order(order: Order, tables: Tables) -> KeptOrder:
    payments = [each for each in tables.payments.values() if each.order_id == order.id]
    returns = [each for each in tables.returns.values() if each.order_id == order.id]
    return KeptOrder(
        order=order,
        timeline=tables.timelines.get(order.id) or (),
        payments=tuple(sorted(payments, key=lambda payment: (payment.created_at, payment.id))),
        returns=tuple(sorted(returns, key=lambda returned: returned.id)),
    )


def _uses(account: Account, tables: Tables) -> tuple[KeptUse, ...]:
    codes = {coupon.id: coupon.code for coupon in tables.coupons.values()}
    mine = [each for each in tables.coupon_uses.values() if each.use.user_id == account.id]
    return tuple(
        KeptUse(code=codes[each.use.coupon_id], use=each.use)
        for each in sorted(mine, key=lambda each: (each.used_at, each.use.id))
    )
