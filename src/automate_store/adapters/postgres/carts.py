"""Carts in Postgres: a cart, its lines and all that a quote needs, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from attrs import frozen
from sqlalchemy import Uuid, bindparam, select, text
from sqlalchemy.dialects import postgresql as pg

from automate_store.adapters.postgres.pricing import ShopCache, pricing_mark
from automate_store.adapters.postgres.rows import Row, json_text, to_money
from automate_store.adapters.postgres.session import Session
from automate_store.adapters.postgres.shelf import (
    catalogue_mark,
    joined_to_the_shelf,
    sellable_columns,
    to_sellable,
)
from automate_store.adapters.postgres.tables import (
    cart_items,
    carts,
    orders,
    product_variants,
)
from automate_store.application.errors import CartOrdered, VersionConflict
from automate_store.application.ports.carts import LoadedCart
from automate_store.application.ports.sources import Clock
from automate_store.domain.carts import Cart, CartLine, CartNotFound
from automate_store.domain.identity import SessionOver
from automate_store.domain.kernel.ids import (
    CartId,
    LineId,
    OrderId,
    ProductId,
    UserId,
    VariantId,
)
from automate_store.domain.kernel.places import Destination

_LOADED = (
    select(
        carts.c.id,
        carts.c.user_id,
        carts.c.token_hash,
        carts.c.currency,
        carts.c.codes,
        carts.c.email,
        carts.c.destination,
        carts.c.shipping_method,
        carts.c.order_id,
        carts.c.version,
        carts.c.created_at,
        carts.c.updated_at,
        cart_items.c.id.label("line_id"),
        cart_items.c.product_id.label("line_product_id"),
        cart_items.c.product_variant_id.label("line_variant_id"),
        cart_items.c.quantity,
        cart_items.c.unit_price_seen,
        cart_items.c.added_at,
        *sellable_columns,
        catalogue_mark,
        pricing_mark,
    )
    .select_from(
        carts.outerjoin(cart_items, cart_items.c.cart_id == carts.c.id).outerjoin(
            joined_to_the_shelf(product_variants),
            product_variants.c.id == cart_items.c.product_variant_id,
        )
    )
    .order_by(cart_items.c.added_at, cart_items.c.id)
)

_BY_TOKEN = _LOADED.where(
    carts.c.token_hash == bindparam("token_hash", type_=pg.BYTEA), carts.c.merged_into.is_(None)
)

_BY_ACCOUNT = _LOADED.where(
    carts.c.user_id == bindparam("user_id", type_=Uuid), carts.c.order_id.is_(None)
)

_ORDER_NUMBER = select(orders.c.order_number).where(orders.c.id == bindparam("order_id"))

# Whoever deletes an account has its row by then: what they did not see must not be there
# after them.
_ADD = text("""
    WITH owner AS (
        SELECT id FROM users
        WHERE id = CAST(:user_id AS uuid) AND deleted_at IS NULL FOR KEY SHARE
    ), cart AS (
        INSERT INTO carts (id, user_id, token_hash, currency, email, destination,
            shipping_method, codes, version, created_at, updated_at)
        SELECT CAST(:id AS uuid), CAST(:user_id AS uuid), :token_hash, :currency, :email,
            CAST(:destination AS jsonb), :shipping_method, CAST(:codes AS text[]), 1,
            CAST(:created_at AS timestamptz), CAST(:updated_at AS timestamptz)
        WHERE CAST(:user_id AS uuid) IS NULL OR EXISTS (SELECT FROM owner)
        RETURNING id, user_id, token_hash, currency, updated_at
    ), lines AS (
        INSERT INTO cart_items (id, cart_id, user_id, session_id, product_id, product_variant_id,
            quantity, unit_price_seen, currency, added_at, updated_at)
        SELECT l.id, cart.id, cart.user_id, encode(cart.token_hash, 'hex'), l.product_id,
            l.variant_id, l.quantity, l.price, cart.currency, l.added_at, cart.updated_at
        FROM cart, unnest(CAST(:line_ids AS uuid[]), CAST(:product_ids AS uuid[]),
            CAST(:variant_ids AS uuid[]), CAST(:quantities AS int[]), CAST(:prices AS numeric[]),
            CAST(:added_times AS timestamptz[]))
            AS l(id, product_id, variant_id, quantity, price, added_at)
    )
    SELECT id FROM cart
