"""Payments, and what of them goes back."""

from sqlalchemy import Column, Integer, String, Table, Text, Uuid

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
    Column("failure", Text),
    required("actor", Text),
    required("version", Integer),
    required("created_at", Moment),
    required("updated_at", Moment),
)
