"""Carts and their lines."""

from sqlalchemy import Column, Integer, String, Table, Text, Uuid

from automate_store.adapters.postgres.tables._columns import (
    Amount,
    Bytes,
    Json,
    Moment,
    Texts,
    metadata,
    reference,
    required,
    row_id,
)

carts = Table(
    "carts",
    metadata,
    row_id(),
    reference("user_id", "users", ondelete="CASCADE"),
    Column("token_hash", Bytes),
    required("currency", String(3)),
    Column("email", String(255)),
    Column("destination", Json),
    Column("shipping_method", Text),
    required("codes", Texts),
    Column("order_id", Uuid),
    required("version", Integer),
    required("created_at", Moment),
    required("updated_at", Moment),
    reference("merged_into", "users", ondelete="CASCADE"),
)

cart_items = Table(
    "cart_items",
    metadata,
    row_id(),
    reference("cart_id", "carts", nullable=False, ondelete="CASCADE"),
    reference("user_id", "users", ondelete="CASCADE"),
    Column("session_id", String(255)),
    reference("product_id", "products"),
    reference("product_variant_id", "product_variants"),
    required("quantity", Integer),
    Column("unit_price_seen", Amount),
    Column("currency", String(3)),
    required("added_at", Moment),
    required("updated_at", Moment),
)
