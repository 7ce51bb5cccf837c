"""Reviews, wishlists, returns and analytics."""

from sqlalchemy import Boolean, Column, Integer, String, Table, Text
from sqlalchemy.dialects.postgresql import INET

from automate_store.adapters.postgres.tables._columns import (
    Amount,
    Json,
    Moment,
    metadata,
    reference,
    required,
    row_id,
)

product_reviews = Table(
    "product_reviews",
    metadata,
    row_id(),
    reference("product_id", "products", ondelete="CASCADE"),
    reference("user_id", "users", ondelete="CASCADE"),
    reference("order_item_id", "order_items"),
    required("rating", Integer),
    Column("title", String(255)),
    Column("content", Text),
    required("verified_purchase", Boolean),
    required("status", String(20)),
    required("helpful_count", Integer),
    required("created_at", Moment),
    required("updated_at", Moment),
)

wishlists = Table(
    "wishlists",
    metadata,
    row_id(),
    reference("user_id", "users", ondelete="CASCADE"),
    reference("product_id", "products", ondelete="CASCADE"),
    required("added_at", Moment),
)

returns = Table(
    "returns",
    metadata,
    row_id(),
    reference("order_id", "orders", nullable=False),
    required("return_number", String(50)),
    required("kind", Text),
    required("status", String(20)),
    required("reason", String(100)),
    Column("comments", Text),
    Column("rejected_reason", Text),
    Column("refund", Json),
    Column("refund_in_money", Json),
    Column("refund_amount", Amount),
    required("return_shipping_cost", Amount),
    required("version", Integer),
    required("requested_at", Moment),
    Column("processed_at", Moment),
    required("created_at", Moment),
    required("updated_at", Moment),
)

return_items = Table(
    "return_items",
    metadata,
    row_id(),
    reference("return_id", "returns", nullable=False, ondelete="CASCADE"),
    reference("order_item_id", "order_items", nullable=False),
    required("position", Integer),
    required("quantity", Integer),
    required("reason", String(100)),
    Column("accepted_quantity", Integer),
    Column("condition", String(50)),
    Column("refused_reason", Text),
    Column("replacement", Json),
    required("missing_quantity", Integer),
    required("created_at", Moment),
)

analytics_events = Table(
    "analytics_events",
    metadata,
    row_id(),
    Column("session_id", String(255)),
    reference("user_id", "users"),
    required("event_type", String(50)),
    Column("event_data", Json),
    Column("ip_address", INET),
    Column("user_agent", Text),
    Column("referrer", String(500)),
    required("created_at", Moment),
)
