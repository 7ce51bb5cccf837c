"""Somebody is taken out of what stays, and what is only theirs goes; by ownership alone."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from automate_store.adapters.memory.identity.exporting import orders_of
from automate_store.adapters.memory.session import Session
from automate_store.application.ports.kept import subjects_of
from automate_store.application.ports.keys import order_in
from automate_store.application.ports.orders import TimelineEntry
from automate_store.domain.identity import Account
from automate_store.domain.identity.accounts import deleted_email
from automate_store.domain.kernel.ids import OrderId
from automate_store.domain.orders import Order, OrderExpired
from automate_store.domain.returns import Return


async def erase(account: Account, session: Session) -> None:
    """The account's rows without the person; its own row is saved by whoever asks."""
    orders = orders_of(account, session.tables)
    for order in orders:
        await session.take("order", order.id)
    for order in orders:
        _forget_in_order(order, account, session)
    _forget_uses(account, session)
    _forget_keys({order.id for order in orders}, session)
    _forget_in_trail(account, orders, session)
    await _forget_carts(account, session)
    await _forget_sign_ins(account, session)


def _forget_in_order(order: Order, account: Account, session: Session) -> None:
    anonymous = evolve(
        order,
        email=deleted_email(account.id),
        shipping_address=order.shipping_address.anonymised(),
        billing_address=order.billing_address.anonymised(),
        notes=None,
        cancelled_reason=None,
        version=order.version + 1,
    )
    session.tables.orders.put(order.id, anonymous)
    timeline = session.tables.timelines.get(order.id) or ()
    kept = tuple(_anonymous(entry, account) for entry in timeline)
    session.tables.timelines.put(order.id, kept)
    for payment in session.tables.payments.values():
        if payment.order_id == order.id:
            forgotten = evolve(payment, client={}, failure=None, version=payment.version + 1)
            session.tables.payments.put(payment.id, forgotten)
    _forget_what_went_back(order, account, session)


def _forget_what_went_back(order: Order, account: Account, session: Session) -> None:
    """What was said of its refunds and returns; what they came to is left."""
    for refund in session.tables.refunds.values():
        if refund.order_id == order.id:
            actor = deleted_email(account.id) if refund.actor == account.email else refund.actor
            quiet = evolve(refund, reason="", failure=None, actor=actor)
            session.tables.refunds.put(refund.id, quiet.saved())
    for returned in session.tables.returns.values():
        if returned.order_id == order.id:
            session.tables.returns.put(returned.id, _without_words(returned))


def _without_words(returned: Return) -> Return:
    return evolve(
        returned,
        comments=None,
        rejected_reason=None,
        items=tuple(evolve(item, refused_reason=None) for item in returned.items),
        version=returned.version + 1,
    )


def _anonymous(entry: TimelineEntry, account: Account) -> TimelineEntry:
    mine = entry.actor == account.email
    own_words = entry.kind != OrderExpired.code()
    return evolve(
        entry,
        actor=deleted_email(account.id) if mine else entry.actor,
        reason=None if own_words else entry.reason,
    )


def _forget_uses(account: Account, session: Session) -> None:
    for key, stored in session.tables.coupon_uses.items():
        if stored.use.user_id == account.id:
            use = evolve(stored.use, email=deleted_email(account.id))
            session.tables.coupon_uses.put(key, evolve(stored, use=use))


def _forget_keys(orders: set[OrderId], session: Session) -> None:
    for name, key in session.tables.keys.items():
        if order_in(key.answer) in orders:
            session.tables.keys.drop(name)


def _forget_in_trail(account: Account, orders: Iterable[Order], session: Session) -> None:
    subjects = subjects_of(account, orders)
    for entry in session.tables.trail.values():
        kept = entry
        if entry.subject in subjects:
            kept = evolve(kept, before=None, after=None)
        if entry.account_id == account.id:
            kept = evolve(kept, actor=deleted_email(account.id))
        session.tables.trail.put(entry.id, kept)


async def _forget_carts(account: Account, session: Session) -> None:
    tables = session.tables
    for stored in tables.carts.values():
        cart = stored.cart
        mine = cart.user_id == account.id
        if (mine and stored.order_id is None) or stored.merged_into == account.id:
            await session.take("cart", cart.id)
            tables.carts.drop(cart.id)
            if cart.token_hash is not None:
                tables.cart_tokens.drop(cart.token_hash)
        elif mine or (account.email_verified and cart.email == account.email):
            tables.carts.put(cart.id, evolve(stored, cart=evolve(cart, email=None)))


async def _forget_sign_ins(account: Account, session: Session) -> None:
    tables = session.tables
    tables.address_books.drop(account.id)
    gone = [each.id for each in tables.sessions.values() if each.account_id == account.id]
    for session_id in gone:
        await session.take("session", session_id)
        tables.sessions.drop(session_id)
    for token_hash, token in tables.refresh_tokens.items():
        if token.session_id in gone:
            tables.refresh_tokens.drop(token_hash)
    for link_hash, stored in tables.links.items():
        if stored.link.account_id == account.id:
            tables.links.drop(link_hash)