""")

_SAVE = text("""
    WITH cart AS (
        UPDATE carts SET user_id = :user_id, email = :email,
            destination = CAST(:destination AS jsonb), shipping_method = :shipping_method,
            codes = CAST(:codes AS text[]), version = version + 1, updated_at = :updated_at
        WHERE id = :id AND version = :loaded_version AND order_id IS NULL
        RETURNING id, user_id, token_hash, currency, updated_at
    ), gone AS (
        DELETE FROM cart_items USING cart
        WHERE cart_id = cart.id AND cart_items.id <> ALL(CAST(:line_ids AS uuid[]))
    ), kept AS (
        INSERT INTO cart_items AS i (id, cart_id, user_id, session_id, product_id,
            product_variant_id, quantity, unit_price_seen, currency, added_at, updated_at)
        SELECT l.id, cart.id, cart.user_id, encode(cart.token_hash, 'hex'), l.product_id,
            l.variant_id, l.quantity, l.price, cart.currency, l.added_at, cart.updated_at
        FROM cart, unnest(CAST(:line_ids AS uuid[]), CAST(:product_ids AS uuid[]),
            CAST(:variant_ids AS uuid[]), CAST(:quantities AS int[]),
            CAST(:prices AS numeric[]), CAST(:added_times AS timestamptz[]))
            AS l(id, product_id, variant_id, quantity, price, added_at)
        ON CONFLICT (id) DO UPDATE SET quantity = EXCLUDED.quantity,
            unit_price_seen = EXCLUDED.unit_price_seen, updated_at = EXCLUDED.updated_at
            WHERE (i.quantity, i.unit_price_seen)
                IS DISTINCT FROM (EXCLUDED.quantity, EXCLUDED.unit_price_seen)
    )
    SELECT id FROM cart
""")

_CONSUME = text("""
    UPDATE carts SET order_id = :order_id, version = version + 1
    WHERE id = :id AND version = :loaded_version AND order_id IS NULL
""")

# The row stays, emptied, so that the same request made again is known by its token.
_TAKE_OVER = text("""
    WITH taken AS (
        UPDATE carts SET merged_into = :user_id, email = NULL, destination = NULL,
            shipping_method = NULL, codes = '{}', version = version + 1, updated_at = :at
        WHERE id = :id AND version = :loaded_version AND order_id IS NULL
            AND user_id IS NULL AND merged_into IS NULL
        RETURNING id
    ), gone AS (
        DELETE FROM cart_items USING taken WHERE cart_id = taken.id
    )
    SELECT id FROM taken
""")

_TAKEN_OVER_BY = select(carts.c.merged_into).where(
    carts.c.token_hash == bindparam("token_hash", type_=pg.BYTEA)
)

_PURGE = text("""
    DELETE FROM carts WHERE id IN (
        SELECT id FROM carts WHERE user_id IS NULL AND created_at < :untouched_since
            AND updated_at < :untouched_since
        ORDER BY created_at LIMIT :limit FOR UPDATE SKIP LOCKED)
