"""What Postgres keeps on somebody, all together."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import text

from automate_store.adapters.postgres import carts, orders, payments, returns
from automate_store.adapters.postgres.identity import sessions, trail
from automate_store.adapters.postgres.identity.address_books import PostgresAddressBooks
from automate_store.adapters.postgres.rows import Row, to_money
from automate_store.adapters.postgres.session import Session
from automate_store.application.ports.coupons import CouponUse
from automate_store.application.ports.kept import Kept, KeptOrder, KeptUse, subjects_of
from automate_store.application.ports.sources import Ids
from automate_store.domain.identity import Account
from automate_store.domain.kernel.ids import CouponId, OrderId, UserId

_SESSIONS = text("""
    SELECT id, user_id, user_agent, ip_address, created_at, last_used_at, expires_at, ended_at
    FROM sessions WHERE user_id = :account_id ORDER BY created_at, id
""")

_ORDERS = text("SELECT id FROM orders WHERE user_id = :account_id ORDER BY placed_at, id")

_CARTS = text("""
    SELECT c.id, c.user_id, c.token_hash, c.currency, c.codes, c.email, c.destination,
        c.shipping_method, c.version, c.created_at, c.updated_at, i.id AS line_id,
        i.product_id AS line_product_id, i.product_variant_id AS line_variant_id, i.quantity,
        i.unit_price_seen, i.added_at
    FROM carts c LEFT JOIN cart_items i ON i.cart_id = c.id
    WHERE c.user_id = :account_id AND c.order_id IS NULL ORDER BY c.id, i.added_at, i.id
""")

_USES = text("""
    SELECT u.id, u.coupon_id, u.order_id, u.user_id, u.email, u.discount_amount, o.currency,
        c.code
    FROM coupon_usage u JOIN coupons c ON c.id = u.coupon_id JOIN orders o ON o.id = u.order_id
    WHERE u.user_id = :account_id ORDER BY u.used_at, u.id
""")

_TRAIL = text("""
    SELECT id, at, actor, user_id, action, subject, before, after FROM audit_trail
    WHERE id IN (SELECT id FROM audit_trail WHERE user_id = :account_id
        UNION ALL
        SELECT id FROM audit_trail WHERE subject = ANY(CAST(:subjects AS text[])))
    ORDER BY id
""")


async def kept_on(account: Account, session: Session, ids: Ids) -> Mapping[str, Any]:
    """All that is kept on the account, in values that JSON has."""
    mine = {"account_id": account.id}
    ordered = await _orders(account, session, ids)
    subjects = sorted(subjects_of(account, [each.order for each in ordered]))
    signed_in, used, carried, told = await session.fetch_batch(
        (_SESSIONS, mine), (_USES, mine), (_CARTS, mine), (_TRAIL, mine | {"subjects": subjects})
    )
    return Kept(
        account=account,
        book=await PostgresAddressBooks(session).of(account.id),
        sessions=tuple(sessions.from_row(row) for row in signed_in),
        orders=ordered,
        carts=tuple(carts.from_rows(list(rows)) for _, rows in groupby(carried, attrgetter("id"))),
        uses=tuple(KeptUse(code=row.code, use=_use(row)) for row in used),
        trail=tuple(trail.from_row(row) for row in told),
    ).as_json()


async def _orders(account: Account, session: Session, ids: Ids) -> tuple[KeptOrder, ...]:
    stored = orders.PostgresOrders(session, ids, _nothing)
    attempts = payments.PostgresPayments(session, _nothing)
    sent_back = returns.PostgresReturns(session)
    found = await session.fetch_all(_ORDERS, {"account_id": account.id})
    return tuple(
        [
            KeptOrder(
                order=await stored.get(OrderId(row.id)),
                timeline=await stored.timeline(OrderId(row.id)),
                payments=await attempts.of_order(OrderId(row.id)),
                returns=await sent_back.of_order(OrderId(row.id)),
            )
            for row in found
        ]
    )


def _use(row: Row) -> CouponUse:
    return CouponUse(
        id=row.id,
        coupon_id=CouponId(row.coupon_id),
        order_id=OrderId(row.order_id),
        user_id=UserId(row.user_id),
        email=row.email,
        discount=to_money(row.discount_amount, row.currency),
    )


def _nothing(*events: object) -> None:
    assert not events, "reading reports nothing"
