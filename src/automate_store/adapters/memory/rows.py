"""Tables in memory, in two layers: what is committed, and what one work has changed over it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from attrs import field, fields, frozen

from automate_store.application.ports import identity
from automate_store.application.ports.coupons import CouponBatch, CouponUse
from automate_store.application.ports.history import PastQuote
from automate_store.application.ports.orders import TimelineEntry
from automate_store.domain.carts import Cart
from automate_store.domain.catalog import Brand, Category, Product
from automate_store.domain.coupons import Coupon
from automate_store.domain.identity import Account, AddressBook, Link, Session
from automate_store.domain.inventory import Movement, Reservation, StockItem
from automate_store.domain.kernel.ids import (
    BatchId,
    BrandId,
    CartId,
    CategoryId,
    CouponId,
    DisputeId,
    LocationId,
    MovementId,
    OrderId,
    PaymentId,
    ProductId,
    RefundId,
    ReturnId,
    SessionId,
    ToldId,
    UserId,
    VariantId,
)
from automate_store.domain.orders import Order
from automate_store.domain.payments import Dispute, Payment, Refund, SavedMethod, ToldEvent
from automate_store.domain.promotions import Promotion
from automate_store.domain.returns import Return
from automate_store.domain.shipping import ShippingMethod
from automate_store.domain.taxes import TaxRate

K = TypeVar("K")
V = TypeVar("V")


class Rows(Generic[K, V]):
    """One table: rows by their key, over the rows of the layer below where there is one."""

    def __init__(self, below: Rows[K, V] | None = None) -> None:
        self._below = below
        self._own: dict[K, V | None] = {}

    def get(self, key: K) -> V | None:
        """The row, or None where there is none or this layer dropped it."""
        if key in self._own or self._below is None:
            return self._own.get(key)
        return self._below.get(key)

    def __contains__(self, key: K) -> bool:
        return self.get(key) is not None

    def values(self) -> list[V]:
        """Every row; those that were there first come first."""
        return [row for _, row in self.items()]

    def items(self) -> list[tuple[K, V]]:
        """Every row with its key, in the same order."""
        below = [] if self._below is None else self._below.items()
        merged = {**dict(below), **self._own}
        return [(key, row) for key, row in merged.items() if row is not None]

    def put(self, key: K, row: V | None) -> None:
        """Keep the row under the key; None keeps none there."""
        if row is None and self._below is None:
            self._own.pop(key, None)
        else:
            self._own[key] = row

    def drop(self, key: K) -> None:
        """Have no row under the key."""
        self.put(key, None)

    @property
    def changed(self) -> bool:
        """Whether this layer differs from the one below."""
        return bool(self._own)

    def settle(self) -> None:
        """Hand this layer's changes to the one below, at once."""
        assert self._below is not None, "only a layer over another one settles"
        for key, row in self._own.items():
            self._below.put(key, row)
        self._own.clear()


@frozen(kw_only=True)
class StoredCart:
    """A cart, and the order that it became, or the account that took it over."""

    cart: Cart
    order_id: OrderId | None = None
    merged_into: UserId | None = None


@frozen(kw_only=True)
class StoredUse:
    """A use of a coupon, and when it was given back."""

    use: CouponUse
    used_at: datetime
    given_back_at: datetime | None = None


@frozen(kw_only=True)
class StoredKey:
    """What is known under an idempotency key: whose inputs, what it made, what was answered."""

    fingerprint: bytes
    subject: UUID | None
    answer: object | None
    kept_at: datetime


@frozen(kw_only=True)
class StoredMethod:
    """A saved way to pay, and when it was removed."""

    method: SavedMethod
    removed_at: datetime | None = None


@frozen(kw_only=True)
class StoredToken:
    """A refresh token: whose session it is of, and when it was used."""

    session_id: SessionId
    used_at: datetime | None = None


@frozen(kw_only=True)
class StoredChange:
    """A change of which caches may not have heard, and when it was made."""

    change: identity.SessionChange
    at: datetime


