"""Payments."""

from sqlalchemy import Column, Integer, String, Table, Text

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
    required("version", Integer),
    Column("processed_at", Moment),
    required("created_at", Moment),
    required("updated_at", Moment),
)
