"""Orders, their items, timeline and shipments, and the answers kept for repeated requests."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text, Uuid

from automate_store.adapters.postgres.tables._columns import (
    Amount,
    Bytes,
    Json,
    Moment,
    OrderStatus,
    PaymentStatus,
    Rate,
    metadata,
    reference,
    required,
    row_id,
)

orders = Table(
    "orders",
    metadata,
    row_id(),
    required("order_number", String(50)),
    reference("user_id", "users"),
    Column("guest_email", String(255)),
    Column("token_hash", Bytes),
    Column("cart_id", Uuid),
    required("status", OrderStatus),
    required("payment_status", PaymentStatus),
    required("state", Text),
    required("payment_state", Text),
    required("fulfilment_state", Text),
    required("subtotal", Amount),
    Column("tax_rate", Rate),
    required("tax_amount", Amount),
    required("shipping_amount", Amount),
    required("discount_amount", Amount),
    required("total_amount", Amount),
    required("credited_amount", Amount),
    required("owed_amount", Amount),
    Column("staged_edit", Json),
    Column("staged_until", Moment),
    required("currency", String(3)),
    required("details", Json),
    required("shipping_address", Json),
    required("billing_address", Json),
    Column("shipping_method", String(100)),
    Column("shipping_method_name", Text),
    Column("tracking_number", String(100)),
    Column("shipped_at", Moment),
    Column("delivered_at", Moment),
    Column("notes", Text),
    Column("admin_notes", Text),
    Column("cancelled_at", Moment),
    Column("cancelled_reason", Text),
    reference("cancelled_by", "users"),
    Column("expires_at", Moment),
    required("version", Integer),
    Column("placed_at", Moment),
    required("created_at", Moment),
    required("updated_at", Moment),
)

order_items = Table(
    "order_items",
    metadata,
    row_id(),
    reference("order_id", "orders", nullable=False, ondelete="CASCADE"),
    reference("product_id", "products"),
    reference("product_variant_id", "product_variants"),
    required("position", Integer),
    required("product_name", String(255)),
    required("product_sku", String(100)),
    required("product_snapshot", Json),
    required("quantity", Integer),
    required("unit_price", Amount),
    required("total_price", Amount),
    required("discount_amount", Amount),
    required("tax_amount", Amount),
    required("net_amount", Amount),
    required("gross_amount", Amount),
    required("details", Json),
    required("status", OrderStatus),
    required("shipped_quantity", Integer),
    required("cancelled_quantity", Integer),
    required("returning_quantity", Integer),
    required("returned_quantity", Integer),
    required("claimed_quantity", Integer),
    required("lost_quantity", Integer),
    Column("handed_over_at", Moment),
    required("created_at", Moment),
)

order_events = Table(
    "order_events",
    metadata,
    row_id(),
    reference("order_id", "orders", nullable=False, ondelete="CASCADE"),
    required("at", Moment),
    required("kind", Text),
    required("actor", Text),
    Column("reason", Text),
    required("data", Json),
)

shipments = Table(
    "shipments",
    metadata,
    row_id(),
    reference("order_id", "orders", nullable=False, ondelete="CASCADE"),
    Column("carrier", String(100)),
    Column("tracking_number", String(100)),
    Column("tracking_url", String(500)),
    required("shipped_at", Moment),
    Column("delivered_at", Moment),
    Column("lost_at", Moment),
)

shipment_items = Table(
    "shipment_items",
    metadata,
    Column("shipment_id", Uuid, ForeignKey("shipments.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "order_item_id", Uuid, ForeignKey("order_items.id", ondelete="CASCADE"), primary_key=True
    ),
    required("quantity", Integer),
)

order_quotes = Table(
    "order_quotes",
    metadata,
    Column("order_id", Uuid, ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True),
    required("until", Moment),
    required("quote", Json),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("caller", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    required("fingerprint", Bytes),
    Column("subject", Uuid),
    Column("answer", Bytes),
    required("created_at", Moment),
    Column("order_id", Uuid),
)
