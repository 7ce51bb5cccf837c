"""Payments, and what of them goes back."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, SmallInteger, String, Table, Text, Uuid

from automate_store.adapters.postgres.tables._columns import (
    Amount,
    Json,
    Moment,
    PaymentStatus,
    metadata,
    reference,
    required,
    row_id,
)

payments = Table(
    "payments",
    metadata,
    row_id(),
    reference("order_id", "orders"),
    Column("edit_id", Uuid),
    required("payment_method", String(50)),
    Column("payment_intent_id", String(255)),
    required("amount", Amount),
    required("currency", String(3)),
    required("status", PaymentStatus),
    required("state", Text),
    required("authorised_amount", Amount),
    required("captured_amount", Amount),
    required("refunded_amount", Amount),
    Column("failure", Text),
    Column("gateway_response", Json),
    Column("terms", Json),
    Column("reported", Json),
    Column("instruction", Json),
    required("version", Integer),
    Column("processed_at", Moment),
    required("created_at", Moment),
    required("updated_at", Moment),
)

refunds = Table(
    "refunds",
    metadata,
    row_id(),
    reference("payment_id", "payments", nullable=False),
    reference("order_id", "orders", nullable=False),
    reference("return_id", "returns"),
    required("amount", Amount),
    required("currency", String(3)),
    required("reason", Text),
    required("state", Text),
    Column("gateway_refund_id", String(255)),
    required("made_there", Boolean),
    Column("failure", Text),
    required("actor", Text),
    required("version", Integer),
    required("created_at", Moment),
    required("updated_at", Moment),
)

webhook_events = Table(
    "webhook_events",
    metadata,
    row_id(),
    required("gateway", String(50)),
    required("event_id", String(255)),
    required("kind", Text),
    Column("payment_id", Uuid),
    Column("intent_id", String(255)),
    Column("news", Json),
    required("happened_at", Moment),
    required("received_at", Moment),
    required("state", Text),
    required("attempts", Integer),
    Column("why", Text),
    Column("processed_at", Moment),
    required("version", Integer),
)

disputes = Table(
    "disputes",
    metadata,
    row_id(),
    reference("payment_id", "payments", nullable=False),
    reference("order_id", "orders", nullable=False),
    required("gateway", String(50)),
    required("gateway_dispute_id", String(255)),
    required("amount", Amount),
    required("currency", String(3)),
    required("reason", Text),
    required("state", Text),
    required("version", Integer),
    required("opened_at", Moment),
    required("updated_at", Moment),
)

gateway_customers = Table(
    "gateway_customers",
    metadata,
    Column("user_id", Uuid, ForeignKey("users.id"), primary_key=True),
    Column("gateway", String(50), primary_key=True),
    required("customer", String(255)),
    required("created_at", Moment),
)

payment_methods = Table(
    "payment_methods",
    metadata,
    row_id(),
    reference("user_id", "users", nullable=False),
    required("gateway", String(50)),
    required("token", String(255)),
    required("brand", String(50)),
    Column("last_four", String(4)),
    Column("expires_month", SmallInteger),
    Column("expires_year", SmallInteger),
    required("created_at", Moment),
    Column("removed_at", Moment),
)