""")


@frozen
class PostgresCarts:
    """The Carts port on Postgres."""

    session: Session
    cache: ShopCache
    clock: Clock
    guest_lifetime: timedelta

    async def by_token(self, token_hash: bytes) -> LoadedCart:
        """The open cart with what stands on its lines and what prices are made by."""
        rows = await self.session.fetch_all(_BY_TOKEN, {"token_hash": token_hash})
        if not rows or rows[0].updated_at <= self.clock() - self.guest_lifetime:
            raise CartNotFound
        if rows[0].order_id is not None:
            await self._refuse_ordered(rows[0].order_id)
        return await self._loaded(rows)

    async def by_account(self, user_id: UserId) -> LoadedCart:
        """The open cart of the account, likewise, however long ago it was touched."""
        rows = await self.session.fetch_all(_BY_ACCOUNT, {"user_id": user_id})
        if not rows:
            raise CartNotFound
        return await self._loaded(rows)

    async def add(self, cart: Cart) -> None:
        """Store a new cart with its lines, in one statement; raises SessionOver."""
        await self.session.later(_ADD, to_row(cart), touching=1, otherwise=SessionOver())

    async def save(self, cart: Cart) -> None:
        """Store the changed cart; raises VersionConflict."""
        changed = VersionConflict("cart", str(cart.id))
        await self.session.later(_SAVE, to_row(cart), touching=1, otherwise=changed)

    async def consume(self, cart: Cart, order_id: OrderId) -> None:
        """Close the cart in favour of the order; raises VersionConflict."""
        params = {"id": cart.id, "loaded_version": cart.version, "order_id": order_id}
        changed = VersionConflict("cart", str(cart.id))
        await self.session.later(_CONSUME, params, touching=1, otherwise=changed)

    async def take_over(self, cart: Cart, user_id: UserId, *, at: datetime) -> None:
        """Close the guest's cart, emptied, in favour of the account's; raises VersionConflict."""
        params = {
            "id": cart.id,
            "loaded_version": cart.version,
            "user_id": user_id,
            "at": at,
        }
        changed = VersionConflict("cart", str(cart.id))
        await self.session.later(_TAKE_OVER, params, touching=1, otherwise=changed)

    async def taken_over_by(self, token_hash: bytes) -> UserId | None:
        """The account that took the guest's cart over, if one did."""
        found = await self.session.fetch_value(_TAKEN_OVER_BY, {"token_hash": token_hash})
        return None if found is None else UserId(found)

    async def purge(self, *, untouched_since: datetime, limit: int) -> int:
        """Delete guests' carts that nobody touched since then."""
        params = {"untouched_since": untouched_since, "limit": limit}
        return await self.session.execute(_PURGE, params)

    async def _loaded(self, rows: Sequence[Row]) -> LoadedCart:
        first = rows[0]
        parents = await self.cache.parents(self.session, first.catalogue_version)
        sold = [row for row in rows if row.variant_id is not None]
        return LoadedCart(
            cart=from_rows(rows),
            sellable={VariantId(row.variant_id): to_sellable(row, parents) for row in sold},
            rules=await self.cache.rules(self.session, first.pricing_version),
        )

    async def _refuse_ordered(self, order_id: OrderId) -> None:
        row = await self.session.fetch_one(_ORDER_NUMBER, {"order_id": order_id})
        raise CartOrdered(row.order_number if row else str(order_id))


def to_row(cart: Cart) -> dict[str, object]:
    """The cart and its lines as parameters."""
    lines = cart.lines
    return {
        "id": cart.id,
        "user_id": cart.user_id,
        "token_hash": cart.token_hash,
        "currency": cart.currency,
        "email": cart.email,
        "destination": None if cart.destination is None else json_text(cart.destination),
        "shipping_method": cart.shipping_method,
        "codes": list(cart.codes),
        "loaded_version": cart.version,
        "created_at": cart.created_at,
        "updated_at": cart.updated_at,
        "line_ids": [line.id for line in lines],
        "product_ids": [line.product_id for line in lines],
        "variant_ids": [line.variant_id for line in lines],
        "quantities": [line.quantity for line in lines],
        "prices": [line.unit_price_seen.decimal() for line in lines],
        "added_times": [line.added_at for line in lines],
    }


def from_rows(rows: Sequence[Row]) -> Cart:
    """The cart of its rows, one a line; a cart without lines has one row."""
    first = rows[0]
    return Cart(
        id=CartId(first.id),
        user_id=None if first.user_id is None else UserId(first.user_id),
        token_hash=None if first.token_hash is None else bytes(first.token_hash),
        currency=first.currency,
        lines=tuple(_line(row) for row in rows if row.line_id is not None),
        codes=tuple(first.codes),
        email=first.email,
        destination=None if first.destination is None else Destination(**first.destination),
        shipping_method=first.shipping_method,
        created_at=first.created_at,
        updated_at=first.updated_at,
        version=first.version,
    )


def _line(row: Row) -> CartLine:
    return CartLine(
        id=LineId(row.line_id),
        product_id=ProductId(row.line_product_id),
        variant_id=VariantId(row.line_variant_id),
        quantity=row.quantity,
        unit_price_seen=to_money(row.unit_price_seen, row.currency),
        added_at=row.added_at,
    )
