"""
The columns' types, and the one MetaData that every table belongs to.

The tables say what statements need: columns, types, keys. Indexes, defaults and checks
stand once, in the migrations; a test holds both against each other.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ForeignKey, MetaData, Numeric, Text, Uuid
from sqlalchemy.dialects import postgresql as pg

metadata = MetaData()

Json = pg.JSONB(none_as_null=True)
Texts = pg.ARRAY(Text)
Moment = pg.TIMESTAMP(timezone=True)
Amount = Numeric(19, 4)
Rate = Numeric(9, 6)
Bytes = pg.BYTEA()

UserRole = pg.ENUM("customer", "admin", "vendor", "support", name="user_role", create_type=False)
OrderStatus = pg.ENUM(
    "pending",
    "processing",
    "shipped",
    "delivered",
    "cancelled",
    "refunded",
    name="order_status",
    create_type=False,
)
PaymentStatus = pg.ENUM(
    "pending",
    "paid",
    "failed",
    "refunded",
    "partially_refunded",
    name="payment_status",
    create_type=False,
)
ProductStatus = pg.ENUM("active", "draft", "archived", name="product_status", create_type=False)


def row_id() -> Column[Any]:
    """The primary key: a UUIDv7 made by the application."""
    return Column("id", Uuid, primary_key=True)


def reference(
    name: str, target: str, *, nullable: bool = True, ondelete: str | None = None
) -> Column[Any]:
    """A foreign key to another table's id."""
    key = ForeignKey(f"{target}.id", ondelete=ondelete)
    return Column(name, Uuid, key, nullable=nullable)


def required(name: str, type_: Any) -> Column[Any]:
    """A column that always has a value."""
    return Column(name, type_, nullable=False)