@frozen(kw_only=True)
class StoredLink:
    """A mailed link, and when it was used."""

    link: Link
    used_at: datetime | None = None


@frozen(kw_only=True)
class Tables:
    """Every table of the store, and the indexes that keep what is unique so."""

    marks: Rows[str, str] = field(factory=Rows)
    categories: Rows[CategoryId, Category] = field(factory=Rows)
    brands: Rows[BrandId, Brand] = field(factory=Rows)
    products: Rows[ProductId, Product] = field(factory=Rows)
    slugs: Rows[str, ProductId] = field(factory=Rows)
    skus: Rows[str, ProductId] = field(factory=Rows)
    variants: Rows[VariantId, ProductId] = field(factory=Rows)
    gone_variants: Rows[VariantId, ProductId] = field(factory=Rows)
    stock: Rows[tuple[VariantId, LocationId], StockItem] = field(factory=Rows)
    reservations: Rows[OrderId, tuple[Reservation, ...]] = field(factory=Rows)
    movements: Rows[MovementId, Movement] = field(factory=Rows)
    carts: Rows[CartId, StoredCart] = field(factory=Rows)
    cart_tokens: Rows[bytes, CartId] = field(factory=Rows)
    orders: Rows[OrderId, Order] = field(factory=Rows)
    order_numbers: Rows[str, OrderId] = field(factory=Rows)
    timelines: Rows[OrderId, tuple[TimelineEntry, ...]] = field(factory=Rows)
    past_quotes: Rows[OrderId, tuple[PastQuote, ...]] = field(factory=Rows)
    payments: Rows[PaymentId, Payment] = field(factory=Rows)
    refunds: Rows[RefundId, Refund] = field(factory=Rows)
    told: Rows[ToldId, ToldEvent] = field(factory=Rows)
    told_names: Rows[tuple[str, str], ToldId] = field(factory=Rows)
    disputes: Rows[DisputeId, Dispute] = field(factory=Rows)
    gateway_customers: Rows[tuple[UserId, str], str] = field(factory=Rows)
    payment_methods: Rows[tuple[str, str], StoredMethod] = field(factory=Rows)
    returns: Rows[ReturnId, Return] = field(factory=Rows)
    return_numbers: Rows[str, ReturnId] = field(factory=Rows)
    keys: Rows[tuple[str, str], StoredKey] = field(factory=Rows)
    shipping_methods: Rows[str, ShippingMethod] = field(factory=Rows)
    tax_rates: Rows[str, TaxRate] = field(factory=Rows)
    promotions: Rows[str, Promotion] = field(factory=Rows)
    coupons: Rows[str, Coupon] = field(factory=Rows)
    coupon_batches: Rows[BatchId, CouponBatch] = field(factory=Rows)
    coupon_uses: Rows[tuple[CouponId, OrderId], StoredUse] = field(factory=Rows)

    accounts: Rows[UserId, Account] = field(factory=Rows)
    emails: Rows[str, UserId] = field(factory=Rows)
    sessions: Rows[SessionId, Session] = field(factory=Rows)
    refresh_tokens: Rows[bytes, StoredToken] = field(factory=Rows)
    distrusted: Rows[UUID, StoredChange] = field(factory=Rows)
    links: Rows[bytes, StoredLink] = field(factory=Rows)
    address_books: Rows[UserId, AddressBook] = field(factory=Rows)
    signing_keys: Rows[str, identity.StoredKey] = field(factory=Rows)
    trail: Rows[UUID, identity.TrailEntry] = field(factory=Rows)

    def over(self) -> Tables:
        """A fresh layer over these tables; what it changes stays in it until it settles."""
        return Tables(**{name: Rows(rows) for name, rows in self._all().items()})

    def settle(self) -> None:
        """Hand all that this layer changed to the one below, at once."""
        for rows in self._all().values():
            rows.settle()

    @property
    def changed(self) -> bool:
        """Whether anything in this layer differs from the one below."""
        return any(rows.changed for rows in self._all().values())

    def _all(self) -> dict[str, Rows[Any, Any]]:
        return {each.name: getattr(self, each.name) for each in fields(Tables)}
